"""Messages come late, twice and in any order; what we know ends the same."""

from __future__ import annotations

import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from partners import payments
from partners.payments import WebhookNotAccepted, payment_of, process_events, refunded_fen, store_event, waiting_events
from partners.payments.model import Payment, PaymentEvent
from puhui.db import Database

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
T0 = int(NOW.timestamp()) - 60


def an_event(number: int, kind: str = "payment_intent", *, at: int = T0, **subject: object) -> bytes:
    """Answer the body of a message about an object of *kind* as it was at *at*."""
    fields = {"id": f"{kind}_1", "object": kind, "amount": 1990, "currency": "cny", **subject}
    event = {
        "id": f"evt_{number}",
        "object": "event",
        "type": f"{kind}.told",
        "created": at,
        "data": {"object": fields},
    }
    return json.dumps(event).encode()


PAYMENT = [
    an_event(1, status="requires_confirmation", at=T0),
    an_event(2, status="requires_payment_method", last_payment_error={"code": "card_declined"}, at=T0),
    an_event(3, status="requires_confirmation", at=T0 + 1),
    an_event(4, status="succeeded", amount_received=1990, at=T0 + 1),
]
# The service's clocks may disagree by a second; an end stays an end.
SKEWED = [
    an_event(1, status="requires_confirmation", at=T0),
    an_event(2, status="requires_capture", at=T0 + 2),
    an_event(3, status="succeeded", amount_received=1990, at=T0 + 1),
]
PAYOUT = [
    an_event(1, "payout", status="pending", at=T0),
    an_event(2, "payout", status="in_transit", at=T0),
    an_event(3, "payout", status="paid", at=T0 + 5),
    an_event(4, "payout", status="failed", failure_code="account_closed", at=T0 + 9),
]


def _take(session: Session, *bodies: bytes) -> None:
    for body in bodies:
        store_event(session, body=body, now=NOW)
    process_events(session, now=NOW)


@pytest.mark.parametrize("together", [True, False], ids=["in one go", "one by one"])
@pytest.mark.parametrize(
    ("told", "status", "settled"),
    [(PAYMENT, "succeeded", 1990), (SKEWED, "succeeded", 1990), (PAYOUT, "failed", 0), (PAYOUT[:3], "paid", 1990)],
)
def test_any_order_of_messages_ends_the_same(
    session: Session, told: list[bytes], status: str, settled: int, together: bool
) -> None:
    for order in itertools.permutations(told):
        session.execute(sa.delete(Payment))
        session.execute(sa.delete(PaymentEvent))
        for group in [order] if together else [[body] for body in order]:
            _take(session, *group)
        payment = session.scalars(sa.select(Payment)).one()
        assert (payment.status, payment.settled_fen) == (status, settled)


def test_a_message_that_comes_twice_is_one(session: Session) -> None:
    assert store_event(session, body=PAYMENT[3], now=NOW)
    assert not store_event(session, body=PAYMENT[3], now=NOW)
    assert waiting_events(session) == 1
    assert process_events(session, now=NOW) == 1
    assert process_events(session, now=NOW) == 0
    assert payment_of(session, "payment_intent_1").settled_fen == 1990


def test_a_declined_payment_keeps_the_banks_code_and_nothing_of_the_card(session: Session) -> None:
    error = {
        "code": "card_declined",
        "decline_code": "insufficient_funds",
        "payment_method": {"card": {"last4": "0002"}},
    }
    _take(
        session, an_event(1, status="requires_payment_method", last_payment_error=error, receipt_email="lin@a.example")
    )
    stored = session.scalars(sa.select(PaymentEvent)).one()
    assert payment_of(session, "payment_intent_1").failure_code == "insufficient_funds"
    assert "0002" not in json.dumps(stored.subject)
    assert "lin@" not in json.dumps(stored.subject)


def test_refunds_of_a_payment_add_up_without_those_that_failed(session: Session) -> None:
    refunds = [("re_1", 500, "succeeded"), ("re_2", 300, "pending"), ("re_3", 900, "failed")]
    for number, (name, fen, status) in enumerate(refunds):
        _take(session, an_event(number, "refund", id=name, amount=fen, status=status, payment_intent="pi_1"))
    assert refunded_fen(session, "pi_1") == 800


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (an_event(1, "customer"), "ignored"),
        (an_event(1, status="succeeded", currency="usd"), "ignored"),
        (an_event(1, status="succeeded", amount="1990"), "unreadable"),
        (an_event(1, status="succeeded", amount_received=2000), "unreadable"),
        (an_event(1, status=None), "unreadable"),
        (an_event(1, "transfer", amount_reversed=0), "applied"),
    ],
)
def test_a_message_is_never_in_the_way_of_the_next(session: Session, body: bytes, outcome: str) -> None:
    _take(session, body, an_event(2, "payout", status="paid"))
    outcomes = {event.id: event.outcome for event in session.scalars(sa.select(PaymentEvent))}
    assert outcomes == {"evt_1": outcome, "evt_2": "applied"}


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"object": "event", "id": "evt_1"}'])
def test_what_is_no_event_is_refused(session: Session, body: bytes) -> None:
    with pytest.raises(WebhookNotAccepted):
        store_event(session, body=body, now=NOW)


def test_what_a_call_answered_is_taken_in_by_the_same_rule(session: Session) -> None:
    _take(session, PAYOUT[2])
    late = payments.Observation("payout_1", "payout", "pending", 1990, 0, None, None, NOW.replace(year=2025))
    assert payments.observe(session, late, now=NOW).status == "paid"


def test_two_workers_share_the_messages_and_none_is_taken_twice(own_database: Database) -> None:
    bodies = [an_event(n, id=f"pi_{n % 7}", status="succeeded", amount_received=n) for n in range(200)]
    for body in bodies:
        own_database.run(lambda session, body=body: store_event(session, body=body, now=NOW))
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: own_database.run(lambda s: process_events(s, now=NOW, limit=30)), range(12)))
    assert sum(taken) + own_database.run(lambda s: process_events(s, now=NOW)) == 200
    with own_database.transaction() as session:
        assert waiting_events(session) == 0
        assert session.scalar(sa.select(sa.func.count()).select_from(Payment)) == 7
