"""Statements: money is yuan as text, coins are whole numbers, ids of the ledger are text."""

from __future__ import annotations

import marshmallow as ma

from puhui.api.exchange.schemas import A_TIME, AN_ID
from puhui.api.schemas import StrictSchema

A_DAY = "2026-11-22"


def _yuan(description: str, example: str) -> ma.fields.String:
    return ma.fields.String(metadata={"description": f"{description}, yuan", "example": example})


def _whole(description: str, example: int) -> ma.fields.Integer:
    return ma.fields.Integer(metadata={"description": description, "example": example})


class StatementsQuerySchema(StrictSchema):
    """A page of statements."""

    since = ma.fields.Date(load_default=None, metadata={"description": "From this day on", "example": A_DAY})
    until = ma.fields.Date(load_default=None, metadata={"description": "Up to this day", "example": A_DAY})
    after = ma.fields.UUID(load_default=None, metadata={"description": "The last id before", "example": AN_ID})
    limit = ma.fields.Integer(
        load_default=30,
        validate=ma.validate.Range(min=1, max=200),
        metadata={"description": "How many at most", "example": 30},
    )


class LinesQuerySchema(StrictSchema):
    """A page of lines."""

    after = ma.fields.Integer(
        load_default=0,
        validate=ma.validate.Range(min=0, max=2**31 - 1),
        metadata={"description": "The last place before", "example": 0},
    )
    limit = ma.fields.Integer(
        load_default=200,
        validate=ma.validate.Range(min=1, max=1000),
        metadata={"description": "How many at most", "example": 200},
    )


class PayoutSchema(ma.Schema):
    """Money of a statement on its way."""

    state = ma.fields.String(metadata={"description": "prepared, sent, paid or failed", "example": "paid"})
    attempt = _whole("Which try this is", 1)
    amount = _yuan("How much", "20.68")
    sent_at = ma.fields.AwareDateTime(allow_none=True, metadata={"description": "When it was sent", "example": A_TIME})
    paid_at = ma.fields.AwareDateTime(allow_none=True, metadata={"description": "When it arrived", "example": A_TIME})
    failed_at = ma.fields.AwareDateTime(allow_none=True, metadata={"description": "When it came back", "example": None})


class StatementSchema(ma.Schema):
    """What a merchant is owed for the coins taken through a day."""

    id = ma.fields.UUID(metadata={"description": "The statement", "example": AN_ID})
    through = ma.fields.Date(metadata={"description": "The last local day in it", "example": A_DAY})
    cycle = ma.fields.String(metadata={"description": "day or month", "example": "day"})
    made_at = ma.fields.AwareDateTime(metadata={"description": "When it was made", "example": A_TIME})
    lines = _whole("How many lines it has", 2)
    opening_coins = _whole("Coins that waited before", 0)
    taken_coins = _whole("Coins taken", 42)
    undone_coins = _whole("Coins that went back", 0)
    settled_coins = _whole("Coins settled", 42)
    closing_coins = _whole("Coins that wait for money of the funds", 0)
    gross = _yuan("What the coins are worth", "21.00")
    cash = _yuan("Cash parts of vouchers", "0.00")
    correction = _yuan("Corrections", "0.00")
    fee = _yuan("The fee", "0.32")
    net = _yuan("What is owed for it", "20.68")
    payout = ma.fields.Nested(
        PayoutSchema, allow_none=True, metadata={"description": "Its latest payout; null where nothing is owed"}
    )


class StatementListSchema(ma.Schema):
    """Statements, the latest day first."""

    items = ma.fields.List(ma.fields.Nested(StatementSchema), metadata={"description": "The page", "example": []})


class StatementLineSchema(ma.Schema):
    """A redemption, an undo, or whatever else moved the merchant's coins."""

    place = _whole("Its number on the statement", 1)
    transfer = ma.fields.String(metadata={"description": "The transfer in the ledger", "example": "25165826"})
    kind = ma.fields.String(metadata={"description": "The transfer's kind", "example": "voucher"})
    coins_units = _whole("Coins; below zero where they went back", 30)
    amount = _yuan("What they are worth", "15.00")
    occurred_at = ma.fields.AwareDateTime(metadata={"description": "When it happened", "example": A_TIME})
    reverses = ma.fields.String(
        allow_none=True, metadata={"description": "The transfer that it undoes", "example": None}
    )


class StatementLineListSchema(ma.Schema):
    """Lines in the order of the statement."""

    items = ma.fields.List(ma.fields.Nested(StatementLineSchema), metadata={"description": "The page", "example": []})


class NewDisputeSchema(StrictSchema):
    """What is wrong with a statement, or with one line of it."""

    request_id = ma.fields.UUID(
        required=True,
        metadata={"description": "Chosen by the caller; the same id is the same dispute", "example": AN_ID},
    )
    reason = ma.fields.String(
        required=True,
        validate=[ma.validate.Length(min=1, max=500), ma.validate.Regexp(r"^[^\x00]*\S[^\x00]*$")],
        metadata={"description": "Why", "example": "少算一杯"},
    )
    place = ma.fields.Integer(
        load_default=None,
        allow_none=True,
        validate=ma.validate.Range(min=1, max=2**31 - 1),
        metadata={"description": "The line's number; null for the whole statement", "example": 1},
    )


class DisputeSchema(ma.Schema):
    """A dispute and its answer."""

    id = ma.fields.UUID(metadata={"description": "The request id", "example": AN_ID})
    reason = ma.fields.String(metadata={"description": "Why", "example": "少算一杯"})
    raised_at = ma.fields.AwareDateTime(metadata={"description": "When", "example": A_TIME})
    accepted = ma.fields.Boolean(allow_none=True, metadata={"description": "Null while it waits", "example": None})
    answer = ma.fields.String(allow_none=True, metadata={"description": "The operator's words", "example": None})
