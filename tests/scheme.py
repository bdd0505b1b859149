"""A scheme for tests: 赣江医院 counts bike rides and walks, and members ride the demo bikes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from partners.providers import Provider, Report, Riders, provider_of, riders_of
from puhui.intake import rider_key, take_in
from rewards.activities import claim
from rewards.schemes.actions import approve, draft, open_scheme, submit
from rewards.schemes.model import Scheme, Span, Whose
from rewards.schemes.rules import Settings
from tests.factories import VAULT

AUTHOR = UUID("00000000-0000-7000-8000-00000000000b")
REVIEWER = UUID("00000000-0000-7000-8000-00000000000c")
JUNE = date(2026, 6, 1)
NOON = datetime(2026, 6, 10, 4, 0, tzinfo=UTC)
RIDDEN = datetime(2026, 6, 10, 2, 0, tzinfo=UTC)


def rules(**given: object) -> Settings:
    """Rules from June on: a gram of riding is a point, no quotas, a budget of a million points."""
    facts: dict[str, Any] = {
        "purpose": "少开车",
        "starts_on": JUNE,
        "ends_on": date(2026, 12, 31),
        "valid_from": JUNE,
        "grams_per_point": 1,
        "budget_units": 100_000_000,
        "weights": {"T02": 100},
        "quotas": {},
    }
    return Settings(**{**facts, **given})


def person_quota(span: Span, points: int) -> dict[tuple[Whose, Span], int]:
    """A quota of whole points for each person."""
    return {(Whose.PERSON, span): points * 100}


def make_scheme(session: Session, institution_id: UUID, *, now: datetime = NOON, **given: object) -> Scheme:
    """Make a scheme whose first version was approved by a second person."""
    scheme = open_scheme(
        session, institution_id=institution_id, year=2026, name=f"积分制 {new_id()}", by=AUTHOR, now=now
    )
    publish(session, scheme.id, rules(**given), now=now)
    return scheme


def publish(session: Session, scheme_id: UUID, settings: Settings, *, now: datetime = NOON) -> None:
    """Draft, submit and approve a version."""
    version = draft(session, scheme_id, settings=settings, author=AUTHOR, now=now)
    submit(session, scheme_id, version.version, now=now)
    approve(session, scheme_id, version.version, reviewer=REVIEWER, now=now)


def ride(
    session: Session, rider: str, *, km: str = "2", at: datetime = RIDDEN, now: datetime = NOON, id: str | None = None
) -> UUID:
    """Report a ride (40 g a km) on the demo bikes and answer the activity."""
    provider, riders = _bikes(session)
    report = Report(
        id=id or str(new_id()), rider=rider, method="T02", quantity=km, unit="km",
        started_at=at, ended_at=at + timedelta(minutes=12),
    )  # fmt: skip
    (answer,) = take_in(session, provider=provider, riders=riders, rows=[report], now=now)
    assert answer.activity is not None, answer
    return UUID(answer.activity)


def bind(session: Session, rider: str, person: UUID, *, now: datetime = NOON) -> None:
    """Let a person claim a rider who has ridden."""
    _, riders = _bikes(session)
    claim(session, rider=riders.pseudonym(rider), person=person, request_id=new_id(), now=now)


def _bikes(session: Session) -> tuple[Provider, Riders]:
    return provider_of(session, "demo-bike"), riders_of(session, "demo-bike", key=rider_key(VAULT))
