"""Sink projects as they cross the API."""

from __future__ import annotations

import marshmallow as ma

from puhui.api.exchange.schemas import AN_ID
from puhui.api.schemas import DecimalString, StrictSchema


class SinksQuerySchema(StrictSchema):
    """A page of projects."""

    after = ma.fields.UUID(load_default=None, metadata={"description": "The last id before", "example": AN_ID})
    limit = ma.fields.Integer(
        load_default=20,
        validate=ma.validate.Range(min=1, max=100),
        metadata={"description": "How many at most", "example": 20},
    )


class SinkSchema(ma.Schema):
    """An approved sink project."""

    id = ma.fields.UUID(metadata={"description": "The project", "example": AN_ID})
    number = ma.fields.Integer(metadata={"description": "Its number in the serials", "example": 7})
    name = ma.fields.String(metadata={"description": "Its name", "example": "后山护绿"})
    county_code = ma.fields.String(metadata={"description": "Where it is", "example": "360102"})
    method = ma.fields.String(metadata={"description": "How it is counted", "example": "tree_care"})
    area_mu = DecimalString(metadata={"description": "Its land in 亩, a fifteenth of a hectare", "example": "4.300"})
    hours = ma.fields.Integer(metadata={"description": "Volunteers' hours that were signed off", "example": 12})


class SinkListSchema(ma.Schema):
    """Projects, the newest first."""

    items = ma.fields.List(ma.fields.Nested(SinkSchema), metadata={"description": "The page", "example": []})
