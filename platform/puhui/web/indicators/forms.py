"""Forms of targets, factors and savings."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Regexp

from partners.meters.indicators import COUNTED
from partners.meters.model import UNITS
from puhui.metering import words
from puhui.web.forms import ActionForm, Form

VALUE = r"^[0-9]{1,10}(\.[0-9]{1,3})?$"
FACTOR = r"^[0-9]{1,6}(\.[0-9]{1,6})?$"


def _plain(text: str | None) -> str | None:
    return text.replace("\x00", "").strip() if text else text


class TargetForm(Form):
    """A year's target of an indicator or quota of an energy."""

    year = IntegerField(_l("年份"), validators=[InputRequired(_l("请填写年份。")), NumberRange(2000, 2100)])
    measure = SelectField(_l("指标或定额"), choices=[SelectChoice(m, word) for m, word in words.MEASURES.items()])
    value = StringField(
        _l("数值"),
        validators=[InputRequired(_l("请填写数值。")), Regexp(VALUE, message=_l("请填大于零的数，最多三位小数。"))],
    )
    source = StringField(
        _l("依据（文件或计划）"), validators=[InputRequired(_l("请写明依据。")), Length(max=300)], filters=[_plain]
    )


class FactorForm(Form):
    """A factor with its source."""

    kind = SelectField(_l("种类"), choices=[SelectChoice(kind, word) for kind, word in words.KINDS.items()])
    energy = SelectField(
        _l("能源和单位"),
        choices=[SelectChoice(f"{e.value} {unit}", f"{e.value} · {unit}") for e in COUNTED for unit in UNITS[e]],
    )
    value = StringField(
        _l("数值（每单位千克）"),
        validators=[InputRequired(_l("请填写数值。")), Regexp(FACTOR, message=_l("请填数，最多六位小数。"))],
    )
    area = StringField(_l("适用地区"), validators=[InputRequired(_l("请填写地区。")), Length(max=60)], filters=[_plain])
    vintage = StringField(_l("数据年份（可空）"), validators=[Length(max=20)], filters=[_plain])
    valid_from = DateField(_l("自何日起用"), validators=[InputRequired(_l("请填写日期。"))])
    status = SelectField(_l("状态"), choices=[SelectChoice(one, word) for one, word in words.STATUSES.items()])
    source = StringField(_l("来源"), validators=[InputRequired(_l("请写明来源。")), Length(max=300)], filters=[_plain])


class QuarterForm(ActionForm):
    """Deciding the savings of a quarter."""


class ReversalForm(ActionForm):
    """Taking a credited saving back, with a reason."""

    words = StringField(
        _l("撤回原因"), validators=[InputRequired(_l("请写明原因。")), Length(max=300)], filters=[_plain]
    )
