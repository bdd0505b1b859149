"""Scans, redemptions and takings, as a merchant's clerk sees them."""

from __future__ import annotations

import marshmallow as ma

from puhui.api.exchange.schemas import A_TIME, AN_ID
from puhui.api.schemas import StrictSchema
from rewards.vouchers import Refusal


class CounterSchema(ma.Schema):
    """A counter of the merchant."""

    id = ma.fields.UUID(attribute="counter.id", metadata={"description": "The counter", "example": AN_ID})
    name = ma.fields.String(attribute="counter.name", metadata={"description": "Its name", "example": "一号柜台"})
    store_id = ma.fields.UUID(attribute="store.id", metadata={"description": "Its store", "example": AN_ID})
    store_name = ma.fields.String(attribute="store.name", metadata={"description": "Of the store", "example": "江边店"})


class CounterListSchema(ma.Schema):
    """Counters in the order in which they were opened."""

    items = ma.fields.List(ma.fields.Nested(CounterSchema), metadata={"description": "All of them", "example": []})


class NewScanSchema(StrictSchema):
    """A code that a clerk read."""

    request_id = ma.fields.UUID(
        required=True, metadata={"description": "Chosen by the caller; the same id is the same scan", "example": AN_ID}
    )
    counter_id = ma.fields.UUID(required=True, metadata={"description": "Where it was read", "example": AN_ID})
    code = ma.fields.String(
        required=True,
        validate=ma.validate.Length(min=1, max=200),
        metadata={"description": "What was read; spaces do not matter", "example": "701234567890123456"},
    )


class ScanSchema(ma.Schema):
    """What came of a scan."""

    id = ma.fields.UUID(metadata={"description": "The scan", "example": AN_ID})
    scanned_at = ma.fields.AwareDateTime(metadata={"description": "When", "example": A_TIME})
    refusal = ma.fields.Enum(
        Refusal,
        by_value=True,
        allow_none=True,
        metadata={"description": "Why nothing may be handed over now; null where it may", "example": None},
    )
    offer_id = ma.fields.UUID(allow_none=True, metadata={"description": "What to hand over", "example": AN_ID})
    title = ma.fields.String(allow_none=True, metadata={"description": "In Chinese", "example": "美式咖啡一杯"})
    title_en = ma.fields.String(allow_none=True, metadata={"description": "In English", "example": "A coffee"})
    coins_units = ma.fields.Integer(allow_none=True, metadata={"description": "Coins to take", "example": 30})
    redeemed_at = ma.fields.AwareDateTime(
        allow_none=True, metadata={"description": "When the voucher was redeemed", "example": A_TIME}
    )
    counter_id = ma.fields.UUID(
        allow_none=True, metadata={"description": "At which counter it was redeemed", "example": AN_ID}
    )
    is_redeemed_by_this = ma.fields.Boolean(
        metadata={"description": "Whether this very scan redeemed it", "example": False}
    )


class RedemptionSchema(ma.Schema):
    """A voucher that the merchant redeemed."""

    id = ma.fields.UUID(attribute="redemption_id", metadata={"description": "The scan", "example": AN_ID})
    offer_id = ma.fields.UUID(metadata={"description": "What was handed over", "example": AN_ID})
    coins_units = ma.fields.Integer(metadata={"description": "Coins taken", "example": 30})
    redeemed_at = ma.fields.AwareDateTime(metadata={"description": "When", "example": A_TIME})
    counter_id = ma.fields.UUID(metadata={"description": "At which counter", "example": AN_ID})


class TakingsSchema(ma.Schema):
    """Coins of the merchant, and what it redeemed today."""

    owed_units = ma.fields.Integer(metadata={"description": "Redeemed and not paid out", "example": 960})
    open_units = ma.fields.Integer(metadata={"description": "Held by open vouchers", "example": 120})
    today = ma.fields.List(
        ma.fields.Nested(RedemptionSchema),
        metadata={"description": "Today's redemptions, the newest first, 100 at most", "example": []},
    )
