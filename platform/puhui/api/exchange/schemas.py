"""Rates and exchanges."""

from __future__ import annotations

import marshmallow as ma

from puhui.api.schemas import StrictSchema

AN_ID = "0192f0c4-8a00-7abc-8def-0123456789ab"
A_TIME = "2026-03-05T08:30:00+00:00"


class RateSchema(ma.Schema):
    """A rate from points to coins, in force from a date on."""

    id = ma.fields.UUID(metadata={"description": "The version of the rate", "example": AN_ID})
    takes_units = ma.fields.Integer(metadata={"description": "Points that one step takes", "example": 100})
    gives_units = ma.fields.Integer(metadata={"description": "Coins that one step gives", "example": 1})
    valid_from = ma.fields.AwareDateTime(metadata={"description": "In force from this instant on", "example": A_TIME})
    standing = ma.fields.String(
        metadata={"description": "official, or proposal: this programme's own", "example": "proposal"}
    )
    source = ma.fields.String(metadata={"description": "Where the rate comes from", "example": "本项目自拟的兑换比例"})


class NewExchangeSchema(StrictSchema):
    """An exchange to make."""

    request_id = ma.fields.UUID(
        required=True,
        metadata={"description": "Chosen by the caller; the same id is the same exchange", "example": AN_ID},
    )
    points_units = ma.fields.Integer(
        required=True,
        strict=True,
        validate=ma.validate.Range(min=1, max=10**15),
        metadata={"description": "Points to exchange; what does not fill a step stays", "example": 500},
    )
    rate_id = ma.fields.UUID(
        required=True, metadata={"description": "The rate that the person was shown", "example": AN_ID}
    )


class ExchangeSchema(ma.Schema):
    """An exchange that was made."""

    id = ma.fields.UUID(metadata={"description": "The request id", "example": AN_ID})
    rate_id = ma.fields.UUID(metadata={"description": "The rate at which it was made", "example": AN_ID})
    points_units = ma.fields.Integer(metadata={"description": "Points taken", "example": 500})
    coins_units = ma.fields.Integer(metadata={"description": "Coins given", "example": 5})
    exchanged_at = ma.fields.AwareDateTime(metadata={"description": "When", "example": A_TIME})


class ExchangesQuerySchema(StrictSchema):
    """A page of exchanges."""

    after = ma.fields.UUID(metadata={"description": "The last id of the page before", "example": AN_ID})
    limit = ma.fields.Integer(
        load_default=20,
        validate=ma.validate.Range(min=1, max=100),
        metadata={"description": "How many at most", "example": 20},
    )


class ExchangeListSchema(ma.Schema):
    """Exchanges, the newest first."""

    items = ma.fields.List(ma.fields.Nested(ExchangeSchema), metadata={"description": "The page", "example": []})
