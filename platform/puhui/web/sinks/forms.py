"""Forms of carbon sinks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from puhui.web.events.forms import NEEDED, choices, kilogram_number, plain, text
from puhui.web.forms import ActionForm
from rewards.sinks.rules import METHODS

METHOD_WORDS: dict[str, object] = {
    "tree_care": _l("植树护绿"),
    "afforestation": _l("造林碳汇"),
    "forest_ticket": _l("林业碳票"),
}
COUNTY = Regexp(r"^[0-9]{6}$", message=_l("应为 6 位行政区划代码。"))


class ProjectForm(ActionForm):
    """A new project."""

    name = text(_l("项目名称"), most=100)
    county_code = text(_l("所在县（市、区）代码"), most=6)
    method = SelectField(_l("核算方法"), choices=choices(list(METHODS), METHOD_WORDS))
    words = TextAreaField(_l("项目说明"), validators=[Optional(), Length(max=2000)], filters=[plain])


class ParcelForm(ActionForm):
    """A piece of land."""

    name = text(_l("地块名称"), most=100)
    area_mu = kilogram_number(_l("面积（亩）"), needed=True)
    county_code = text(_l("所在县（市、区）代码"), most=6)


class RecordForm(ActionForm):
    """What was counted in a year."""

    year = IntegerField(_l("年份"), validators=[InputRequired(NEEDED), NumberRange(2000, 2100)])
    quantity = kilogram_number(_l("数量"), needed=True)
    words = text(_l("怎么清点或测量的"), most=1000)
    proof = FileField(_l("照片或报告（PDF、照片）"))


class ShiftForm(ActionForm):
    """A volunteer's day."""

    phone = text(_l("志愿者手机号"), most=20)
    day = DateField(_l("日期"), validators=[InputRequired(NEEDED)])
    hours = IntegerField(_l("小时"), validators=[InputRequired(NEEDED), NumberRange(1, 8)])


class FactorForm(ActionForm):
    """What a unit of a method is worth."""

    method = SelectField(_l("核算方法"), choices=choices(list(METHODS), METHOD_WORDS))
    grams_per_unit = IntegerField(_l("每单位每年克数"), validators=[InputRequired(NEEDED), NumberRange(1, 10**12)])
    percent = IntegerField(_l("不确定度（±%，签发时先扣除）"), validators=[InputRequired(NEEDED), NumberRange(0, 99)])
    source = text(_l("来源（标准、监测报告）"), most=300)


class YearForm(ActionForm):
    """A year to issue."""

    year = IntegerField(_l("年份"), validators=[InputRequired(NEEDED), NumberRange(2000, 2100)])
