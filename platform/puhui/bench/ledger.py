"""The ledger's benchmark: its cases beside the yardstick, durable, on one server, in a database of its own."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import psycopg
from psycopg import sql

from puhui import migration
from puhui.addresses import Addresses
from puhui.bench import cases
from puhui.bench.books import Books, open_books, post_columns
from puhui.bench.cases import Measured, Place
from puhui.bench.yardstick import SCHEMA, transactions_per_second

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to measure: seconds per case, transfers of the account with a long history, and how often to read it."""

    yardstick_seconds: int
    case_seconds: float
    history: int
    reads: int
    transfers: int = 0


QUICK = Plan(yardstick_seconds=3, case_seconds=2, history=100_000, reads=100)
FULL = Plan(yardstick_seconds=10, case_seconds=10, history=1_000_000, reads=2_000, transfers=10_000_000)


def run(where: Addresses, plan: Plan, tell: Tell) -> dict[str, object]:
    """Measure every case, once more after *plan.transfers* where that is asked for; answers the report."""
    with _own_database(where) as url:
        tell("opening accounts")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(SCHEMA.encode())
            with connection.transaction():
                books = open_books(connection)
        report = _round(url, books, plan, tell)
        if plan.transfers:
            _grow(url, books, plan.transfers, tell)
            report["after"] = {"transfers": _count(url), **_round(url, books, plan, tell)}
        report["storage"] = _storage(url)
        return report


def _round(url: str, books: Books, plan: Plan, tell: Tell) -> dict[str, object]:
    yardstick = {}
    for clients in (8, 32):
        yardstick[clients] = transactions_per_second(url, clients=clients, seconds=plan.yardstick_seconds)
        tell(f"yardstick, {clients} clients: {yardstick[clients]:,.0f} a second")
    found: list[dict[str, object]] = []

    def note(case: str, measured: Measured, against: int | None) -> None:
        ratio = round(measured.per_s / yardstick[against], 3) if against else None
        found.append({"case": case, **asdict(measured), "ratio": ratio})
        tell(
            f"{case}: {measured.per_s:,.0f} a second, p50 {measured.p50_ms} ms, p99 {measured.p99_ms} ms, ratio {ratio}"
        )

    for size in (8_000, 50_000):
        note(f"list_{size}", cases.lists(url, books, size=size, seconds=plan.case_seconds), 32)
    for case, pick, connections in (
        ("single_8", cases.to_merchants, 8),
        ("single_8_crossing", cases.between_citizens, 8),
        ("hot_system_32", cases.from_system, 32),
        ("hot_merchant_32", cases.to_one_merchant, 32),
    ):
        measured = cases.singles(url, books, pick, connections=connections, seconds=plan.case_seconds)
        note(case, measured, connections)
    _read(url, books, plan, note)
    return {"yardstick_8": round(yardstick[8], 1), "yardstick_32": round(yardstick[32], 1), "cases": found}


def _read(url: str, books: Books, plan: Plan, note: Callable[[str, Measured, int | None], None]) -> None:
    cursors = _make_history(url, books, plan.history)
    somewhere = cases.Somewhere(cursors)
    kinds = (
        ("statement", cases.newest_page),
        ("statement_middle", somewhere.page),
        ("balance", cases.current_balance),
        ("as_of_posted", somewhere.as_posted),
        ("as_of_occurred", somewhere.as_occurred),
    )
    accounts = (("", books.old), ("_issuance", books.issuance), ("_merchant", books.merchants[0]))
    for suffix, account in accounts:
        for case, read in kinds:
            if suffix and case == "statement_middle":
                continue  # The cursors are places in the history of the old account.
            note(case + suffix, cases.reads(url, account, read, count=plan.reads), None)


def _make_history(url: str, books: Books, wanted: int) -> list[Place]:
    """Bring the old account to *wanted* transfers and answer a thousand places of its history."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("SELECT credit_count FROM ledger.account WHERE id = %s", [books.old]).fetchone()
        for first in range(row[0] if row else 0, wanted, 50_000):
            size = min(50_000, wanted - first)
            post_columns(connection, [books.issuance] * size, [books.old] * size, 1)
        found = connection.execute(
            "SELECT t.id, t.posted_at, t.occurred_at FROM ledger.link l"
            " JOIN ledger.transfer t ON t.stripe = l.stripe AND t.id = l.id"
            " WHERE l.stripe = %s AND l.account = %s AND NOT l.debits ORDER BY random() LIMIT 1000",
            [books.old & 63, books.old],
        )
        return [Place(*row) for row in found]


def _grow(url: str, books: Books, wanted: int, tell: Tell) -> None:
    chance = random.Random(wanted)  # noqa: S311  # A benchmark repeats itself.
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(_count(url), wanted, 50_000):
            citizens = chance.choices(books.citizens, k=50_000)
            post_columns(connection, [books.issuance] * 50_000, citizens, 5)
    tell(f"grown to {_count(url):,} transfers")


def _count(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM ledger.transfer").fetchone()
        return int(row[0]) if row else 0


def _storage(url: str) -> dict[str, object]:
    """Answer what a transfer takes on disk, in bytes: its row, its indexes, its share of the requests."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT pg_table_size('ledger.transfer'), pg_indexes_size('ledger.transfer')"
            " + pg_total_relation_size('ledger.link') + pg_total_relation_size('ledger.late'),"
            " pg_total_relation_size('ledger.request'),"
            " pg_total_relation_size('ledger.account') + pg_total_relation_size('ledger.account_name')"
        ).fetchone()
    transfers = max(_count(url), 1)
    table, indexes, requests, accounts = row or (0, 0, 0, 0)
    return {
        "transfers": transfers,
        "bytes_per_transfer": round((table + indexes) / transfers, 1),
        "table_bytes": table,
        "index_bytes": indexes,
        "request_bytes": requests,
        "account_bytes": accounts,
    }


@contextmanager
def _own_database(where: Addresses) -> Iterator[str]:
    name = f"bench_{secrets.token_hex(6)}"
    owner = where.owner.rsplit("/", 1)[0]
    with psycopg.connect(where.owner, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            migration.migrate(f"{owner}/{name}")
            yield f"{owner}/{name}"
        finally:
            # Without FORCE, which an owner may not use on an autovacuum worker; waiting sends the worker away.
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
