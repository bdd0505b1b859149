"""Checks of published prices against each other: pure functions over the merged history, a finding per strange row.

The numbers are those of the table of forty rules: 7 tolerance of amounts, 8 size of a block, 9 and 10 price bands,
14 quoted window, 36 prices without a trade, 37 the feed agrees with itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from partners.enterprises.exact import half_up
from partners.enterprises.findings import Finding, broken, reject, warn
from partners.enterprises.prices.model import (
    COMPOSITE,
    CreditDay,
    DayPrice,
    DayTrade,
    Key,
    Method,
    MonthTrade,
    key_of,
)

LISTED_BAND_BP = 1000  # ±10 %, exchange notice of 2021-06-22.
BLOCK_BAND_BP = 3000  # ±30 %, same notice.
BLOCK_LEAST_T = 100_000
AMOUNT_TOLERANCE_FEN = 100  # One yuan on the totals of a day: the price file is rounded to whole yuan.

Remark = tuple[Key, Finding]


@dataclass(frozen=True, slots=True)
class Band:
    """The lowest and highest price allowed, in fen, both inclusive."""

    low_fen: int
    high_fen: int

    def holds(self, price_fen: int) -> bool:
        """Whether *price_fen* lies within, limits included."""
        return self.low_fen <= price_fen <= self.high_fen


@lru_cache(maxsize=16_384)
def band(prev_fen: int, width_bp: int) -> Band:
    """Answer the band around a previous close: the limits are rounded half up to a fen (rules 9 and 10)."""
    return Band(half_up(prev_fen * (10_000 - width_bp), 10_000), half_up(prev_fen * (10_000 + width_bp), 10_000))


def check_prices(prices: Iterable[DayPrice]) -> Iterator[Remark]:
    """Check listed prices, each against itself and the instrument's day before."""
    last: dict[str, DayPrice] = {}
    for row in sorted(prices, key=lambda row: (row.instrument, row.day)):
        for finding in _check_price(row, last.get(row.instrument)):
            yield key_of(row), finding
        last[row.instrument] = row


def _check_price(row: DayPrice, before: DayPrice | None) -> Iterator[Finding]:
    if before is not None and row.prev_fen is not None and row.prev_fen != before.close_fen:
        yield warn(37, "previous_close_differs", printed_fen=row.prev_fen, on_file_fen=before.close_fen)
    if row.prev_fen is not None and row.change_bp is not None:
        change = half_up((row.close_fen - row.prev_fen) * 10_000, row.prev_fen)
        if change != row.change_bp:
            yield warn(37, "change_rate_differs", printed_bp=row.change_bp, computed_bp=change)
    if row.volume_t > 0 and not _in_order(row):
        yield warn(37, "high_close_low_out_of_order")
    if row.instrument != COMPOSITE and row.prev_fen is not None:
        allowed = band(row.prev_fen, LISTED_BAND_BP)
        for price in (row.open_fen, row.high_fen, row.low_fen, row.close_fen):
            if price is not None and not allowed.holds(price):
                yield broken(9, "outside_listed_band", price_fen=price, prev_fen=row.prev_fen)
                break


def _in_order(row: DayPrice) -> bool:
    return row.high_fen is not None and row.low_fen is not None and row.high_fen >= row.close_fen >= row.low_fen


def check_trades(trades: Iterable[DayTrade]) -> Iterator[Remark]:
    """Check volumes: running totals go on from the row before, and the composite is the sum of the vintages."""
    rows = sorted(trades, key=lambda row: (row.instrument, row.day, row.method))
    last: dict[tuple[str, int], DayTrade] = {}
    sums: dict[tuple[date, int], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        if row.instrument != COMPOSITE:
            total = sums[row.day, row.method]
            total[0] += row.volume_t
            total[1] += row.amount_fen
        yield from ((key_of(row), finding) for finding in _check_running(row, last.get((row.instrument, row.method))))
        last[row.instrument, row.method] = row
    for row in rows:
        volume, amount = sums[row.day, row.method]
        if row.instrument == COMPOSITE and (volume, amount) != (row.volume_t, row.amount_fen):
            yield key_of(row), broken(37, "composite_is_not_the_sum", sum_t=volume, sum_fen=amount)


def _check_running(row: DayTrade, before: DayTrade | None) -> Iterator[Finding]:
    ever = (before.ever_t, before.ever_fen) if before else (0, 0)
    year = (before.year_t, before.year_fen) if before and before.day.year == row.day.year else (0, 0)
    day = (row.volume_t, row.amount_fen)
    if (row.ever_t, row.ever_fen) != (ever[0] + day[0], ever[1] + day[1]):
        yield broken(37, "all_time_total_jumps", expected_t=ever[0] + day[0], printed_t=row.ever_t)
    if (row.year_t, row.year_fen) != (year[0] + day[0], year[1] + day[1]):
        yield broken(37, "year_total_jumps", expected_t=year[0] + day[0], printed_t=row.year_t)


def check_blocks(trades: Iterable[DayTrade], prices: Mapping[Key, DayPrice]) -> Iterator[Remark]:
    """Check the day's block trades of a vintage: large enough, and the average within the band (rules 8 and 10)."""
    for row in trades:
        if row.method != Method.BLOCK or row.volume_t == 0 or row.instrument == COMPOSITE:
            continue
        if row.volume_t < BLOCK_LEAST_T:
            yield key_of(row), reject(8, "block_too_small", volume_t=row.volume_t)
        price = prices.get((row.instrument, row.day))
        average = half_up(row.amount_fen, row.volume_t)
        if price and price.prev_fen is not None and not band(price.prev_fen, BLOCK_BAND_BP).holds(average):
            yield key_of(row), broken(10, "outside_block_band", average_fen=average, prev_fen=price.prev_fen)


def check_agreement(trades: Iterable[DayTrade], prices: Mapping[Key, DayPrice]) -> Iterator[Remark]:
    """Compare the two publications of the listed trades: no tolerance on tonnes, one yuan on amounts (rule 7)."""
    for row in trades:
        price = prices.get((row.instrument, row.day))
        if row.method != Method.LISTED or price is None:
            continue
        facts = {"trades_fen": row.amount_fen, "prices_fen": price.amount_fen}
        if row.volume_t != price.volume_t:
            yield (
                key_of(row),
                broken(7, "listed_volume_differs", trades_t=row.volume_t, prices_t=price.volume_t, **facts),
            )
        elif abs(row.amount_fen - price.amount_fen) >= AMOUNT_TOLERANCE_FEN:
            yield key_of(row), broken(7, "listed_amount_differs", **facts)
        elif row.amount_fen != price.amount_fen:
            yield key_of(row), warn(7, "listed_amount_rounded", **facts)


def check_months(months: Iterable[MonthTrade], totals: Mapping[date, tuple[int, int]]) -> Iterator[Remark]:
    """Compare published months with the sum of the vintages' days, where days of the month are on file (rule 37)."""
    for row in months:
        if row.month in totals and totals[row.month] != (row.volume_t, row.amount_fen):
            volume, amount = totals[row.month]
            yield key_of(row), broken(37, "month_differs", sum_t=volume, sum_fen=amount)


def check_credits(days: Iterable[CreditDay]) -> Iterator[Remark]:
    """Check the running totals of the voluntary market. No price band: the average mixes projects."""
    before: CreditDay | None = None
    for row in sorted(days, key=lambda row: row.day):
        ever = (before.ever_t, before.ever_fen) if before else (0, 0)
        if (row.ever_t, row.ever_fen) != (ever[0] + row.volume_t, ever[1] + row.amount_fen):
            yield key_of(row), warn(37, "all_time_total_jumps", expected_t=ever[0] + row.volume_t, printed_t=row.ever_t)
        before = row
