"""Snapshots and breaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from partners.enterprises.findings import Fact
from partners.enterprises.records.model import Slot


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the registry said is held of an instrument in one state at an instant."""

    instrument: str
    slot: Slot
    taken_at: datetime
    units: int


REASONS = ("timing", "statement_missing", "source_corrects", "our_mistake", "other")


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not agree: by rule and code, about a subject."""

    rule: int
    code: str
    subject: str
    facts: dict[str, Fact]


@dataclass(frozen=True, slots=True)
class Break:
    """A difference that was written down, with its owner, age and resolution."""

    id: UUID
    rule: int
    code: str
    subject: str
    facts: dict[str, Fact]
    found_at: datetime
    seen_at: datetime
    owner_id: UUID | None
    resolved_at: datetime | None
    reason: str | None
    resolution: str | None

    def age_days(self, now: datetime) -> int:
        """How long it has been open, or was open until it was resolved."""
        return ((self.resolved_at or now) - self.found_at).days
