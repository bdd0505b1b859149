"""Dated terms are added, never rewritten; the backing rule of the day says whether new coins need cover."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from partners import settlement
from partners.settlement import CoinsNotBacked, Cycle, DatedRowExists, DatedRowLate, SettlementRate
from tests.cafe import NOON, give_coins
from tests.factories import make_citizen
from tests.partners.settlement.world import BEFORE, OPERATOR, Town, open_town


@pytest.fixture
def town(session: Session) -> Town:
    return open_town(session, fen=5000)


def _set(town: Town, fen: int, **when: object) -> SettlementRate:
    return settlement.set_rate(
        town.session, coins_units=1, fen_units=fen, source="新协议", made_by=OPERATOR,
        **{"valid_from": NOON, "now": NOON, **when},
    )  # type: ignore[arg-type]  # Instants.  # fmt: skip


def test_a_new_rate_takes_over_from_its_instant_on(town: Town) -> None:
    made = _set(town, 60)
    assert _set(town, 60) is made
    before = settlement.rate_in_force(town.session, NOON - timedelta(seconds=1))
    assert (before.fen_units, settlement.rate_in_force(town.session, NOON).fen_units) == (50, 60)
    with pytest.raises(DatedRowExists):
        _set(town, 61)


def test_the_past_is_not_repriced(town: Town) -> None:
    with pytest.raises(DatedRowLate):
        _set(town, 60, valid_from=NOON - timedelta(hours=1))
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), town.session.begin_nested():
        town.session.execute(sa.update(SettlementRate).values(fen_units=1))


def test_a_merchant_chooses_its_cycle(town: Town) -> None:
    assert settlement.cycle_of(town.session, town.cafe.id) is Cycle.DAY
    for cycle, minutes in ((Cycle.MONTH, 0), (Cycle.MONTH, 1), (Cycle.DAY, 2)):
        at = NOON + timedelta(minutes=minutes)
        settlement.choose_cycle(town.session, merchant_id=town.cafe.id, cycle=cycle, made_by=OPERATOR, now=at)
        assert settlement.cycle_of(town.session, town.cafe.id) is cycle


def test_without_a_cap_coins_are_made_whatever_the_funds_hold(town: Town) -> None:
    settlement.check_backed(town.session, coins_units=10**6, now=NOON)


def test_with_a_cap_new_coins_need_their_cover(town: Town) -> None:
    """A hundred coins cost all that the fund has; sixty are out already."""
    settlement.set_backing(
        town.session, caps=True, basis_points=10_000, valid_from=NOON, source="理事会决议", made_by=OPERATOR, now=NOON
    )
    lin = make_citizen(town.session)
    give_coins(town.session, lin.id, 60)
    settlement.check_backed(town.session, coins_units=40, now=NOON)
    with pytest.raises(CoinsNotBacked):
        settlement.check_backed(town.session, coins_units=41, now=NOON)
    settlement.check_backed(town.session, coins_units=41, now=BEFORE)
