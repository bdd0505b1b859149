"""The forms of a family."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from puhui.web.forms import ActionForm


class JoinForm(ActionForm):
    """The code of an invitation."""

    code = StringField(_l("邀请码"), validators=[InputRequired(_l("请输入户主给您的 8 位邀请码。")), Length(max=40)])


class ShareForm(ActionForm):
    """How many coins to put in."""

    units = IntegerField(
        _l("放入多少碳币"),
        validators=[InputRequired(_l("请填写 1 以上的整数。")), NumberRange(1, 10**12, _l("请填写 1 以上的整数。"))],
    )


class MinorForm(ActionForm):
    """The band of birth years of a child."""

    born_from = SelectField(_l("出生年段"), coerce=int)
