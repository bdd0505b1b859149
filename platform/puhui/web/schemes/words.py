"""The words of schemes, and the rule text that follows from a version's settings, in Chinese and English."""

from __future__ import annotations

from flask_babel import force_locale, format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from puhui.web.formatting import number
from puhui.web.methods.words import method_name
from puhui.web.schemes.forms import points_of_units
from rewards.methods import catalogue
from rewards.schemes.model import AwardCode, Span, VersionState, Whose
from rewards.schemes.rules import Settings

STATES: dict[VersionState, object] = {
    VersionState.DRAFT: _l("草稿"),
    VersionState.SUBMITTED: _l("待审核"),
    VersionState.APPROVED: _l("已发布"),
    VersionState.REFUSED: _l("已退回"),
}
AWARD_CODES: dict[str, object] = {
    AwardCode.AWARDED: _l("已计分"),
    AwardCode.TOO_SMALL: _l("不足 0.01 分"),
    AwardCode.PERSON_QUOTA: _l("已达个人限额"),
    AwardCode.DEPARTMENT_QUOTA: _l("已达部门限额"),
    AwardCode.BUDGET_SPENT: _l("预算已用完"),
}


def scheme_points(units: int) -> str:
    """Answer hundredths of a point as points: ``1,280.50``, without needless places."""
    return number(points_of_units(units), "#,##0.##")


def rule_texts(settings: Settings, *, institution: str, name: str) -> list[tuple[str, list[str]]]:
    """Answer the rules as people read them, in Chinese and in English: (language, sentences)."""
    found = []
    for language in ("zh", "en"):
        with force_locale(language):
            found.append((language, _sentences(settings, institution=institution, name=name)))
    return found


def _sentences(settings: Settings, *, institution: str, name: str) -> list[str]:
    dates = {"start": _day(settings.starts_on), "end": _day(settings.ends_on), "valid": _day(settings.valid_from)}
    return [
        _("目的：%(purpose)s", purpose=settings.purpose),
        _(
            "“%(name)s”适用于%(institution)s的成员，自 %(start)s 至 %(end)s。",
            name=name,
            institution=institution,
            **dates,
        ),
        _("本版规则自 %(valid)s 起生效，只管此后的行为；此前已记的积分不改。", **dates),
        _(
            "加入单位后经数据方报送并被接受的行为计分：每 %(grams)s 克减排量为 1 分，乘以权重，向下取到 0.01 分。",
            grams=number(settings.grams_per_point),
        ),
        _("没有减排量、只给个人积分的行为，以个人积分代替克数。"),
        _("计入的行为与权重：%(list)s。", list=_weights(settings)),
        *_quotas(settings),
        _("全部积分不超过预算 %(budget)s 分；用完即止，不拖欠。", budget=scheme_points(settings.budget_units)),
        _("单位积分与个人碳积分分开记账，互不影响；不是货币，不能转让。"),
        _("行为被更正或撤销时，对应积分以冲正退回。退出单位后已得的积分仍归本人。"),
    ]


def _weights(settings: Settings) -> str:
    known = catalogue()
    parts = [
        _("%(method)s %(weight)s%%", method=method_name(known.method(code)), weight=weight)
        for code, weight in settings.weights.items()
    ]
    return str(_("、")).join(parts)


def _quotas(settings: Settings) -> list[str]:
    sentences = {
        (Whose.PERSON, Span.DAY): _l("每人每日最多 %(n)s 分。"),
        (Whose.PERSON, Span.MONTH): _l("每人每月最多 %(n)s 分。"),
        (Whose.PERSON, Span.YEAR): _l("每人全年最多 %(n)s 分。"),
        (Whose.DEPARTMENT, Span.DAY): _l("每部门每日最多 %(n)s 分。"),
        (Whose.DEPARTMENT, Span.MONTH): _l("每部门每月最多 %(n)s 分。"),
        (Whose.DEPARTMENT, Span.YEAR): _l("每部门全年最多 %(n)s 分。"),
    }
    said = [
        str(text) % {"n": scheme_points(settings.quotas[key])}
        for key, text in sentences.items()
        if key in settings.quotas
    ]
    return said or [_("没有个人和部门限额。")]


def _day(day: object) -> str:
    return str(format_date(day, "yyyy-MM-dd"))
