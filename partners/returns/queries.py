"""Named reads of imported returns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from partners.returns.reading import Return
from partners.returns.rules import Change, changes_of

MOST_ROWS = 100_000


class FileRow(NamedTuple):
    """A file that was imported, or is being."""

    id: UUID
    name: str
    year: str
    mapping: dict[str, list[str]]
    ignored: dict[str, str]
    rows_read: int
    rows_done: int
    started_at: datetime
    finished_at: datetime | None


class Totals(NamedTuple):
    """What the files of some years came to."""

    rows: int
    institutions: int
    flagged: int
    indicators: int


class FlagRow(NamedTuple):
    """A flag with the organisation that it is about."""

    code: str
    name: str
    type: str
    flag: str
    measure: str
    facts: dict[str, str]


class Comparison(NamedTuple):
    """An organisation in two years: what changed, and the flags that keep a change from being credited."""

    code: str
    name: str
    type: str
    changes: list[Change]
    flags: list[FlagRow]


FILE = (
    "SELECT id, name, year, mapping, ignored, rows_read, rows_done, started_at, finished_at FROM partners.return_file"
)


def file_by_hash(session: Session, sha256: bytes) -> FileRow:
    """The record of a file that was begun."""
    return FileRow(*session.execute(sa.text(f"{FILE} WHERE sha256 = :sha256"), {"sha256": sha256}).one())


def files(session: Session, *, limit: int = 50, offset: int = 0) -> list[FileRow]:
    """The imported files, the newest first."""
    rows = session.execute(
        sa.text(f"{FILE} ORDER BY started_at DESC, id DESC LIMIT :limit OFFSET :offset"),
        {"limit": limit, "offset": offset},
    )
    return [FileRow(*row) for row in rows]


def years(session: Session) -> list[str]:
    """The years that have returns, the oldest first."""
    return list(session.scalars(sa.text("SELECT DISTINCT year FROM partners.return_row ORDER BY year")))


def returns_of_year(session: Session, year: str, *, codes: Sequence[str] | None = None) -> list[Return]:
    """Every return of a year, by code; only those of *codes* where some are given."""
    rows = session.execute(
        sa.text(
            "SELECT code, year, line, name, type, figures, missing FROM partners.return_row WHERE year = :year"
            " AND (CAST(:codes AS text[]) IS NULL OR code = ANY (CAST(:codes AS text[]))) ORDER BY code LIMIT :limit"
        ),
        {"year": year, "limit": MOST_ROWS, "codes": None if codes is None else list(codes)},
    )
    return [_return(row) for row in rows]


def _return(row: sa.Row[Any]) -> Return:
    figures = {what: Decimal(text) for what, text in row.figures.items()}
    return Return(row.code, row.year, row.line, row.name, row.type, figures, dict(row.missing))


def totals(session: Session, among: Sequence[str]) -> Totals:
    """Count rows, organisations, organisations' years with a flag, and indicators of the years *among*."""
    row = session.execute(
        sa.text(
            "SELECT (SELECT count(*) FROM partners.return_row WHERE year = ANY (:years)),"
            " (SELECT count(DISTINCT code) FROM partners.return_row WHERE year = ANY (:years)),"
            " (SELECT count(DISTINCT (code, year)) FROM partners.return_flag WHERE year = ANY (:years)),"
            " (SELECT count(*) FROM partners.return_indicator WHERE year = ANY (:years))"
        ),
        {"years": list(among)},
    ).one()
    return Totals(*row)


def flags(session: Session, year: str, *, flag: str | None = None, limit: int = 50, offset: int = 0) -> list[FlagRow]:
    """The flags of a year by code; those of organisations that vanished bear their last name."""
    rows = session.execute(
        sa.text(
            "SELECT f.code, n.name, n.type, f.flag, f.measure, f.facts FROM partners.return_flag f"
            " JOIN LATERAL (SELECT r.name, r.type FROM partners.return_row r WHERE r.code = f.code AND r.year <= f.year"
            "  ORDER BY r.year DESC LIMIT 1) n ON true"
            " WHERE f.year = :year AND (CAST(:flag AS text) IS NULL OR f.flag = :flag)"
            " ORDER BY f.code, f.flag, f.measure LIMIT :limit OFFSET :offset"
        ),
        {"year": year, "flag": flag, "limit": limit, "offset": offset},
    )
    return [FlagRow(*row) for row in rows]


def flag_counts(session: Session, year: str) -> dict[str, int]:
    """How many organisations have which flag in a year."""
    rows = session.execute(
        sa.text(
            "SELECT flag, count(DISTINCT code) AS codes FROM partners.return_flag WHERE year = :year"
            " GROUP BY flag ORDER BY flag"
        ),
        {"year": year},
    )
    return {row.flag: row.codes for row in rows}


def comparisons(
    session: Session, year: str, before: str, *, limit: int = 50, offset: int = 0, flagged: bool = False
) -> list[Comparison]:
    """Organisations of two years side by side, by code; only those with a flag where *flagged*."""
    codes = list(
        session.scalars(
            sa.text(
                "SELECT code FROM partners.return_row WHERE year IN (:year, :before)"
                " AND (NOT :flagged OR EXISTS (SELECT FROM partners.return_flag f"
                "  WHERE f.code = return_row.code AND f.year = :year))"
                " GROUP BY code ORDER BY code LIMIT :limit OFFSET :offset"
            ),
            {"year": year, "before": before, "flagged": flagged, "limit": limit, "offset": offset},
        )
    )
    now = {one.code: one for one in returns_of_year(session, year, codes=codes)}
    then = {one.code: one for one in returns_of_year(session, before, codes=codes)}
    found: dict[str, list[FlagRow]] = {}
    for flag in flags(session, year, limit=MOST_ROWS):
        found.setdefault(flag.code, []).append(flag)
    return [
        Comparison(
            code,
            (now.get(code) or then[code]).name,
            (now.get(code) or then[code]).type,
            changes_of(now.get(code), then.get(code)),
            found.get(code, []),
        )
        for code in codes
    ]


def indicators(
    session: Session, year: str, *, limit: int = 50, offset: int = 0
) -> list[tuple[str, str, str, dict[str, Decimal]]]:
    """Code, name, type and indicators of a year's organisations, by code."""
    rows = session.execute(
        sa.text(
            "SELECT r.code, r.name, r.type, jsonb_object_agg(i.measure, i.value::text) FROM partners.return_row r"
            " JOIN partners.return_indicator i USING (code, year) WHERE r.year = :year"
            " GROUP BY r.code, r.name, r.type ORDER BY r.code LIMIT :limit OFFSET :offset"
        ),
        {"year": year, "limit": limit, "offset": offset},
    )
    return [(code, name, kind, {m: Decimal(v) for m, v in values.items()}) for code, name, kind, values in rows]
