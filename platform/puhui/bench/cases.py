"""The cases that are measured, each through the ledger's public functions, durable, client included."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from typing import TYPE_CHECKING, NamedTuple

import psycopg

import ledger
from ledger.kernel.ids import new_id
from puhui.bench.books import Books, Connection, random_list

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

WARM_UP = 20
Pick = Callable[[Books, random.Random], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a case gave: operations per second, and the times of single calls in milliseconds."""

    per_s: float
    p50_ms: float
    p99_ms: float


def lists(url: str, books: Books, *, size: int, seconds: float) -> Measured:
    """Post lists of *size*, one after the other on one connection; making the list's objects is not counted."""
    chance = random.Random(size)  # noqa: S311  # A benchmark repeats itself.
    taken: list[float] = []
    with psycopg.connect(url, autocommit=True) as connection:
        ledger.post(connection, random_list(books, chance, size), request_id=new_id(), now=datetime.now(UTC))
        while sum(taken) < seconds:
            transfers = random_list(books, chance, size)
            start = time.perf_counter()
            ledger.post(connection, transfers, request_id=new_id(), now=transfers[0].occurred_at)
            taken.append(time.perf_counter() - start)
    return _measured(taken, per_s=size * len(taken) / sum(taken))


def from_system(books: Books, chance: random.Random) -> tuple[int, int]:
    """All from the system's issuance."""
    return books.issuance, chance.choice(books.citizens)


def to_one_merchant(books: Books, chance: random.Random) -> tuple[int, int]:
    """All to one merchant."""
    return chance.choice(books.citizens), books.merchants[0]


def to_merchants(books: Books, chance: random.Random) -> tuple[int, int]:
    """A random citizen pays a random merchant."""
    return chance.choice(books.citizens), chance.choice(books.merchants)


def between_citizens(books: Books, chance: random.Random) -> tuple[int, int]:
    """A random citizen gives to a random citizen: of 64 transfers 63 cross stripes."""
    debit, credit = chance.sample(books.citizens, 2)
    return debit, credit


def singles(url: str, books: Books, pick: Pick, *, connections: int, seconds: float) -> Measured:
    """Post one transfer a call on many connections, each in a process of its own."""
    context = multiprocessing.get_context("fork")
    answers: Queue[list[float]] = context.Queue()
    barrier = context.Barrier(connections)
    workers = [
        context.Process(target=_work, args=(url, books, pick, seconds, seed, barrier, answers))
        for seed in range(connections)
    ]
    for worker in workers:
        worker.start()
    taken = [time_taken for _ in workers for time_taken in answers.get()]
    for worker in workers:
        worker.join()
    return _measured(taken, per_s=len(taken) / seconds)


def _work(  # noqa: PLR0917  # multiprocessing passes them by place.
    url: str, books: Books, pick: Pick, seconds: float, seed: int, barrier: Barrier, answers: Queue[list[float]]
) -> None:
    chance = random.Random(seed)  # noqa: S311  # A benchmark repeats itself.
    taken: list[float] = []
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(WARM_UP):
            _post_one(connection, pick(books, chance))
        barrier.wait()
        end = time.perf_counter() + seconds
        while (start := time.perf_counter()) < end:
            _post_one(connection, pick(books, chance))
            taken.append(time.perf_counter() - start)
    answers.put(taken)


def _post_one(connection: Connection, sides: tuple[int, int]) -> None:
    now = datetime.now(UTC)
    ledger.post(connection, [ledger.NewTransfer(*sides, 1, now, "bench")], request_id=new_id(), now=now)


def reads(url: str, account: int, read: Callable[[Connection, int, random.Random], object], *, count: int) -> Measured:
    """Read *count* times at random places of an account's history."""
    chance = random.Random(count)  # noqa: S311  # A benchmark repeats itself.
    taken: list[float] = []
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(WARM_UP):
            read(connection, account, chance)
        for _ in range(count):
            start = time.perf_counter()
            read(connection, account, chance)
            taken.append(time.perf_counter() - start)
    return _measured(taken, per_s=len(taken) / sum(taken))


def newest_page(connection: Connection, account: int, chance: random.Random) -> object:  # noqa: ARG001  # One signature.
    """Read the newest page of the statement."""
    return ledger.statement(connection, account)


def current_balance(connection: Connection, account: int, chance: random.Random) -> object:  # noqa: ARG001  # One signature.
    """Read the balance now."""
    return ledger.balance(connection, account)


class Place(NamedTuple):
    """A place in an account's history."""

    transfer_id: int
    posted_at: datetime
    occurred_at: datetime


class Somewhere:
    """Reads at a random place of a history."""

    def __init__(self, places: list[Place]) -> None:
        self.places = places

    def page(self, connection: Connection, account: int, chance: random.Random) -> object:
        """Read a page in the middle of the statement."""
        return ledger.statement(connection, account, after=str(chance.choice(self.places).transfer_id))

    def as_posted(self, connection: Connection, account: int, chance: random.Random) -> object:
        """Read the balance as of an instant of posting."""
        return ledger.balance_at(connection, account, posted_at=chance.choice(self.places).posted_at)

    def as_occurred(self, connection: Connection, account: int, chance: random.Random) -> object:
        """Read the balance as of an instant of the world."""
        return ledger.balance_at(connection, account, occurred_at=chance.choice(self.places).occurred_at)


def _measured(taken: list[float], *, per_s: float) -> Measured:
    ordered = sorted(taken)
    p50, p99 = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    return Measured(per_s=round(per_s, 1), p50_ms=round(p50 * 1000, 3), p99_ms=round(p99 * 1000, 3))
