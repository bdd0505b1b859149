"""Balances and statements as of any instant of either time."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

import ledger
from tests.ledger.conftest import NOW, Books, move, post

DAY = timedelta(days=1)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_balance_as_of_any_instant_equals_the_replayed_history(session: Session, books: Books, seed: int) -> None:
    chance = random.Random(seed)
    history: list[tuple[datetime, datetime, int]] = []
    for call in range(60):
        late = chance.random() < 0.3
        times = [NOW + DAY * (chance.randrange(call + 1) if late else call) for _ in range(chance.randrange(1, 4))]
        posting = post(session, *[move(books.issuance, books.lin, 10 + place, at) for place, at in enumerate(times)])
        history += [(at, posting.posted_at, 10 + place) for place, at in enumerate(times)]
        spent = NOW + DAY * call
        history.append((spent, post(session, move(books.lin, books.cafe, 3, spent)).posted_at, -3))
    for at in [NOW + DAY * day for day in range(-1, 62)]:
        expected = sum(units for occurred, _, units in history if occurred <= at)
        assert ledger.balance_at(session, books.lin, occurred_at=at) == expected
    for _, at, _ in history:
        expected = sum(units for _, posted, units in history if posted <= at)
        assert ledger.balance_at(session, books.lin, posted_at=at) == expected
    assert ledger.balance_at(session, books.cafe, occurred_at=NOW + DAY * 9) == 30
    assert ledger.audit(session).holds


def test_a_statement_of_a_period_opens_and_closes_with_the_balance(session: Session, books: Books) -> None:
    times = [post(session, move(books.issuance, books.lin, 1)).posted_at for _ in range(40)]
    page = ledger.statement(session, books.lin, since=times[10], until=times[30], limit=15)
    assert (page.opening, page.closing) == (10, 30)
    assert [line.balance for line in page.lines] == list(range(30, 15, -1))
    rest = ledger.statement(session, books.lin, since=times[10], until=times[30], after=page.after, limit=15)
    assert [line.balance for line in rest.lines] == list(range(15, 10, -1))
    assert rest.after is None


def test_a_cursor_that_is_none_is_refused(session: Session, books: Books) -> None:
    for cursor in ("7", "x", "-1", "9" * 30):
        with pytest.raises(ledger.TransferUnknown):
            ledger.statement(session, books.lin, after=cursor)


def test_totals_add_up_a_period_by_owner_purpose_and_asset(session: Session, books: Books) -> None:
    post(
        session,
        move(books.issuance, books.lin, 5),
        move(books.issuance, books.lin, 6, NOW + DAY),
        move(books.lin, books.cafe, 2),
    )
    rows = ledger.totals(session, since=NOW, until=NOW + DAY, purposes=["coins", "takings"])
    assert [(row.purpose, row.debits, row.credits, row.transfers) for row in rows] == [
        ("coins", 2, 5, 2),
        ("takings", 0, 2, 1),
    ]
    assert ledger.totals(session, since=NOW + DAY, until=NOW + DAY * 2, purposes=["coins"])[0].credits == 6
    assert ledger.totals(session, since=NOW + DAY * 2, until=NOW + DAY * 3) == []
    posted = ledger.totals(
        session, since=datetime.now(UTC) - DAY, until=datetime.now(UTC) + DAY, by="posted", assets=["coin"]
    )
    assert [(row.purpose, row.debits, row.credits, row.transfers) for row in posted] == [
        ("issuance", 11, 0, 2),
        ("coins", 2, 11, 3),
        ("takings", 0, 2, 1),
    ]


@pytest.mark.parametrize("seed", [3, 4])
def test_a_statement_by_occurrence_is_the_history_in_the_order_of_the_world(
    session: Session, books: Books, seed: int
) -> None:
    chance = random.Random(seed)
    history: dict[str, list[tuple[datetime, int, int]]] = {"lin": [], "cafe": []}
    for call in range(60):
        at = NOW + DAY * (chance.randrange(call + 1) if chance.random() < 0.4 else call)
        issued = post(session, move(books.issuance, books.lin, 9, at), move(books.issuance, books.lin, 8, at))
        history["lin"] += [(at, issued.transfer_ids[0], 9), (at, issued.transfer_ids[1], 8)]
        spent = post(session, move(books.lin, books.cafe, 3, at)).transfer_ids[0]
        history["lin"].append((at, spent, -3))
        history["cafe"].append((at, spent, 3))
    for name, account in (("lin", books.lin), ("cafe", books.cafe)):
        since, until = NOW + DAY * 10, NOW + DAY * 50
        everything = sorted(history[name])
        opening = sum(units for at, _, units in everything if at < since)
        balance, expected = opening, []
        for at, transfer, units in everything:
            if since <= at < until:
                balance += units
                expected.append((transfer, units, balance))
        found, after = [], None
        while True:
            page = ledger.statement(session, account, by="occurred", since=since, until=until, after=after, limit=7)
            assert (page.opening, page.closing) == (opening, balance)
            found += [(line.transfer_id, line.change, line.balance) for line in page.lines]
            after = page.after
            if after is None:
                break
        assert found == expected[::-1]


def test_an_unknown_account_has_no_balance_of_any_time(session: Session) -> None:
    with pytest.raises(ledger.AccountUnknown):
        ledger.balance_at(session, 1 << 40, posted_at=NOW)
    with pytest.raises(ledger.AccountUnknown):
        ledger.statement(session, 1 << 40)
