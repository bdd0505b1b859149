"""The fold of records in business time: laws as properties."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from partners.enterprises.calendar import TradingCalendar
from partners.enterprises.holdings.model import Book, Event
from partners.enterprises.holdings.rules import fold, position_at, positions
from partners.enterprises.records.model import MARKET_TIME, MOVES, RecordKind, Slot

K = RecordKind
CALENDAR = TradingCalendar(frozenset())
LAST = datetime(2026, 1, 1, tzinfo=UTC)
MONDAY = date(2025, 6, 2)


def event(number: int, kind: RecordKind, units: int, day: date = MONDAY, hour: int = 10) -> Event:
    at = datetime(day.year, day.month, day.day, hour, tzinfo=MARKET_TIME)
    return Event(UUID(int=number), kind, units, at, day, 0, f"{number:09}")


def book(*events: Event, next_day: bool = True) -> Book:
    return fold(events, next_day=next_day, next_trading_day=CALENDAR.next_trading_day, until=LAST)


events = st.lists(
    st.builds(
        lambda kind, units, days, hour: (kind, units, MONDAY + timedelta(days=days), hour),
        st.sampled_from(list(MOVES)),
        st.integers(1, 40),
        st.integers(0, 6),
        st.integers(0, 23),
    ),
    max_size=40,
).map(lambda rows: [event(number, *row) for number, row in enumerate(rows)])


@settings(max_examples=200, deadline=None)
@given(events, st.booleans())
def test_no_prefix_of_business_time_shows_a_negative_balance(rows: list[Event], next_day: bool) -> None:
    done = book(*rows, next_day=next_day)
    before = datetime.min.replace(tzinfo=UTC)
    for at, position in positions(done.moves):
        assert at >= before
        assert min(position.values()) >= 0
        before = at


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_order_of_arrival_ends_in_the_same_book(data: st.DataObject) -> None:
    rows = data.draw(events)
    shuffled = data.draw(st.permutations(rows))
    assert book(*rows) == book(*shuffled)


@settings(max_examples=60, deadline=None)
@given(st.data(), st.booleans())
def test_after_each_arrival_in_any_order_no_prefix_is_negative(data: st.DataObject, next_day: bool) -> None:
    rows = data.draw(events)
    arrived = data.draw(st.permutations(rows))
    taken_back = data.draw(st.sets(st.sampled_from(rows), max_size=5)) if rows else set()
    for count in range(len(arrived) + 1):
        done = book(*arrived[:count], next_day=next_day)
        assert all(min(position.values()) >= 0 for _, position in positions(done.moves))
    # What is taken back afterwards leaves the book of what is left, whatever came between.
    left = [row for row in arrived if row not in taken_back]
    done = book(*left, next_day=next_day)
    assert done == book(*sorted(left, key=lambda row: row.id.int), next_day=next_day)
    assert all(min(position.values()) >= 0 for _, position in positions(done.moves))


@settings(max_examples=100, deadline=None)
@given(events)
def test_every_event_is_booked_or_waits_and_units_are_conserved(rows: list[Event]) -> None:
    done = book(*rows)
    booked = [move.event for move in done.moves if move.event is not None]
    assert sorted([*booked, *(one.event for one in done.waiting)]) == sorted(row.id for row in rows)
    came = sum(move.units for move in done.moves if not isinstance(move.source, Slot))
    went = sum(move.units for move in done.moves if not isinstance(move.target, Slot))
    assert sum(done.position.values()) == came - went


def test_what_was_bought_today_is_sold_tomorrow() -> None:
    tuesday = MONDAY + timedelta(days=1)
    done = book(event(1, K.BUY, 10), event(2, K.SELL, 10, hour=14), event(3, K.SELL, 10, tuesday))
    assert [(one.event.int, one.rule) for one in done.waiting] == [(2, 15)]
    assert done.position[Slot.TRADING] == 0


def test_units_bought_on_friday_are_free_on_monday() -> None:
    friday = date(2025, 6, 6)
    done = book(event(1, K.BUY, 10, friday))
    assert position_at(done.moves, datetime(2025, 6, 8, 12, tzinfo=MARKET_TIME))[Slot.NEXT_DAY] == 10
    assert position_at(done.moves, datetime(2025, 6, 9, 9, tzinfo=MARKET_TIME))[Slot.TRADING] == 10


def test_a_late_row_makes_a_waiting_one_fit_and_another_wait() -> None:
    allocation, surrender = event(1, K.ALLOCATION, 100), event(2, K.SURRENDER_FILED, 80, hour=12)
    late = event(3, K.TO_TRADING, 50, hour=11)
    assert [one.event.int for one in book(surrender).waiting] == [2]
    assert book(surrender, allocation).position[Slot.PENDING_SURRENDER] == 80
    done = book(surrender, allocation, late)
    assert [(one.event.int, one.rule, one.missing) for one in done.waiting] == [(2, 16, 30)]
    assert (done.position[Slot.REGISTRY], done.position[Slot.TRADING]) == (50, 50)


def test_pending_units_leave_only_by_their_own_record() -> None:
    done = book(
        event(1, K.ALLOCATION, 100),
        event(2, K.SURRENDER_FILED, 80, hour=11),
        event(3, K.CANCEL_APPROVED, 80, hour=12),
        event(4, K.SURRENDER_REFUSED, 80, hour=13),
    )
    assert [(one.event.int, one.rule) for one in done.waiting] == [(3, 29)]
    assert done.position[Slot.REGISTRY] == 100
