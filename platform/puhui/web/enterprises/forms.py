"""Bringing, approving and rejecting files; resolving breaks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp

from puhui.web.forms import ActionForm, Form

PRICE = r"^[0-9]{1,6}(\.[0-9]{1,2})?$"


def _plain(text: str | None) -> str | None:
    """Leave out what PostgreSQL cannot hold."""
    return text.replace("\x00", "") if text else text


class FileForm(ActionForm):
    """A statement as CSV, and what it is."""

    file = FileField(_l("CSV 文件"), validators=[FileRequired(_l("请选择文件。"))])
    mapping = SelectField(
        _l("内容"),
        choices=[SelectChoice("trades", _l("交易所成交记录")), SelectChoice("movements", _l("登记系统流水"))],
    )


class ReasonForm(Form):
    """Why a file is sent back, or how a break was resolved."""

    reason = TextAreaField(
        _l("说明"), validators=[InputRequired(_l("请写明原因。")), Length(max=500)], filters=[_plain]
    )


class PlanForm(Form):
    """Prices to plan with, in yuan a tonne, as the reader expects them."""

    allowance = StringField(_l("配额价格（元/吨）"), validators=[InputRequired(_l("请填写价格。")), Regexp(PRICE)])
    credit = StringField(_l("CCER 价格（元/吨，可空）"), validators=[Optional(), Regexp(PRICE)])
