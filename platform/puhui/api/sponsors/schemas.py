"""Funds: money is yuan as text; the cover is a percentage as text."""

from __future__ import annotations

import marshmallow as ma

from puhui.api.exchange.schemas import A_TIME, AN_ID


def _text(description: str, example: str) -> ma.fields.String:
    return ma.fields.String(metadata={"description": description, "example": example})


def _whole(description: str, example: int) -> ma.fields.Integer:
    return ma.fields.Integer(metadata={"description": description, "example": example})


class CoinFiguresSchema(ma.Schema):
    """Where all coins are: issued = outstanding + redeemed + expired + elsewhere."""

    counted_at = ma.fields.AwareDateTime(metadata={"description": "When they were counted", "example": A_TIME})
    issued = _whole("Made from points", 1000)
    outstanding = _whole("With citizens", 700)
    redeemed = _whole("Taken by merchants", 200)
    unsettled = _whole("Of the redeemed: not settled yet", 20)
    expired = _whole("Expired", 90)
    elsewhere = _whole("Donated and the like", 10)


class FundSchema(ma.Schema):
    """A fund in yuan."""

    id = ma.fields.UUID(metadata={"description": "The fund", "example": AN_ID})
    name = _text("Its name", "绿行基金")
    given = _text("What came in", "10000.00")
    returned = _text("What went back to sponsors", "0.00")
    spent = _text("What merchants were paid", "2100.00")
    left = _text("What is left", "7900.00")


class CoverSchema(ma.Schema):
    """How far the funds reach."""

    coins = ma.fields.Nested(
        CoinFiguresSchema, allow_none=True, metadata={"description": "Null before the first count"}
    )
    available = _text("What all funds can spend, yuan", "7900.00")
    cover_percent = ma.fields.String(
        allow_none=True,
        metadata={"description": "Of what coins may still cost, rounded down; null where unknown", "example": "112.85"},
    )
    funds = ma.fields.List(ma.fields.Nested(FundSchema), metadata={"description": "In the order in which they pay"})
