"""Bringing, approving and rejecting files; resolving breaks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from puhui.web.forms import ActionForm, Form


class FileForm(ActionForm):
    """A statement as CSV, and what it is."""

    file = FileField(_l("CSV 文件"), validators=[FileRequired(_l("请选择文件。"))])
    mapping = SelectField(
        _l("内容"),
        choices=[SelectChoice("trades", _l("交易所成交记录")), SelectChoice("movements", _l("登记系统流水"))],
    )


class ReasonForm(Form):
    """Why a file is sent back, or how a break was resolved."""

    reason = TextAreaField(_l("说明"), validators=[InputRequired(_l("请写明原因。")), Length(max=500)])
