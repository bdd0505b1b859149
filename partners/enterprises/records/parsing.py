"""Reading statements: a saved mapping turns lines into records; a line that cannot be read is rejected by itself.

The readers remember what they read: a file asks for the same days, prices and words over and over.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from partners.enterprises.exact import NumberInvalid, scaled, whole
from partners.enterprises.findings import Finding, reject
from partners.enterprises.prices.model import Method
from partners.enterprises.records.errors import RecordFileUnreadable
from partners.enterprises.records.mapping import FIELDS, MONEY_SCALES, REQUIRED, Mapping
from partners.enterprises.records.model import MARKET_TIME, Action, Record, RecordKind

NOON = time(12)
DAY_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is no record, and why (rule 6 where a number is wrong)."""

    line: int
    finding: Finding


def read_csv(content: bytes, mapping: Mapping) -> list[Record | Unreadable]:
    """Read a CSV file: UTF-8 with or without mark, else GB 18030. Raises RecordFileUnreadable."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError as error:
            raise RecordFileUnreadable(reason="encoding_unknown") from error
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mapping.delimiter)
    return read_table(rows, mapping)


def read_table(rows: Iterable[Sequence[str]], mapping: Mapping) -> list[Record | Unreadable]:
    """Read rows of text, the first the header: the one way for CSV, sheets and the API. Raises RecordFileUnreadable."""
    table = iter(rows)
    header = [cell.strip() for cell in next(table, [])]
    reader = _Reader(mapping, header)
    return list(_read(table, reader))


def _read(table: Iterator[Sequence[str]], reader: _Reader) -> Iterator[Record | Unreadable]:
    for line, cells in enumerate(table, start=2):
        if not any(cells):
            continue
        try:
            yield reader.record(line, cells)
        except NumberInvalid as error:
            yield Unreadable(line, reject(6, "number_unreadable", cell=str(error)[:60]))
        except (ValueError, LookupError) as error:
            yield Unreadable(line, reject(2, "cell_unreadable", cell=str(error)[:60]))


@lru_cache(maxsize=4096)
def day_of(text: str) -> date:
    """Read a day in one of the forms that statements use. Raises ValueError."""
    text = text.strip()
    for form in DAY_FORMATS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  # A day has no zone.
        except ValueError:
            continue
    raise ValueError(text)


@lru_cache(maxsize=4096)
def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), MARKET_TIME)


@lru_cache(maxsize=131_072)
def _since_midnight(text: str) -> timedelta:
    at = time.fromisoformat(text.strip()) if text.strip() else NOON
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)


_price = lru_cache(maxsize=65_536)(lambda text: scaled(text, 2))
_kind = {kind.value: kind for kind in RecordKind}
_action = {action.value: action for action in Action}
_method = {str(int(method)): int(method) for method in Method}


class _Reader:
    """A mapping bound to a header: where each field's cell is."""

    def __init__(self, mapping: Mapping, header: list[str]) -> None:
        places = {name: place for place, name in enumerate(header)}
        missing = sorted(column for column in mapping.columns.values() if column not in places)
        if any(mapping.columns[name] in missing for name in sorted(REQUIRED & mapping.columns.keys())):
            raise RecordFileUnreadable(reason="columns_missing", columns=missing)
        self._places = [places.get(mapping.columns.get(name, ""), -1) for name in FIELDS]
        self._constants = [mapping.constants.get(name, "") for name in FIELDS]
        self._words = mapping.words
        self._money = lru_cache(maxsize=262_144)(_money(MONEY_SCALES[mapping.money]))

    def record(self, line: int, cells: Sequence[str]) -> Record:
        """Turn a line into a record. Raises NumberInvalid, ValueError, LookupError."""
        found = [
            cells[place] if place >= 0 else constant
            for place, constant in zip(self._places, self._constants, strict=True)
        ]
        action, kind, number, sequence, day, at, instrument, units, account_no, credit_code, method, *rest = found
        price, amount, fee, cash, balance, counterparty, auction_no, year, reason, beneficiary, serials = rest
        on = day_of(day)
        method = self._word("method", method)
        return Record(
            line=line,
            action=_action[self._word("action", action) or "new"],
            kind=_kind[self._word("kind", kind)],
            number=number.strip(),
            sequence=whole(sequence) if sequence else 0,
            business_at=_midnight(on) + _since_midnight(at),
            day=on,
            instrument=instrument.strip(),
            units=whole(units),
            account_no=account_no.strip(),
            credit_code=credit_code,
            method=_method[method] if method else None,
            price_fen=_price(price) if price else None,
            amount_fen=self._money(amount) if amount else None,
            fee_fen=self._money(fee) if fee else None,
            cash_fen=self._money(cash) if cash else None,
            balance_after=whole(balance) if balance else None,
            counterparty=counterparty,
            auction_no=auction_no,
            year=int(year) if year else None,
            reason=reason,
            beneficiary=beneficiary,
            serials=serials,
        )

    def _word(self, field: str, word: str) -> str:
        words = self._words.get(field)
        return words.get(word, word) if words else word


def _money(scale: int) -> Callable[[str], int]:
    return lambda text: scaled(text, scale)
