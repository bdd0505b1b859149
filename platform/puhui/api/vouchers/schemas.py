"""Vouchers, as their citizen sees them."""

from __future__ import annotations

import marshmallow as ma

from puhui.api.exchange.schemas import A_TIME, AN_ID
from puhui.api.schemas import StrictSchema
from rewards.vouchers import State


class NewVoucherSchema(StrictSchema):
    """An offer to take."""

    request_id = ma.fields.UUID(
        required=True,
        metadata={"description": "Chosen by the caller; the same id is the same voucher", "example": AN_ID},
    )
    offer_id = ma.fields.UUID(required=True, metadata={"description": "The offer to take", "example": AN_ID})
    family_id = ma.fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "The family whose coins pay; null for the citizen's own", "example": None},
    )


class VouchersQuerySchema(StrictSchema):
    """A page of vouchers."""

    state = ma.fields.Enum(
        State,
        by_value=True,
        load_default=None,
        metadata={"description": "Only in this state", "example": "open"},
    )
    after = ma.fields.UUID(load_default=None, metadata={"description": "The last id before", "example": AN_ID})
    limit = ma.fields.Integer(
        load_default=20,
        validate=ma.validate.Range(min=1, max=100),
        metadata={"description": "How many at most", "example": 20},
    )


class VoucherSchema(ma.Schema):
    """A held right to one offer."""

    id = ma.fields.UUID(metadata={"description": "The request id of the taking", "example": AN_ID})
    offer_id = ma.fields.UUID(metadata={"description": "The offer", "example": AN_ID})
    merchant_id = ma.fields.UUID(metadata={"description": "Where it can be used", "example": AN_ID})
    state = ma.fields.Enum(State, by_value=True, metadata={"description": "What it is now", "example": "open"})
    coins_units = ma.fields.Integer(metadata={"description": "Coins that it holds or held", "example": 30})
    family_id = ma.fields.UUID(
        allow_none=True, metadata={"description": "The family whose coins it holds", "example": None}
    )
    taken_at = ma.fields.AwareDateTime(metadata={"description": "When it was taken", "example": A_TIME})
    expires_at = ma.fields.AwareDateTime(metadata={"description": "Can be used before", "example": A_TIME})
    redeemed_at = ma.fields.AwareDateTime(
        allow_none=True, metadata={"description": "When it was used", "example": A_TIME}
    )
    cancelled_at = ma.fields.AwareDateTime(
        allow_none=True, metadata={"description": "When it was given back", "example": None}
    )
    code = ma.fields.String(
        allow_none=True,
        metadata={"description": "Eighteen digits to show now; null unless open", "example": "701234567890123456"},
    )
    static_code = ma.fields.String(
        allow_none=True,
        metadata={"description": "The signed code for times without a network; null unless open", "example": "PHV1:…"},
    )
    code_changes_in = ma.fields.Integer(
        allow_none=True, metadata={"description": "Seconds until the next code", "example": 17}
    )


class VoucherListSchema(ma.Schema):
    """Vouchers, the newest first."""

    items = ma.fields.List(ma.fields.Nested(VoucherSchema), metadata={"description": "The page", "example": []})
