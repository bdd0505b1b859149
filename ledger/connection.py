"""The way to PostgreSQL: a SQLAlchemy Session or a psycopg Connection, always spoken to through psycopg."""

from __future__ import annotations

from typing import Any, LiteralString, TypeAlias

import psycopg
from psycopg.rows import RowFactory, TupleRow, namedtuple_row
from sqlalchemy.orm import Session

SessionLike: TypeAlias = "Session | psycopg.Connection[Any]"


def driver(session: SessionLike) -> psycopg.Connection[Any]:
    """Answer the psycopg connection of the session's own transaction."""
    if isinstance(session, psycopg.Connection):
        return session
    connection = session.connection().connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise TypeError("the ledger speaks PostgreSQL through psycopg")
    return connection


def rows(session: SessionLike, query: LiteralString, *values: object) -> list[Any]:
    """Run a query and answer its rows as named tuples."""
    make: RowFactory[Any] = namedtuple_row
    with driver(session).cursor(row_factory=make) as cursor:
        return cursor.execute(query, values).fetchall()


def one(session: SessionLike, query: LiteralString, *values: object) -> TupleRow:
    """Run a query that answers exactly one row."""
    found: TupleRow = rows(session, query, *values)[0]
    return found
