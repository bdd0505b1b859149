"""Offers."""

from __future__ import annotations

import marshmallow as ma

from puhui.api.exchange.schemas import A_TIME, AN_ID
from puhui.api.schemas import StrictSchema
from rewards.offers import KINDS


class OffersQuerySchema(StrictSchema):
    """What to look for."""

    kind = ma.fields.String(
        load_default=None,
        validate=ma.validate.OneOf(KINDS),
        metadata={"description": "Only this kind", "example": "drink"},
    )
    county_code = ma.fields.String(
        load_default=None,
        validate=ma.validate.Regexp(r"^[0-9]{6}\Z"),
        metadata={"description": "Only in this county (six digits)", "example": "360102"},
    )
    coins_at_most = ma.fields.Integer(
        load_default=None,
        validate=ma.validate.Range(min=0, max=10**15),
        metadata={"description": "Only what so many coins buy, and is not sold out", "example": 30},
    )
    after_coins = ma.fields.Integer(
        load_default=None,
        validate=ma.validate.Range(min=0, max=10**15),
        metadata={"description": "Price of the last offer of the page before", "example": 30},
    )
    after_id = ma.fields.UUID(
        load_default=None, metadata={"description": "Id of the last offer of the page before", "example": AN_ID}
    )
    limit = ma.fields.Integer(
        load_default=20,
        validate=ma.validate.Range(min=1, max=100),
        metadata={"description": "How many at most", "example": 20},
    )


class OfferSchema(ma.Schema):
    """Something that a merchant hands over for coins."""

    id = ma.fields.UUID(attribute="offer.id", metadata={"description": "The offer", "example": AN_ID})
    merchant_id = ma.fields.UUID(attribute="offer.merchant_id", metadata={"description": "Whose", "example": AN_ID})
    county_code = ma.fields.String(
        attribute="offer.county_code", metadata={"description": "Where, six digits", "example": "360102"}
    )
    kind = ma.fields.String(attribute="offer.kind", metadata={"description": "The kind", "example": "drink"})
    title = ma.fields.String(attribute="offer.title", metadata={"description": "In Chinese", "example": "美式咖啡一杯"})
    title_en = ma.fields.String(
        attribute="offer.title_en", metadata={"description": "In English", "example": "A cup of black coffee"}
    )
    description = ma.fields.String(
        attribute="offer.description", metadata={"description": "In Chinese", "example": "冷热任选"}
    )
    description_en = ma.fields.String(
        attribute="offer.description_en", metadata={"description": "In English", "example": "Hot or iced"}
    )
    coins_units = ma.fields.Integer(attribute="offer.coins_units", metadata={"description": "Coins", "example": 30})
    stock_units = ma.fields.Integer(metadata={"description": "How many there were", "example": 100})
    left_units = ma.fields.Integer(metadata={"description": "How many are left", "example": 42})
    per_person = ma.fields.Integer(
        attribute="offer.per_person", metadata={"description": "How many one person may take", "example": 2}
    )
    voucher_days = ma.fields.Integer(
        attribute="offer.voucher_days", metadata={"description": "Whole days that a voucher lasts", "example": 7}
    )
    valid_from = ma.fields.AwareDateTime(
        attribute="offer.valid_from", metadata={"description": "Can be taken from", "example": A_TIME}
    )
    valid_until = ma.fields.AwareDateTime(
        attribute="offer.valid_until", metadata={"description": "Can be taken before", "example": A_TIME}
    )


class OfferListSchema(ma.Schema):
    """Offers, the cheapest first."""

    items = ma.fields.List(ma.fields.Nested(OfferSchema), metadata={"description": "The page", "example": []})
