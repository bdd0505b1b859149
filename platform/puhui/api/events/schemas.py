"""Events, participants and certificates as they cross the API."""

from __future__ import annotations

import marshmallow as ma

from puhui.api.exchange.schemas import A_TIME, AN_ID
from puhui.api.schemas import DecimalString, StrictSchema
from rewards.events.factors import MODES
from rewards.events.model import EventKind, Stage

CODE = "7KQMXW3PTA9H"
TEXT = {"pattern": r"^[^\u0000]*$"}


def words(most: int, description: str, example: str) -> ma.fields.String:
    """Make a needed field for words without the sign that no database holds."""
    return ma.fields.String(
        required=True,
        validate=[ma.validate.Length(min=1, max=most), ma.validate.Regexp(r"^[^\x00]*$")],
        metadata={"description": description, "example": example, **TEXT},
    )


class MeasureSchema(StrictSchema):
    """Something that is done to emit less."""

    words = words(300, "What is done, before anything is offset", "不印纸质材料，扫码看文件")


class NewEventSchema(StrictSchema):
    """An event to make. It takes the full form; a page is the quicker way for a small meeting."""

    request_id = ma.fields.UUID(
        required=True, metadata={"description": "Chosen by the caller; the same id is the same event", "example": AN_ID}
    )
    kind = ma.fields.Enum(
        EventKind, by_value=True, required=True, metadata={"description": "What sort it is", "example": "sport"}
    )
    name = words(100, "Its name", "青禾马拉松")
    place = words(200, "Where it is", "滨江跑道")
    boundary = ma.fields.String(
        load_default="",
        validate=[ma.validate.Length(max=2000), ma.validate.Regexp(r"^[^\x00]*$")],
        metadata={"description": "What is counted and what is not", "example": "会期用电与参赛人交通", **TEXT},
    )
    starts_at = ma.fields.AwareDateTime(required=True, metadata={"description": "When it starts", "example": A_TIME})
    ends_at = ma.fields.AwareDateTime(
        required=True, metadata={"description": "When it ends", "example": "2026-11-22T12:30:00+08:00"}
    )
    people = ma.fields.Integer(
        required=True,
        strict=True,
        validate=ma.validate.Range(min=1, max=1_000_000),
        metadata={"description": "How many are expected, and afterwards how many came", "example": 5000},
    )
    measures = ma.fields.List(
        ma.fields.Nested(MeasureSchema),
        load_default=list,
        validate=ma.validate.Length(max=50),
        metadata={"description": "Reduce before offsetting", "example": [{"words": "奖牌用竹材"}]},
    )


class EventSchema(ma.Schema):
    """An event and where it stands."""

    id = ma.fields.UUID(metadata={"description": "The request id of its making", "example": AN_ID})
    kind = ma.fields.Enum(EventKind, by_value=True, metadata={"description": "What sort it is", "example": "sport"})
    name = ma.fields.String(metadata={"description": "Its name", "example": "青禾马拉松"})
    place = ma.fields.String(metadata={"description": "Where it is", "example": "滨江跑道"})
    starts_at = ma.fields.AwareDateTime(metadata={"description": "When it starts", "example": A_TIME})
    ends_at = ma.fields.AwareDateTime(metadata={"description": "When it ends", "example": A_TIME})
    people = ma.fields.Integer(metadata={"description": "How many people", "example": 5000})
    stage = ma.fields.Enum(Stage, by_value=True, metadata={"description": "Where it stands", "example": "planned"})
    grams = ma.fields.Integer(
        allow_none=True, metadata={"description": "Grams of CO2e of the last inventory handed in", "example": 619128}
    )
    half_grams = ma.fields.Integer(
        allow_none=True, metadata={"description": "Half of the range that holds with 95 %", "example": 80122}
    )
    certificate_code = ma.fields.String(
        allow_none=True, metadata={"description": "The code of its newest certificate", "example": CODE}
    )


class EventsQuerySchema(StrictSchema):
    """A page of events."""

    limit = ma.fields.Integer(
        load_default=20,
        validate=ma.validate.Range(min=1, max=100),
        metadata={"description": "How many at most", "example": 20},
    )


class EventListSchema(ma.Schema):
    """Events, the latest first."""

    items = ma.fields.List(ma.fields.Nested(EventSchema), metadata={"description": "The page", "example": []})


class NewPersonSchema(StrictSchema):
    """Somebody who takes part. Name and phone are sealed as they come in."""

    name = words(40, "The name", "林晓")
    phone = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=ma.validate.Regexp(r"^\+?[0-9 -]{5,20}$"),
        metadata={"description": "A mobile number of the mainland, if known", "example": "13800138000"},
    )
    mode = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=ma.validate.OneOf(MODES),
        metadata={"description": "How the person comes", "example": "metro"},
    )
    km = DecimalString(
        load_default=None,
        allow_none=True,
        validate=ma.validate.Range(min=0, max=20_000),
        metadata={"description": "Kilometres one way; counted there and back", "example": "6.5"},
    )


class NewPeopleSchema(StrictSchema):
    """People to register, all or none."""

    items = ma.fields.List(
        ma.fields.Nested(NewPersonSchema),
        required=True,
        validate=ma.validate.Length(min=1, max=10_000),
        metadata={"description": "The people", "example": [{"name": "林晓", "mode": "metro", "km": "6.5"}]},
    )


class PeopleSchema(ma.Schema):
    """What became of a list of people."""

    registered = ma.fields.Integer(metadata={"description": "How many were new", "example": 1})
    total = ma.fields.Integer(metadata={"description": "How many are registered now", "example": 41})


class RetiredUnitSchema(ma.Schema):
    """A run of serials that was retired."""

    kind = ma.fields.String(metadata={"description": "What sort of unit", "example": "puhui"})
    registry = ma.fields.String(metadata={"description": "Whose register", "example": "示范登记簿"})
    first_serial = ma.fields.String(metadata={"description": "The first serial", "example": "JX-0001"})
    last_serial = ma.fields.String(metadata={"description": "The last serial", "example": "JX-0620"})
    grams = ma.fields.Integer(metadata={"description": "What they stand for", "example": 620000})
    project = ma.fields.String(metadata={"description": "The project", "example": "青禾公交"})
    year = ma.fields.Integer(metadata={"description": "The year of the reduction", "example": 2026})
    transfer_id = ma.fields.Integer(metadata={"description": "The ledger's transfer", "example": 16777229})
    certificate_no = ma.fields.String(
        allow_none=True, metadata={"description": "The registry's own record of the cancellation", "example": None}
    )
    cancelled_on = ma.fields.String(
        allow_none=True, metadata={"description": "When the registry cancelled them", "example": None}
    )


class EventCertificateSchema(ma.Schema):
    """A certificate as it was issued; what it says never changes."""

    code = ma.fields.String(metadata={"description": "The verification code", "example": CODE})
    version = ma.fields.Integer(metadata={"description": "Which version of the event's certificate", "example": 1})
    is_newest = ma.fields.Boolean(
        metadata={"description": "False once a correction has taken its place", "example": True}
    )
    newest_code = ma.fields.String(metadata={"description": "The code of the newest version", "example": CODE})
    issued_at = ma.fields.AwareDateTime(metadata={"description": "When it was issued", "example": A_TIME})
    organiser = ma.fields.String(metadata={"description": "Who declares it", "example": "赣江医院"})
    name = ma.fields.String(metadata={"description": "The event", "example": "低碳医院交流会"})
    place = ma.fields.String(metadata={"description": "Where it was", "example": "赣江医院报告厅"})
    starts_at = ma.fields.String(metadata={"description": "When it started", "example": A_TIME})
    ends_at = ma.fields.String(metadata={"description": "When it ended", "example": A_TIME})
    grams = ma.fields.Integer(metadata={"description": "Grams of CO2e", "example": 619128})
    half_grams = ma.fields.Integer(metadata={"description": "Half of the range that holds with 95 %", "example": 80122})
    retired_grams = ma.fields.Integer(metadata={"description": "Grams that were retired", "example": 620000})
    units = ma.fields.List(
        ma.fields.Nested(RetiredUnitSchema), metadata={"description": "What was retired", "example": []}
    )
    request_ids = ma.fields.List(
        ma.fields.String(), metadata={"description": "The ledger's request ids", "example": [AN_ID]}
    )
