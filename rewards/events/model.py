"""Events, their measures, people, inventories, offset plans and certificates. States are told by timestamps."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model


class Form(StrEnum):
    """How much is asked: a small meeting's page, or everything."""

    SHORT = "short"
    FULL = "full"


class EventKind(StrEnum):
    """What sort of event it is; what counts as large depends on it."""

    MEETING = "meeting"
    CONFERENCE = "conference"
    SHOW = "show"
    SPORT = "sport"
    EXHIBITION = "exhibition"


class Source(StrEnum):
    """The sources of emissions that an inventory has, in the order of a certificate."""

    ENERGY = "energy"
    TRANSPORT = "transport"
    LODGING = "lodging"
    CATERING = "catering"
    WASTE = "waste"
    MATERIALS = "materials"


class Stage(StrEnum):
    """Where an event stands; each stage has one thing to do next."""

    PLANNED = "planned"
    COUNTING = "counting"
    INVENTORY_IN_REVIEW = "inventory_in_review"
    OFFSETTING = "offsetting"
    PLAN_IN_REVIEW = "plan_in_review"
    RETIRING = "retiring"
    CERTIFIED = "certified"
    CANCELLED = "cancelled"


class Covers(StrEnum):
    """What the offset covers: the total, or the total with its uncertainty."""

    TOTAL = "total"
    UPPER = "upper"


class Event(Model):
    """An event and who organises it. *people* are those who are expected, and after it those who came."""

    __tablename__ = "event"
    __table_args__ = ({"schema": "rewards"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organiser_id: Mapped[UUID]
    form: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    place: Mapped[str]
    boundary: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    people: Mapped[int]
    author_id: Mapped[UUID]
    made_at: Mapped[datetime]
    evaluator: Mapped[str]
    poster_version: Mapped[int | None]
    gifts_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[UUID | None]
    cancel_reason: Mapped[str | None]


class Measure(Model):
    """What is done to emit less, before anything is offset."""

    __tablename__ = "event_measure"
    __table_args__ = ({"schema": "rewards"},)

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    words: Mapped[str]
    done_at: Mapped[datetime | None]


class Participant(Model):
    """Somebody who registered or came. Sealed values open only with the row's own key; *metres* are there and back."""

    __tablename__ = "event_participant"
    __table_args__ = ({"schema": "rewards"},)

    stripe: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    key_wrapped: Mapped[bytes | None]
    name_sealed: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    phone_hash: Mapped[bytes | None]
    registered_at: Mapped[datetime]
    registered_how: Mapped[str]
    signed_in_at: Mapped[datetime | None]
    signed_in_how: Mapped[str | None]
    mode: Mapped[str | None]
    metres: Mapped[int | None]


class Inventory(Model):
    """A version of an event's emissions; approved by somebody else than its author, never changed afterwards."""

    __tablename__ = "event_inventory"
    __table_args__ = ({"schema": "rewards"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID]
    version: Mapped[int]
    author_id: Mapped[UUID]
    made_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    grams: Mapped[int | None]
    half_grams: Mapped[int | None]
    reviewer_id: Mapped[UUID | None]
    reviewed_at: Mapped[datetime | None]
    approved: Mapped[bool | None]
    review_note: Mapped[str | None]


class Line(Model):
    """One source's quantity, factor and grams. *half_grams* is half of the range that holds with 95 %."""

    __tablename__ = "event_line"
    __table_args__ = ({"schema": "rewards"},)

    inventory_id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    item: Mapped[str]
    words: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(sa.Numeric(18, 6))
    unit: Mapped[str]
    factor: Mapped[Decimal] = mapped_column(sa.Numeric(18, 6))
    factor_status: Mapped[str]
    factor_source: Mapped[str]
    factor_area: Mapped[str]
    factor_vintage: Mapped[str]
    quantity_permille: Mapped[int]
    factor_permille: Mapped[int]
    grams: Mapped[int]
    half_grams: Mapped[int]


class Plan(Model):
    """A version of what is to be retired for an event; *retirement_id* once it was."""

    __tablename__ = "event_plan"
    __table_args__ = ({"schema": "rewards"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID]
    inventory_id: Mapped[UUID]
    version: Mapped[int]
    covers: Mapped[str]
    target_grams: Mapped[int]
    order_reason: Mapped[str]
    author_id: Mapped[UUID]
    made_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    reviewer_id: Mapped[UUID | None]
    reviewed_at: Mapped[datetime | None]
    approved: Mapped[bool | None]
    review_note: Mapped[str | None]
    retirement_id: Mapped[UUID | None]


class PlanLine(Model):
    """Units that a plan takes: from a *holder* in the ledger, or serials that a registry has cancelled already."""

    __tablename__ = "event_plan_line"
    __table_args__ = ({"schema": "rewards"},)

    plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    grams: Mapped[int]
    holder: Mapped[UUID | None]
    book: Mapped[str] = mapped_column("registry")
    first_serial: Mapped[str]
    last_serial: Mapped[str]
    grams_per_unit: Mapped[int]
    project: Mapped[str]
    year: Mapped[int]
    cancelled_on: Mapped[date | None]
    certificate_no: Mapped[str]
    proof_file: Mapped[UUID | None]


class Certificate(Model):
    """What is said in public of an event, frozen; a later version of the same event takes its place."""

    __tablename__ = "event_certificate"
    __table_args__ = ({"schema": "rewards"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID]
    version: Mapped[int]
    code: Mapped[str]
    plan_id: Mapped[UUID]
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Parameter(Model):
    """A number that the operator set where no citable factor was found."""

    __tablename__ = "event_parameter"
    __table_args__ = ({"schema": "rewards"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    item: Mapped[str]
    value: Mapped[Decimal] = mapped_column(sa.Numeric(18, 6))
    source: Mapped[str]
    entered_by: Mapped[UUID]
    entered_at: Mapped[datetime]
