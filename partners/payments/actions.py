"""Receiving what the payment service tells: stored first, then each message processed once, whatever its order."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from partners.payments import answers, rules
from partners.payments.answers import Event, PaymentIntent, Payout, Refund
from partners.payments.errors import PaymentAnswerUnreadable, WebhookNotAccepted
from partners.payments.model import Payment, PaymentEvent
from partners.payments.rules import Observation

BATCH = 500


def store_event(session: Session, *, body: bytes, now: datetime) -> bool:
    """Keep the message *body*, whose signature was verified; answer whether it is the first with its id.

    Raises WebhookNotAccepted where it is no event.
    """
    try:
        read = json.loads(body)
        event = answers.event(read if isinstance(read, dict) else {})
    except (ValueError, RecursionError, PaymentAnswerUnreadable) as error:
        raise WebhookNotAccepted(reason="unreadable") from error
    return _keep(session, [(event, body)], now=now) == 1


def store_missed(session: Session, events: Sequence[Event], *, now: datetime) -> int:
    """Keep those of *events*, fetched from the service, that no message told us; answer how many."""
    fetched = [(event, json.dumps(event.subject, sort_keys=True).encode()) for event in events]
    return _keep(session, fetched, now=now) if fetched else 0


def _keep(session: Session, events: Sequence[tuple[Event, bytes]], *, now: datetime) -> int:
    rows = [
        {
            "id": event.id,
            "type": event.type,
            "created_at": event.created_at,
            "received_at": now,
            "body_hash": hashlib.sha256(body).digest(),
            "subject": rules.kept(event.subject),
        }
        for event, body in events
    ]
    stored = insert(PaymentEvent).values(rows).on_conflict_do_nothing().returning(PaymentEvent.id)
    return len(session.scalars(stored).all())


def process_events(session: Session, *, now: datetime, limit: int = BATCH) -> int:
    """Take in stored messages, oldest first, each once; answer how many. Another process takes others meanwhile."""
    waiting = sa.select(PaymentEvent).where(PaymentEvent.processed_at.is_(None))
    oldest = waiting.order_by(PaymentEvent.received_at, PaymentEvent.id).limit(limit)
    events = session.scalars(oldest.with_for_update(skip_locked=True)).all()
    read = {event.id: _read(event) for event in events}
    known = _locked(session, [seen for seen in read.values() if isinstance(seen, Observation)], now=now)
    for event in events:
        seen = read[event.id]
        event.outcome = _take(known[seen.id], seen, now=now) if isinstance(seen, Observation) else seen
        event.processed_at = now
    session.flush()
    return len(events)


def observe(session: Session, seen: Observation, *, now: datetime) -> Payment:
    """Take in what a call to the service answered, by the same rule as a message."""
    payment = _locked(session, [seen], now=now)[seen.id]
    _take(payment, seen, now=now)
    session.flush()
    return payment


def observe_answer(session: Session, answer: PaymentIntent | Refund | Payout, *, now: datetime) -> Payment:
    """Take in an object as a call answered it.

    An answer says no time of its own, so it counts as no later than the last word: a further step is news, an earlier
    one is not, and a message that comes afterwards is judged by its own time.
    """
    known = session.get(Payment, answer.id)
    return observe(session, rules.answered(answer, told_at=known.told_at if known else rules.NEVER), now=now)


def _read(event: PaymentEvent) -> Observation | str:
    try:
        told = answers.Event(id=event.id, type=event.type, created_at=event.created_at, subject=event.subject)
        return rules.observation(told) or "ignored"
    except PaymentAnswerUnreadable:
        return "unreadable"


def _locked(session: Session, seen: Sequence[Observation], *, now: datetime) -> dict[str, Payment]:
    """Answer the payments of *seen*, made where they are new, locked in the order of their ids."""
    if not seen:
        return {}
    rows = {one.id: {**dataclasses.asdict(one), "changed_at": now} for one in _oldest_first(seen)}
    ids = sorted(rows)
    session.execute(insert(Payment).values([rows[one] for one in ids]).on_conflict_do_nothing())
    query = sa.select(Payment).where(Payment.id.in_(ids)).order_by(Payment.id).with_for_update()
    return {payment.id: payment for payment in session.scalars(query.execution_options(populate_existing=True))}


def _oldest_first(seen: Iterable[Observation]) -> list[Observation]:
    """Put the oldest word last, so that it is the one that a new row begins with and later ones are news."""
    return sorted(seen, key=lambda one: one.told_at, reverse=True)


def _take(payment: Payment, seen: Observation, *, now: datetime) -> str:
    known = Observation(
        **{field.name: getattr(payment, field.name) for field in dataclasses.fields(Observation)},
    )
    if seen == known:
        return "applied"
    if seen.kind != known.kind or not rules.supersedes(seen, known):
        return "stale"
    for name, value in dataclasses.asdict(seen).items():
        setattr(payment, name, value)
    payment.changed_at = now
    return "applied"
