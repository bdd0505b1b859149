"""A file as rows of text: sheets are read here, CSV by the domain; and the header of what can be handed in."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from partners.enterprises.records.parsing import csv_rows
from partners.enterprises.records.templates import TEMPLATES
from partners.enterprises.statements.checks import SHEETS
from puhui.sheets import read_table

_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def table_of(name: str, content: bytes) -> list[Sequence[str]] | None:
    """Answer the rows of a workbook, the header first; None for a text file, which the domain reads itself.

    Raises SheetUnreadable.
    """
    if not content.startswith((_ZIP, _OLD_EXCEL)):
        return None
    found = read_table(name, content)
    return [found.header, *found.rows]


def rows_of(name: str, content: bytes) -> list[Sequence[str]]:
    """Answer the rows of any file, the header first. Raises SheetUnreadable, RecordFileUnreadable."""
    table = table_of(name, content)
    return [*csv_rows(content)] if table is None else table


def columns_of(what: str) -> Mapping[str, str]:
    """Answer field → title of a sheet or template. Raises KeyError."""
    return SHEETS[what].columns if what in SHEETS else TEMPLATES[what].mapping.columns


def choices_of(what: str) -> dict[str, tuple[str, ...]]:
    """Answer the words of each field that has a drop-down."""
    kind = SHEETS.get(what) or TEMPLATES[what]
    return {name: words for name in columns_of(what) if (words := kind.choices(name))}


def sample_of(what: str) -> Mapping[str, str]:
    """Answer the cells of the sample line."""
    return (SHEETS.get(what) or TEMPLATES[what]).sample


def csv_of(rows: Sequence[Sequence[str]]) -> bytes:
    """Write rows as CSV, as if they had come in a file."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
