"""The form of a file of returns."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField
from wtforms.validators import Optional, Regexp

from puhui.web.forms import ActionForm


class ReturnsForm(ActionForm):
    """A file, and its year where the name has none."""

    file = FileField(_l("年度报表（CSV、CSV.GZ 或 XLSX）"), validators=[FileRequired(_l("请选择文件。"))])
    year = StringField(
        _l("年份（文件名中没有时填写）"),
        validators=[Optional(), Regexp(r"^[0-9]{4}(-[0-9]{2})?$", message=_l("请写成 2016 或 2015-16。"))],
    )
