"""How many coins points make."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.coins import ExchangeTooSmall, Rate, RateChanged, preview
from rewards.coins.rules import check_exchange, check_rate_shown


def rate(takes: int, gives: int) -> Rate:
    return Rate(
        id=UUID(int=takes), from_asset="point", to_asset="coin", takes_units=takes, gives_units=gives,
        valid_from=datetime(2026, 1, 1, tzinfo=UTC), standing="proposal", source="a test",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("points", "taken", "coins", "rest"),
    [(0, 0, 0, 0), (99, 0, 0, 99), (100, 100, 1, 0), (199, 100, 1, 99), (1_000_000, 1_000_000, 10_000, 0)],
)
def test_only_whole_steps_of_a_hundred_become_coins(points: int, taken: int, coins: int, rest: int) -> None:
    made = preview(rate(100, 1), points_units=points)
    assert (made.points_units, made.coins_units, made.rest_units) == (taken, coins, rest)


@given(points=st.integers(0, 10**15), takes=st.integers(1, 10**6), gives=st.integers(1, 10**6))
def test_no_point_is_lost_between_coins_and_rest(points: int, takes: int, gives: int) -> None:
    made = preview(rate(takes, gives), points_units=points)
    assert made.points_units + made.rest_units == points
    assert made.coins_units * takes == made.points_units * gives
    assert 0 <= made.rest_units < takes


@pytest.mark.parametrize("points", [-100, -1, 0, 99])
def test_too_few_points_for_one_coin_are_refused_with_what_is_needed(points: int) -> None:
    with pytest.raises(ExchangeTooSmall) as refused:
        check_exchange(rate(100, 1), points_units=points)
    assert refused.value.facts == {"points": points, "needed": 100}


def test_a_rate_that_the_person_has_not_seen_is_refused() -> None:
    check_rate_shown(rate(100, 1), shown=UUID(int=100))
    with pytest.raises(RateChanged):
        check_rate_shown(rate(100, 1), shown=UUID(int=50))
