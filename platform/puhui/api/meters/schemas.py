"""Readings in, answers out; meters and indicators of an institution."""

from __future__ import annotations

import marshmallow as ma

from puhui.api.schemas import StrictSchema

VISIBLE = "^[!-~]{1,64}$"
DECIMAL = r"^[0-9]{1,12}(\.[0-9]{1,3})?$"
TIME = r"^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?$"


def _text(description: str, example: str | None, *, none: bool = False, **shape: object) -> ma.fields.String:
    return ma.fields.String(
        required=not none, allow_none=none, metadata={"description": description, "example": example, **shape}
    )


class ReadingSchema(StrictSchema):
    """The use of a meter between two instants of one month."""

    id = _text("Your own id of the record, up to 64 visible ASCII characters", "r-20260301-00", pattern=VISIBLE)
    meter = _text("The meter's number, as its institution registered it with you", "E-1", pattern=VISIBLE)
    quantity = _text("A decimal of zero or more with at most three decimals", "12.5", pattern=DECIMAL)
    unit = _text("The meter's unit", "kWh", enum=["kWh", "m³", "L", "GJ"])
    started_at = _text(
        "ISO 8601; the site's own time where it has no offset", "2026-03-01T00:00:00+08:00", pattern=TIME
    )
    ended_at = _text("ISO 8601; in the same month", "2026-03-01T01:00:00+08:00", pattern=TIME)


class ReadingAnswerSchema(ma.Schema):
    """The answer to one row."""

    index = ma.fields.Integer(metadata={"description": "The row, from 0", "example": 0})
    id = ma.fields.String(allow_none=True, metadata={"description": "Your id", "example": "r-20260301-00"})
    status = ma.fields.String(
        metadata={
            "description": "What became of it",
            "enum": ["accepted", "duplicate", "rejected"],
            "example": "accepted",
        }
    )
    code = ma.fields.String(metadata={"description": "Why, for programs", "example": "received"})
    detail = ma.fields.String(metadata={"description": "Which field is wrong, where one is", "example": "$.quantity"})


class ReadingBatchSchema(ma.Schema):
    """The answer to a call: rows = accepted + duplicate + rejected."""

    rows = ma.fields.Integer(metadata={"description": "Rows in the call", "example": 1})
    accepted = ma.fields.Integer(metadata={"description": "Rows that are new", "example": 1})
    duplicate = ma.fields.Integer(metadata={"description": "Rows known already", "example": 0})
    rejected = ma.fields.Integer(metadata={"description": "Rows not taken", "example": 0})
    answers = ma.fields.List(ma.fields.Nested(ReadingAnswerSchema), metadata={"description": "A row for each row"})


class MeterSchema(ma.Schema):
    """A meter of the institution."""

    id = ma.fields.UUID(metadata={"description": "Our id", "example": "01900000-0000-7000-8000-000000000000"})
    name = _text("Its name", "门诊楼总表")
    number = _text("What stands on the bill", "E-1")
    energy = _text("What it counts", "electricity")
    unit = _text("Its unit", "kWh")
    is_sub_meter = ma.fields.Boolean(metadata={"description": "Shown, never added", "example": False})
    for_vehicles = ma.fields.Boolean(metadata={"description": "Fuel of official vehicles", "example": False})
    opened_on = _text("First day", "2020-01-01")
    closed_on = _text("Last day; null while it counts", None, none=True)


class MetersSchema(ma.Schema):
    """The institution's meters, by energy and name."""

    meters = ma.fields.List(ma.fields.Nested(MeterSchema), metadata={"description": "By energy and name"})


class FigureSchema(ma.Schema):
    """An indicator; its value is null where something is missing, and then it says what."""

    measure = _text("Which indicator", "energy_per_m2")
    unit = _text("Its unit", "kgce/m²")
    value = _text("A decimal as text; null where something is missing", "3.070800", none=True)
    before = _text("The same period of the year before", "3.200000", none=True)
    change_percent = _text("Change against the year before, percent", "-4.0", none=True)
    target = _text("The institution's own target for the year", "3.1", none=True)
    peer_median = _text("Median of the type, from five others on", "4.2", none=True)
    missing = ma.fields.List(
        ma.fields.Dict(),
        metadata={"description": "What is missing", "example": [{"code": "no_bill", "month": "2026-03"}]},
    )


class IndicatorsSchema(ma.Schema):
    """The four official indicators of a period."""

    period = _text("A year or a quarter", "2026Q1")
    figures = ma.fields.List(ma.fields.Nested(FigureSchema), metadata={"description": "In the official order"})
