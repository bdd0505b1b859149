"""What a price file holds, as typed rows. Money is fen, quantity is tonnes, a key says what the row is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

COMPOSITE = "COMCEA"


class Content(StrEnum):
    """What a price file is about, recognised by its header line."""

    PRICE = "price"
    TRADE = "trade"
    MONTH = "month"
    CREDIT = "credit"


class Method(IntEnum):
    """挂牌协议, 大宗协议, 单向竞价: the exchange's codes."""

    LISTED = 10
    BLOCK = 20
    AUCTION = 21


@dataclass(frozen=True, slots=True)
class DayPrice:
    """Listed prices of one instrument and day; high and low are None where nothing was traded."""

    instrument: str
    day: date
    name: str
    prev_fen: int | None
    open_fen: int | None
    high_fen: int | None
    low_fen: int | None
    close_fen: int
    change_bp: int | None
    volume_t: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class DayTrade:
    """Volume and amount of one instrument, day and method, with the publisher's running totals."""

    instrument: str
    day: date
    method: int
    name: str
    volume_t: int
    amount_fen: int
    year_t: int
    year_fen: int
    ever_t: int
    ever_fen: int


@dataclass(frozen=True, slots=True)
class MonthTrade:
    """Totals of a month over all vintages and methods; *average* as printed, four decimals of a yuan."""

    month: date
    volume_t: int
    amount_fen: int
    average: str


@dataclass(frozen=True, slots=True)
class CreditDay:
    """A day of the voluntary market: the average mixes projects and prices no instrument."""

    day: date
    volume_t: int
    amount_fen: int
    average_fen: int | None
    ever_t: int
    ever_fen: int
    standing: str
    note: str
    source_url: str


Row = DayPrice | DayTrade | MonthTrade | CreditDay
Key = tuple[str | int | date, ...]


def key_of(row: Row) -> Key:
    """Answer what the row is about: two rows with one key tell the same fact."""
    match row:
        case DayPrice():
            return (row.instrument, row.day)
        case DayTrade():
            return (row.instrument, row.day, row.method)
        case MonthTrade():
            return (row.month,)
        case CreditDay():
            return (row.day,)
