"""Words for methods: each language reads its own column of the data."""

from __future__ import annotations

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l

from rewards.methods import Cap, Counts, Method, Period, Tier, Variant, Version, quantity_text

TIERS: dict[str, object] = {
    Tier.A: _l("A 授权第三方或计量表"),
    Tier.B: _l("B 照片、扫码、单据等经核对"),
    Tier.C: _l("C 本人申报"),
}
PERIODS: dict[str, object] = {Period.DAY: _l("每日"), Period.MONTH: _l("每月"), Period.YEAR: _l("每年")}
STATUSES: dict[str, object] = {"published": _l("已公布"), "uncertain": _l("不确定")}


def is_chinese() -> bool:
    """Whether the reader reads Chinese."""
    return bool(get_locale().language == "zh")


def method_name(method: Method | Variant) -> str:
    """The method's name."""
    return method.name_zh if is_chinese() else method.name_en


def category_name(method: Method) -> str:
    """The name of the method's category."""
    return method.category_zh if is_chinese() else method.category_en


def unit_name(method: Method) -> str:
    """The unit in words."""
    return method.unit_zh if is_chinese() else method.unit


def in_words(version: Version, field: str) -> str:
    """A text of a version in the reader's language: formula, note, cap_note or status_detail."""
    return str(getattr(version, f"{field}_{'zh' if is_chinese() else 'en'}"))


def cap_words(cap: Cap, method: Method) -> str:
    """A cap in words, such as ``每日 20 公里``."""
    period = PERIODS[cap.period]
    if cap.counts is Counts.QUANTITY:
        return f"{period} {quantity_text(cap.limit)} {unit_name(method)}"
    return (
        f"{period} {cap.limit} g"
        if cap.counts is Counts.GRAMS
        else gettext("%(period)s %(n)s 次", period=period, n=cap.limit)
    )
