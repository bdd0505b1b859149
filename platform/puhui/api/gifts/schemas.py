"""Gifts and recipients."""

from __future__ import annotations

import marshmallow as ma

from puhui.api.exchange.schemas import A_TIME, AN_ID
from puhui.api.schemas import StrictSchema
from rewards.gifts import KINDS

ASSETS = ("coin", "point")


class GiftPageSchema(StrictSchema):
    """A page of a list."""

    after = ma.fields.UUID(load_default=None, metadata={"description": "The last id before", "example": AN_ID})
    limit = ma.fields.Integer(
        load_default=20,
        validate=ma.validate.Range(min=1, max=100),
        metadata={"description": "How many at most", "example": 20},
    )


class RecipientSchema(ma.Schema):
    """An event or a carbon sink that takes gifts."""

    id = ma.fields.UUID(metadata={"description": "The recipient", "example": AN_ID})
    kind = ma.fields.String(
        validate=ma.validate.OneOf(KINDS), metadata={"description": "What it is", "example": "sink"}
    )
    name = ma.fields.String(metadata={"description": "In Chinese", "example": "青禾碳汇林"})
    name_en = ma.fields.String(allow_none=True, metadata={"description": "In English", "example": "Qinghe Wood"})
    opened_at = ma.fields.AwareDateTime(metadata={"description": "Takes gifts since", "example": A_TIME})


class RecipientListSchema(ma.Schema):
    """Recipients, the newest first."""

    items = ma.fields.List(ma.fields.Nested(RecipientSchema), metadata={"description": "The page", "example": []})


class NewGiftSchema(StrictSchema):
    """A gift to make."""

    request_id = ma.fields.UUID(
        required=True, metadata={"description": "Chosen by the caller; the same id is the same gift", "example": AN_ID}
    )
    recipient_id = ma.fields.UUID(required=True, metadata={"description": "Who receives it", "example": AN_ID})
    asset = ma.fields.String(
        required=True, validate=ma.validate.OneOf(ASSETS), metadata={"description": "What is given", "example": "coin"}
    )
    units = ma.fields.Integer(
        required=True,
        strict=True,
        validate=ma.validate.Range(min=1, max=10**15),
        metadata={"description": "How much", "example": 20},
    )


class GiftSchema(ma.Schema):
    """A gift: a contribution, never an offset."""

    id = ma.fields.UUID(metadata={"description": "The request id", "example": AN_ID})
    recipient_id = ma.fields.UUID(metadata={"description": "Who received it", "example": AN_ID})
    asset = ma.fields.String(metadata={"description": "What was given", "example": "coin"})
    units = ma.fields.Integer(metadata={"description": "How much", "example": 20})
    transfer_id = ma.fields.String(metadata={"description": "The transfer in the ledger", "example": "50331712"})
    given_at = ma.fields.AwareDateTime(metadata={"description": "When", "example": A_TIME})


class GiftListSchema(ma.Schema):
    """Gifts, the newest first."""

    items = ma.fields.List(ma.fields.Nested(GiftSchema), metadata={"description": "The page", "example": []})
