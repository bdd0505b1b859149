"""Compliance as arithmetic, a case a line."""

from __future__ import annotations

from datetime import date

import pytest

from partners.enterprises.compliance.model import NetSold
from partners.enterprises.compliance.rules import (
    Gap,
    Plan,
    carry_over_limit,
    cheapest_plan,
    coal_allowance,
    offset_cap,
    peak_factor,
    penalty_range,
    reminder_due,
    reminders,
)

DEADLINE = date(2026, 12, 31)


@pytest.mark.parametrize(("due", "cap"), [(0, 0), (19, 0), (20, 1), (1_019, 50), (1_020, 51), (45_000, 2_250)])
def test_credits_cover_five_percent_floored(due: int, cap: int) -> None:
    assert offset_cap(due_t=due, cap_bp=500) == cap


@pytest.mark.parametrize(
    ("sold", "bought", "held", "compliant", "limit"),
    [
        (0, 0, 50_000, True, 10_000),
        (0, 9_000, 50_000, True, 10_000),
        (20_001, 0, 50_000, True, 40_001),
        (20_001, 1, 50_000, True, 40_000),
        (20_001, 0, 40_000, True, 40_000),
        (20_001, 0, 50_000, False, 0),
    ],
)
def test_carry_over_is_the_base_and_one_and_a_half_of_what_was_sold(
    sold: int, bought: int, held: int, compliant: bool, limit: int
) -> None:
    net = NetSold(sold_t=sold, bought_t=bought, held_t=held)
    assert carry_over_limit(net, base_t=10_000, ratio_percent=150, compliant=compliant) == limit


def test_a_fine_is_a_range_with_its_basis() -> None:
    averages = {"2025-11": 5_773, "2025-12": 6_543}
    fine = penalty_range(missing_t=100, averages_fen=averages, least=5, most=10)
    assert fine is not None
    assert (fine.least_fen, fine.most_fen, fine.basis) == (2_886_500, 6_543_000, "2025-11 5773, 2025-12 6543")
    assert penalty_range(missing_t=0, averages_fen=averages, least=5, most=10) is None
    assert penalty_range(missing_t=1, averages_fen={}, least=5, most=10) is None


@pytest.mark.parametrize(
    ("today", "stands"),
    [
        (date(2026, 10, 1), None),
        (date(2026, 10, 2), 90),
        (date(2026, 11, 30), 90),
        (date(2026, 12, 1), 30),
        (date(2026, 12, 16), 15),
        (date(2026, 12, 31), 15),
        (date(2027, 1, 1), None),
    ],
)
def test_reminders_stand_at_ninety_thirty_and_fifteen_days(today: date, stands: int | None) -> None:
    assert reminder_due(DEADLINE, today=today, days=(90, 30, 15)) == stands


def test_coming_reminders_leave_out_the_past() -> None:
    coming = reminders(DEADLINE, today=date(2026, 12, 1), days=(90, 30, 15))
    assert coming == [(30, date(2026, 12, 1)), (15, date(2026, 12, 16))]


GAP = Gap(due_t=1_000, surrendered_t=100, offset_t=0, pending_t=50, eligible_t=350)


@pytest.mark.parametrize(
    ("credit", "carry", "buy_only", "plan"),
    [
        (None, 0, False, Plan(0, 0, 500, 5_000_000)),
        (9_999, 0, False, Plan(0, 50, 450, 50 * 9_999 + 4_500_000)),
        (10_000, 0, False, Plan(0, 0, 500, 5_000_000)),
        (9_000, 480, False, Plan(480, 20, 0, 180_000)),
        (9_000, 900, False, Plan(500, 0, 0, 0)),
        (9_000, 900, True, Plan(0, 0, 500, 5_000_000)),
    ],
)
def test_the_cheapest_way_to_close_a_gap(credit: int | None, carry: int, buy_only: bool, plan: Plan) -> None:
    assert (GAP.open_t, GAP.missing_t) == (900, 500)
    found = cheapest_plan(
        GAP, offset_left_t=50, allowance_fen=10_000, credit_fen=credit, carry_t=carry, buy_only=buy_only
    )
    assert found == plan


def test_allowances_are_floored_and_peak_factors_have_six_decimals() -> None:
    # 1,000,001 MWh × 0.7910 + 5 GJ × 0.1033 = 791,000.791 + 0.5165: floored.
    done = coal_allowance(power_mwh=1_000_001, benchmark_e4=7_910, load_e4=10_000, heat_gj=5, heat_e4=1_033)
    assert done == 791_001
    assert peak_factor(2, 3) == 666_667
