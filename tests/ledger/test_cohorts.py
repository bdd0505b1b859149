"""Expiry by cohort: the oldest units go first, what is given back is as old as it was, nothing younger is touched."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

import ledger
from ledger import NewTransfer
from ledger.kernel.ids import new_id
from puhui.addresses import Addresses
from tests.ledger.conftest import Books, open_books

OLD, YOUNG = datetime(2026, 3, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)
END = datetime(2027, 1, 1, tzinfo=UTC)
LATER = datetime(2028, 1, 2, tzinfo=UTC)


@pytest.fixture
def expired(session: Session, books: Books) -> int:
    """The account that takes what expires."""
    return open_expired(session)


def open_expired(session: ledger.SessionLike) -> int:
    """Open the system's account for what expires."""
    return ledger.open_account(
        session, owner=ledger.SYSTEM, purpose="expired", asset="coin", floor=False, spread=True
    ).id


def give(session: ledger.SessionLike, debit: int, credit: int, units: int, at: datetime, *, kind: str = "test") -> int:
    """Post one transfer that occurred at an instant and answer its id."""
    new = NewTransfer(debit, credit, units, at, kind)
    return ledger.post(session, [new], request_id=new_id(), now=at).transfer_ids[0]


def expire(
    session: ledger.SessionLike, into: int, end: datetime = END, *, request_id: UUID | None = None, limit: int = 100
) -> ledger.Expiry:
    """Expire everybody's coins of before an instant."""
    return ledger.expire_units(
        session, asset="coin", purpose="coins", cohort_end=end, into=into, request_id=request_id or new_id(),
        now=LATER, limit=limit,
    )  # fmt: skip


def due(session: ledger.SessionLike, account: int, end: datetime = END) -> int:
    """What an account would lose."""
    return ledger.expiring_units(session, [account], cohort_end=end, now=LATER)[account]


def test_the_oldest_units_are_spent_first_and_the_rest_of_them_expires(
    session: Session, books: Books, expired: int
) -> None:
    give(session, books.issuance, books.lin, 10, OLD)
    give(session, books.issuance, books.lin, 20, YOUNG)
    give(session, books.lin, books.cafe, 4, YOUNG)
    assert due(session, books.lin) == 6
    done = expire(session, expired)
    assert (done.accounts, done.units) == (1, 6)
    assert ledger.balance(session, books.lin).posted == 20
    assert due(session, books.lin) == 0
    assert ledger.audit(session).holds


def test_a_second_run_and_a_repeated_one_post_nothing(session: Session, books: Books, expired: int) -> None:
    give(session, books.issuance, books.lin, 10, OLD)
    request_id = new_id()
    first = expire(session, expired, request_id=request_id)
    give(session, books.issuance, books.lin, 5, OLD)
    again = expire(session, expired, request_id=request_id)
    assert again.replayed
    assert (again.accounts, again.units) == (first.accounts, first.units) == (1, 10)
    assert ledger.balance(session, books.lin).posted == 5
    assert expire(session, expired).units == 5
    assert expire(session, expired).units == 0
    with pytest.raises(ledger.RequestConflict):
        expire(session, expired, end=LATER, request_id=request_id)


def test_a_run_that_found_nothing_is_repeated_as_nothing(session: Session, books: Books, expired: int) -> None:
    request_id = new_id()
    assert expire(session, expired, request_id=request_id).accounts == 0
    give(session, books.issuance, books.lin, 5, OLD)
    assert expire(session, expired, request_id=request_id).accounts == 0


def test_a_refund_gives_back_the_old_cohort(session: Session, books: Books, expired: int) -> None:
    give(session, books.issuance, books.lin, 10, OLD)
    bought = give(session, books.lin, books.cafe, 10, OLD)
    give(session, books.issuance, books.lin, 7, YOUNG)
    ledger.reverse(session, [bought], reason="sold out", request_id=new_id(), now=LATER)
    assert due(session, books.lin) == 10
    expire(session, expired)
    assert ledger.balance(session, books.lin).posted == 7


def test_a_part_refund_gives_back_the_old_cohort(session: Session, books: Books, expired: int) -> None:
    give(session, books.issuance, books.lin, 10, OLD)
    give(session, books.lin, books.cafe, 10, OLD)
    give(session, books.issuance, books.lin, 7, YOUNG)
    give(session, books.cafe, books.lin, 3, LATER, kind="refund")
    assert due(session, books.lin) == 3
    give(session, books.cafe, books.lin, 3, LATER, kind="gift")
    assert due(session, books.lin) == 3


def test_a_credit_that_was_a_mistake_takes_its_own_cohort_with_it(session: Session, books: Books) -> None:
    give(session, books.issuance, books.lin, 10, OLD)
    for giver in (books.issuance, books.wang):
        give(session, books.issuance, books.wang, 8, YOUNG)
        mistake = give(session, giver, books.lin, 8, YOUNG)
        undone = ledger.reverse(session, [mistake], reason="not Lin's", request_id=new_id(), now=LATER)
        assert due(session, books.lin) == 10
    ledger.reverse(session, undone.transfer_ids, reason="Lin's after all", request_id=new_id(), now=LATER)
    assert due(session, books.lin) == 10


def test_what_is_held_does_not_expire_until_it_is_released(session: Session, books: Books, expired: int) -> None:
    give(session, books.issuance, books.lin, 10, OLD)
    new = ledger.NewHold(books.lin, books.cafe, 4, LATER + timedelta(days=1), "voucher")
    hold = ledger.hold(session, [new], request_id=new_id(), now=YOUNG)[0]
    assert expire(session, expired).units == 6
    ledger.release(session, hold, request_id=new_id(), now=LATER)
    assert expire(session, expired).units == 4


def test_a_hold_past_its_time_keeps_nothing_alive(session: Session, books: Books, expired: int) -> None:
    give(session, books.issuance, books.lin, 10, OLD)
    ledger.hold(session, [ledger.NewHold(books.lin, books.cafe, 4, END, "voucher")], request_id=new_id(), now=OLD)
    assert due(session, books.lin) == 10
    assert expire(session, expired).units == 10


def test_a_run_is_limited_and_the_next_goes_on(session: Session, books: Books, expired: int) -> None:
    give(session, books.issuance, books.lin, 10, OLD)
    give(session, books.issuance, books.wang, 10, OLD)
    counts = [expire(session, expired, limit=1).accounts for _ in range(3)]
    assert counts == [1, 1, 0]


def test_nobody_expires_into_what_does_not_fit(session: Session, books: Books, expired: int) -> None:
    give(session, books.issuance, books.lin, 10, OLD)
    points = ledger.open_account(
        session, owner=ledger.SYSTEM, purpose="expired", asset="point", floor=False, spread=True
    )
    for into, refusal in ((points.id, ledger.AssetMismatch), (expired + (1 << 40), ledger.AccountUnknown)):
        with pytest.raises(refusal):
            expire(session, into)
    with pytest.raises(ledger.AssetUnknown):
        ledger.expire_units(
            session, asset="gold", purpose="coins", cohort_end=END, into=expired, request_id=new_id(), now=LATER
        )
    assert ledger.balance(session, books.lin).posted == 10


def test_nothing_young_expires_while_somebody_spends(own_addresses: Addresses) -> None:
    with psycopg.connect(own_addresses.app) as connection:
        books, expired = open_books(connection), open_expired(connection)
        give(connection, books.issuance, books.lin, 50, YOUNG)
    done = threading.Event()

    def spend() -> None:
        with psycopg.connect(own_addresses.app, autocommit=True) as spender, suppress(ledger.InsufficientBalance):
            while not done.is_set():
                give(spender, books.lin, books.cafe, 1, LATER)

    spending = threading.Thread(target=spend)
    spending.start()
    with psycopg.connect(own_addresses.app, autocommit=True) as connection:
        for _ in range(40):
            give(connection, books.issuance, books.lin, 10, OLD)
            expire(connection, expired)
        done.set()
        spending.join()
        left = 0  # Of everything old, after everything that was taken; below nought where young ones were spent.
        for line in reversed(ledger.statement(connection, books.lin, limit=2000).lines):
            assert line.kind != "expiry" or line.change == -left
            left += line.change if line.occurred_at != YOUNG else 0
        assert ledger.balance(connection, books.cafe).posted > 0
        assert ledger.audit(connection).holds


# The naive model: every unit of every lot that stands, the oldest first.

DAYS = st.integers(0, 9)


@dataclass
class NaiveLots:
    """Lots by day; what was spent is taken from the oldest."""

    lots: list[tuple[int, int, int]] = field(default_factory=list)  # Transfer, day, units.
    spent: dict[int, int] = field(default_factory=dict)
    refunded: int = 0

    def left(self, before: int, held: int) -> int:
        """What is left of the days before a day."""
        to_take = sum(self.spent.values()) - self.refunded + held
        answer = 0
        for _, day, units in sorted(self.lots, key=lambda lot: lot[1]):
            taken = min(units, to_take)
            to_take -= taken
            answer += (units - taken) if day < before else 0
        return answer


acts = st.lists(
    st.one_of(
        st.tuples(st.just("credit"), DAYS, st.integers(1, 20)),
        st.tuples(st.just("spend"), DAYS, st.integers(1, 20)),
        st.tuples(st.just("refund"), DAYS, st.integers(1, 9)),
        st.tuples(st.just("reverse"), DAYS, st.integers(0, 99)),
        st.tuples(st.just("hold"), DAYS, st.integers(1, 9)),
        st.tuples(st.just("release"), DAYS, st.integers(0, 99)),
        st.tuples(st.just("expire"), DAYS, st.just(0)),
    ),
    min_size=1,
    max_size=25,
)


@pytest.fixture(scope="module")
def connection(shared_addresses: Addresses) -> Iterator[psycopg.Connection]:
    """One connection for all examples; each is rolled back."""
    with psycopg.connect(shared_addresses.app) as opened:
        yield opened
        opened.rollback()


@settings(
    max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)  # fmt: skip
@given(acts=acts)
def test_what_is_left_is_what_naive_lots_have_left(
    connection: psycopg.Connection, acts: list[tuple[str, int, int]]
) -> None:
    connection.rollback()
    books, expired, naive = open_books(connection), open_expired(connection), NaiveLots()
    account, held = books.lin, list[ledger.Hold]()
    for act, day, number in acts:
        at = OLD + timedelta(days=day)
        available = ledger.balance(connection, account, now=LATER).available
        if act == "credit":
            naive.lots.append((give(connection, books.issuance, account, number, at), day, number))
        elif act == "spend" and number <= available:
            naive.spent[give(connection, account, books.cafe, number, at)] = number
        elif act == "refund" and naive.refunded + number <= sum(naive.spent.values()):
            if ledger.balance(connection, books.cafe).available >= number:
                give(connection, books.cafe, account, number, at, kind="refund")
                naive.refunded += number
        elif act == "reverse":
            reverse_one(connection, naive, number, available)
        elif act == "hold" and number <= available:
            held += ledger.hold(
                connection, [ledger.NewHold(account, books.cafe, number, None, "test")], request_id=new_id(), now=LATER
            )
        elif act == "release" and held:
            ledger.release(connection, held.pop(number % len(held)), request_id=new_id(), now=LATER)
        elif act == "expire":
            expected = naive.left(day, sum(hold.units for hold in held))
            assert expire(connection, expired, at).units == expected
            if expected:
                naive.spent[ledger.statement(connection, account, limit=1).lines[0].transfer_id] = expected
        for end in range(0, 11, 2):
            expected = naive.left(end, sum(hold.units for hold in held))
            assert due(connection, account, OLD + timedelta(days=end)) == expected


def reverse_one(connection: psycopg.Connection, naive: NaiveLots, number: int, available: int) -> None:
    """Take back one of the credits or debits that stand, where the floors allow it."""
    credits = {lot[0]: lot for lot in naive.lots}
    chosen = sorted([*credits, *naive.spent])
    if not chosen:
        return
    transfer_id = chosen[number % len(chosen)]
    if transfer_id in naive.spent and sum(naive.spent.values()) - naive.spent[transfer_id] < naive.refunded:
        return
    try:
        ledger.reverse(connection, [transfer_id], reason="mistake", request_id=new_id(), now=LATER)
    except ledger.InsufficientBalance:
        assert transfer_id in naive.spent or credits[transfer_id][2] > available
        return
    if transfer_id in credits:
        naive.lots.remove(credits[transfer_id])
    else:
        del naive.spent[transfer_id]
