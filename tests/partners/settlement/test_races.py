"""Under stress: two runs at once, clerks beside a run, a process that dies. Nothing is lost or doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from partners import settlement, sponsors
from partners.settlement import gathering, settling
from partners.settlement.model import Run, StatementLine
from puhui import settlement_jobs
from puhui.addresses import Addresses
from puhui.db import Database
from tests.cafe import NOON, give_coins, open_cafe
from tests.factories import make_citizen
from tests.partners.settlement.world import NIGHT, TODAY, Town, open_town, spend

TOMORROW = TODAY + timedelta(days=1)


def _all_coins(database: Database) -> dict[str, int]:
    with database.transaction() as session:
        assert ledger.audit(session).holds
        rows = session.execute(sa.text("SELECT purpose, units FROM partners.coins_by_purpose"))
        return {row.purpose: row.units for row in rows}


def _open(database: Database, *, fen: int = 1_000_000, cafes: int = 1) -> tuple[Town, list[UUID]]:
    with database.transaction() as session:
        town = open_town(session, fen=fen)
        return town, [town.cafe.id, *(open_cafe(session).id for _ in range(cafes - 1))]


def _together(*works: Callable[[], object]) -> list[object]:
    barrier = threading.Barrier(len(works))

    def start(work: Callable[[], object]) -> object:
        barrier.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return [one.result() for one in [pool.submit(start, work) for work in works]]


def test_two_runs_at_once_settle_each_merchant_once(own_database: Database) -> None:
    _, cafes = _open(own_database, cafes=5)
    with own_database.transaction() as session:
        for cafe in cafes:
            spend(session, cafe, 30)
    run = partial(settlement_jobs.run_through, own_database, TODAY, now=NIGHT)
    first, second = _together(run, run)
    assert (first.statements, second.statements) == (5, 5)  # type: ignore[attr-defined]  # Tallies.
    with own_database.transaction() as session:
        assert len(settlement.statements(session)) == 5
        assert sum(settlement.owed(session, cafe, now=NIGHT).under_way_fen for cafe in cafes) == 5 * 1500
    assert _all_coins(own_database)["settled"] == 150


def test_runs_at_once_never_pay_more_than_the_fund_holds(own_database: Database) -> None:
    town, cafes = _open(own_database, fen=4000, cafes=4)
    with own_database.transaction() as session:
        for cafe in cafes:
            spend(session, cafe, 30)
    settle = partial(_settle, own_database)
    made = _together(*(partial(settle, cafe) for cafe in cafes))
    assert sorted(one.gross_fen for one in made) == [0, 0, 1500, 1500]  # type: ignore[attr-defined]  # Statements.
    with own_database.transaction() as session:
        assert sum(sponsors.available_fen(session, sponsors.funds(session)).values()) == 1000
    assert town.fund


def _settle(database: Database, cafe: UUID) -> object:
    return database.run(partial(settlement.settle_merchant, merchant_id=cafe, through=TODAY, now=NIGHT))


@pytest.mark.parametrize("seed", range(3))
def test_a_run_raced_with_redemptions_and_undos_loses_and_doubles_nothing(own_database: Database, seed: int) -> None:
    """Clerks ring up and undo on both sides of midnight while two days are settled again and again."""
    _, (cafe,) = _open(own_database)
    with own_database.transaction() as session:
        people = [make_citizen(session).id for _ in range(8)]
        for person in people:
            give_coins(session, person, 1000)

    def clerk(number: int) -> None:
        dice = Random(seed * 100 + number)
        for _ in range(25):
            at = NOON + timedelta(hours=dice.randint(0, 30))
            pay = partial(spend, merchant_id=cafe, coins=dice.randint(1, 30), now=at, citizen=dice.choice(people))
            paid = own_database.run(pay)
            if dice.random() < 0.5:
                _undo(own_database, paid)

    def settler() -> None:
        for day in (TODAY, TOMORROW):
            settlement_jobs.run_through(own_database, day, now=NIGHT + timedelta(days=1))

    _together(settler, settler, *(partial(clerk, number) for number in range(3)))
    settlement_jobs.run_through(own_database, TODAY + timedelta(days=9), now=NIGHT + timedelta(days=9))
    coins = _all_coins(own_database)
    assert coins["takings"] == 0
    assert sum(coins.values()) == 0
    with own_database.transaction() as session:
        lined = session.scalar(sa.select(sa.func.sum(StatementLine.coins_units)))
        gross = sum(one.gross_fen for one in settlement.statements(session))
    assert (lined, gross) == (coins["settled"], coins["settled"] * 50)


def _undo(database: Database, transfer: int) -> None:
    """Undo, where the coins are still there."""
    try:
        database.run(
            lambda session: ledger.reverse(session, [transfer], reason="rang up twice", request_id=new_id(), now=NIGHT)
        )
    except ledger.InsufficientBalance:
        return


def test_an_undo_between_reading_and_posting_is_seen(own_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run has read when the undo commits: the ledger refuses it, it reads again and settles the rest."""
    _, (cafe,) = _open(own_database)
    with own_database.transaction() as session:
        spend(session, cafe, 30)
        undone = [spend(session, cafe, 20)]
    read = settling.gathering.gather

    def read_and_wait(session: Session, **where: Any) -> gathering.Gathered:  # noqa: ANN401  # As the real one.
        found = read(session, **where)
        while undone:
            _undo(own_database, undone.pop())
        return found

    monkeypatch.setattr(settling.gathering, "gather", read_and_wait)
    tally = settlement_jobs.run_through(own_database, TODAY, now=NIGHT)
    assert (tally.failed, tally.net_fen) == ([], 1500)
    assert _all_coins(own_database)["settled"] == 30


KILLED = """
import os, signal, sys
from datetime import date, datetime
from puhui import settlement_jobs
from puhui.db import Database
from partners import settlement
database, real, done = Database(sys.argv[1]), settlement.settle_merchant, []
def settle_and_die(session, **facts):
    made = real(session, **facts)
    done.append(made)
    if len(done) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return made
settlement.settle_merchant = settle_and_die
settlement_jobs.run_through(database, date.fromisoformat(sys.argv[2]), now=datetime.fromisoformat(sys.argv[3]))
"""


def test_a_killed_run_is_taken_up_where_it_was(own_database: Database, own_addresses: Addresses) -> None:
    """The process is killed with two merchants settled and the third not committed."""
    _, cafes = _open(own_database, cafes=5)
    with own_database.transaction() as session:
        for cafe in cafes:
            spend(session, cafe, 30)
    command = [sys.executable, "-c", KILLED, own_addresses.app, TODAY.isoformat(), NIGHT.isoformat()]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with own_database.transaction() as session:
        assert len(settlement.statements(session)) == 2
        assert [run.through for run in settlement.unfinished_runs(session)] == [TODAY]
    assert settlement_jobs.resume_runs(own_database, NIGHT) == {"runs": 1, "statements": 5, "failed": 0}
    with own_database.transaction() as session:
        run = session.get_one(Run, TODAY)
        assert (run.merchants, run.done, run.finished_at) == (5, 5, NIGHT)
    assert (_all_coins(own_database)["settled"], _all_coins(own_database)["takings"]) == (150, 0)
