"""The citizen's family."""

from __future__ import annotations

import marshmallow as ma

from puhui.api.exchange.schemas import A_TIME, AN_ID
from puhui.api.schemas import StrictSchema


class FamilyMemberSchema(ma.Schema):
    """Somebody in the family; names are not part of the API."""

    id = ma.fields.UUID(metadata={"description": "The member", "example": AN_ID})
    is_minor = ma.fields.Boolean(metadata={"description": "A child without a log-in", "example": False})
    born_from = ma.fields.Integer(
        allow_none=True, metadata={"description": "First of the four birth years of a child's band", "example": 2016}
    )
    may_spend = ma.fields.Boolean(metadata={"description": "May spend the family's coins", "example": True})
    joined_at = ma.fields.AwareDateTime(metadata={"description": "Since when", "example": A_TIME})


class FamilySchema(ma.Schema):
    """A family with its shared coins."""

    id = ma.fields.UUID(metadata={"description": "The family", "example": AN_ID})
    is_head = ma.fields.Boolean(metadata={"description": "Whether who asks is its head", "example": True})
    available_units = ma.fields.Integer(metadata={"description": "Coins that can be spent", "example": 60})
    held_units = ma.fields.Integer(metadata={"description": "Coins held by open vouchers", "example": 30})
    members = ma.fields.List(
        ma.fields.Nested(FamilyMemberSchema), metadata={"description": "Who is in it", "example": []}
    )


class NewFamilyShareSchema(StrictSchema):
    """Coins to put into the family's."""

    request_id = ma.fields.UUID(
        required=True, metadata={"description": "Chosen by the caller; the same id is the same act", "example": AN_ID}
    )
    units = ma.fields.Integer(
        required=True,
        strict=True,
        validate=ma.validate.Range(min=1, max=10**15),
        metadata={"description": "Coins", "example": 20},
    )


class FamilyShareSchema(ma.Schema):
    """Coins that were put in."""

    id = ma.fields.UUID(metadata={"description": "The request id", "example": AN_ID})
    family_id = ma.fields.UUID(metadata={"description": "The family", "example": AN_ID})
    units = ma.fields.Integer(metadata={"description": "Coins", "example": 20})
    put_at = ma.fields.AwareDateTime(metadata={"description": "When", "example": A_TIME})
