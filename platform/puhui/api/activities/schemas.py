"""What a provider sends and is answered, as the OpenAPI document shows it.

The rows themselves are read by ``puhui.intake.decoding`` and answered by ``puhui.intake.taking``, which are made for
tens of thousands of rows; a test holds these schemas to the same fields.
"""

from __future__ import annotations

import marshmallow as ma

from puhui.api.schemas import StrictSchema

VISIBLE = "^[!-~]{1,64}$"
DECIMAL = r"^-?[0-9]{1,12}(\.[0-9]{1,3})?$"
TIME = r"^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?$"


def _text(
    description: str, example: str | None, *, required: bool = True, pattern: str | None = None
) -> ma.fields.String:
    shape = {"pattern": pattern} if pattern else {"minLength": 1, "maxLength": 128}
    return ma.fields.String(
        required=required, allow_none=not required, metadata={"description": description, "example": example, **shape}
    )


class ReportSchema(StrictSchema):
    """One act."""

    id = _text("Your own id of the record, up to 64 visible ASCII characters", "trip-20260305-0001", pattern=VISIBLE)
    rider = _text("Your id of the rider or customer; only a keyed hash of it is kept", "17636")
    method = _text("The method's code", "T02")
    quantity = _text("A decimal with at most three decimals", "3.2", pattern=DECIMAL)
    unit = _text("The method's unit", "km")
    started_at = _text(
        "ISO 8601; in your own time zone where it has no offset", "2026-03-05T08:00:00+08:00", pattern=TIME
    )
    ended_at = _text("ISO 8601; rides need it", "2026-03-05T08:10:00+08:00", required=False, pattern=TIME)
    trip = _text("The trip or order number that other providers of the act would know", "8842", required=False)
    from_place = _text("Where it began; compared with to_place and never kept", "S-19", required=False)
    to_place = _text("Where it ended", "S-25", required=False)
    evidence = _text("A, B or C, where it is weaker than the method's own tier", "B", required=False)
    variant = _text("The branch of the method, where it has some", None, required=False)


class AnswerSchema(ma.Schema):
    """The answer to one row."""

    index = ma.fields.Integer(metadata={"description": "The row, from 0", "example": 0})
    id = ma.fields.String(allow_none=True, metadata={"description": "Your id", "example": "trip-20260305-0001"})
    status = ma.fields.String(
        metadata={
            "description": "What became of the act",
            "enum": ["accepted", "duplicate", "capped", "review", "rejected"],
            "example": "accepted",
        }
    )
    code = ma.fields.String(metadata={"description": "Why, for programs", "example": "credited"})
    grams = ma.fields.Integer(metadata={"description": "Grams of CO2e credited", "example": 128})
    points = ma.fields.Integer(metadata={"description": "Points credited", "example": 128})
    activity = ma.fields.String(metadata={"description": "Our id, where the act is kept", "example": "0190…"})
    detail = ma.fields.String(metadata={"description": "Which field is wrong, where one is", "example": "$.quantity"})


class BatchSchema(ma.Schema):
    """The answer to a call: rows = accepted + duplicate + capped + review + the sum of rejected."""

    request_id = ma.fields.String(metadata={"description": "The call's id", "example": "0190…"})
    provider = ma.fields.String(metadata={"description": "Who reported", "example": "demo-bike"})
    rows = ma.fields.Integer(metadata={"description": "Rows in the call", "example": 1})
    accepted = ma.fields.Integer(metadata={"description": "Rows accepted", "example": 1})
    duplicate = ma.fields.Integer(metadata={"description": "Rows known already", "example": 0})
    capped = ma.fields.Integer(metadata={"description": "Rows cut short by a cap", "example": 0})
    review = ma.fields.Integer(metadata={"description": "Rows that wait for a person", "example": 0})
    rejected = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Integer(),
        metadata={"description": "Rows rejected, by code", "example": {"ride_too_short": 1}},
    )
    grams = ma.fields.Integer(metadata={"description": "Grams of CO2e credited", "example": 128})
    points = ma.fields.Integer(metadata={"description": "Points credited", "example": 128})
    answers = ma.fields.List(ma.fields.Nested(AnswerSchema))
