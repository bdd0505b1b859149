"""Amounts and times as people read them: grams and kilograms, points, coins, days of Asia/Shanghai."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import format_date, format_datetime, format_decimal, get_locale, gettext

GRAMS_PER_KG = 1000
GRAMS_PER_TONNE = 1_000_000


def mass(grams: int) -> str:
    """Answer grams of CO2e as ``860 g``, ``12.35 kg`` or ``3.20 t``."""
    if abs(grams) < GRAMS_PER_KG:
        return f"{number(grams)} g"
    if abs(grams) < GRAMS_PER_TONNE:
        return f"{number(Decimal(grams) / GRAMS_PER_KG, '#,##0.00')} kg"
    return f"{number(Decimal(grams) / GRAMS_PER_TONNE, '#,##0.00')} t"


def kilograms(grams: int) -> str:
    """Answer grams as a bare number of kilograms with two places, for a page that writes the unit itself."""
    return number(Decimal(grams) / GRAMS_PER_KG, "#,##0.00")


def points(units: int) -> str:
    """Answer points with their word: ``1,280 积分``."""
    return str(gettext("%(n)s 积分", n=number(units)))


def coins(units: int) -> str:
    """Answer coins with their word: ``30 碳币``."""
    return str(gettext("%(n)s 碳币", n=number(units)))


def number(value: int | Decimal, pattern: str | None = None) -> str:
    """Answer a number with separators of thousands."""
    return str(format_decimal(value, pattern))


def moment(at: datetime) -> str:
    """Answer an instant in Shanghai as ``2026-03-05 08:30``, as tables show it."""
    return str(format_datetime(at, "yyyy-MM-dd HH:mm"))


def day(at: datetime | date) -> str:
    """Answer a day in prose: ``2026年3月5日``, ``5 March 2026``."""
    pattern = "y年M月d日" if get_locale().language == "zh" else "d MMMM y"
    return str(format_datetime(at, pattern) if isinstance(at, datetime) else format_date(at, pattern))


def clock_time(at: datetime) -> str:
    """Answer the time of day in Shanghai: ``08:30``."""
    return str(format_datetime(at, "HH:mm"))


FILTERS: dict[str, Any] = {
    "mass": mass,
    "kilograms": kilograms,
    "points": points,
    "coins": coins,
    "number": number,
    "moment": moment,
    "day": day,
    "clock_time": clock_time,
}


def init_formatting(app: Flask) -> None:
    """Give the filters to the templates of *app*."""
    app.jinja_env.filters.update(FILTERS)
