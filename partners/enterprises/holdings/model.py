"""What the fold of records answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from partners.enterprises.records.model import Place, RecordKind, Slot


class Event(NamedTuple):
    """An approved record as the fold sees it; the order of a book is (at, sequence, key), whatever arrived first."""

    id: UUID
    kind: RecordKind
    units: int
    at: datetime
    day: date
    sequence: int
    key: str


class Move(NamedTuple):
    """Units that moved at a business time; *event* is None where bought units became free on the next trading day."""

    event: UUID | None
    kind: str
    source: Place
    target: Place
    units: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """One instrument in business time: what moved, waits and is held, and when bought units become free next."""

    event: UUID
    rule: int
    missing: int


@dataclass(frozen=True, slots=True)
class Book:
    """One instrument in business time: what moved, what waits, what is held, when units become free."""

    moves: tuple[Move, ...]
    waiting: tuple[Waiting, ...]
    position: Mapping[Slot, int]
    next_free_at: datetime | None
