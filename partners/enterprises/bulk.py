"""Rows in bulk: COPY into a table and plain reads, on the session's own connection and transaction."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from secrets import token_hex
from typing import Any, LiteralString, cast

import psycopg
from psycopg import sql
from sqlalchemy.orm import Session

Cell = object
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
LINES_AT_ONCE = 2_000


def connection_of(session: Session) -> psycopg.Connection[tuple[Any, ...]]:
    """Answer the psycopg connection under *session*, in the same transaction."""
    session.flush()
    return cast("psycopg.Connection[tuple[Any, ...]]", session.connection().connection.driver_connection)


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """COPY *rows* into ``partners.<table>``, the cells in the order of *columns*."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier("partners", table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection_of(session).cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def copy_lines(session: Session, table: str, columns: Sequence[str], lines: Sequence[str]) -> None:
    """COPY *lines* that are written already: cells between tabs, text through ``cell``, ``\\N`` for nothing."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier("partners", table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection_of(session).cursor() as cursor, cursor.copy(statement) as copy:
        for start in range(0, len(lines), LINES_AT_ONCE):
            copy.write("\n".join(lines[start : start + LINES_AT_ONCE]) + "\n")


def cell(text: str) -> str:
    """Write a text as COPY reads it: an empty one is nothing."""
    return text.translate(_ESCAPES) if text else "\\N"


def row_ids(count: int) -> list[str]:
    """Answer *count* UUIDs of version 7 as text: the ids of one statement's rows share their millisecond."""
    head, random = f"{time.time_ns() // 1_000_000:012x}7", token_hex(9 * count)
    return [f"{head}{random[at : at + 3]}8{random[at + 3 : at + 18]}" for at in range(0, 18 * count, 18)]


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep Python's collector out of the way: a file makes many small objects and no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def read_rows(session: Session, statement: LiteralString, parameters: Mapping[str, Cell]) -> list[tuple[Any, ...]]:
    """Read with a plain statement, as tuples."""
    return connection_of(session).execute(statement, dict(parameters)).fetchall()


def read_many(session: Session, statement: LiteralString, parameters: Mapping[str, Cell]) -> list[tuple[Any, ...]]:
    """Read hundreds of thousands of rows: the driver takes them in binary."""
    with connection_of(session).cursor(binary=True) as cursor:
        return cursor.execute(statement, dict(parameters)).fetchall()
