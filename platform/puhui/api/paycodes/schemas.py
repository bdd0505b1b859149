"""Pay codes, as their citizen sees them."""

from __future__ import annotations

import marshmallow as ma

from puhui.api.exchange.schemas import A_TIME, AN_ID
from puhui.api.schemas import StrictSchema


class NewPayCodeSchema(StrictSchema):
    """A pay code to open."""

    request_id = ma.fields.UUID(
        required=True,
        metadata={"description": "Chosen by the caller; the same id is the same pay code", "example": AN_ID},
    )
    family_id = ma.fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "The family whose coins pay; null for the citizen's own", "example": None},
    )


class PayCodeChargeSchema(ma.Schema):
    """What a clerk charged."""

    id = ma.fields.UUID(metadata={"description": "The charge", "example": AN_ID})
    merchant_id = ma.fields.UUID(metadata={"description": "Who charged", "example": AN_ID})
    coins_units = ma.fields.Integer(metadata={"description": "Coins", "example": 18})
    transfer_id = ma.fields.String(metadata={"description": "The transfer in the ledger", "example": "50331712"})
    charged_at = ma.fields.AwareDateTime(metadata={"description": "When", "example": A_TIME})
    undone_at = ma.fields.AwareDateTime(
        allow_none=True, metadata={"description": "When it was given back", "example": None}
    )


class PayCodeSchema(ma.Schema):
    """A readiness to pay one amount."""

    id = ma.fields.UUID(metadata={"description": "The request id of the opening", "example": AN_ID})
    family_id = ma.fields.UUID(allow_none=True, metadata={"description": "The family whose coins pay", "example": None})
    opened_at = ma.fields.AwareDateTime(metadata={"description": "When it was opened", "example": A_TIME})
    expires_at = ma.fields.AwareDateTime(metadata={"description": "Can be charged before", "example": A_TIME})
    is_open = ma.fields.Boolean(metadata={"description": "Whether it can be charged now", "example": True})
    code = ma.fields.String(
        allow_none=True,
        metadata={"description": "Eighteen digits to show now; null unless open", "example": "711234567890123456"},
    )
    code_changes_in = ma.fields.Integer(
        allow_none=True, metadata={"description": "Seconds until the next code", "example": 17}
    )
    charge = ma.fields.Nested(
        PayCodeChargeSchema, allow_none=True, metadata={"description": "What was charged; null before", "example": None}
    )
