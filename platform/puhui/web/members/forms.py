"""Placing a member, inviting by link, by sheet, and how one appears."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from partners.institutions.model import MemberRole, ShownAs
from puhui.web.forms import ActionForm
from puhui.web.institutions.words import APPEARANCES, MEMBER_ROLES


class PlaceForm(ActionForm):
    """A member's role and department."""

    role = SelectField(_l("角色"), choices=[SelectChoice(one.value, MEMBER_ROLES[one]) for one in MemberRole])
    department = SelectField(_l("部门"), validators=[Optional()], choices=[])


class LinkForm(ActionForm):
    """A link by which some may join."""

    department = SelectField(_l("加入到哪个部门"), validators=[Optional()], choices=[])
    most_uses = IntegerField(_l("最多几人使用"), default=50, validators=[InputRequired(), NumberRange(1, 10_000)])


class SheetForm(ActionForm):
    """A filled template."""

    file = FileField(_l("填好的表格（.xlsx 或 .csv）"), validators=[FileRequired(_l("请选择文件。"))])


class AppearanceForm(ActionForm):
    """How a member appears to colleagues."""

    shown_as = SelectField(_l("同事看到的我"), choices=[SelectChoice(one.value, APPEARANCES[one]) for one in ShownAs])
