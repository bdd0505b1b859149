"""Forms of settlement: runs, dated terms, disputes and answers, breaks."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, DateTimeLocalField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import UUID as IsUuid
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from puhui.web.forms import ActionForm
from puhui.web.receipts.money import YuanField, above_zero
from puhui.web.sponsors.forms import plain

CITY_TIME = ZoneInfo("Asia/Shanghai")
_NEEDED = InputRequired(_l("请填写。"))
_WHY = DataRequired(_l("请写明原因。"))


class RunForm(ActionForm):
    """The day to settle through."""

    through = DateField(_l("结算到哪一天"), validators=[InputRequired(_l("请选择日期。"))])


class DatedForm(ActionForm):
    """What begins at an instant and has a source."""

    valid_from = DateTimeLocalField(
        _l("何时生效（本地时间，空为现在）"), validators=[Optional()], format="%Y-%m-%dT%H:%M"
    )
    source = StringField(_l("依据"), validators=[DataRequired(_l("请写明依据。")), Length(max=300)], filters=[plain])

    def begins(self, now: datetime) -> datetime:
        """The instant from which it holds: local time as it was written, or now."""
        chosen: datetime | None = self.valid_from.data
        return now if chosen is None else chosen.replace(tzinfo=CITY_TIME)


class RateForm(DatedForm):
    """How many coins are worth how much."""

    coins = IntegerField(_l("碳币数"), validators=[_NEEDED, NumberRange(1, 1_000_000)], default=1)
    amount = YuanField(_l("折合金额（元）"), validators=[above_zero], render_kw={"inputmode": "decimal"})


class FeeForm(DatedForm):
    """What the operator keeps."""

    merchant_id = StringField(
        _l("商户编号（空为所有商户）"),
        validators=[Optional(), IsUuid(message=_l("商户编号有误，请从商户页复制。"))],
        filters=[plain],
    )
    basis_points = IntegerField(
        _l("费率（万分之）"), validators=[InputRequired(_l("请填写。")), NumberRange(0, 10_000)]
    )
    fixed = YuanField(_l("每次固定费用（元）"), default="0", render_kw={"inputmode": "decimal"})


class BackingForm(DatedForm):
    """Whether exchange stops where the funds do not cover coins."""

    caps = BooleanField(_l("基金不足时暂停积分换碳币"))
    percent = IntegerField(
        _l("须覆盖的百分比"), validators=[InputRequired(_l("请填写。")), NumberRange(1, 1000)], default=100
    )


class PayoutAccountForm(ActionForm):
    """Where a merchant's money goes."""

    merchant_id = StringField(
        _l("商户编号"), validators=[_NEEDED, IsUuid(message=_l("商户编号有误，请从商户页复制。"))], filters=[plain]
    )
    destination = StringField(
        _l("收款账户凭证"),
        validators=[Regexp(r"^ba_[A-Za-z0-9_]{1,60}$", message=_l("由支付服务给出，以 ba_ 开头；不要填写银行账号。"))],
        filters=[plain],
    )


class CycleForm(ActionForm):
    """How often to be settled."""

    cycle = SelectField(
        _l("结算周期"), choices=[SelectChoice("day", _l("每日结算")), SelectChoice("month", _l("每月结算（月末一次）"))]
    )


class DisputeForm(ActionForm):
    """What is wrong with a statement, or with the line of the number that stands beside it."""

    place = IntegerField(_l("行号（空为整张结算单）"), validators=[Optional(), NumberRange(1, 10_000_000)])
    reason = TextAreaField(_l("异议原因"), validators=[_WHY, Length(max=500)], filters=[plain])


class AnswerForm(ActionForm):
    """The operator's answer: refused with words, or accepted with a correcting entry."""

    decision = SelectField(
        _l("处理"), choices=[SelectChoice("refuse", _l("不接受")), SelectChoice("accept", _l("接受，并更正"))]
    )
    amount = YuanField(_l("更正金额（元，少付为正，多付为负）"), default="0", render_kw={"inputmode": "decimal"})
    words = TextAreaField(_l("答复"), validators=[DataRequired(_l("请写明答复。")), Length(max=500)], filters=[plain])


class BreakForm(ActionForm):
    """How a break was dealt with."""

    words = TextAreaField(_l("如何处理"), validators=[_WHY, Length(max=500)], filters=[plain])
