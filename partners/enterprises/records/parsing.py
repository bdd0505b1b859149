"""Reading statements: a saved mapping turns lines into records; a line that cannot be read is rejected by itself.

A file is read column by column: each distinct text is read once, because a file asks for the same days, prices and
words over and over.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import repeat

from partners.enterprises.exact import NumberInvalid, scaled, whole
from partners.enterprises.findings import Finding, reject
from partners.enterprises.prices.model import Method
from partners.enterprises.records.errors import RecordFileUnreadable
from partners.enterprises.records.mapping import FIELDS, MONEY_SCALES, REQUIRED, Mapping
from partners.enterprises.records.model import MARKET_TIME, Action, Record, RecordKind

NOON = timedelta(hours=12)  # A statement without a time of day.
DAY_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日")
YEARS = range(2000, 2101)
_KINDS = {kind.value: kind for kind in RecordKind}
_ACTIONS = {"": Action.NEW} | {action.value: action for action in Action}
_METHODS = {"": None} | {str(int(method)): int(method) for method in Method}
# Columns as nearly all files write them: read in one go, where any other cell is read by itself.
_YUAN = re.compile(r"-?\d{1,12}\.\d\d(?:\n-?\d{1,12}\.\d\d)*", re.ASCII)
_WHOLE = re.compile(r"\d{1,15}(?:\n\d{1,15})*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is no record, and why (rule 6 where a number is wrong)."""

    line: int
    finding: Finding


def read_csv(content: bytes, mapping: Mapping) -> list[Record | Unreadable]:
    """Read a CSV file: UTF-8 with or without mark, else GB 18030. Raises RecordFileUnreadable."""
    return read_table(csv_rows(content, mapping.delimiter), mapping)


def csv_rows(content: bytes, delimiter: str = ",") -> list[list[str]]:
    """Answer the rows of a CSV file as text, the header first. Raises RecordFileUnreadable."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError as error:
            raise RecordFileUnreadable(reason="encoding_unknown") from error
    if "\x00" in text:
        raise RecordFileUnreadable(reason="not_text")
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise RecordFileUnreadable(reason="not_text") from error


def read_table(rows: Iterable[Sequence[str]], mapping: Mapping) -> list[Record | Unreadable]:
    """Read rows of text, the first the header: the one way for CSV, sheets and the API. Raises RecordFileUnreadable."""
    header, lines, body = _split(rows)
    table = _Table(mapping, header, lines, body)
    bad = table.faults
    good = [place for place in range(len(lines)) if place not in bad] if bad else None
    records: list[Record | Unreadable] = list(table.records(good))
    if bad:
        records += [Unreadable(lines[place], finding) for place, finding in bad.items()]
        records.sort(key=lambda one: one.line)
    return records


def _split(rows: Iterable[Sequence[str]]) -> tuple[list[str], list[int], list[Sequence[str]]]:
    """Answer the header, the line numbers and the lines that are not empty, each as long as the header."""
    table = iter(rows)
    header = [cell.strip() for cell in next(table, [])]
    width = len(header)
    lines, body = [], []
    for line, cells in enumerate(table, start=2):
        if any(cells):
            lines.append(line)
            body.append(cells if len(cells) == width else [*cells, *repeat("", width)][:width])
    return header, lines, body


class _Table:
    """Lines under a mapping, column by column; *faults* are the lines of which a cell cannot be read."""

    def __init__(self, mapping: Mapping, header: list[str], lines: list[int], body: list[Sequence[str]]) -> None:
        places = {name: place for place, name in enumerate(header)}
        missing = sorted(column for column in mapping.columns.values() if column not in places)
        if any(mapping.columns[name] in missing for name in sorted(REQUIRED & mapping.columns.keys())):
            raise RecordFileUnreadable(reason="columns_missing", columns=missing)
        self.lines = lines
        self.faults: dict[int, Finding] = {}
        columns: list[Sequence[str]] = list(zip(*body, strict=True))
        readers = _readers(mapping)
        self._columns: dict[str, Sequence[object]] = {}
        for name in FIELDS:
            title = mapping.columns.get(name, "")
            place = places.get(title, -1)
            cells = columns[place] if place >= 0 and columns else [mapping.constants.get(name, "")] * len(lines)
            self._columns[name] = self._read(title or name, cells, readers.get(name))

    def _read(self, title: str, cells: Sequence[str], reader: Reader | None) -> Sequence[object]:
        if reader is None:
            return cells
        at_once = reader.all_of(cells)
        if at_once is not None:
            return at_once
        known: dict[str, object] = {}
        wrong: dict[str, Finding] = {}
        for text in set(cells):
            try:
                known[text] = reader.one(text)
            except NumberInvalid:
                wrong[text] = reject(6, "number_unreadable", cell=text[:60], column=title)
            except (ValueError, LookupError):
                wrong[text] = reject(2, "cell_unreadable", cell=text[:60], column=title)
        if wrong:
            for place, text in enumerate(cells):
                if text in wrong:
                    self.faults.setdefault(place, wrong[text])
            return [known.get(text) for text in cells]
        return list(map(known.__getitem__, cells))

    def records(self, good: list[int] | None) -> Iterable[Record]:
        """Make the records of the *good* places, or of all."""
        columns = {name: cells if good is None else [cells[at] for at in good] for name, cells in self._columns.items()}
        lines = self.lines if good is None else [self.lines[at] for at in good]
        days: Sequence[date] = columns["day"]  # type: ignore[assignment]  # What its reader answers.
        after: Sequence[timedelta] = columns["time"]  # type: ignore[assignment]  # What its reader answers.
        midnight = {day: datetime.combine(day, time(), MARKET_TIME) for day in set(days)}
        business = [midnight[day] + since for day, since in zip(days, after, strict=True)]
        before, behind = ("action", "kind", "number", "sequence"), ("day", "instrument", "units", "account_no")
        rest = ("credit_code", "method", "price", "amount", "fee", "cash", "balance_after", "counterparty")
        last = ("auction_no", "year", "reason", "beneficiary", "serials", "computed", "peak_factor", "gap_rate")
        cells = [columns[name] for name in before], [columns[name] for name in (*behind, *rest, *last)]
        return map(Record, lines, *cells[0], business, *cells[1])


def _readers(mapping: Mapping) -> dict[str, Reader]:
    """Answer how each field's text is read; texts that are kept as they are have no reader."""
    scale = MONEY_SCALES[mapping.money]
    money = Reader(_optional(lambda text: scaled(text, scale)), _yuan_column if scale == 2 else _nothing)
    text, price = Reader(str.strip, _text_column), Reader(_optional(lambda cell: scaled(cell, 2)))
    return {
        "action": Reader(_word(mapping.words.get("action"), _ACTIONS)),
        "kind": Reader(_word(mapping.words.get("kind"), _KINDS)),
        "method": Reader(_word(mapping.words.get("method"), _METHODS)),
        "number": text,
        "instrument": text,
        "account_no": text,
        "sequence": Reader(lambda cell: whole(cell) if cell.strip() else 0),
        "day": Reader(day_of),
        "time": Reader(_since_midnight),
        "units": Reader(whole, _whole_column),
        "price": price,
        "amount": money,
        "fee": money,
        "cash": money,
        "balance_after": Reader(_optional(whole)),
        "year": Reader(_optional(_year)),
    }


def _nothing(cells: Sequence[str]) -> Sequence[object] | None:  # noqa: ARG001  # Most readers know no way for a column.
    return None


@dataclass(frozen=True, slots=True)
class Reader:
    """How one cell is read, and a quicker way for a column whose cells are all of the usual form (else None)."""

    one: Callable[[str], object]
    all_of: Callable[[Sequence[str]], Sequence[object] | None] = _nothing


def _yuan_column(cells: Sequence[str]) -> Sequence[object] | None:
    text = "\n".join(cells)
    return list(map(int, text.replace(".", "").split("\n"))) if _YUAN.fullmatch(text) else None


def _whole_column(cells: Sequence[str]) -> Sequence[object] | None:
    return list(map(int, cells)) if _WHOLE.fullmatch("\n".join(cells)) else None


def _text_column(cells: Sequence[str]) -> Sequence[object] | None:
    return cells if len("".join(cells).split()) <= 1 else None


def _word(words: Map[str, str] | None, ours: Map[str, object]) -> Callable[[str], object]:
    theirs = words or {}
    return lambda text: ours[theirs.get(text.strip(), text.strip())]


def _optional(reader: Callable[[str], object]) -> Callable[[str], object]:
    return lambda text: reader(text) if text.strip() else None


def _year(text: str) -> int:
    year = whole(text.strip().removesuffix("年"))
    if year not in YEARS:
        raise NumberInvalid(text)
    return year


def day_of(text: str) -> date:
    """Read a day in one of the forms that statements use. Raises ValueError."""
    text = text.strip()
    for form in DAY_FORMATS:
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007  # A day has no zone.
        except ValueError:
            continue
        if day.year in YEARS:
            return day
    raise ValueError(text)


def _since_midnight(text: str) -> timedelta:
    text = text.strip()
    if not text:
        return NOON
    at = time.fromisoformat(text)
    if at.tzinfo is not None:
        raise ValueError(text)
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
