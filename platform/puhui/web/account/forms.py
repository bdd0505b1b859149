"""The forms of the account page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from puhui.web.forms import Form


class NameForm(Form):
    """How the person wants to be greeted."""

    name = StringField(
        _l("姓名或昵称"),
        validators=[InputRequired(_l("请输入姓名或昵称。")), Length(max=40)],
        render_kw={"autocomplete": "name", "maxlength": "40"},
    )


class LeaveForm(Form):
    """Closing the account for good."""

    is_sure = BooleanField(
        _l("我明白注销后无法恢复，剩余积分和碳币将作废"), validators=[InputRequired(_l("请先勾选确认。"))]
    )
