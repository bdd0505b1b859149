"""The words of campaigns: what they are modelled on and where that comes from, goals, states, places."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from puhui.web.formatting import day, mass, number
from rewards.campaigns.model import Campaign, CampaignState, Goal, PlaceKind, Template

TEMPLATES: dict[Template, object] = {
    Template.ENERGY_WEEK: _l("节能宣传周"),
    Template.LOW_CARBON_DAY: _l("低碳日"),
    Template.CLEAN_PLATE: _l("光盘周"),
    Template.GREEN_TRAVEL: _l("135 绿色出行"),
    Template.OWN: _l("自定活动"),
}
SOURCES: dict[Template, object] = {
    Template.ENERGY_WEEK: _l(
        "《江西省碳达峰实施方案》“加强全民宣传教育”：开展全国节能宣传周主题宣传活动。具体日期以当年通知为准。"
    ),
    Template.LOW_CARBON_DAY: _l(
        "《江西省碳达峰实施方案》“加强全民宣传教育”：开展全国低碳日主题宣传活动。具体日期以当年通知为准。"
    ),
    Template.CLEAN_PLATE: _l("《江西省碳达峰实施方案》“倡导绿色低碳生活”：坚决制止餐饮浪费行为。"),
    Template.GREEN_TRAVEL: _l("135 绿色出行：1 公里内步行、3 公里内骑车、5 公里内乘公交（转载资料，未得原址）。"),
    Template.OWN: _l("由本单位自定。"),
}
GOALS: dict[Goal, object] = {
    Goal.PEOPLE: _l("参与人数"),
    Goal.ACTS: _l("计入的行为次数"),
    Goal.GRAMS: _l("减排量（克）"),
    Goal.CHECK_INS: _l("签到次数"),
}
STATES: dict[CampaignState, object] = {
    CampaignState.DRAFT: _l("草稿"),
    CampaignState.COMING: _l("即将开始"),
    CampaignState.RUNNING: _l("进行中"),
    CampaignState.OVER: _l("已结束"),
}
PLACE_KINDS: dict[PlaceKind, object] = {
    PlaceKind.SCREEN: _l("屏幕（码每 30 秒更新）"),
    PlaceKind.POSTER: _l("海报（固定码，限时限量）"),
}


def goal_amount(goal: Goal, amount: int) -> str:
    """Answer an amount of what a goal counts, with its unit."""
    if goal is Goal.GRAMS:
        return mass(amount)
    if goal is Goal.PEOPLE:
        return str(_("%(n)s 人", n=number(amount)))
    return str(_("%(n)s 次", n=number(amount)))


def days_of(campaign: Campaign) -> str:
    """Answer a campaign's first and last day in prose."""
    return f"{day(campaign.starts_at)} – {day(campaign.ends_at - timedelta(seconds=1))}"


def clock(minute: int) -> str:
    """Answer a minute of the day as a clock shows it."""
    return f"{minute // 60:02d}:{minute % 60:02d}"
