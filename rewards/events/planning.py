"""Planning an event: made, changed while nothing was approved, its measures, its poster, cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from rewards.events import queries, rules
from rewards.events.errors import EventCancelled, EventConflict, EventRetired
from rewards.events.model import Event, EventKind, Form, Inventory, Measure, Source


@dataclass(frozen=True, slots=True)
class NewMeasure:
    """Something that is done to emit less, and which source it is about."""

    source: Source
    words: str


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What an organiser says of an event. *boundary* tells what is counted and what is not."""

    form: Form
    kind: EventKind
    name: str
    place: str
    starts_at: datetime
    ends_at: datetime
    people: int
    boundary: str = ""
    evaluator: str = ""


def create_event(
    session: Session,
    facts: EventFacts,
    *,
    event_id: UUID,
    organiser_id: UUID,
    measures: Sequence[NewMeasure] = (),
    by: UUID,
    now: datetime,
) -> Event:
    """Make an event; the same id again answers the same event. Raises EventInvalid, EventConflict."""
    known = session.get(Event, event_id)
    if known is not None:
        if (known.organiser_id, known.name, known.starts_at) != (organiser_id, facts.name, facts.starts_at):
            raise EventConflict(event=event_id)
        return known
    event = Event(
        id=event_id, organiser_id=organiser_id, form=facts.form, kind=facts.kind, name=facts.name, place=facts.place,
        boundary=facts.boundary, starts_at=facts.starts_at, ends_at=facts.ends_at, people=facts.people, author_id=by,
        made_at=now, evaluator=facts.evaluator, poster_version=None, gifts_at=None, cancelled_at=None,
        cancelled_by=None, cancel_reason=None,
    )  # fmt: skip
    rules.check_event(event)
    session.add(event)
    session.flush()
    set_measures(session, event=event, measures=measures)
    return event


def change_event(session: Session, facts: EventFacts, *, event: Event) -> Event:
    """Say other facts of an event, until units are retired. Raises EventInvalid, EventCancelled, EventRetired."""
    check_changeable(session, event)
    event.form, event.kind, event.name, event.place = facts.form, facts.kind, facts.name, facts.place
    event.starts_at, event.ends_at, event.people = facts.starts_at, facts.ends_at, facts.people
    event.boundary, event.evaluator = facts.boundary, facts.evaluator
    rules.check_event(event)
    session.flush()
    return event


def set_measures(session: Session, *, event: Event, measures: Sequence[NewMeasure]) -> None:
    """Write the event's measures down anew; those that stay keep the time at which they were done."""
    done = {measure.words: measure.done_at for measure in queries.measures_of(session, event.id)}
    session.execute(sa.delete(Measure).where(Measure.event_id == event.id))
    session.add_all(
        Measure(event_id=event.id, place=place, source=new.source, words=new.words, done_at=done.get(new.words))
        for place, new in enumerate(measures, start=1)
    )
    session.flush()


def mark_measures(session: Session, *, event: Event, done: set[int], now: datetime) -> None:
    """Say which of the event's measures (by place) were done; the others are open again."""
    for measure in queries.measures_of(session, event.id):
        measure.done_at = (measure.done_at or now) if measure.place in done else None
    session.flush()


def renew_poster(session: Session, *, event: Event, in_use: bool) -> None:
    """Give the event a poster with a code of its own, or take it out of use; an older poster is worth nothing then."""
    session.refresh(event, with_for_update=True)
    event.poster_version = (abs(event.poster_version or 0) + 1) * (1 if in_use else -1)
    session.flush()


def take_full_form(session: Session, *, event: Event) -> None:
    """Ask everything of an event that began with the short form. Raises EventCancelled."""
    check_open(event)
    event.form = Form.FULL
    session.flush()


def cancel_event(session: Session, *, event: Event, reason: str, by: UUID, now: datetime) -> None:
    """Cancel an event for which nothing was retired. Cancelling twice changes nothing. Raises EventRetired."""
    session.refresh(event, with_for_update=True)
    if event.cancelled_at is not None:
        return
    if queries.retired_plans(session, event.id):
        raise EventRetired(event=event.id)
    event.cancelled_at, event.cancelled_by, event.cancel_reason = now, by, reason
    session.flush()


def open_gifts(session: Session, *, event: Event, now: datetime) -> None:
    """Let people give coins to the event from now on; what they give is a contribution and never an offset."""
    check_open(event)
    event.gifts_at = event.gifts_at or now
    session.flush()


def check_open(event: Event) -> None:
    """Refuse an event that was cancelled. Raises EventCancelled."""
    if event.cancelled_at is not None:
        raise EventCancelled(event=event.id)


def check_changeable(session: Session, event: Event) -> None:
    """Refuse to change what was approved or retired. Raises EventCancelled, EventRetired."""
    check_open(event)
    approved = sa.select(Inventory.id).where(Inventory.event_id == event.id, Inventory.approved.is_(True))
    if session.scalars(approved.limit(1)).first() is not None:
        raise EventRetired(event=event.id)
