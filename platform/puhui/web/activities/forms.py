"""Binding a provider's rider id."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from puhui.web.forms import ActionForm


class BindingForm(ActionForm):
    """Which rider of which provider, the code that proves it, and the consent."""

    provider = SelectField(_l("数据方"), validators=[InputRequired()])
    rider = StringField(_l("您在数据方的编号"), validators=[InputRequired(), Length(max=128)])
    claim_code = StringField(_l("绑定码"), validators=[InputRequired(), Length(max=40)])
    consent = BooleanField(_l("同意"), validators=[InputRequired(_l("请先勾选同意。"))])
