"""Rules of published prices, a case a line."""

from __future__ import annotations

from datetime import date

import pytest

from partners.enterprises.exact import NumberInvalid, fen, half_up, scaled, whole, yuan
from partners.enterprises.instruments.model import Instrument, Kind, Quantity
from partners.enterprises.prices.errors import PriceFileUnreadable, ValuationRefused
from partners.enterprises.prices.model import DayPrice, DayTrade, Method
from partners.enterprises.prices.parsing import parse
from partners.enterprises.prices.rules import band, check_blocks, check_prices, check_trades
from partners.enterprises.prices.valuation import value

DAY = date(2025, 6, 3)


def price(
    day: date = DAY,
    *,
    prev: int | None = 7_000,
    low: int = 6_900,
    high: int = 7_200,
    close: int = 7_100,
    qty: int = 500,
) -> DayPrice:
    return DayPrice("CEA24", day, "碳排放配额24", prev, close, high, low, close, None, qty, qty * close)


def instrument(kind: Kind, code: str) -> Instrument:
    return Instrument(
        *(code, kind, code, code, "t", 0, "per_unit", None, 2024, None, None, None, "registry", None, (), None, None),
        *(None, None, "test"),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("48.00", 4_800),
        ("48", 4_800),
        ("1,234.5", 123_450),
        ("-0.05", -5),
        ("7.100", 710),
        ("0", 0),
        (" 12.30 ", 1_230),
    ],
)
def test_yuan_become_whole_fen(text: str, expected: int) -> None:
    assert fen(text) == expected


@pytest.mark.parametrize("text", ["", "1.005", "1,23.00", "1e3", "NaN", "１２", "1.2.3", "12万"])
def test_what_is_not_exactly_an_amount_is_refused(text: str) -> None:
    with pytest.raises(NumberInvalid):
        fen(text)


def test_whole_numbers_take_thousands_commas_and_no_fraction() -> None:
    assert whole("1,454,054") == 1_454_054
    with pytest.raises(NumberInvalid):
        whole("5.0")


def test_halves_round_away_from_zero() -> None:
    assert [half_up(5, 2), half_up(-5, 2), half_up(7, 3)] == [3, -3, 2]
    assert (scaled("0.0673", 4), yuan(-5)) == (673, "-0.05")


@pytest.mark.parametrize(
    ("prev", "width", "lowest", "highest"),
    # The block average of 2021-11-19 was exactly 0.70 × 43.16, which is legal only when halves go up.
    [(4_316, 3_000, 3_021, 5_611), (7_463, 1_000, 6_717, 8_209), (5_005, 1_000, 4_505, 5_506)],
)
def test_price_limits_round_half_up(prev: int, width: int, lowest: int, highest: int) -> None:
    limits = band(prev, width)
    assert (limits.low_fen, limits.high_fen) == (lowest, highest)
    assert limits.holds(lowest)
    assert not limits.holds(lowest - 1)
    assert not limits.holds(highest + 1)


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        (price(), []),
        (price(low=6_300), []),
        (price(low=6_299), ["outside_listed_band"]),
        (price(high=7_700, close=7_700), []),
        (price(high=7_701, close=7_701), ["outside_listed_band"]),
        (price(prev=None, low=1), []),
        (price(low=7_101), ["high_close_low_out_of_order"]),
    ],
)
def test_a_listed_price_stays_within_ten_percent(row: DayPrice, codes: list[str]) -> None:
    assert [finding.code for _, finding in check_prices([row])] == codes


def test_a_previous_close_is_the_close_on_file() -> None:
    rows = [price(), price(date(2025, 6, 4), prev=7_000)]
    assert [finding.code for _, finding in check_prices(rows)] == ["previous_close_differs"]


@pytest.mark.parametrize(
    ("volume", "amount", "codes"),
    [
        (100_000, 700_000_000, []),
        (99_999, 699_993_000, ["block_too_small"]),
        (100_000, 490_000_000, []),
        (100_000, 489_900_000, ["outside_block_band"]),
        (0, 0, []),
    ],
)
def test_a_block_is_large_and_within_thirty_percent(volume: int, amount: int, codes: list[str]) -> None:
    row = DayTrade("CEA24", DAY, Method.BLOCK, "", volume, amount, volume, amount, volume, amount)
    assert [finding.code for _, finding in check_blocks([row], {("CEA24", DAY): price()})] == codes


def test_running_totals_go_on_and_the_composite_is_the_sum() -> None:
    first = DayTrade("CEA24", date(2024, 12, 31), Method.LISTED, "", 5, 50, 5, 50, 5, 50)
    second = DayTrade("CEA24", date(2025, 1, 2), Method.LISTED, "", 7, 70, 7, 70, 12, 120)
    jump = DayTrade("CEA24", date(2025, 1, 3), Method.LISTED, "", 1, 10, 9, 80, 13, 130)
    composite = DayTrade("COMCEA", date(2024, 12, 31), Method.LISTED, "", 6, 50, 6, 50, 6, 50)
    remarks = {(key[0], key[1].isoformat(), f.code) for key, f in check_trades([first, second, jump, composite])}
    assert remarks == {
        ("CEA24", "2025-01-03", "year_total_jumps"),
        ("COMCEA", "2024-12-31", "composite_is_not_the_sum"),
    }


@pytest.mark.parametrize(
    ("kind", "surrenderable", "traded", "reason"),
    [
        (Kind.INDEX, True, price(), "index_is_no_price"),
        (Kind.CCER, True, price(), "average_of_projects"),
        (Kind.GEC, True, price(), "no_public_price"),
        (Kind.CEA, False, price(), "vintage_not_surrenderable"),
        (Kind.CEA, True, None, "never_traded"),
        (Kind.CEA, True, price(date(2025, 5, 3)), "price_is_stale"),
    ],
)
def test_a_valuation_says_why_it_refuses(kind: Kind, surrenderable: bool, traded: DayPrice | None, reason: str) -> None:
    quantity = Quantity(instrument(kind, "CEA24"), 1_000)
    with pytest.raises(ValuationRefused) as refusal:
        value(quantity, last_traded=traded, surrenderable=surrenderable, as_of=DAY, max_age_days=30)
    assert refusal.value.facts["reason"] == reason


def test_a_fresh_traded_close_values_a_holding() -> None:
    quantity = Quantity(instrument(Kind.CEA, "CEA24"), 1_000)
    worth = value(quantity, last_traded=price(date(2025, 5, 4)), surrenderable=True, as_of=DAY, max_age_days=30)
    assert (worth.amount_fen, worth.price_fen) == (7_100_000, 7_100)


def test_an_unknown_header_is_refused_and_a_bad_line_only_itself() -> None:
    with pytest.raises(PriceFileUnreadable):
        parse(b"a,b\n1,2\n")
    _, lines = parse(b"month,volume_t,amount_cny,avg_price\n2021-07,1,2.00,2.0000\n2021-8x,1,2.00,2.0000\n2021-09,1\n")
    assert [(line.number, [f.code for f in line.findings]) for line in lines] == [
        (2, []),
        (3, ["cell_unreadable"]),
        (4, ["columns_differ"]),
    ]
