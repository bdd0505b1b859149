"""Fields and schemas that every feature of the API shares."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import marshmallow as ma

NUMBER = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"


class DecimalString(ma.fields.Decimal):
    """A decimal that crosses as text only, so that no float ever touches an amount."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  # marshmallow's own keyword arguments.
        metadata = {"pattern": NUMBER, **kwargs.pop("metadata", {})}
        super().__init__(as_string=True, allow_nan=False, metadata=metadata, **kwargs)

    def _validated(self, value: object) -> Decimal:
        if not isinstance(value, str) or not re.fullmatch(NUMBER[1:-1], value):
            raise self.make_error("invalid")
        return super()._validated(value)


class StrictSchema(ma.Schema):
    """A schema that refuses what it does not know."""

    class Meta:
        """Refuse unknown fields: a misspelt one is a fault, not a wish."""

        unknown = ma.RAISE


class ProblemSchema(ma.Schema):
    """A problem (RFC 9457). What its code says about the case comes as further members."""

    class Meta:
        """Name the facts of a case without listing those of every code."""

        unknown = ma.INCLUDE

    type = ma.fields.String(
        metadata={"description": "Where the problem is described", "example": "/api/v1/problems#invalid"}
    )
    title = ma.fields.String(metadata={"description": "The status in words", "example": "内容需要修改"})
    status = ma.fields.Integer(metadata={"description": "The HTTP status", "example": 422})
    detail = ma.fields.String(metadata={"description": "What to do", "example": "请按提示修改后再提交。"})
    code = ma.fields.String(metadata={"description": "The stable word for programs", "example": "invalid"})
    request_id = ma.fields.String(metadata={"description": "Name it when you ask us", "example": "0190…"})
    errors = ma.fields.Dict(
        metadata={"description": "What is wrong in which field", "example": {"json": {"units": ["…"]}}}
    )
