"""Every way to say no: one table from an error's code to its status and sentence, for pages and problem+json.

A sentence is Chinese; its English stands in ``platform/puhui/web/errors/en.po`` or in the feature's own ``en.po``.
``shows`` names the facts that the outside may see; every other fact stays in the log.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from flask_babel import format_datetime, gettext
from flask_babel import lazy_gettext as _l

from ledger.kernel.errors import DomainError
from puhui.problems.events import EVENTS
from puhui.problems.identity import IDENTITY
from puhui.problems.institutions import INSTITUTIONS
from puhui.problems.intake import INTAKE
from puhui.problems.kinds import Problem
from puhui.problems.ledger import LEDGER
from puhui.problems.market import MARKET
from puhui.problems.merchants import MERCHANTS
from puhui.problems.meters import METERS
from puhui.problems.payments import PAYMENTS
from puhui.problems.redemption import REDEMPTION
from puhui.problems.rooms import ROOMS
from puhui.problems.settlement import SETTLEMENT
from puhui.problems.spending import SPENDING

# Each feature has its table in a module of this package and is named here.
PROBLEMS: dict[str, Problem] = {
    "domain_error": Problem(HTTPStatus.UNPROCESSABLE_ENTITY, _l("无法完成此操作。")),
    **IDENTITY,
    **LEDGER,
    **INTAKE,
    **REDEMPTION,
    **MARKET,
    **METERS,
    **MERCHANTS,
    **PAYMENTS,
    **ROOMS,
    **SETTLEMENT,
    **SPENDING,
    **INSTITUTIONS,
    **EVENTS,
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
