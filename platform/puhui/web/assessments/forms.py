"""Forms of the self-assessment."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from puhui.web.forms import Form

POINTS = r"^[0-9]{1,3}(\.[0-9]{1,2})?$"


def _plain(text: str | None) -> str | None:
    return text.replace("\x00", "").strip() if text else text


class AnswerForm(Form):
    """What the institution says about an item."""

    passed = BooleanField(_l("做到"))
    points = StringField(_l("自评得分"), validators=[Optional(), Regexp(POINTS, message=_l("请填数，最多两位小数。"))])
    words = TextAreaField(_l("说明"), validators=[Optional(), Length(max=1000)], filters=[_plain])
    file = FileField(_l("证明材料（可空）"))


class PointsForm(Form):
    """The points of an item, an area or the mark to pass."""

    subject = SelectField(_l("项目"), choices=[])
    points = StringField(
        _l("分值"), validators=[InputRequired(_l("请填写分值。")), Regexp(POINTS, message=_l("请填数，最多两位小数。"))]
    )
    source = StringField(
        _l("来源（文件名称、文号）"), validators=[InputRequired(_l("请写明来源。")), Length(max=300)], filters=[_plain]
    )
