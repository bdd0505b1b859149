"""Scans, redemptions and takings, as a merchant's clerk sees them."""

from __future__ import annotations

import marshmallow as ma

from puhui.api.exchange.schemas import A_TIME, AN_ID
from puhui.api.schemas import StrictSchema
from rewards.vouchers import Refusal
from rewards.vouchers.offline import MOST_ITEMS


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
        validate=ma.validate.Length(min=1, max=400),
        metadata={"description": "What was read; spaces do not matter", "example": "701234567890123456"},
    )


class NewChargeSchema(StrictSchema):
    """Coins to take on a pay code."""

    code = ma.fields.String(
        required=True,
        validate=ma.validate.Length(min=1, max=40),
        metadata={"description": "The same code that the scan read", "example": "711234567890123456"},
    )
    coins_units = ma.fields.Integer(
        required=True,
        strict=True,
        validate=ma.validate.Range(min=1, max=1_000_000),
        metadata={"description": "Whole coins", "example": 12},
    )


class ChargeSchema(ma.Schema):
    """Coins that were taken on a pay code."""

    id = ma.fields.UUID(metadata={"description": "The scan", "example": AN_ID})
    coins_units = ma.fields.Integer(metadata={"description": "Coins taken", "example": 12})
    charged_at = ma.fields.AwareDateTime(metadata={"description": "When", "example": A_TIME})
    undone_at = ma.fields.AwareDateTime(
        allow_none=True, metadata={"description": "When it was undone; null where it stands", "example": None}
    )


class UndoSchema(StrictSchema):
    """Why something is undone."""

    reason = ma.fields.String(
        required=True,
        validate=ma.validate.Length(min=1, max=200),
        metadata={"description": "In a few words; the merchant's list shows it", "example": "wrong_item"},
    )


class OfflineItemSchema(StrictSchema):
    """A signed static code that was read without a network."""

    nonce = ma.fields.UUID(
        required=True, metadata={"description": "Made at the counter; the same nonce counts once", "example": AN_ID}
    )
    code = ma.fields.String(
        required=True,
        validate=ma.validate.Length(min=1, max=400),
        metadata={"description": "The static code", "example": "PHV1:ABCDEFGH"},
    )
    scanned_at = ma.fields.AwareDateTime(
        required=True, metadata={"description": "When it was read, by the counter's clock", "example": A_TIME}
    )
    clerk_id = ma.fields.UUID(required=True, metadata={"description": "Who read it", "example": AN_ID})


class OfflineBatchSchema(StrictSchema):
    """What a counter queued, in the order in which it was read."""

    counter_id = ma.fields.UUID(required=True, metadata={"description": "Where it was read", "example": AN_ID})
    items = ma.fields.List(
        ma.fields.Nested(OfflineItemSchema),
        required=True,
        validate=ma.validate.Length(min=1, max=MOST_ITEMS),
        metadata={"description": "At most 200", "example": []},
    )


class OfflineOutcomeSchema(ma.Schema):
    """What became of a queued scan."""

    nonce = ma.fields.UUID(attribute="id", metadata={"description": "The scan", "example": AN_ID})
    outcome = ma.fields.String(
        metadata={"description": "``redeemed``, or the machine reason why it was not", "example": "redeemed"}
    )
    coins_units = ma.fields.Integer(allow_none=True, metadata={"description": "Coins of the voucher", "example": 30})


class OfflineAnswerSchema(ma.Schema):
    """Outcomes in the order of the items."""

    items = ma.fields.List(
        ma.fields.Nested(OfflineOutcomeSchema), metadata={"description": "One for each item", "example": []}
    )


class OfflineRuleSchema(ma.Schema):
    """The caps in force."""

    voucher_units = ma.fields.Integer(metadata={"description": "Coins of one voucher at most", "example": 100})
    counter_day_units = ma.fields.Integer(
        metadata={"description": "Coins of one counter and local day at most", "example": 500}
    )
    upload_hours = ma.fields.Integer(
        metadata={"description": "After so many hours a queued scan is not taken in", "example": 72}
    )


class CounterQuerySchema(StrictSchema):
    """Which counter asks."""

    counter_id = ma.fields.UUID(required=True, metadata={"description": "The counter", "example": AN_ID})


class OfflineOfferSchema(ma.Schema):
    """What a static code may stand for."""

    id = ma.fields.UUID(metadata={"description": "The offer", "example": AN_ID})
    title = ma.fields.String(metadata={"description": "What to hand over", "example": "美式咖啡一杯"})
    coins_units = ma.fields.Integer(metadata={"description": "Its price", "example": 30})


class OfflineFactsSchema(ma.Schema):
    """What a counter keeps for when the network is gone."""

    offers = ma.fields.List(
        ma.fields.Nested(OfflineOfferSchema), metadata={"description": "Published ones, 200 at most", "example": []}
    )
    used_units = ma.fields.Integer(metadata={"description": "Coins that this counter took offline today", "example": 0})

    at = ma.fields.AwareDateTime(metadata={"description": "As of", "example": A_TIME})
    rule = ma.fields.Nested(OfflineRuleSchema, metadata={"description": "The caps"})
    keys = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.String(),
        metadata={"description": "Raw Ed25519 public keys in base64, by key id", "example": {}},
    )
    revoked = ma.fields.List(
        ma.fields.UUID(), metadata={"description": "Vouchers that are over before their time", "example": []}
    )


class ScanSchema(ma.Schema):
    """What came of a scan."""

    kind = ma.fields.String(metadata={"description": "``voucher`` or ``pay_code``", "example": "voucher"})
    undone_at = ma.fields.AwareDateTime(
        allow_none=True, metadata={"description": "When the redemption was undone", "example": None}
    )
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
    cash_fen = ma.fields.Integer(
        allow_none=True, metadata={"description": "Cash besides, in fen; null where there is none", "example": 990}
    )
    is_cash_paid = ma.fields.Boolean(
        allow_none=True,
        metadata={"description": "Whether it was paid online: then take none at the till", "example": False},
    )
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
    """A voucher that was redeemed, or a charge on a pay code."""

    id = ma.fields.UUID(metadata={"description": "The scan", "example": AN_ID})
    kind = ma.fields.String(metadata={"description": "``voucher`` or ``pay_code``", "example": "voucher"})
    offer_id = ma.fields.UUID(allow_none=True, metadata={"description": "What was handed over", "example": AN_ID})
    coins_units = ma.fields.Integer(metadata={"description": "Coins taken", "example": 30})
    running_units = ma.fields.Integer(metadata={"description": "The day's sum so far", "example": 120})
    redeemed_at = ma.fields.AwareDateTime(attribute="at", metadata={"description": "When", "example": A_TIME})
    undone_at = ma.fields.AwareDateTime(
        allow_none=True, metadata={"description": "When it was undone; null where it stands", "example": None}
    )
    counter_id = ma.fields.UUID(metadata={"description": "At which counter", "example": AN_ID})


class TakingsSchema(ma.Schema):
    """Coins of the merchant, and what it redeemed today."""

    owed_units = ma.fields.Integer(metadata={"description": "Redeemed and not paid out", "example": 960})
    open_units = ma.fields.Integer(metadata={"description": "Held by open vouchers", "example": 120})
    today = ma.fields.List(
        ma.fields.Nested(RedemptionSchema),
        metadata={"description": "Today's redemptions, the newest first, 100 at most", "example": []},
    )
