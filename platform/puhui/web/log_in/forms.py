"""The forms of logging in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, Regexp

from puhui.web.forms import Form

_PHONE = {"autocomplete": "tel-national", "inputmode": "tel", "maxlength": "20"}


class PhoneForm(Form):
    """Ask for a code."""

    phone = StringField(
        _l("手机号"), validators=[InputRequired(_l("请输入手机号。")), Length(max=20)], render_kw=_PHONE
    )
    next = HiddenField()


class CodeForm(Form):
    """Log in with the code that was sent."""

    phone = HiddenField(validators=[InputRequired(), Length(max=20)])
    code = StringField(
        _l("验证码"),
        validators=[
            InputRequired(_l("请输入验证码。")),
            Regexp(r"^\s*[0-9]{6}\s*$", message=_l("验证码是 6 位数字。")),
        ],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "6", "autofocus": True},
    )
    agrees = BooleanField()
    next = HiddenField()


class PasswordForm(Form):
    """Log in as staff."""

    phone = StringField(
        _l("手机号"), validators=[InputRequired(_l("请输入手机号。")), Length(max=20)], render_kw=_PHONE
    )
    password = PasswordField(
        _l("密码"),
        validators=[InputRequired(_l("请输入密码。")), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()
