"""Reading prices: history, totals of a year, the last traded close."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from partners.enterprises.bulk import read_rows
from partners.enterprises.exact import half_up, yuan
from partners.enterprises.prices.model import COMPOSITE, Content, CreditDay, DayPrice, DayTrade, Method, MonthTrade, Row

PRICES: LiteralString = """
    SELECT instrument, day, name, prev_fen, open_fen, high_fen, low_fen, close_fen, change_bp, volume_t, amount_fen
    FROM partners.day_price"""
TRADES: LiteralString = """
    SELECT instrument, day, method, name, volume_t, amount_fen, year_t, year_fen, ever_t, ever_fen
    FROM partners.day_trade ORDER BY instrument, day, method"""
MONTHS: LiteralString = "SELECT month, volume_t, amount_fen, average FROM partners.month_trade ORDER BY month"
CREDITS: LiteralString = """
    SELECT day, volume_t, amount_fen, average_fen, ever_t, ever_fen, standing, note, source_url
    FROM partners.credit_day ORDER BY day"""


@dataclass(frozen=True, slots=True)
class PriceFile:
    """A file that was imported, and how its lines were answered."""

    id: UUID
    answers: dict[str, int]


@dataclass(frozen=True, slots=True)
class MethodTotal:
    """Tonnes and fen of one method."""

    volume_t: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class YearTotals:
    """A year of the national allowance market: vintages only, the composite is never added to them."""

    year: int
    days: int
    volume_t: int
    amount_fen: int
    by_method: dict[Method, MethodTotal]
    last_day: date | None
    last_close_fen: int | None
    highest: tuple[date, int] | None
    lowest: tuple[date, int] | None

    @property
    def vwap(self) -> str | None:
        """The average price in yuan, weighted by volume, two decimals half up; None without volume."""
        return yuan(half_up(self.amount_fen, self.volume_t)) if self.volume_t else None


@dataclass(frozen=True, slots=True)
class CreditTotals:
    """A year of the voluntary market."""

    year: int
    days: int
    volume_t: int
    amount_fen: int

    @property
    def vwap(self) -> str | None:
        """The average price in yuan, weighted by volume, two decimals half up; None without volume."""
        return yuan(half_up(self.amount_fen, self.volume_t)) if self.volume_t else None


def file_by_hash(session: Session, sha256: bytes) -> PriceFile | None:
    """Answer the file with these bytes, if it was imported."""
    rows = read_rows(
        session, "SELECT id, answers FROM partners.price_file WHERE sha256 = %(sha256)s", {"sha256": sha256}
    )
    return PriceFile(*rows[0]) if rows else None


def history(session: Session, content: Content) -> Sequence[Row]:
    """Answer everything on file of one content. The whole market has some thousand rows a year."""
    match content:
        case Content.PRICE:
            return day_prices(session)
        case Content.TRADE:
            return day_trades(session)
        case Content.MONTH:
            return months(session)
        case Content.CREDIT:
            return credit_days(session)


def day_prices(session: Session) -> list[DayPrice]:
    """Answer all listed prices, by instrument and day."""
    return [DayPrice(*row) for row in read_rows(session, PRICES + " ORDER BY instrument, day", {})]


def price_history(session: Session, instrument: str, *, since: date, until: date) -> list[DayPrice]:
    """Answer the listed prices of one instrument from *since* to *until*, both included, oldest first."""
    statement: LiteralString = (
        PRICES + " WHERE instrument = %(code)s AND day BETWEEN %(since)s AND %(until)s ORDER BY day"
    )
    rows = read_rows(session, statement, {"code": instrument, "since": since, "until": until})
    return [DayPrice(*row) for row in rows]


def last_traded(session: Session, instrument: str, *, until: date) -> DayPrice | None:
    """Answer the last day up to *until* on which the instrument was really traded (listed), or None."""
    statement: LiteralString = (
        PRICES + " WHERE instrument = %(code)s AND day <= %(until)s AND volume_t > 0 ORDER BY day DESC LIMIT 1"
    )
    rows = read_rows(session, statement, {"code": instrument, "until": until})
    return DayPrice(*rows[0]) if rows else None


def day_trades(session: Session) -> list[DayTrade]:
    """Answer all volumes by method, by instrument, day and method."""
    return [DayTrade(*row) for row in read_rows(session, TRADES, {})]


def months(session: Session) -> list[MonthTrade]:
    """Answer the published months."""
    return [MonthTrade(*row) for row in read_rows(session, MONTHS, {})]


def credit_days(session: Session) -> list[CreditDay]:
    """Answer the days of the voluntary market."""
    return [CreditDay(*row) for row in read_rows(session, CREDITS, {})]


def month_totals(session: Session) -> dict[date, tuple[int, int]]:
    """Answer tonnes and fen of each month, all vintages and methods, from the days on file."""
    rows = read_rows(
        session,
        """SELECT date_trunc('month', day)::date, sum(volume_t)::bigint, sum(amount_fen)::bigint
           FROM partners.day_trade WHERE instrument <> %(composite)s GROUP BY 1""",
        {"composite": COMPOSITE},
    )
    return {month: (volume, amount) for month, volume, amount in rows}


def year_totals(session: Session, year: int) -> YearTotals:
    """Answer the totals of a year of the allowance market, over vintages and methods."""
    span = {"since": date(year, 1, 1), "until": date(year, 12, 31), "composite": COMPOSITE}
    rows = read_rows(
        session,
        """SELECT method, sum(volume_t)::bigint, sum(amount_fen)::bigint FROM partners.day_trade
           WHERE day BETWEEN %(since)s AND %(until)s AND instrument <> %(composite)s GROUP BY method""",
        span,
    )
    methods = {Method(method): MethodTotal(volume, amount) for method, volume, amount in rows}
    closes = _composite_closes(session, span)
    return YearTotals(
        year=year,
        days=_days(session, span),
        volume_t=sum(total.volume_t for total in methods.values()),
        amount_fen=sum(total.amount_fen for total in methods.values()),
        by_method=methods,
        last_day=closes[-1][0] if closes else None,
        last_close_fen=closes[-1][1] if closes else None,
        highest=max(closes, key=lambda row: row[1], default=None),
        lowest=min(closes, key=lambda row: row[1], default=None),
    )


def _days(session: Session, span: dict[str, Any]) -> int:
    statement: LiteralString = (
        "SELECT count(DISTINCT day) FROM partners.day_trade WHERE day BETWEEN %(since)s AND %(until)s"
    )
    return int(read_rows(session, statement, span)[0][0])


def _composite_closes(session: Session, span: dict[str, Any]) -> list[tuple[date, int]]:
    rows = read_rows(
        session,
        """SELECT day, close_fen FROM partners.day_price
           WHERE instrument = %(composite)s AND day BETWEEN %(since)s AND %(until)s ORDER BY day""",
        span,
    )
    return [(day, close) for day, close in rows]


def credit_totals(session: Session, year: int) -> CreditTotals:
    """Answer the totals of a year of the voluntary market."""
    rows = read_rows(
        session,
        """SELECT count(*), coalesce(sum(volume_t), 0)::bigint, coalesce(sum(amount_fen), 0)::bigint
           FROM partners.credit_day WHERE day BETWEEN %(since)s AND %(until)s""",
        {"since": date(year, 1, 1), "until": date(year, 12, 31)},
    )
    return CreditTotals(year, *rows[0])
