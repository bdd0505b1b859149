"""Where a rule asks for cover, coins are made only as far as the funds stand behind them, whoever comes first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID

import pytest

from ledger.kernel.ids import new_id
from partners import settlement, sponsors
from partners.settlement import CoinsNotBacked
from puhui.backing import exchange_backed
from puhui.db import Database
from rewards import coins
from tests.cafe import NOON, give_points
from tests.factories import make_citizen
from tests.partners.settlement.world import BEFORE, OPERATOR, open_town


@pytest.fixture
def citizens(own_database: Database) -> list[UUID]:
    """Four citizens with points for fifty coins each; the fund covers a hundred, and the rule asks for all of it."""
    with own_database.transaction() as session:
        open_town(session, fen=5000)
        settlement.set_backing(
            session,
            caps=True,
            basis_points=10_000,
            valid_from=BEFORE,
            source="理事会决议",
            made_by=OPERATOR,
            now=BEFORE,
        )
        people = [make_citizen(session).id for _ in range(4)]
        for person in people:
            give_points(session, person, 5000)
        return people


def _exchange(database: Database, citizen: UUID, key: UUID | None = None) -> bool:
    def work(session: object) -> bool:
        rate = coins.rate_at(session, NOON)  # type: ignore[arg-type]  # The session of the run.
        exchange_backed(
            session, citizen_id=citizen, points_units=5000, rate_id=rate.id, request_id=key or new_id(), now=NOON
        )  # type: ignore[arg-type]  # The session of the run.
        return True

    try:
        return database.run(work)
    except CoinsNotBacked:
        return False


def test_of_four_at_once_only_those_are_served_whom_the_fund_covers(
    own_database: Database, citizens: list[UUID]
) -> None:
    with ThreadPoolExecutor(4) as pool:
        served = list(pool.map(partial(_exchange, own_database), citizens))
    assert sorted(served) == [False, False, True, True]
    with own_database.transaction() as session:
        assert sponsors.unpaid_coins(session) == 100


def test_what_was_exchanged_is_answered_again_though_nothing_more_is_covered(
    own_database: Database, citizens: list[UUID]
) -> None:
    key = new_id()
    assert _exchange(own_database, citizens[0], key)
    assert _exchange(own_database, citizens[1])
    assert not _exchange(own_database, citizens[2])
    with own_database.transaction() as session:
        later = NOON.replace(minute=5)
        rate = coins.rate_at(session, later)
        again = exchange_backed(
            session, citizen_id=citizens[0], points_units=5000, rate_id=rate.id, request_id=key, now=later
        )
        assert again.coins_units == 50
