"""The books that are measured: 100,000 citizens, 200 merchants, issuance, and an account with a long history."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

import ledger
from ledger.kernel.ids import new_id

NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
CITIZENS, MERCHANTS = 100_000, 200
Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Books:
    """Account ids."""

    issuance: int
    old: int
    merchants: list[int]
    citizens: list[int]


def open_books(connection: Connection) -> Books:
    """Open all accounts and give every citizen something to spend."""
    issuance = ledger.open_account(
        connection,
        owner=ledger.SYSTEM,
        purpose="issuance",
        asset="coin",
        normal_side=ledger.Side.DEBIT,
        floor=False,
        spread=True,
    )
    old = ledger.open_account(connection, owner=new_id(), purpose="coins", asset="coin")
    merchants = [ledger.NewAccount(new_id(), "takings", "coin", spread=True) for _ in range(MERCHANTS)]
    takings = [account.id for account in ledger.open_accounts(connection, merchants)]
    citizens: list[int] = []
    for _ in range(CITIZENS // 20_000):
        new = [ledger.NewAccount(new_id(), "coins", "coin") for _ in range(20_000)]
        ids = [account.id for account in ledger.open_accounts(connection, new)]
        post_columns(connection, [issuance.id] * len(ids), ids, 1_000_000)
        citizens += ids
    connection.commit()
    return Books(issuance.id, old.id, takings, citizens)


def post_columns(connection: Connection, debits: list[int], credits: list[int], units: int, first: int = 0) -> None:
    """Post one list; what it moves occurred a second apart, from *first* seconds on."""
    count = len(debits)
    ledger.post_columns(
        connection, debits=debits, credits=credits, units=[units] * count,
        occurred_at=[NOW + timedelta(seconds=first + place) for place in range(count)],
        kinds=["bench"] * count, references=[None] * count, request_id=new_id(), now=NOW,
    )  # fmt: skip


def random_list(books: Books, chance: random.Random, size: int, first: int = 0) -> list[ledger.NewTransfer]:
    """Make what an intake posts: issuance to random citizens, in order of time, each with a reference of its own."""
    return [
        ledger.NewTransfer(
            books.issuance, citizen, 5, NOW + timedelta(seconds=first + place), "coins", reference(place)
        )
        for place, citizen in enumerate(chance.choices(books.citizens, k=size))
    ]


def reference(place: int) -> UUID:
    """Make a reference without paying for randomness in the measured loop."""
    return UUID(int=place)
