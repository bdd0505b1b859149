"""Totals of a year and days of an instrument; money is yuan as a string, quantity whole tonnes."""

from __future__ import annotations

import marshmallow as ma


def _text(description: str, example: str | None, *, none: bool = False) -> ma.fields.String:
    return ma.fields.String(allow_none=none, metadata={"description": description, "example": example})


def _whole(description: str, example: int) -> ma.fields.Integer:
    return ma.fields.Integer(metadata={"description": description, "example": example})


class YearSchema(ma.Schema):
    """A year of the national allowance market over all vintages; the composite is not added."""

    year = _whole("The year", 2025)
    days = _whole("Trading days on file", 243)
    volume_t = _whole("Volume of all methods, tonnes", 234_597_856)
    amount_cny = _text("Amount, yuan", "14629891128.06")
    vwap = _text("Average price weighted by volume, yuan; null without volume", "62.36", none=True)
    last_close = _text("Last close of the composite, yuan", "74.63", none=True)


class DaySchema(ma.Schema):
    """A day of an instrument; high and low are null where nothing was traded."""

    day = _text("The trading day", "2026-08-19")
    close = _text("Close, yuan", "97.40")
    high = _text("Highest listed price, yuan", "97.80", none=True)
    low = _text("Lowest listed price, yuan", "96.90", none=True)
    volume_t = _whole("Listed volume, tonnes; 0 means that the close is only carried forward", 120_000)


class InstrumentSchema(ma.Schema):
    """An instrument or the composite with its last hundred days, newest first."""

    code = _text("The code", "CEA25")
    name = _text("Its name", "碳排放配额25")
    is_tradable = ma.fields.Boolean(metadata={"description": "False for an index", "example": True})
    source = _text("Who published the prices", "上海环境能源交易所公开日行情")
    days = ma.fields.List(ma.fields.Nested(DaySchema), metadata={"description": "Newest first"})
