"""The confirmation of an exchange: how many points, at the rate that was shown."""

from __future__ import annotations

from wtforms import HiddenField, IntegerField
from wtforms.validators import UUID as IsUuid
from wtforms.validators import InputRequired, NumberRange

from puhui.web.forms import ActionForm


class ExchangeForm(ActionForm):
    """Points to exchange, and the rate that the person saw."""

    points = IntegerField(validators=[InputRequired(), NumberRange(min=1, max=10**15)])
    rate_id = HiddenField(validators=[IsUuid()])
