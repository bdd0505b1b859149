"""Refusals of the payment service and of our calls to it."""

from __future__ import annotations

from http import HTTPStatus

from flask_babel import lazy_gettext as _l

from puhui.problems.kinds import Problem, conflict, missing

PAYMENTS: dict[str, Problem] = {
    "payment_unavailable": Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, _l("支付服务暂时没有应答，结果尚不确定；请稍后用同一笔重试，不会重复扣款。")
    ),
    "payment_rate_limited": Problem(HTTPStatus.SERVICE_UNAVAILABLE, _l("支付服务繁忙，未扣款，请稍后再试。")),
    "payment_declined": conflict(_l("付款未通过，未扣款，请换一种付款方式。")),
    "payment_funds_short": conflict(_l("支付账户余额不足，未付出。")),
    "payment_request_invalid": conflict(_l("这笔款项现在不能这样处理。")),
    "payment_unknown": missing(_l("没有这笔款项。")),
    "payment_key_refused": Problem(HTTPStatus.SERVICE_UNAVAILABLE, _l("支付服务尚未接通，请联系运营方。")),
    "payment_key_reused": conflict(_l("同一请求编号已用于另一笔款项，请刷新后重试。")),
    "payment_in_progress": conflict(_l("这笔款项正在处理，请稍后查看结果。")),
    "payment_answer_unreadable": Problem(HTTPStatus.BAD_GATEWAY, _l("支付服务的应答无法识别，请联系运营方。")),
    "webhook_not_accepted": Problem(HTTPStatus.BAD_REQUEST, _l("消息未被接受。")),
}
