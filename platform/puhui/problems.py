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

# A feature adds its codes here, a line or a table each.
PROBLEMS: dict[str, Problem] = {
    "domain_error": Problem(HTTPStatus.UNPROCESSABLE_ENTITY, _l("无法完成此操作。")),
    **IDENTITY,
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
