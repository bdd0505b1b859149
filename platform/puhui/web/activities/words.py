"""Words for what became of an act: statuses and codes of ``rewards.activities.rules`` in sentences."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from rewards.activities import Status

STATUSES: dict[str, object] = {
    Status.ACCEPTED: _l("已记入"),
    Status.CAPPED: _l("达到上限"),
    Status.REVIEW: _l("待核对"),
    Status.DUPLICATE: _l("重复"),
    Status.REJECTED: _l("未记入"),
}
CODES: dict[str, object] = {
    "credited": _l("已按方法学记入减排量和积分。"),
    "points_only": _l("只记积分：这种行为或证据等级不计克数。"),
    "recorded": _l("已记录。这种行为目前没有克数和积分。"),
    "cap_day": _l("当日已到上限，只记入上限以内的部分。"),
    "cap_month": _l("当月已到上限，只记入上限以内的部分。"),
    "cap_year": _l("当年已到上限，只记入上限以内的部分。"),
    "speed_implausible": _l("速度异常，等待人工核对，核对前不记入。"),
    "same_act": _l("同一次行为已由另一条记录记入，不重复计算。"),
    "ride_too_short": _l("骑行不足 60 秒，不计。"),
    "ride_too_long": _l("骑行时间过长，不计。"),
    "same_place": _l("起点和终点是同一站点，无法算出距离，不计。"),
    "overlaps": _l("与您的另一段行程时间重叠，不计。"),
}
