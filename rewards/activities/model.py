"""Participants and activities as values. The tables are in ``migrations/sql/0005_activities.sql``; COPY fills them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from rewards.activities.rules import Status


class Kind(StrEnum):
    """Who earns: a person, an institution, or a provider's rider whom nobody has claimed yet."""

    PERSON = "person"
    INSTITUTION = "institution"
    PSEUDONYM = "pseudonym"


class Participant(NamedTuple):
    """Who earns, and where: the ledger's accounts for grams and points. *claimed_by* earns in a rider's place."""

    id: UUID
    is_rider: bool
    claimed_by: UUID | None
    closed: bool
    reduction_account: int
    points_account: int


class Outcome(NamedTuple):
    """The answer to one reported act. *activity* is None where nothing was kept."""

    status: Status
    code: str
    grams: int
    points: int
    activity: UUID | None


class Activity(NamedTuple):
    """One kept act: what was reported, what became of it, by which version, and where it is in the ledger."""

    id: UUID
    participant_id: UUID
    provider_id: int
    source_id: str
    method: str
    method_version: int
    variant: str | None
    rate_version: int
    tier: str
    quantity: int
    counted: int
    unit: str
    factor_mg: int | None
    computed_grams: int
    grams: int
    points: int
    status: Status
    code: str
    started_at: datetime
    ended_at: datetime | None
    received_at: datetime
    utc_offset_minutes: int
    day: date
    reduction_transfer: int | None
    points_transfer: int | None
    duplicate_of: UUID | None

    @property
    def local_start(self) -> datetime:
        """The provider's wall clock at the start, without a zone."""
        return self.started_at.replace(tzinfo=None) + timedelta(minutes=self.utc_offset_minutes)

    @property
    def local_end(self) -> datetime | None:
        """The provider's wall clock at the end, by the offset of the start."""
        if self.ended_at is None:
            return None
        return self.ended_at.replace(tzinfo=None) + timedelta(minutes=self.utc_offset_minutes)
