"""What a statement is made of, as laws: nothing is lost, nobody loses by rounding, no fund is asked for more."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.settlement.errors import SettlementDayOpen, SettlementRateMissing
from partners.settlement.model import Cycle, SettlementFee, SettlementRate
from partners.settlement.rules import (
    Movement,
    check_day_over,
    choose_corrections,
    draw,
    fee_at,
    fee_fen,
    is_due,
    last_due_day,
    lay_out,
)
from tests.partners.settlement.world import TODAY

MIDNIGHT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
MORNING = MIDNIGHT - timedelta(hours=16)
CAFE = UUID(int=64)


def _rate(coins: int, fen: int, *, since: datetime = MORNING - timedelta(days=9)) -> SettlementRate:
    return SettlementRate(
        id=UUID(int=coins * 1000 + fen), coins_units=coins, fen_units=fen, valid_from=since, source="协议",
        made_by=None, made_at=since,
    )  # fmt: skip


def _fee(points: int, fixed: int, *, merchant: UUID | None = None, since: datetime = MORNING) -> SettlementFee:
    return SettlementFee(
        id=UUID(int=points), merchant_id=merchant, basis_points=points, fixed_fen=fixed, valid_from=since,
        source="协议", made_by=None, made_at=since,
    )  # fmt: skip


def _took(number: int, coins: int, *, minutes: int = 60, reverses: int | None = None) -> Movement:
    at = MORNING + timedelta(minutes=minutes)
    return Movement(number, coins, "voucher", at, at, reverses, None)


ratios = st.tuples(st.integers(1, 60), st.integers(1, 500))
taken = st.lists(
    st.tuples(st.integers(1, 90), st.integers(0, 2000), st.booleans(), st.integers(0, 400)), min_size=0, max_size=25
)


@st.composite
def days(draw_: st.DrawFn) -> list[Movement]:
    """A day's redemptions, some before midnight and some after, and undos of some of them, minutes or hours later."""
    movements = []
    for number, (coins, minutes, is_undone, later) in enumerate(draw_(taken), start=1):
        movements.append(_took(number, coins, minutes=minutes))
        if is_undone:
            movements.append(_took(1000 + number, -coins, minutes=minutes + later, reverses=number))
    return draw_(st.permutations(movements))


@given(days(), ratios, st.integers(0, 20_000))
def test_every_movement_is_settled_waits_or_is_of_another_day(
    movements: list[Movement], ratio: tuple[int, int], budget: int
) -> None:
    layout = lay_out(movements, until=MIDNIGHT, rates=[_rate(*ratio)], settled_fen={}, budget_fen=budget)
    placed = [*(line.movement for line in layout.lines), *layout.waiting, *layout.later]
    assert sorted(one.transfer_id for one in placed) == sorted(one.transfer_id for one in movements)


@given(days(), ratios, st.integers(0, 20_000))
def test_no_statement_costs_more_than_the_funds_have(
    movements: list[Movement], ratio: tuple[int, int], budget: int
) -> None:
    layout = lay_out(movements, until=MIDNIGHT, rates=[_rate(*ratio)], settled_fen={}, budget_fen=budget)
    assert 0 <= layout.fen <= budget
    if layout.waiting:
        oldest = layout.waiting[0]
        assert layout.fen + _rate(*ratio).worth.cost_fen(oldest.change) >= budget


@given(days(), ratios)
def test_lines_add_up_to_the_exact_worth_rounded_up_once(movements: list[Movement], ratio: tuple[int, int]) -> None:
    layout = lay_out(movements, until=MIDNIGHT, rates=[_rate(*ratio)], settled_fen={}, budget_fen=10**9)
    exact = Fraction(layout.coins * ratio[1], ratio[0])
    assert exact <= layout.fen < exact + 1
    assert layout.waiting == []
    assert all(line.fen * (1 if line.movement.change > 0 else -1) >= 0 for line in layout.lines)


@given(days(), ratios)
def test_an_undo_stays_with_what_it_undoes_and_costs_nothing(movements: list[Movement], ratio: tuple[int, int]) -> None:
    layout = lay_out(movements, until=MIDNIGHT, rates=[_rate(*ratio)], settled_fen={}, budget_fen=0)
    settled = {line.movement.transfer_id for line in layout.lines}
    for one in movements:
        if one.reverses is not None:
            assert (one.transfer_id in settled) == (one.reverses in settled)
    assert layout.fen == 0


def test_what_was_settled_goes_back_at_what_was_paid_for_it() -> None:
    back = _took(9, -30, reverses=4)
    layout = lay_out(
        [back, _took(10, 40)], until=MIDNIGHT, rates=[_rate(1, 50)], settled_fen={4: 1234}, budget_fen=10_000
    )
    assert [(line.movement.transfer_id, line.fen) for line in layout.lines] == [(9, -1234), (10, 2000)]


def test_each_coin_is_worth_what_it_was_when_it_was_taken() -> None:
    rates = [_rate(1, 60, since=MORNING + timedelta(hours=2)), _rate(1, 50)]
    layout = lay_out(
        [_took(1, 10, minutes=60), _took(2, 10, minutes=180)],
        until=MIDNIGHT,
        rates=rates,
        settled_fen={},
        budget_fen=9999,
    )
    assert [line.fen for line in layout.lines] == [500, 600]
    with pytest.raises(SettlementRateMissing):
        lay_out([_took(1, 10)], until=MIDNIGHT, rates=[], settled_fen={}, budget_fen=9999)


@given(st.integers(0, 10**9), st.integers(0, 10_000), st.integers(0, 10**6))
def test_a_fee_is_rounded_down_and_never_more_than_there_is(gross: int, points: int, fixed: int) -> None:
    fee = fee_fen(gross, basis_points=points, fixed_fen=fixed)
    assert 0 <= fee <= gross
    assert fee <= Fraction(gross * points, 10_000) + fixed


def test_a_merchants_own_fee_comes_before_the_common_one() -> None:
    rows = [_fee(30, 10), _fee(20, 5, merchant=CAFE), _fee(99, 99, merchant=CAFE, since=MIDNIGHT)]
    assert fee_at(rows, CAFE, MIDNIGHT - timedelta(hours=1)) == (20, 5)
    assert fee_at(rows, UUID(int=65), MIDNIGHT) == (30, 10)
    assert fee_at([], CAFE, MIDNIGHT) == (0, 0)


@given(st.dictionaries(st.uuids(), st.integers(0, 5000), min_size=1, max_size=5), st.integers(0, 4000))
def test_funds_pay_in_their_order_and_only_what_they_have(funds: dict[UUID, int], need: int) -> None:
    need = min(need, sum(funds.values()))
    drawn = draw(funds, need_fen=need)
    assert sum(drawn.values()) == need
    assert all(0 < fen <= funds[fund] for fund, fen in drawn.items())
    emptied = [fund for fund in funds if drawn.get(fund, 0) == funds[fund]]
    assert len(drawn) <= len(emptied) + 1


def test_corrections_are_carried_as_far_as_there_is_money() -> None:
    assert choose_corrections([100, -50, 80, -500], budget_fen=150, net_fen=0) == [True, True, False, False]
    assert choose_corrections([-500], budget_fen=0, net_fen=500) == [True]


def test_a_day_is_settled_half_an_hour_after_its_end() -> None:
    with pytest.raises(SettlementDayOpen):
        check_day_over(TODAY, now=MIDNIGHT + timedelta(minutes=29))
    check_day_over(TODAY, now=MIDNIGHT + timedelta(minutes=30))
    assert last_due_day(MIDNIGHT + timedelta(minutes=29)) == date(2026, 11, 21)
    assert last_due_day(MIDNIGHT + timedelta(minutes=30)) == TODAY


def test_a_monthly_merchant_is_due_on_the_last_day() -> None:
    assert is_due(Cycle.DAY, date(2026, 11, 22))
    assert not is_due(Cycle.MONTH, date(2026, 11, 22))
    assert is_due(Cycle.MONTH, date(2026, 11, 30))
    assert is_due(Cycle.MONTH, date(2028, 2, 29))
