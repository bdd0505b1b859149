"""Sink projects, parcels, records, factors of methods and volunteers' hours."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model


class SinkProject(Model):
    """A project of a village, school or other organisation, with its serial number in units' prefixes."""

    __tablename__ = "sink_project"
    __table_args__ = ({"schema": "rewards"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(server_default=sa.FetchedValue())
    organisation_id: Mapped[UUID]
    name: Mapped[str]
    county_code: Mapped[str]
    method: Mapped[str]
    words: Mapped[str]
    author_id: Mapped[UUID]
    made_at: Mapped[datetime]
    reviewer_id: Mapped[UUID | None]
    reviewed_at: Mapped[datetime | None]
    approved: Mapped[bool | None]
    review_note: Mapped[str | None]
    gifts_at: Mapped[datetime | None]


class Parcel(Model):
    """A piece of the project's land, in 亩 (a fifteenth of a hectare)."""

    __tablename__ = "sink_parcel"
    __table_args__ = ({"schema": "rewards"},)

    project_id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    area_mu: Mapped[Decimal] = mapped_column(sa.Numeric(12, 3))
    county_code: Mapped[str]


class SinkRecord(Model):
    """What was counted or measured in a year, with files; approved by somebody else than its author."""

    __tablename__ = "sink_record"
    __table_args__ = ({"schema": "rewards"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    year: Mapped[int]
    quantity: Mapped[Decimal] = mapped_column(sa.Numeric(18, 3))
    words: Mapped[str]
    files: Mapped[list[UUID]] = mapped_column(ARRAY(sa.Uuid))
    author_id: Mapped[UUID]
    made_at: Mapped[datetime]
    reviewer_id: Mapped[UUID | None]
    reviewed_at: Mapped[datetime | None]
    approved: Mapped[bool | None]
    review_note: Mapped[str | None]


class SinkFactor(Model):
    """Grams per unit and year of a method, as the operator set it, from which source."""

    __tablename__ = "sink_factor"
    __table_args__ = ({"schema": "rewards"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    method: Mapped[str]
    grams_per_unit: Mapped[int]
    permille: Mapped[int]
    source: Mapped[str]
    set_by: Mapped[UUID]
    set_at: Mapped[datetime]


class Shift(Model):
    """A day's hours of a volunteer, signed off; *answer* is what the intake of the act said."""

    __tablename__ = "sink_shift"
    __table_args__ = ({"schema": "rewards"},)

    stripe: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    person_id: Mapped[UUID]
    day: Mapped[date]
    hours: Mapped[int]
    signed_off_by: Mapped[UUID]
    signed_off_at: Mapped[datetime]
    activity_id: Mapped[UUID | None]
    points: Mapped[int]
    answer: Mapped[str]
