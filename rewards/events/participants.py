"""People of an event: registered from a sheet, by a program or by themselves, signed in, forgotten when it is over.

What says who somebody is comes here sealed; this floor keeps it and cannot read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import ledger
from rewards.events import planning, queries, rules
from rewards.events.errors import ItemUnknown, ParticipantUnknown
from rewards.events.factors import MODES
from rewards.events.model import Event, Participant
from rewards.events.rules import Trip

KEPT_FOR = timedelta(days=90)
"""So long after an event the names and phones of its guests are kept, then their keys are destroyed."""


@dataclass(frozen=True, slots=True)
class NewParticipant:
    """Somebody who registers: sealed values with their wrapped key, or the *person_id* of an account."""

    id: UUID
    how: str
    person_id: UUID | None = None
    key_wrapped: bytes | None = None
    name_sealed: bytes | None = None
    phone_sealed: bytes | None = None
    phone_hash: bytes | None = None
    trip: Trip | None = None


def register(session: Session, *, event: Event, people: Sequence[NewParticipant], now: datetime) -> int:
    """Register people as a set; who is there already (same id, phone or account) is left as they are.

    Answers how many are new. Raises EventCancelled, ItemUnknown for a way of travel that is none.
    """
    planning.check_open(event)
    for new in people:
        check_trip(new.trip)
    rows = [_values(event, new, now) for new in people]
    if not rows:
        return 0
    made = insert(Participant).on_conflict_do_nothing().returning(Participant.id)
    return len(session.scalars(made, rows).all())


def sign_in(
    session: Session, *, event: Event, new: NewParticipant, how: str, trip: Trip | None, now: datetime
) -> Participant:
    """Sign somebody in, registered before or not; signing in again keeps the first time and takes the newer trip.

    Raises SignInClosed, ItemUnknown.
    """
    rules.check_sign_in(event, now=now)
    check_trip(trip)
    register(session, event=event, people=[new], now=now)
    found = queries.participant_like(session, event.id, new)
    if found is None:
        raise ParticipantUnknown(participant=new.id)
    if found.signed_in_at is None:
        found.signed_in_at, found.signed_in_how = now, how
    if trip is not None:
        found.mode, found.metres = trip.mode, trip.metres
    session.flush()
    return found


def forget_guests(session: Session, *, now: datetime, limit: int) -> int:
    """Destroy the keys and hashes of people of events that have been over for long enough, *limit* at most."""
    due = (
        sa.select(Participant.stripe, Participant.id)
        .join(Event, Event.id == Participant.event_id)
        .where(Participant.key_wrapped.is_not(None), Event.ends_at < now - KEPT_FOR)
        .limit(limit)
        .cte("due")
    )
    forgotten = session.scalars(
        sa.update(Participant)
        .where(Participant.stripe == due.c.stripe, Participant.id == due.c.id)
        .values(key_wrapped=None, name_sealed=None, phone_sealed=None, phone_hash=None)
        .returning(Participant.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(forgotten)


def check_trip(trip: Trip | None) -> None:
    """Refuse a way of travel that is none. Raises ItemUnknown."""
    if trip is not None and trip.mode not in MODES:
        raise ItemUnknown(item=trip.mode)


def _values(event: Event, new: NewParticipant, now: datetime) -> dict[str, Any]:
    return {
        "stripe": ledger.stripe_of(event.id),
        "id": new.id,
        "event_id": event.id,
        "person_id": new.person_id,
        "key_wrapped": new.key_wrapped,
        "name_sealed": new.name_sealed,
        "phone_sealed": new.phone_sealed,
        "phone_hash": new.phone_hash,
        "registered_at": now,
        "registered_how": new.how,
        "mode": new.trip.mode if new.trip else None,
        "metres": new.trip.metres if new.trip else None,
    }
