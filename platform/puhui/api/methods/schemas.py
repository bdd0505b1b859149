"""A method as programs read it; decimals are strings."""

from __future__ import annotations

import marshmallow as ma


def _text(description: str, example: str | None, *, none: bool = False) -> ma.fields.String:
    return ma.fields.String(allow_none=none, metadata={"description": description, "example": example})


class CapSchema(ma.Schema):
    """The most that one person may be credited in a period."""

    period = _text("day, month or year, in the provider's local time", "day")
    limit = _text("The limit", "20")
    counts = _text("quantity (in the unit), events or grams", "quantity")


class VariantSchema(ma.Schema):
    """A branch with its own unit and factor."""

    code = _text("The branch", "water")
    unit = _text("Its unit", "t")
    factor_g_per_unit = _text("Grams per unit", "168", none=True)


class VersionSchema(ma.Schema):
    """A version, in force from a day until the next."""

    version = ma.fields.Integer(metadata={"description": "The version's number", "example": 1})
    valid_from = ma.fields.String(metadata={"description": "In force from this day", "example": "2025-12-31"})
    status = _text("published or uncertain", "published")
    status_detail = _text("What stands behind the status", "Wuhan platform, People's Daily")
    formula = _text("The formula", "km × factor")
    factor_g_per_unit = _text("Grams of CO2e per unit", "40", none=True)
    factor_area = _text("Where the factor holds", "武汉")
    factor_vintage = _text("The factor's year", "2024")
    source = _text("The citation", "人民日报 2024 (武汉 武碳江湖)")
    creditable = ma.fields.Boolean(metadata={"description": "Whether it may give grams", "example": True})
    evidence_tier = _text("A third party or meter, B checked, C self-declared", "A")
    points_per_unit = ma.fields.Integer(metadata={"description": "Points per unit without grams", "example": 0})
    caps = ma.fields.List(ma.fields.Nested(CapSchema))
    cap_note = _text("Where the cap comes from", "proposed, 20 km/day")
    note = _text("What to know about it", "")
    variants = ma.fields.List(ma.fields.Nested(VariantSchema))


class MethodSummarySchema(VersionSchema):
    """A method in its current version."""

    code = _text("The method's code", "T02")
    name_zh = _text("Its name", "共享单车骑行")
    name_en = _text("Its English name", "Shared cycling")
    category_zh = _text("Its category", "行")
    category_en = _text("Its category in English", "Travel")
    unit = _text("What is counted", "km")
    group = _text("Methods of one group record one physical act", "bike")


class MethodSchema(MethodSummarySchema):
    """A method with its history."""

    versions = ma.fields.List(ma.fields.Nested(VersionSchema))
