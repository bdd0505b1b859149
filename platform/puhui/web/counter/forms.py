"""The form that takes a code, from the camera, a photo or fingers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import UUID as IsUuid
from wtforms.validators import InputRequired, Length

from puhui.web.forms import ActionForm


class ScanForm(ActionForm):
    """A code read at a counter. Whether it is a good one is for the rules to say, so that a refusal is recorded."""

    counter = HiddenField(validators=[IsUuid()])
    code = StringField(_l("券码"), validators=[InputRequired(_l("请扫码或输入 18 位券码。")), Length(max=200)])
