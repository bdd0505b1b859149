"""Importing returns: a file is read whole, kept in chunks, and an import that was cut off goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from partners.returns import queries
from partners.returns.headers import Headers, map_columns
from partners.returns.reading import Return, returns_of, year_in
from partners.returns.rules import flags_of_year, indicators_of

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that was read: its name, hash, year, how its columns were understood, and its returns."""

    name: str
    sha256: bytes
    year: str
    headers: Headers
    returns: list[Return]


def read_file(*, name: str, content: bytes, lines: Sequence[Sequence[str]], year: str | None = None) -> Reading:
    """Understand a file. *lines* are its cells. Raises ReturnsHeaderUnknown, ReturnsYearUnknown."""
    headers = map_columns(lines)
    of_year = year or year_in(name)
    found = list(returns_of(lines, headers, year=of_year))
    return Reading(name[-200:], hashlib.sha256(content).digest(), of_year, headers, found)


def begin(session: Session, reading: Reading, *, by: UUID | None, now: datetime) -> queries.FileRow:
    """Answer the file's record, made where its bytes are new; rows that were kept before are not kept again."""
    session.execute(
        sa.text(
            "INSERT INTO partners.return_file"
            " (id, sha256, name, year, mapping, ignored, rows_read, started_by, started_at)"
            " VALUES (:id, :sha256, :name, :year, CAST(:mapping AS jsonb), CAST(:ignored AS jsonb), :rows, :by, :now)"
            " ON CONFLICT (sha256) DO NOTHING"
        ),
        {
            "id": new_id(),
            "sha256": reading.sha256,
            "name": reading.name,
            "year": reading.year,
            "mapping": json.dumps({what: [c.title] for what, c in reading.headers.figures.items()}),
            "ignored": json.dumps(dict(reading.headers.ignored)),
            "rows": len(reading.returns),
            "by": by,
            "now": now,
        },
    )
    return queries.file_by_hash(session, reading.sha256)


def keep_chunk(session: Session, reading: Reading, file: queries.FileRow, *, now: datetime, chunk: int = CHUNK) -> int:
    """Keep the next rows of the file; answers how many of the file's rows are kept then. The last chunk adds flags."""
    done = session.scalar(
        sa.text("SELECT rows_done FROM partners.return_file WHERE id = :id FOR UPDATE"), {"id": file.id}
    )
    start = int(done or 0)
    part = reading.returns[start : start + chunk]
    _keep(session, part, file.id)
    finished = start + len(part) >= len(reading.returns)
    session.execute(
        sa.text(
            "UPDATE partners.return_file SET rows_done = :done,"
            " finished_at = CASE WHEN :finished THEN coalesce(finished_at, :now) END WHERE id = :id"
        ),
        {"done": start + len(part), "finished": finished, "now": now, "id": file.id},
    )
    if finished and part:
        compare_years(session, reading.year)
    return start + len(part)


def _keep(session: Session, part: Sequence[Return], file_id: UUID) -> None:
    rows = [
        {
            "code": one.code,
            "year": one.year,
            "line": one.line,
            "name": one.name,
            "type": one.type,
            "figures": {what: f"{value.normalize():f}" for what, value in one.figures.items()},
            "missing": one.missing,
        }
        for one in part
    ]
    values = {"rows": json.dumps(rows, ensure_ascii=False), "file": file_id}
    session.execute(sa.text(KEEP), values)
    measured = [
        {"code": one.code, "year": one.year, "measure": measure, "value": str(value)}
        for one in part
        for measure, value in indicators_of(one).items()
    ]
    keys = {"codes": [one.code for one in part], "years": [one.year for one in part]}
    session.execute(sa.text(FORGET), keys)
    session.execute(sa.text(MEASURE), {"rows": json.dumps(measured)})


KEEP = """
INSERT INTO partners.return_row (code, year, file_id, line, name, type, figures, missing)
SELECT r.code, r.year, :file, r.line, r.name, r.type, r.figures, r.missing
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r (code text, year text, line integer, name text, type text, figures jsonb, missing jsonb)
ON CONFLICT (code, year) DO UPDATE SET file_id = EXCLUDED.file_id, line = EXCLUDED.line, name = EXCLUDED.name,
    type = EXCLUDED.type, figures = EXCLUDED.figures, missing = EXCLUDED.missing
"""
FORGET = """
DELETE FROM partners.return_indicator i USING unnest(CAST(:codes AS text[]), CAST(:years AS text[])) AS w (code, year)
WHERE i.code = w.code AND i.year = w.year
"""
MEASURE = """
INSERT INTO partners.return_indicator (code, year, measure, value)
SELECT r.code, r.year, r.measure, r.value
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (code text, year text, measure text, value numeric)
"""


def compare_years(session: Session, year: str) -> None:
    """Flag a year anew, by itself and against the year before, and the year after it against this one."""
    years = queries.years(session)
    place = years.index(year)
    for at in (place, place + 1):
        if at < len(years):
            now = queries.returns_of_year(session, years[at])
            before = None if at == 0 else {one.code: one for one in queries.returns_of_year(session, years[at - 1])}
            # Another series of returns shares no organisation: then nobody vanished.
            if before is not None and not before.keys() & {one.code for one in now}:
                before = None
            _flag(session, now, before, years[at])


def _flag(session: Session, now: list[Return], before: dict[str, Return] | None, year: str) -> None:
    session.execute(sa.text("DELETE FROM partners.return_flag WHERE year = :year"), {"year": year})
    rows = [
        {"code": flag.code, "flag": flag.flag, "measure": flag.measure, "facts": dict(flag.facts)}
        for flag in flags_of_year(now, before)
    ]
    session.execute(
        sa.text(
            "INSERT INTO partners.return_flag (code, year, flag, measure, facts)"
            " SELECT r.code, :year, r.flag, r.measure, r.facts FROM jsonb_to_recordset(CAST(:rows AS jsonb))"
            " AS r (code text, flag text, measure text, facts jsonb)"
        ),
        {"year": year, "rows": json.dumps(rows, ensure_ascii=False)},
    )
