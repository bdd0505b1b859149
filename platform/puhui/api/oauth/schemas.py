"""What a program sends for a token, and what it gets."""

from __future__ import annotations

import marshmallow as ma


class TokenRequestSchema(ma.Schema):
    """A request for a token, form-encoded (RFC 6749 §4.4.2); the secret may stand in the Authorization header."""

    grant_type = ma.fields.String(
        required=True, metadata={"description": "Always client_credentials", "example": "client_credentials"}
    )
    scope = ma.fields.String(metadata={"description": "Scopes, separated by spaces", "example": "activities:write"})
    client_id = ma.fields.String(metadata={"description": "The program's name", "example": "demo-bike"})
    client_secret = ma.fields.String(metadata={"description": "The program's secret", "example": "…"})


class TokenSchema(ma.Schema):
    """A token."""

    access_token = ma.fields.String(metadata={"description": "Send it as Authorization: Bearer …", "example": "c0ff…"})
    token_type = ma.fields.String(metadata={"description": "Always Bearer", "example": "Bearer"})
    expires_in = ma.fields.Integer(metadata={"description": "Seconds", "example": 3600})
    scope = ma.fields.String(metadata={"description": "What the token may do", "example": "activities:write"})


class OAuthErrorSchema(ma.Schema):
    """A refusal as RFC 6749 §5.2 words it."""

    error = ma.fields.String(metadata={"description": "The reason", "example": "invalid_client"})
    error_description = ma.fields.String(metadata={"description": "More words", "example": "…"})
