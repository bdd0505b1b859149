"""The form of a gift."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from puhui.web.forms import ActionForm
from puhui.web.gifts.words import ASSETS


class GiftForm(ActionForm):
    """How much of what to give."""

    asset = RadioField(
        _l("捐什么"), choices=[SelectChoice(asset, word) for asset, word in ASSETS.items()], default="coin"
    )
    units = IntegerField(
        _l("数量"),
        validators=[InputRequired(_l("请填写 1 以上的整数。")), NumberRange(1, 10**12, _l("请填写 1 以上的整数。"))],
    )
