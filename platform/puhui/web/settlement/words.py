"""The words of settlement: kinds of lines, states of payouts, kinds of breaks."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from partners.settlement import Break, Cycle, PayoutState
from puhui.web.receipts.money import yuan

CYCLES: dict[Cycle, object] = {Cycle.DAY: _l("每日结算"), Cycle.MONTH: _l("每月结算")}
PAYOUT_STATES: dict[PayoutState, object] = {
    PayoutState.PREPARED: _l("待付出"),
    PayoutState.SENT: _l("付款途中"),
    PayoutState.PAID: _l("已到账"),
    PayoutState.FAILED: _l("已退回"),
}
LINE_KINDS: dict[str, object] = {
    "voucher": _l("兑换券核销"),
    "reversal": _l("撤销"),
    "pay_code": _l("付款码收款"),
    "refund": _l("退还"),
}
PROBLEMS: dict[str, object] = {
    "payment_unavailable": _l("支付服务没有应答，会自动再试"),
    "payment_rate_limited": _l("支付服务繁忙，会自动再试"),
    "payment_funds_short": _l("支付账户余额不足，会自动再试"),
    "payment_in_progress": _l("正在处理，会自动再试"),
    "payment_request_invalid": _l("支付服务拒绝了这笔付款，请核对收款账户"),
    "payment_unknown": _l("收款账户不存在，请核对"),
    "payment_key_refused": _l("支付服务尚未接通"),
    "account_closed": _l("收款账户已注销"),
}
BREAKS: dict[str, object] = {
    "payout_missing_there": _l("已付出，但支付服务没有这笔付款"),
    "payout_unknown_here": _l("支付服务有一笔付款，本系统没有"),
    "payout_amount": _l("付款金额不一致"),
    "payout_state": _l("付款状态不一致"),
    "payout_late": _l("付款超过三天没有结果"),
    "receipt_unknown_here": _l("支付服务收到一笔款，本系统没有"),
    "receipt_not_booked": _l("款已到，账本尚未入账"),
    "receipt_missing_there": _l("账本已入账，支付服务没有这笔款"),
    "refund_unknown_here": _l("支付服务有一笔退款，本系统没有"),
    "refund_state": _l("退款金额或状态不一致"),
    "balance": _l("支付服务余额与账本不一致"),
    "payable": _l("应付商户与结算单不一致"),
    "messages_waiting": _l("有消息超过一小时没有处理"),
}
_FEN = ("ours", "theirs", "ledger")


def line_kind(kind: str) -> object:
    """Answer the word of a line's kind; a kind that is not listed keeps its own."""
    return LINE_KINDS.get(kind, kind)


def problem_word(code: str | None) -> object:
    """Answer the words of a payout's problem."""
    return PROBLEMS.get(code or "", code or "")


def facts_of_break(one: Break) -> str:
    """Answer the facts of a break in a line: amounts in yuan, states as they were told."""
    names = {"ours": gettext("本系统"), "theirs": gettext("支付服务"), "ledger": gettext("账本")}
    told = [(name, value) for name, value in sorted(one.facts.items()) if value is not None]
    return " · ".join(f"{names.get(name, name)} {_amount(name, value)}" for name, value in told)


def _amount(name: str, value: str | int) -> str:
    return yuan(value) if name in _FEN and isinstance(value, int) else str(value)
