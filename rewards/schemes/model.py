"""Schemes, their versions and awards. Points of a scheme are hundredths in the ledger's asset ``scheme_point``."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model

ASSET = "scheme_point"
UNITS_PER_POINT = 100


class Whose(StrEnum):
    """For whom a quota counts."""

    PERSON = "person"
    DEPARTMENT = "department"


class Span(StrEnum):
    """The calendar stretch over which a quota counts, by the day of the act."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class VersionState(StrEnum):
    """Where a version stands; derived from its timestamps."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REFUSED = "refused"


class AwardCode(StrEnum):
    """Why an act gave what it gave."""

    AWARDED = "awarded"
    TOO_SMALL = "too_small"  # Less than a hundredth of a point.
    PERSON_QUOTA = "person_quota"
    DEPARTMENT_QUOTA = "department_quota"
    BUDGET_SPENT = "budget_spent"


class Scheme(Model):
    """An institution's scheme of a year; *awarded_units* is what it has given, less what was taken back."""

    __tablename__ = "scheme"
    __table_args__ = ({"schema": "rewards"},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    institution_id: Mapped[UUID]
    year: Mapped[int]
    name: Mapped[str]
    opened_by: Mapped[UUID]
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    awarded_units: Mapped[int] = mapped_column(default=0)
    seen_until: Mapped[datetime | None]


class SchemeVersion(Model):
    """Rules of a scheme from *valid_from* on; *weights* by method in percent, *quotas* by "person day" in units."""

    __tablename__ = "scheme_version"
    __table_args__ = ({"schema": "rewards"},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    scheme_id: Mapped[UUID]
    version: Mapped[int]
    purpose: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    valid_from: Mapped[date]
    grams_per_point: Mapped[int]
    budget_units: Mapped[int]
    weights: Mapped[dict[str, int]] = mapped_column(JSONB)
    quotas: Mapped[dict[str, int]] = mapped_column(JSONB)
    author: Mapped[UUID]
    drafted_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    reviewer: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    refusal: Mapped[str | None]

    @property
    def state(self) -> VersionState:
        """Where the version stands."""
        if self.decided_at is not None:
            return VersionState.REFUSED if self.refusal is not None else VersionState.APPROVED
        return VersionState.SUBMITTED if self.submitted_at is not None else VersionState.DRAFT


class Award(Model):
    """What an act gave a member in a scheme."""

    __tablename__ = "scheme_award"
    __table_args__ = ({"schema": "rewards"},)
    stripe: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    scheme_id: Mapped[UUID] = mapped_column(primary_key=True)
    activity_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    department_id: Mapped[UUID | None]
    units: Mapped[int]
    wanted_units: Mapped[int]
    transfer: Mapped[int | None]
    awarded_at: Mapped[datetime]
    reversed_at: Mapped[datetime | None]
    day: Mapped[date]
    version: Mapped[int]
    method: Mapped[str]
    code: Mapped[str]
