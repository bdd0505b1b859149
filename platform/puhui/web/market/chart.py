"""A price chart as SVG points: whole numbers, drawn by the server, so that the page needs no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from partners.enterprises.prices.model import DayPrice

WIDTH, HEIGHT = 720, 240


@dataclass(frozen=True, slots=True)
class Chart:
    """Points of the closes of traded days in a box of WIDTH × HEIGHT; fen at top and bottom, days at the ends."""

    points: str
    low_fen: int
    high_fen: int
    first: date
    last: date
    width: int = WIDTH
    height: int = HEIGHT


def chart_of(prices: Sequence[DayPrice]) -> Chart | None:
    """Draw the closes of the days on which something was traded; None where there are fewer than two."""
    traded = [row for row in prices if row.volume_t > 0]
    if len(traded) < 2:
        return None
    low, high = min(row.close_fen for row in traded), max(row.close_fen for row in traded)
    start, span = traded[0].day, max(1, (traded[-1].day - traded[0].day).days)
    points = " ".join(
        f"{(row.day - start).days * WIDTH // span},{HEIGHT - (row.close_fen - low) * HEIGHT // max(1, high - low)}"
        for row in traded
    )
    return Chart(points, low, high, start, traded[-1].day)
