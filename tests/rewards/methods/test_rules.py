"""From a quantity to grams and points, a case a line."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_FLOOR, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.methods import Tier, catalogue, credit, quantity_text, thousandths
from rewards.methods.rules import lower_tier

CASES = [
    # method, variant, unit, quantity, tier -> computed, grams, points
    ("T02", None, "km", "3.219", "A", 128, 128, 128),
    ("T02", None, "km", "0.024", "A", 0, 0, 0),
    ("T03", None, "km", "3.219", "C", 128, 0, 64),
    ("T06", None, "ride", "1", "B", 105, 105, 105),
    ("T06", None, "ride", "1", "C", 105, 0, 52),
    ("T01", None, "step", "7999", "B", 159, 159, 159),
    ("T05", None, "pkm", "10", "A", 269, 269, 269),
    ("T04", None, "km", "5", "A", 0, 0, 0),
    ("T10", None, "pkm", "5", "A", 0, 0, 0),
    ("C02", None, "item", "1", "C", 0, 0, 0),
    ("R07", None, "kg", "2", "A", 0, 0, 0),
    ("S01", None, "hour", "1.5", "B", 0, 0, 30),
    ("H02", "saved-10", "half-year", "1", "A", 0, 0, 10_000),
    ("R01", None, "phone", "1", "A", 0, 0, 0),
    ("H08", None, "kWh", "100", "B", 58_360, 58_360, 58_360),
    ("P02", None, "t", "2", "A", 336, 336, 336),
    ("P02", None, "m³", "2", "A", 4320, 4320, 4320),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[3]}{case[2]}-{case[4]}")
def test_an_act_is_worth_what_its_method_says(case: tuple[str, str | None, str, str, str, int, int, int]) -> None:
    code, branch, unit, quantity, tier, *worth = case
    version = catalogue().method(code).current
    units = thousandths(quantity)
    assert units is not None
    rate = catalogue().rate_on(date(2026, 1, 1))
    assert list(credit(version, version.variant(branch, unit), rate, quantity=units, tier=Tier(tier))) == worth


@given(
    st.decimals(min_value=0, max_value=10**9, places=3),
    st.sampled_from([m for m in catalogue().methods if m.current.factor and not m.current.awaits_factor]),
)
def test_grams_are_the_exact_product_rounded_down(quantity: Decimal, method: object) -> None:
    version = method.current  # type: ignore[attr-defined]  # Hypothesis gives an object.
    units = thousandths(str(quantity))
    assert units is not None
    exact = (quantity * Decimal(version.factor)).to_integral_value(ROUND_FLOOR)
    if version.creditable:
        assert credit(version, None, catalogue().rates[0], quantity=units, tier=Tier.A).computed == exact


@pytest.mark.parametrize(
    "text", ["", ".", "1.", ".5", "1e3", "1,5", "１", "1.2345", "NaN", "--1", "1" * 13, " 1", "+1", "1_0"]
)
def test_what_is_not_a_plain_decimal_is_not_a_quantity(text: str) -> None:
    assert thousandths(text) is None


@given(st.integers(-(10**12), 10**12))
def test_a_quantity_written_and_read_is_itself(quantity: int) -> None:
    assert thousandths(quantity_text(quantity)) == quantity


def test_a_claimed_tier_may_only_weaken() -> None:
    assert lower_tier(Tier.B, "A") is Tier.B
    assert lower_tier(Tier.B, "C") is Tier.C
    assert lower_tier(Tier.A, "A") is Tier.A
