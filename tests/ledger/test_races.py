"""Races: many connections on few accounts; nothing is lost or doubled, no floor is broken, no deadlock gets out."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from puhui.db import Database
from tests.ledger.conftest import NOW, Books, move, open_books, post

WORKERS = 8


def together(work: Callable[[int], int]) -> list[int]:
    """Run the work in as many threads as there are workers and answer what each did."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, range(WORKERS)))


@pytest.fixture
def books(own_database: Database) -> Books:
    """The cast with a hundred coins each, committed."""
    with own_database.transaction() as session:
        books = open_books(session)
        post(session, move(books.issuance, books.lin, 100), move(books.issuance, books.wang, 100))
        return books


def test_money_that_is_there_once_is_spent_once(own_database: Database, books: Books) -> None:
    def spend(worker: int) -> int:
        spent = 0
        for _ in range(25):
            try:
                own_database.run(lambda session: post(session, move(books.lin, books.cafe, 1)))
                spent += 1
            except ledger.InsufficientBalance:
                pass
        return spent

    assert sum(together(spend)) == 100
    with own_database.transaction() as session:
        assert ledger.balance(session, books.lin).posted == 0
        assert ledger.balance(session, books.cafe).posted == 100
        assert ledger.audit(session).holds


def test_one_request_sent_by_many_is_posted_once(own_database: Database, books: Books) -> None:
    requests = [new_id() for _ in range(20)]

    def send(worker: int) -> int:
        order = random.Random(worker).sample(requests, len(requests))
        answers = [
            own_database.run(lambda s, r=request: post(s, move(books.lin, books.wang, 1), request_id=r))  # type: ignore[misc]  # A default binds.
            for request in order
        ]
        return sum(not answer.replayed for answer in answers)

    assert sum(together(send)) == len(requests)
    with own_database.transaction() as session:
        assert ledger.balance(session, books.wang).posted == 120
        assert ledger.audit(session).holds


def test_lists_singles_holds_and_payouts_at_once_keep_every_law(own_database: Database, books: Books) -> None:
    def act(session: Session, chance: random.Random) -> None:
        people = chance.sample([books.lin, books.wang], 2)
        deed = chance.randrange(5)
        if deed == 0:
            post(session, move(*people, 1), move(people[1], books.cafe, 1), move(books.issuance, people[0], 2))
        elif deed == 1:
            post(session, move(people[0], books.cafe, 1))
        elif deed == 2:
            post(session, move(books.cafe, books.issuance, 2))
        elif deed == 3:
            post(session, move(*people, 3))
        else:
            new = ledger.NewHold(people[0], books.cafe, 2, None, "voucher")
            held = ledger.hold(session, [new], request_id=new_id(), now=NOW)[0]
            finish = chance.choice([ledger.settle, ledger.release])
            finish(session, held, request_id=new_id(), now=NOW)

    def work(worker: int) -> int:
        chance = random.Random(worker)
        refused = 0
        for _ in range(20):
            try:
                own_database.run(lambda session: act(session, chance))
            except ledger.InsufficientBalance:
                refused += 1
        return refused

    together(work)
    with own_database.transaction() as session:
        report = ledger.audit(session)
        assert report.holds, report.findings
        whole = sum(ledger.balance(session, account).posted for account in (books.lin, books.wang, books.cafe))
        assert whole == ledger.balance(session, books.issuance).posted


def test_one_hold_is_ended_once_by_many(own_database: Database, books: Books) -> None:
    with own_database.transaction() as session:
        new = ledger.NewHold(books.lin, books.cafe, 10, None, "voucher")
        held = ledger.hold(session, [new], request_id=new_id(), now=NOW)[0]

    def end(worker: int) -> int:
        finish = ledger.settle if worker % 2 else ledger.release
        try:
            own_database.run(lambda session: finish(session, held, request_id=new_id(), now=NOW))
        except ledger.HoldEnded:
            return 0
        return 1

    assert sum(together(end)) == 1
    with own_database.transaction() as session:
        assert ledger.audit(session).holds


def test_an_account_that_is_closed_and_reopened_takes_transfers_only_while_it_is_open(
    own_database: Database, books: Books
) -> None:
    def deed(session: Session, worker: int, turn: int) -> None:
        if worker == 0:
            change = ledger.reopen_account if turn % 2 else ledger.close_account
            change(session, books.wang, request_id=new_id(), now=NOW)
        elif worker % 2:
            post(session, move(books.issuance, books.wang, 1))
        else:
            post(session, move(books.lin, books.wang, 1), move(books.issuance, books.lin, 1))

    def work(worker: int) -> int:
        posted = 0
        for turn in range(21):
            try:
                own_database.run(lambda session, turn=turn: deed(session, worker, turn))
            except ledger.AccountClosed:
                continue
            posted += worker > 0
        return posted

    with own_database.transaction() as session:
        before = ledger.balance(session, books.wang).posted
    posted = sum(together(work))
    with own_database.transaction() as session:
        assert ledger.balance(session, books.wang).posted == before + posted
        closed_at = ledger.account(session, books.wang).closed_at
        last = ledger.statement(session, books.wang, limit=1).lines[0]
        assert closed_at is not None
        assert last.posted_at <= closed_at
        report = ledger.audit(session)
        assert report.holds, report.findings
