"""The operator's rooms: a line each, shown once its endpoint is there."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Room:
    """Where a page of the operator's is, its word, and what is done there."""

    endpoint: str
    word: object
    note: object


# A feature adds its pages here, a line each.
ROOMS: tuple[Room, ...] = (
    Room("operator.jobs", _l("定时任务"), _l("最近的运行与结果")),
    Room("methods.index", _l("方法学"), _l("方法、因子与来源")),
    Room("market.index", _l("碳市场行情"), _l("公开价格与来源")),
)
