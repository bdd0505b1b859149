"""The forms of the counter: a code, an amount, a reason."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import UUID as IsUuid
from wtforms.validators import InputRequired, Length, NumberRange

from puhui.web.forms import ActionForm, Form

REASONS = (
    ("wrong_item", _l("扫错券或交付错商品")),
    ("customer", _l("顾客要求退回")),
    ("out_of_stock", _l("商品已售完")),
    ("wrong_amount", _l("金额输错")),
    ("other", _l("其他")),
)


class ScanForm(ActionForm):
    """A code read at a counter. Whether it is a good one is for the rules to say, so that a refusal is recorded."""

    counter = HiddenField(validators=[IsUuid()])
    code = StringField(_l("券码或付款码"), validators=[InputRequired(_l("请扫码或输入 18 位券码。")), Length(max=400)])


class ChargeForm(Form):
    """Coins to take on a pay code that was read. The code comes along; when it was read is the server's to know."""

    code = HiddenField(validators=[InputRequired(), Length(max=40)])
    coins = IntegerField(
        _l("收取碳币"),
        validators=[InputRequired(_l("请输入碳币数量。")), NumberRange(1, 1_000_000, _l("请输入 1 以上的整数。"))],
        render_kw={"inputmode": "numeric", "min": "1", "autocomplete": "off", "autofocus": True},
    )


class UndoForm(Form):
    """Why a redemption or a charge is undone."""

    reason = SelectField(_l("撤销原因"), choices=[SelectChoice(code, word) for code, word in REASONS])
