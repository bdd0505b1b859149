"""Rows in bulk: COPY into a table and plain reads, on the session's own connection and transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, LiteralString, cast

import psycopg
from psycopg import sql
from sqlalchemy.orm import Session

Cell = object


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


def read_rows(session: Session, statement: LiteralString, parameters: Mapping[str, Cell]) -> list[tuple[Any, ...]]:
    """Read with a plain statement, as tuples."""
    return connection_of(session).execute(statement, dict(parameters)).fetchall()
