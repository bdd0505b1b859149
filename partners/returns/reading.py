"""From the cells of a file to returns: what is no figure is missing with a reason, and never zero."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from partners.returns.errors import ReturnsUnreadable, ReturnsYearUnknown
from partners.returns.headers import NUMBER, SUMS, Headers

ENCODINGS = ("utf-8-sig", "gb18030", "iso-8859-1")
DELIMITERS = ("$", "\t", ";", ",")
MOST_BYTES = 200 * 1024 * 1024
WITHOUT_FIGURE = {
    "": "blank",
    "not applicable": "not_applicable",
    "n/a": "not_applicable",
    "不适用": "not_applicable",
    "no data provided": "not_provided",
    "未填报": "not_provided",
}
YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?:-([0-9]{2}))?(?![0-9])")
CODE = re.compile(r"[!-~]{1,40}")
FREQUENT = 5
THOUSANDTH = Decimal("0.001")


@dataclass(slots=True)
class Return:
    """What one organisation reported for a year. *missing* says for each measure without a figure why."""

    code: str
    year: str
    line: int
    name: str
    type: str
    figures: dict[str, Decimal] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


def year_in(name: str) -> str:
    """The year in a file's name, ``2013-14`` or ``2016``. Raises ReturnsYearUnknown."""
    found = YEAR.search(name)
    if found is None:
        raise ReturnsYearUnknown(file=name)
    return f"{found[1]}-{found[2]}" if found[2] else found[1]


def lines_of(content: bytes) -> list[list[str]]:
    """The cells of a CSV, gzipped or not, whatever its separator is. Raises ReturnsUnreadable."""
    text = _text(_unpacked(content))
    first = "\n".join(text.splitlines()[:3])
    separator = max(DELIMITERS, key=first.count)
    try:
        lines = [[cell.strip() for cell in line] for line in csv.reader(io.StringIO(text), delimiter=separator)]
    except csv.Error as error:
        raise ReturnsUnreadable(reason=str(error)) from error
    if len(lines) < 2:
        raise ReturnsUnreadable(reason="empty")
    return lines


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            found = packed.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ReturnsUnreadable(reason="damaged") from error
    if len(found) > MOST_BYTES:
        raise ReturnsUnreadable(reason="too_large")
    return found


def _text(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    raise ReturnsUnreadable(reason="encoding")


def returns_of(lines: Sequence[Sequence[str]], headers: Headers, *, year: str) -> Iterator[Return]:
    """Read every row below the header that has a code; the first of two rows with one code counts."""
    body = [(n, line) for n, line in enumerate(lines, start=1) if n > headers.header_at + 1 and any(line)]
    regions = _frequent([_cell(line, headers, "region") for _, line in body])
    seen: set[str] = set()
    for number, line in body:
        code = _cell(line, headers, "code")
        if not CODE.fullmatch(code) or code in seen:
            continue
        seen.add(code)
        name, kind, missing = _name_and_type(line, headers, regions)
        made = Return(code, year, number, name or code, kind, missing=missing)
        _read_figures(made, line, headers)
        yield made


def _name_and_type(line: Sequence[str], headers: Headers, regions: set[str]) -> tuple[str, str, dict[str, str]]:
    """Mend a name whose comma became a separator: then the region stands in the column of the type."""
    name, region, kind = (_cell(line, headers, what) for what in ("name", "region", "type"))
    if kind in regions and region not in regions:
        place = headers.texts["type"].place + 1
        return f"{name}, {region}", line[place] if place < len(line) else "", {"name": "name_split"}
    return name, kind, {}


def _read_figures(made: Return, line: Sequence[str], headers: Headers) -> None:
    for what, column in headers.figures.items():
        text = line[column.place].replace(",", "") if column.place < len(line) else ""
        if NUMBER.fullmatch(text):
            made.figures[what] = (Decimal(text) * column.factor).quantize(THOUSANDTH)
        else:
            made.missing[what] = WITHOUT_FIGURE.get(text.casefold(), "unreadable")
    made.missing |= headers.ignored
    for what, parts in SUMS.items():
        asked = [part for part in parts if part in headers.figures]
        if asked and all(part in made.figures for part in asked):
            made.figures[what] = sum((made.figures[part] for part in asked), Decimal(0))
        elif asked:
            made.missing[what] = "part_missing"


def _cell(line: Sequence[str], headers: Headers, what: str) -> str:
    column = headers.texts.get(what)
    return line[column.place] if column is not None and column.place < len(line) else ""


def _frequent(cells: Sequence[str]) -> set[str]:
    return {cell for cell, count in Counter(cells).items() if cell and count >= FREQUENT}
