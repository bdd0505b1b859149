"""What the webhook route answers."""

from __future__ import annotations

import marshmallow as ma


class ReceiptSchema(ma.Schema):
    """That a message was stored."""

    received = ma.fields.Boolean(
        required=True, metadata={"description": "Always true; anything else is a problem", "example": True}
    )
