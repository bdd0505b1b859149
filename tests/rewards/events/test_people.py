"""People of an event: registered, signed in, counted from a sample, forgotten."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from rewards.events import errors, inventories, participants, queries
from rewards.events.participants import NewParticipant
from rewards.events.rules import Trip
from tests.cafe import NOON
from tests.rewards.events.test_lifecycle import AFTER, Cast, make_cast, make_event


@pytest.fixture
def cast(session: Session) -> Cast:
    return make_cast(session)


def test_people_register_once_sign_in_once_and_say_how_they_came(session: Session, cast: Cast) -> None:
    event = make_event(session, cast)
    phone = b"a keyed hash"
    guest = NewParticipant(new_id(), "sheet", key_wrapped=b"key", name_sealed=b"sealed", phone_hash=phone)
    assert participants.register(session, event=event, people=[guest, guest], now=NOON) == 1
    again = NewParticipant(new_id(), "self", key_wrapped=b"key", phone_hash=phone)
    first = participants.sign_in(session, event=event, new=again, how="screen", trip=Trip("metro", 9_000), now=NOON)
    later = NOON + timedelta(hours=1)
    second = participants.sign_in(session, event=event, new=again, how="poster", trip=Trip("car", 8_000), now=later)
    assert first is second
    assert (first.id, first.signed_in_at, first.signed_in_how, first.mode) == (guest.id, NOON, "screen", "car")
    assert queries.people_of(session, event.id) == queries.People(1, 1, 1)
    with pytest.raises(errors.ItemUnknown):
        participants.sign_in(session, event=event, new=again, how="screen", trip=Trip("rocket", 1), now=NOON)
    with pytest.raises(errors.SignInClosed):
        participants.sign_in(session, event=event, new=again, how="screen", trip=None, now=NOON + timedelta(days=2))


def test_what_says_who_a_guest_was_is_gone_after_ninety_days(session: Session, cast: Cast) -> None:
    event = make_event(session, cast)
    guest = NewParticipant(new_id(), "self", key_wrapped=b"k", name_sealed=b"n", phone_hash=b"h", trip=Trip("bike", 5))
    participants.register(session, event=event, people=[guest], now=NOON)
    assert participants.forget_guests(session, now=event.ends_at + timedelta(days=89), limit=10) == 0
    assert participants.forget_guests(session, now=event.ends_at + timedelta(days=91), limit=10) == 1
    session.expire_all()
    kept = queries.participants(session, event.id)[0]
    assert (kept.key_wrapped, kept.name_sealed, kept.phone_hash, kept.mode) == (None, None, None, "bike")


def test_the_travel_of_five_thousand_is_counted_from_a_sample(session: Session, cast: Cast) -> None:
    event = make_event(session, cast, people=5_000)
    trips = [Trip("metro", 10_000)] * 200 + [Trip("car", 20_000)] * 150 + [Trip("rail", 90_000)] * 50
    people = [NewParticipant(new_id(), "sheet", trip=trip) for trip in trips]
    assert participants.register(session, event=event, people=people, now=NOON) == 400
    inventory = inventories.open_inventory(session, event=event, by=cast.wan, now=AFTER)
    found = queries.trips_of(session, event.id, signed_in=False)
    with pytest.raises(errors.FactorMissing):
        inventories.count_travel(session, inventory=inventory, trips=found, people=5_000, entered={})
    entered = {"rail": (Decimal("0.03"), "组织方填报")}
    for _ in range(2):  # Counting again replaces the lines.
        inventories.count_travel(session, inventory=inventory, trips=found, people=5_000, entered=entered)
    lines = {line.item: line for line in queries.lines_of(session, inventory.id)}
    assert {item: line.quantity for item, line in lines.items()} == {"car": 37_500, "metro": 25_000, "rail": 56_250}
    assert lines["rail"].factor_status == "entered"
    assert all(line.quantity_permille > 0 for line in lines.values())
