"""A citizen's coins."""

from __future__ import annotations

import marshmallow as ma

from puhui.api.exchange.schemas import A_TIME, AN_ID
from puhui.api.schemas import StrictSchema


class ExpiringCoinsSchema(ma.Schema):
    """Coins that expire together."""

    units = ma.fields.Integer(metadata={"description": "How many", "example": 42})
    expires_at = ma.fields.AwareDateTime(metadata={"description": "At this midnight", "example": A_TIME})


class CoinsSchema(ma.Schema):
    """What a citizen has."""

    available_units = ma.fields.Integer(metadata={"description": "Can be spent", "example": 120})
    held_units = ma.fields.Integer(metadata={"description": "Held by open vouchers", "example": 30})
    expiring = ma.fields.List(
        ma.fields.Nested(ExpiringCoinsSchema),
        metadata={"description": "What expires when, the next first", "example": []},
    )


class CoinEntriesQuerySchema(StrictSchema):
    """A page of the history."""

    after = ma.fields.String(
        load_default=None,
        validate=ma.validate.Regexp(r"^[0-9]{1,18}\Z"),
        metadata={"description": "The last transfer of the page before", "example": "50331712"},
    )
    limit = ma.fields.Integer(
        load_default=20,
        validate=ma.validate.Range(min=1, max=100),
        metadata={"description": "How many at most", "example": 20},
    )


class CoinEntrySchema(ma.Schema):
    """One transfer of the citizen's coins."""

    transfer_id = ma.fields.String(metadata={"description": "The transfer in the ledger", "example": "50331712"})
    change = ma.fields.Integer(metadata={"description": "Coins; negative where they went away", "example": -18})
    balance = ma.fields.Integer(metadata={"description": "Coins after it", "example": 102})
    kind = ma.fields.String(metadata={"description": "What it was", "example": "pay_code"})
    reference = ma.fields.UUID(allow_none=True, metadata={"description": "What it was for", "example": AN_ID})
    occurred_at = ma.fields.AwareDateTime(metadata={"description": "When it happened", "example": A_TIME})
    posted_at = ma.fields.AwareDateTime(metadata={"description": "When it was booked", "example": A_TIME})


class CoinEntryListSchema(ma.Schema):
    """Transfers, the newest first."""

    items = ma.fields.List(ma.fields.Nested(CoinEntrySchema), metadata={"description": "The page", "example": []})
    after = ma.fields.String(
        allow_none=True, metadata={"description": "Where the next page begins; null on the last", "example": None}
    )
