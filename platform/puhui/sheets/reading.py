"""Reading XLSX and CSV into text: one header, rows of cells, nothing interpreted but dates and whole numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zipfile import BadZipFile, ZipFile

import python_calamine

from puhui.sheets.errors import (
    SheetDamaged,
    SheetEmpty,
    SheetEncodingUnknown,
    SheetMissing,
    SheetOldExcel,
    SheetTooLong,
    SheetTooWide,
)

MOST_ROWS = 250_000
MOST_BYTES_UNPACKED = 400 * 1024 * 1024
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True, slots=True)
class Table:
    """A header and its rows; every row has as many cells as the header, every cell is text without spaces around it."""

    header: list[str]
    rows: list[list[str]]


def read_table(name: str, content: bytes, *, sheet: str | None = None) -> Table:
    """Read the first sheet (or *sheet*) of an .xlsx, or a .csv in UTF-8 or GB18030; judged by content, not by *name*.

    Blank rows are left out. Dates become 2026-03-05 or 2026-03-05 08:30:00, whole numbers have no decimal point.
    Raises a SheetUnreadable: empty, old Excel, damaged, no such sheet, unknown encoding, too long, too wide.
    """
    if content.startswith(_ZIP):
        lines = _from_xlsx(content, sheet)
    elif content.startswith(_OLD_EXCEL):
        raise SheetOldExcel(name=name)
    else:
        lines = _from_csv(content)
    return _table(lines)


def _table(lines: Sequence[Sequence[str]]) -> Table:
    cells = [[cell.strip() for cell in line] for line in lines]
    first = next((place for place, line in enumerate(cells) if any(line)), None)
    if first is None:
        raise SheetEmpty()
    header = _without_end(cells[first])
    if len(cells) - first - 1 > MOST_ROWS:
        raise SheetTooLong(most=MOST_ROWS)
    rows = []
    for place, line in enumerate(cells[first + 1 :], start=first + 2):
        kept = _without_end(line)
        if len(kept) > len(header):
            raise SheetTooWide(row=place)
        if kept:
            rows.append(kept + [""] * (len(header) - len(kept)))
    return Table(header, rows)


def _without_end(line: list[str]) -> list[str]:
    end = len(line)
    while end and not line[end - 1]:
        end -= 1
    return line[:end]


def _from_xlsx(content: bytes, sheet: str | None) -> list[list[str]]:
    try:
        with ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_BYTES_UNPACKED:
                raise SheetTooLong(most=MOST_ROWS)
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        if sheet is not None and sheet not in book.sheet_names:
            raise SheetMissing(name=sheet)
        found = book.get_sheet_by_name(sheet) if sheet is not None else book.get_sheet_by_index(0)
        return [[_text(cell) for cell in line] for line in found.to_python(skip_empty_area=False)]
    except (python_calamine.CalamineError, BadZipFile) as error:
        raise SheetDamaged(row=None) from error


def _text(cell: object) -> str:
    """Answer a cell as people read it: 是 and 否 as TRUE and FALSE, a day without its midnight."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="seconds")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _number(cell: float) -> str:
    """Answer a number as it was typed: Excel keeps every number as a float, whose shortest form is what was typed."""
    if cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return format(Decimal(repr(cell)), "f")


def _from_csv(content: bytes) -> list[list[str]]:
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise SheetEncodingUnknown()
    if "\0" in text:
        raise SheetEncodingUnknown()
    lines: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for line in reader:
            if len(lines) > MOST_ROWS + 1:
                raise SheetTooLong(most=MOST_ROWS)
            lines.append(line)
    except csv.Error as error:
        raise SheetDamaged(row=reader.line_num) from error
    return lines
