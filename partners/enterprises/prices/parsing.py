"""Reading the publishers' CSV files: every line becomes a typed row or a rejection, and the traps are named."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from partners.enterprises.exact import NumberInvalid, fen, scaled, whole
from partners.enterprises.findings import Finding, note, reject, warn
from partners.enterprises.prices.errors import PriceFileUnreadable
from partners.enterprises.prices.model import (
    COMPOSITE,
    Content,
    CreditDay,
    DayPrice,
    DayTrade,
    Method,
    MonthTrade,
    Row,
)

HEADERS: dict[tuple[str, ...], Content] = {
    (
        *("trade_date", "subject_code", "subject_name", "prev_close", "open", "high", "low", "close"),
        *("change_rate", "listed_qty_t", "listed_amount_cny"),
    ): Content.PRICE,
    (
        *("trade_date", "subject_code", "subject_name", "method_code", "volume_t", "amount_cny"),
        *("ytd_volume_t", "ytd_amount_cny", "hist_volume_t", "hist_amount_cny"),
    ): Content.TRADE,
    ("month", "volume_t", "amount_cny", "avg_price"): Content.MONTH,
    (
        *("date", "volume", "turnover", "price", "cumulativeVolume", "cumulativeTurnover"),
        *("status", "note", "sourceUrl"),
    ): Content.CREDIT,
}
STANDINGS = frozenset({"ok", "ok_no_trade", "review", "inferred"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: its number (the header is 1), its row where it could be read, and remarks."""

    number: int
    row: Row | None
    findings: tuple[Finding, ...]


def parse(content: bytes) -> tuple[Content, list[Line]]:
    """Read a whole file. Raises PriceFileUnreadable where it is not UTF-8 or its header is not known."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PriceFileUnreadable(reason="not_utf8") from error
    reader = csv.reader(io.StringIO(text, newline=""))
    header = tuple(cell.strip() for cell in next(reader, ()))
    kind = HEADERS.get(header)
    if kind is None:
        raise PriceFileUnreadable(reason="header_unknown", header=",".join(header)[:200])
    return kind, list(_lines(reader, READERS[kind], width=len(header)))


def _lines(reader: Iterator[list[str]], read: Callable[[list[str]], _Read], *, width: int) -> Iterator[Line]:
    for number, cells in enumerate(reader, start=2):
        if len(cells) != width:
            yield Line(number, None, (reject(0, "columns_differ", found=len(cells), expected=width),))
            continue
        try:
            row, findings = read(cells)
        except (NumberInvalid, ValueError) as error:
            yield Line(number, None, (reject(0, "cell_unreadable", cell=str(error)[:80]),))
        else:
            yield Line(number, row, findings)


_Read = tuple[Row, tuple[Finding, ...]]


def _price(cells: list[str]) -> _Read:
    day, code, name, prev, opened, high, low, close, change, volume, amount = cells
    volume_t = whole(volume)
    row = DayPrice(
        instrument=code,
        day=date.fromisoformat(day),
        name=name,
        prev_fen=_price_or_none(prev),
        open_fen=_price_or_none(opened),
        high_fen=_price_or_none(high),
        low_fen=_price_or_none(low),
        close_fen=fen(close),
        change_bp=scaled(change, 4) if change else None,
        volume_t=volume_t,
        amount_fen=fen(amount),
    )
    return row, tuple(_price_traps(row, opened=opened))


def _price_traps(row: DayPrice, *, opened: str) -> Iterator[Finding]:
    if row.instrument == COMPOSITE:
        yield note(5, "composite_is_an_index")
    if row.volume_t == 0 and row.high_fen is None:
        yield note(36, "no_listed_trade")
    if row.volume_t == 0 and row.high_fen is not None:
        yield warn(36, "prices_without_trade")
    if opened and row.open_fen is None:
        yield warn(36, "open_is_zero")


def _price_or_none(cell: str) -> int | None:
    """The exchange prints 0.00 where there is no price."""
    return (fen(cell) or None) if cell else None


def _trade(cells: list[str]) -> _Read:
    day, code, name, method, volume, amount, year_t, year_amount, ever_t, ever_amount = cells
    row = DayTrade(
        instrument=code,
        day=date.fromisoformat(day),
        method=Method(whole(method)),
        name=name,
        volume_t=whole(volume),
        amount_fen=fen(amount),
        year_t=whole(year_t),
        year_fen=fen(year_amount),
        ever_t=whole(ever_t),
        ever_fen=fen(ever_amount),
    )
    return row, ((note(5, "composite_is_an_index"),) if code == COMPOSITE else ())


def _month(cells: list[str]) -> _Read:
    month, volume, amount, average = cells
    scaled(average, 4)
    return MonthTrade(date.fromisoformat(f"{month}-01"), whole(volume), fen(amount), average), ()


def _credit(cells: list[str]) -> _Read:
    day, volume, turnover, price, ever, ever_turnover, standing, remark, url = cells
    if standing not in STANDINGS:
        raise ValueError(standing)
    row = CreditDay(
        day=date.fromisoformat(day),
        volume_t=whole(volume),
        amount_fen=fen(turnover),
        average_fen=fen(price) if price else None,
        ever_t=whole(ever),
        ever_fen=fen(ever_turnover),
        standing=standing,
        note=remark,
        source_url=url,
    )
    return row, ((note(36, f"bulletin_{standing}"),) if standing != "ok" else ())


READERS: dict[Content, Callable[[list[str]], _Read]] = {
    Content.PRICE: _price,
    Content.TRADE: _trade,
    Content.MONTH: _month,
    Content.CREDIT: _credit,
}
