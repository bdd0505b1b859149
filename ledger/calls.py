"""The hot calls: one round trip, prepared once per connection, binary both ways."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString

import msgspec
import psycopg
from psycopg import errors, pq

from ledger.connection import SessionLike, driver
from ledger.errors import refusal
from ledger.wire import EPOCH

IDLE, TUPLES = pq.TransactionStatus.IDLE, pq.ExecStatus.TUPLES_OK
BINARY = pq.Format.BINARY
_POSTED = struct.Struct(">12x6x8xq8xq8x")
"""The answer ('posted', number, posted_at, NULL), as nearly every call gives it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a writing function of the ledger answered."""

    number: int
    posted_at: datetime
    replayed: bool


class Call:
    """A function of PostgreSQL that writes; its parameters are given in binary."""

    def __init__(self, function: LiteralString, types: LiteralString) -> None:
        names = types.split()
        places = ", ".join(f"${place}::{name}" for place, name in enumerate(names, 1))
        # One composite value: reading its columns FROM the function would put its row aside and take it up again.
        self._statement = f"SELECT ledger.{function}({places})".encode()
        self._name = f"ledger_{function}".encode()
        self._formats = [BINARY] * len(names)
        self._key: tuple[bytes, tuple[int, ...]] = (self._statement, ())

    def __call__(self, session: SessionLike, values: list[bytes | None]) -> Answer:
        """Run it. Raises the LedgerError that it answered, or the driver's error."""
        connection = driver(session)
        wire = connection.pgconn
        if wire.transaction_status == IDLE and not connection.autocommit:
            connection.execute("SELECT")  # Lets the driver begin the transaction as its settings say.
        # The driver drops every prepared statement on a rollback, so its own list says whether ours is still there.
        prepared = connection._prepared._names
        if self._key not in prepared:
            _checked(connection, wire.prepare(self._name, self._statement), pq.ExecStatus.COMMAND_OK)
            prepared[self._key] = self._name
        parameters: Sequence[Any] = values  # The driver takes None for NULL; its type forgets to say so.
        answer = wire.exec_prepared(self._name, parameters, self._formats, BINARY)
        return _answer(_checked(connection, answer, TUPLES))


def _checked(connection: psycopg.Connection[Any], answer: pq.abc.PGresult, wanted: int) -> pq.abc.PGresult:
    if answer.status != wanted:
        raise errors.error_from_result(answer, connection.info.encoding)
    return answer


def _answer(row: pq.abc.PGresult) -> Answer:
    value = row.get_value(0, 0) or b""
    if len(value) == _POSTED.size and value[12:18] == b"posted":
        number, at = _POSTED.unpack(value)
        return Answer(number, EPOCH + timedelta(microseconds=at), False)
    code, told, at_told, facts = _fields(value)
    if code not in (b"posted", b"replayed"):
        raise refusal((code or b"").decode(), msgspec.json.decode(facts[1:]) if facts else None)
    number, at = struct.unpack(">qq", (told or b"") + (at_told or b""))
    return Answer(number, EPOCH + timedelta(microseconds=at), code == b"replayed")


def _fields(value: bytes) -> Iterator[bytes | None]:
    """Take a composite value apart: how many columns, then of each its type, length and bytes."""
    place = 4
    for _ in range(struct.unpack_from(">i", value)[0]):
        size = struct.unpack_from(">i", value, place + 4)[0]
        place += 8
        yield value[place : place + size] if size >= 0 else None
        place += max(size, 0)
