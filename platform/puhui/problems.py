"""Every way to say no: one table from an error's code to its status and sentence, for pages and problem+json.

A sentence is Chinese; its English stands in ``platform/puhui/web/errors/en.po`` or in the feature's own ``en.po``.
``shows`` names the facts that the outside may see; every other fact stays in the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from flask_babel import format_datetime, gettext
from flask_babel import lazy_gettext as _l

from ledger.kernel.errors import DomainError


@dataclass(frozen=True, slots=True)
class Problem:
    """The status and the sentence of an error, and which of its facts may be shown."""

    status: HTTPStatus
    sentence: object
    shows: tuple[str, ...] = ()


def _bad(sentence: object, *shows: str) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, sentence, shows)


def _conflict(sentence: object, *shows: str) -> Problem:
    return Problem(HTTPStatus.CONFLICT, sentence, shows)


IDENTITY: dict[str, Problem] = {
    "phone_invalid": _bad(_l("请输入 11 位中国大陆手机号。")),
    "too_many_attempts": Problem(
        HTTPStatus.TOO_MANY_REQUESTS, _l("操作过于频繁，请于 %(retry_at)s 后再试。"), ("retry_at",)
    ),
    "code_not_accepted": _bad(_l("验证码不正确或已失效，请核对或重新获取。")),
    "code_undeliverable": Problem(HTTPStatus.SERVICE_UNAVAILABLE, _l("暂时无法发送验证码，请稍后再试或用密码登录。")),
    "password_not_accepted": _bad(_l("手机号或密码不正确。")),
    "password_too_weak": _bad(_l("密码至少 %(least)s 位，且不能由少数几个字符重复而成。"), "least"),
    "account_locked": Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        _l("密码连续输错 5 次，账号已锁定，%(locked_until)s 自动解锁。"),
        ("locked_until",),
    ),
    "person_closed": Problem(HTTPStatus.GONE, _l("该账号已注销。")),
    "role_unfit": _bad(_l("该类机构没有此角色。"), "kind", "role"),
    "membership_unknown": Problem(HTTPStatus.NOT_FOUND, _l("没有这个身份，或已被撤销。")),
    "client_not_accepted": Problem(HTTPStatus.UNAUTHORIZED, _l("客户端标识或密钥不正确。")),
}

REDEMPTION: dict[str, Problem] = {
    "rate_missing": _conflict(_l("暂时没有可用的兑换比例，请稍后再试。")),
    "exchange_too_small": _bad(_l("至少需要 %(needed)s 积分才能换一枚碳币。"), "needed"),
    "rate_changed": _conflict(_l("兑换比例刚刚更新，请看过新的比例再确认。")),
    "offer_unknown": Problem(HTTPStatus.NOT_FOUND, _l("没有这个兑换品，或已下架。")),
    "offer_not_open": _conflict(_l("不在兑换期内。")),
    "offer_sold_out": _conflict(_l("已兑完。有人取消或过期时会重新放出。")),
    "offer_limit_reached": _conflict(_l("每人限兑 %(per_person)s 份，您已兑满。"), "per_person"),
    "offer_invalid": _bad(_l("兑换品的内容有误，请核对：%(fields)s。"), "fields"),
    "voucher_unknown": Problem(HTTPStatus.NOT_FOUND, _l("没有这张券。")),
    "voucher_already_redeemed": _conflict(_l("这张券已使用。")),
    "voucher_cancelled": _conflict(_l("这张券已取消。")),
    "voucher_expired": _conflict(_l("这张券已过期，碳币已退回。")),
    "scan_unknown": Problem(HTTPStatus.NOT_FOUND, _l("没有这次扫码的记录，请重新扫码。")),
    "scan_too_old": _conflict(_l("扫码后超过 10 分钟未确认，请重新扫码。")),
    "merchant_unknown": Problem(HTTPStatus.NOT_FOUND, _l("没有这家商户。")),
    "merchant_exists": _conflict(_l("该商户、门店或柜台已用别的资料开通。")),
    "counter_unknown": Problem(HTTPStatus.NOT_FOUND, _l("没有这个柜台，或它属于别的商户。")),
}

INTAKE: dict[str, Problem] = {
    "idempotency_key_missing": _bad(_l("请在 Idempotency-Key 请求头中给出 1 到 200 个可见 ASCII 字符。")),
    "activity_malformed": _bad(_l("这不是一条可读的行为记录：%(reason)s %(detail)s"), "reason", "detail"),
    "batch_too_long": Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _l("一次最多 %(most)s 行，请分批提交。"), ("most",)),
    "batch_too_large": Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _l("一次最多 %(most)s 字节，请分批提交。"), ("most",)
    ),
    "batch_empty": _bad(_l("请求中没有一行记录。")),
    "intake_conflict": _conflict(_l("这个 Idempotency-Key 已用于另一份内容。")),
    "provider_unknown": Problem(HTTPStatus.NOT_FOUND, _l("没有这个数据方，或已停用。")),
    "format_unknown": _bad(_l("该数据方没有这种文件格式。")),
    "file_unreadable": _bad(_l("文件与其格式不符。")),
    "rider_key_changed": Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, _l("平台的数据密钥已更换，骑行者无法对应，已停止接收。")
    ),
    "claim_code_invalid": _bad(_l("绑定码与编号不符或已过期，请向数据方重新获取。")),
    "rider_unknown": Problem(HTTPStatus.NOT_FOUND, _l("还没有收到过这个编号的行为记录。")),
    "rider_claimed_by_another": _conflict(_l("这个编号已由他人绑定。")),
    "participant_closed": Problem(HTTPStatus.GONE, _l("该账户已注销，不再记录行为。")),
    "activity_unknown": Problem(HTTPStatus.NOT_FOUND, _l("没有这条行为记录。")),
    "method_unknown": Problem(HTTPStatus.NOT_FOUND, _l("没有这个方法学。")),
    "method_data_invalid": Problem(HTTPStatus.INTERNAL_SERVER_ERROR, _l("方法学数据有误。")),
}

LEDGER: dict[str, Problem] = {
    "account_unknown": Problem(HTTPStatus.NOT_FOUND, _l("没有这个账户。")),
    "account_closed": Problem(HTTPStatus.GONE, _l("该账户已关闭。")),
    "account_differs": _conflict(_l("该账户已按别的方式开立。")),
    "account_in_use": _conflict(_l("该账户还有冻结的数额，不能关闭。")),
    "asset_unknown": Problem(HTTPStatus.NOT_FOUND, _l("没有这种资产。")),
    "asset_mismatch": _bad(_l("两个账户的资产不同。")),
    "same_account": _bad(_l("转出和转入是同一个账户。")),
    "units_invalid": _bad(_l("数量必须是正整数。")),
    "insufficient_balance": _conflict(_l("余额不足：需要 %(needed)s，可用 %(available)s。"), "needed", "available"),
    "request_conflict": _conflict(_l("同一请求编号已用于别的内容，请刷新后重试。")),
    "transfer_unknown": Problem(HTTPStatus.NOT_FOUND, _l("没有这笔记录。")),
    "transfer_reversed": _conflict(_l("这笔记录已冲正。")),
    "hold_unknown": Problem(HTTPStatus.NOT_FOUND, _l("没有这笔冻结。")),
    "hold_ended": _conflict(_l("这笔冻结已结束。")),
    "hold_expired": _conflict(_l("这笔冻结已过期。")),
    "hold_exceeded": _bad(_l("数量超过冻结的数额。")),
    "journal_invalid": _bad(_l("账本文件无法读取。")),
}

MARKET: dict[str, Problem] = {
    "break_unknown": Problem(HTTPStatus.NOT_FOUND, _l("没有这条差异，或已处理。")),
    "certificate_taken": _conflict(_l("该登记证明编号已用于另一笔质押。")),
    "credit_code_invalid": _bad(_l("统一社会信用代码不正确。")),
    "document_invalid": _bad(_l("文件种类、月份或回执号有误。")),
    "enterprise_exists": _conflict(_l("该企业已用别的资料登记。")),
    "enterprise_unknown": Problem(HTTPStatus.NOT_FOUND, _l("没有这家企业。")),
    "extract_unreadable": _bad(_l("无法识别这份登记摘录。")),
    "instrument_exists": _conflict(_l("该标的已用别的资料建立。")),
    "instrument_invalid": _bad(_l("标的资料不完整或不一致。")),
    "instrument_unknown": Problem(HTTPStatus.NOT_FOUND, _l("没有这个标的。")),
    "kinds_differ": _bad(_l("不同种类的数量不能相加。")),
    "mapping_unknown": Problem(HTTPStatus.NOT_FOUND, _l("没有这个列对应方案。")),
    "market_account_taken": _conflict(_l("该账户已属于另一家企业，或本企业已有交易账户。")),
    "market_file_decided": _conflict(_l("这份文件已复核或已退回。")),
    "market_file_unknown": Problem(HTTPStatus.NOT_FOUND, _l("没有这份文件。")),
    "obligation_unknown": Problem(HTTPStatus.NOT_FOUND, _l("该年度的清缴通知尚未录入。")),
    "parameter_unknown": _conflict(_l("规则参数 %(name)s 尚无公布数值。"), "name"),
    "pledge_exceeds": _conflict(_l("可质押 %(available)s，申请 %(asked)s；已质押的不能再质押。"), "available", "asked"),
    "pledge_term_invalid": _bad(_l("质押到期日须晚于起始日。")),
    "pledge_unknown": Problem(HTTPStatus.NOT_FOUND, _l("没有这笔质押。")),
    "price_file_unreadable": _bad(_l("无法识别这份行情文件。")),
    "record_file_unreadable": _bad(_l("文件与列对应方案不符，请核对表头。")),
    "release_needs_document": _bad(_l("解除质押须填写文件编号。")),
    "resolution_missing": _bad(_l("请写明如何处理。")),
    "second_person_needed": _conflict(_l("须由另一人复核：经办与复核不能是同一人。")),
    "valuation_refused": _conflict(_l("没有可用于估值的价格。")),
}

PAYMENTS: dict[str, Problem] = {
    "payment_unavailable": Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, _l("支付服务暂时没有应答，结果尚不确定；请稍后用同一笔重试，不会重复扣款。")
    ),
    "payment_rate_limited": Problem(HTTPStatus.SERVICE_UNAVAILABLE, _l("支付服务繁忙，未扣款，请稍后再试。")),
    "payment_declined": _conflict(_l("付款未通过，未扣款，请换一种付款方式。")),
    "payment_funds_short": _conflict(_l("支付账户余额不足，未付出。")),
    "payment_request_invalid": _conflict(_l("这笔款项现在不能这样处理。")),
    "payment_unknown": Problem(HTTPStatus.NOT_FOUND, _l("没有这笔款项。")),
    "payment_key_refused": Problem(HTTPStatus.SERVICE_UNAVAILABLE, _l("支付服务尚未接通，请联系运营方。")),
    "payment_key_reused": _conflict(_l("同一请求编号已用于另一笔款项，请刷新后重试。")),
    "payment_in_progress": _conflict(_l("这笔款项正在处理，请稍后查看结果。")),
    "payment_answer_unreadable": Problem(HTTPStatus.BAD_GATEWAY, _l("支付服务的应答无法识别，请联系运营方。")),
    "webhook_not_accepted": Problem(HTTPStatus.BAD_REQUEST, _l("消息未被接受。")),
}

# A feature adds its codes here, a line or a table each.
PROBLEMS: dict[str, Problem] = {
    "domain_error": Problem(HTTPStatus.UNPROCESSABLE_ENTITY, _l("无法完成此操作。")),
    **IDENTITY,
    **LEDGER,
    **INTAKE,
    **REDEMPTION,
    **MARKET,
    **PAYMENTS,
}

STATUSES: dict[int, tuple[object, object]] = {
    400: (_l("请求有误"), _l("页面可能已过期，请返回刷新后重试。")),
    401: (_l("请先登录"), _l("此页面需要登录后查看。")),
    403: (_l("无权访问"), _l("当前身份不能打开此页面，可切换身份后再试。")),
    404: (_l("页面不存在"), _l("地址可能有误，或内容已移除。")),
    405: (_l("操作不被允许"), _l("此地址不接受这种请求。")),
    409: (_l("无法完成"), _l("情况已经变化，请刷新后查看。")),
    410: (_l("已失效"), _l("此内容已不再提供。")),
    413: (_l("内容过大"), _l("提交的内容超过大小限制，请分批提交。")),
    415: (_l("格式不支持"), _l("请检查提交内容的格式。")),
    422: (_l("内容需要修改"), _l("请按提示修改后再提交。")),
    429: (_l("操作过于频繁"), _l("请稍候再试。")),
    500: (_l("系统出错"), _l("我们已记录此问题，您的积分和碳币不受影响，请稍后再试。")),
    503: (_l("服务暂不可用"), _l("系统正在恢复，请稍后再试。")),
}


def problem_of(error: DomainError) -> Problem:
    """Answer the problem of *error*; a code without an entry is the root's, and a house test fails on it."""
    return PROBLEMS.get(error.code, PROBLEMS["domain_error"])


def sentence_of(error: DomainError) -> str:
    """Answer the translated sentence of *error* with the facts that may be shown."""
    problem = problem_of(error)
    text = str(problem.sentence)
    return text % {name: _shown(error.facts.get(name)) for name in problem.shows} if problem.shows else text


def facts_of(error: DomainError) -> dict[str, object]:
    """Answer the facts that may be shown, fit for JSON."""
    return {name: _plain(error.facts.get(name)) for name in problem_of(error).shows}


def title_of(status: int) -> str:
    """Answer the translated title of a status."""
    return str(STATUSES[status][0]) if status in STATUSES else gettext("无法完成")


def advice_of(status: int) -> str:
    """Answer the translated sentence of a status."""
    return str(STATUSES[status][1]) if status in STATUSES else gettext("请稍后再试。")


def _shown(fact: object) -> str:
    return str(format_datetime(fact, "HH:mm:ss")) if isinstance(fact, datetime) else str(fact)


def _plain(fact: object) -> object:
    if isinstance(fact, datetime):
        return fact.isoformat()
    return fact if isinstance(fact, int | str | bool | None) else str(fact)
