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
    return Books(issuance.id, old.id, takings, citizens)


def post_columns(connection: Connection, debits: list[int], credits: list[int], units: int) -> None:
    """Post one list, as occurring now, a microsecond apart."""
    count, start = len(debits), datetime.now(UTC)
    ledger.post_columns(
        connection, debits=debits, credits=credits, units=[units] * count,
        occurred_at=[start + timedelta(microseconds=place) for place in range(count)],
        kinds=["bench"] * count, references=[None] * count, request_id=new_id(), now=start,
    )  # fmt: skip


def random_list(books: Books, chance: random.Random, size: int) -> list[ledger.NewTransfer]:
    """Make what an intake posts: issuance to random citizens, in order of time, each with a reference of its own."""
    start = datetime.now(UTC)
    return [
        ledger.NewTransfer(books.issuance, citizen, 5, start + timedelta(microseconds=place), "coins", UUID(int=place))
        for place, citizen in enumerate(chance.choices(books.citizens, k=size))
    ]
