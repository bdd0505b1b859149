"""A client that works until it is killed: ``python -m tests.ledger.fault_client ADDRESS LOG SEED``.

It writes a request's id into its log before it asks (``try``) and after the commit was acknowledged (``done``), or that
the ledger refused (``no``). What a request asks follows from its id alone, so anybody can ask the same again.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid5

import psycopg
from psycopg import errors

import ledger
from ledger import NewAccount, NewHold, NewTransfer, Side

NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
CITIZENS = [UUID(int=0x0199DDDD << 96 | number * 11) for number in range(6)]
CAFE = UUID(int=0x0199DDDD << 96 | 999)


def accounts(session: ledger.SessionLike) -> list[int]:
    """Open the accounts that all clients share: issuance, six citizens, a café."""
    wanted = [
        NewAccount(ledger.SYSTEM, "issuance", "coin", Side.DEBIT, floor=False, spread=True),
        *[NewAccount(citizen, "coins", "coin") for citizen in CITIZENS],
        NewAccount(CAFE, "takings", "coin", spread=True),
    ]
    return [account.id for account in ledger.open_accounts(session, wanted)]


def transfers(books: Sequence[int], request_id: UUID) -> list[NewTransfer]:
    """What a request asks for; every transfer refers to it."""
    chance = random.Random(request_id.int)
    issuance, *citizens, cafe = books
    chosen = []
    for _ in range(chance.randint(1, 5)):
        lin, wang = chance.sample(citizens, 2)
        debit, credit = chance.choice([(issuance, lin), (issuance, lin), (lin, wang), (lin, cafe), (cafe, issuance)])
        chosen.append(NewTransfer(debit, credit, chance.randint(1, 9), NOW, "fault", request_id))
    return chosen


def ask(session: ledger.SessionLike, books: Sequence[int], request_id: UUID) -> int:
    """Make the request and answer how many transfers it is; one in four is a hold that is settled."""
    listed = transfers(books, request_id)
    if request_id.int % 4:
        return len(ledger.post(session, listed, request_id=request_id, now=NOW).transfer_ids)
    debit, credit, units = books[0], listed[0].credit, listed[0].units
    new = NewHold(debit, credit if credit != debit else books[1], units, None, "fault", request_id)
    held = ledger.hold(session, [new], request_id=request_id, now=NOW)[0]
    return len(ledger.settle(session, held, request_id=uuid5(request_id, "settle"), now=NOW).transfer_ids)


def work(address: str, log: Path, seed: int) -> None:
    """Ask until the end."""
    chance = random.Random(seed)
    written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    with psycopg.connect(address) as connection:
        books = accounts(connection)
        connection.commit()
        while True:
            request_id = UUID(int=chance.getrandbits(128))
            os.write(written, f"try {request_id}\n".encode())
            os.write(written, f"{_asked(connection, books, request_id)} {request_id}\n".encode())


def _asked(connection: psycopg.Connection, books: Sequence[int], request_id: UUID) -> str:
    while True:
        try:
            ask(connection, books, request_id)
            connection.commit()
        except (errors.DeadlockDetected, errors.SerializationFailure):
            connection.rollback()
        except ledger.InsufficientBalance:
            connection.rollback()
            return "no"
        else:
            return "done"


if __name__ == "__main__":
    work(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
