"""Applying, the figures of a year, departments, the operator's decision."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from wtforms import DecimalField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from partners.institutions.model import Type
from puhui.web.forms import ActionForm, Form
from puhui.web.institutions.words import TYPES

NEEDED = _l("请填写。")


def plain(text: str | None) -> str | None:
    """Leave out what PostgreSQL cannot hold, and blanks around."""
    return text.replace("\x00", "").strip() if text else text


class ApplicationForm(ActionForm):
    """What an institution says of itself."""

    name = StringField(_l("单位全称"), validators=[DataRequired(NEEDED), Length(max=120)], filters=[plain])
    name_en = StringField(_l("英文名称（可空）"), validators=[Optional(), Length(max=200)], filters=[plain])
    code = StringField(_l("统一社会信用代码"), validators=[DataRequired(NEEDED), Length(max=40)], filters=[plain])
    type = SelectField(_l("单位类型"), choices=[SelectChoice(one.value, TYPES[one]) for one in Type])
    county_code = StringField(
        _l("所在县（市、区）代码"),
        validators=[DataRequired(NEEDED), Regexp(r"^[0-9]{6}$", message=_l("应为 6 位行政区划代码。"))],
        filters=[plain],
    )
    parent_code = StringField(
        _l("上级单位的统一社会信用代码（可空）"), validators=[Optional(), Length(max=40)], filters=[plain]
    )


class YearForm(ActionForm):
    """Floor area and headcount of a year."""

    year = IntegerField(_l("年份"), validators=[InputRequired(NEEDED), NumberRange(2000, 2100)])
    floor_area_m2 = DecimalField(
        _l("建筑面积（平方米）"),
        places=2,
        validators=[InputRequired(NEEDED), NumberRange(Decimal("0.01"), Decimal(20_000_000))],
    )
    headcount = IntegerField(_l("用能人数"), validators=[InputRequired(NEEDED), NumberRange(1, 1_000_000)])
    source = StringField(
        _l("依据（如报表名称和日期）"), validators=[DataRequired(NEEDED), Length(max=300)], filters=[plain]
    )


class DepartmentForm(ActionForm):
    """A department's name and the one above it."""

    name = StringField(_l("部门名称"), validators=[DataRequired(NEEDED), Length(max=60)], filters=[plain])
    parent = SelectField(_l("上级部门"), validators=[Optional()], choices=[])


class NameForm(ActionForm):
    """Another name."""

    name = StringField(_l("部门名称"), validators=[DataRequired(NEEDED), Length(max=60)], filters=[plain])


class PlaceForm(ActionForm):
    """Another place in the tree."""

    parent = SelectField(_l("上级部门"), validators=[Optional()], choices=[])


class RefusalForm(Form):
    """Why something is refused."""

    reason = TextAreaField(_l("原因"), validators=[DataRequired(NEEDED), Length(max=500)], filters=[plain])
