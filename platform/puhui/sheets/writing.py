"""Writing XLSX: lists as the filter shows them, templates to fill in, and files that come back with reasons."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

import xlsxwriter
from flask_babel import gettext

from puhui.sheets.reading import Table

CITY_TIME = ZoneInfo("Asia/Shanghai")
Kind = Literal["text", "whole", "decimal", "date", "moment"]
_FORMATS: dict[Kind, str] = {
    "text": "@",
    "whole": "#,##0",
    "decimal": "#,##0.00####",
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}
_WIDTHS: dict[Kind, int] = {"text": 18, "whole": 12, "decimal": 14, "date": 12, "moment": 17}
_FILLABLE_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, what stands in it, its width in characters, and the choices of a drop-down."""

    title: str
    kind: Kind = "text"
    width: int | None = None
    choices: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a book: its title (31 characters at most), columns and rows."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]


def write_book(sheets: Sequence[Sheet]) -> bytes:
    """Write *sheets* into one XLSX: frozen header, numbers as numbers, codes as text, moments in Asia/Shanghai."""
    file = io.BytesIO()
    with _book(file) as book:
        for sheet in sheets:
            _write(book, sheet)
    return file.getvalue()


def write_template(
    title: str, columns: Sequence[Column], *, samples: Iterable[Sequence[object]], notes: Sequence[str]
) -> bytes:
    """Write a template to fill in: drop-downs, sample rows, and a sheet 填写说明 with *notes*."""
    file = io.BytesIO()
    with _book(file) as book:
        page = _write(book, Sheet(title, columns, samples))
        for place, column in enumerate(columns):
            if column.choices:
                page.data_validation(
                    1, place, _FILLABLE_ROWS, place, {"validate": "list", "source": list(column.choices)}
                )
        _write(book, Sheet(gettext("填写说明"), [Column(gettext("填写说明"), width=90)], [[note] for note in notes]))
    return file.getvalue()


def write_answers(table: Table, sentences: Mapping[int, str]) -> bytes:
    """Write the rows of *table* back with a column 错误原因; *sentences* by the row's place, from 0."""
    columns = [*(Column(title) for title in table.header), Column(gettext("错误原因"), width=60)]
    rows = ([*row, sentences.get(place, "")] for place, row in enumerate(table.rows))
    return write_book([Sheet(gettext("核对结果"), columns, rows)])


def _book(file: io.BytesIO) -> Any:  # noqa: ANN401  # XlsxWriter has no types.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    return xlsxwriter.Workbook(file, options)


def _write(book: Any, sheet: Sheet) -> Any:  # noqa: ANN401  # XlsxWriter has no types.
    page = book.add_worksheet(sheet.title[:31])
    head = book.add_format({"bold": True, "bg_color": "#E8F3EC", "border": 1, "border_color": "#B9CFC2"})
    formats = {column.kind: book.add_format({"num_format": _FORMATS[column.kind]}) for column in sheet.columns}
    for place, column in enumerate(sheet.columns):
        width = column.width or max(_WIDTHS[column.kind], 2 * len(column.title) + 2)
        page.set_column(place, place, width, formats[column.kind])
        page.write_string(0, place, column.title, head)
    page.freeze_panes(1, 0)
    for line, row in enumerate(sheet.rows, start=1):
        for place, (column, cell) in enumerate(zip(sheet.columns, row, strict=True)):
            _write_cell(page, line, place, cell, formats[column.kind])
    return page


def _write_cell(page: Any, line: int, place: int, cell: object, style: Any) -> None:  # noqa: ANN401  # No types.
    match cell:
        case None | "":
            return
        case bool():
            page.write_string(line, place, gettext("是") if cell else gettext("否"), style)
        case int() | Decimal():
            # Excel keeps fifteen digits; what is longer would change, so it goes as text.
            if len(str(cell).lstrip("-").replace(".", "")) <= 15:
                page.write_number(line, place, cell, style)
            else:
                page.write_string(line, place, str(cell), style)
        case datetime():
            page.write_datetime(line, place, cell.astimezone(CITY_TIME).replace(tzinfo=None), style)
        case date():
            page.write_datetime(line, place, cell, style)
        case _:
            page.write_string(line, place, str(cell), style)
