"""Opening a fund, topping it up, giving a top-up back."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import UUID as IsUuid
from wtforms.validators import DataRequired, Length, Optional

from puhui.web.forms import ActionForm
from puhui.web.receipts.money import YuanField, above_zero


def plain(text: str | None) -> str:
    """Leave out what PostgreSQL cannot hold, and blanks around."""
    return (text or "").replace("\x00", "").strip()


class FundForm(ActionForm):
    """A fund and, where the sponsor has a log-in here, its organisation."""

    name = StringField(_l("名称"), validators=[DataRequired(_l("请填写名称。")), Length(max=60)], filters=[plain])
    name_en = StringField(
        _l("英文名"), validators=[DataRequired(_l("请填写英文名。")), Length(max=80)], filters=[plain]
    )
    purpose = StringField(_l("用途（公开）"), validators=[Length(max=200)], filters=[plain])
    organisation_id = StringField(
        _l("资助机构编号（可空）"),
        validators=[Optional(), IsUuid(message=_l("机构编号有误，请从机构页复制。"))],
        filters=[plain],
    )


class TopUpForm(ActionForm):
    """How much comes in."""

    amount = YuanField(_l("注资金额（元）"), validators=[above_zero], render_kw={"inputmode": "decimal"})


class ReturnForm(ActionForm):
    """How much of a top-up goes back, and why."""

    receipt_id = HiddenField(validators=[IsUuid()])
    amount = YuanField(_l("退回金额（元）"), validators=[above_zero], render_kw={"inputmode": "decimal"})
    reason = TextAreaField(_l("原因"), validators=[DataRequired(_l("请写明原因。")), Length(max=300)], filters=[plain])
