"""Paying a receipt."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Regexp

from puhui.web.forms import ActionForm

PAYER = r"^[A-Za-z0-9_]{4,80}$"
WAYS = (
    SelectChoice("pm_card_visa", _l("测试付款：成功")),
    SelectChoice("pm_card_visa_chargeDeclined", _l("测试付款：银行拒绝")),
    SelectChoice("pm_card_visa_chargeDeclinedInsufficientFunds", _l("测试付款：余额不足")),
)


class SandboxForm(ActionForm):
    """The sandbox's payers, in development."""

    payment_method = RadioField(_l("付款方式"), choices=list(WAYS), default="pm_card_visa")


class TokenForm(ActionForm):
    """A payer as the payment service named it. There is no field for a card's number, here or anywhere."""

    payment_method = StringField(
        _l("付款凭证"),
        validators=[
            InputRequired(_l("请填写付款凭证。")),
            Regexp(PAYER, message=_l("付款凭证由支付服务给出，请核对。")),
        ],
    )
