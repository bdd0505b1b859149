"""What does not agree: pure comparisons of the mirror's books with what others say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from partners.enterprises.holdings.model import Book
from partners.enterprises.holdings.rules import position_at
from partners.enterprises.reconciliation.model import Difference, Snapshot
from partners.enterprises.records.model import Slot


def compare_snapshots(snapshots: Iterable[Snapshot], books: Mapping[str, Book]) -> Iterator[Difference]:
    """Rule 21: the mirror's holdings equal the registry's snapshot, state by state, at the snapshot's instant."""
    for snapshot in snapshots:
        book = books.get(snapshot.instrument)
        mirrored = position_at(book.moves, snapshot.taken_at)[snapshot.slot] if book else 0
        if mirrored != snapshot.units:
            yield Difference(
                rule=21,
                code="snapshot_differs",
                subject=f"{snapshot.instrument}|{snapshot.slot}|{snapshot.taken_at.isoformat()}",
                facts={"registry": snapshot.units, "mirror": mirrored, "difference": mirrored - snapshot.units},
            )


def compare_ledger(position: Mapping[Slot, int], held: Mapping[Slot, int], instrument: str) -> Iterator[Difference]:
    """Rule 34: what the records add up to is what the ledger holds, in every state."""
    for slot in Slot:
        recorded, posted = position.get(slot, 0), held.get(slot, 0)
        if recorded != posted:
            yield Difference(
                rule=34,
                code="books_differ_from_records",
                subject=f"{instrument}|{slot}",
                facts={"records": recorded, "ledger": posted},
            )


@dataclass(frozen=True, slots=True)
class DaySum:
    """Units traded on one day in one direction, as exchange and registry tell."""

    instrument: str
    day: date
    direction: str
    exchange: int
    registry: int


def compare_movements(
    sums: Iterable[DaySum], *, today: date, next_trading_day: Callable[[date], date]
) -> Iterator[Difference]:
    """Rule 22: trades and the registry's transfers by trade agree, once a trading day has passed."""
    for one in sums:
        if one.exchange != one.registry and next_trading_day(one.day) < today:
            code = "trade_without_movement" if one.exchange > one.registry else "movement_without_trade"
            yield Difference(
                rule=22,
                code=code,
                subject=f"{one.instrument}|{one.day.isoformat()}|{one.direction}",
                facts={"exchange": one.exchange, "registry": one.registry},
            )


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a deal between two local firms."""

    instrument: str
    units: int
    price_fen: int | None


def compare_legs(deal_no: str, mine: Leg, other: Leg) -> Iterator[Difference]:
    """Rule 19: both sides of a deal agree in instrument, quantity and price."""
    if mine != other:
        yield Difference(
            rule=19,
            code="legs_differ",
            subject=deal_no,
            facts={
                "units": mine.units,
                "other_units": other.units,
                "price_fen": mine.price_fen,
                "other_price_fen": other.price_fen,
                "instrument": mine.instrument,
                "other_instrument": other.instrument,
            },
        )


@dataclass(frozen=True, slots=True)
class WaitingRecord:
    """An approved record whose units are not there."""

    natural_key: str
    rule: int
    missing: int
    business_at: datetime


def waiting_breaks(records: Iterable[WaitingRecord]) -> Iterator[Difference]:
    """Rules 15, 16 and 29 after the fact: what the source says happened does not fit what else it said."""
    for one in records:
        yield Difference(
            rule=one.rule,
            code="units_not_there",
            subject=one.natural_key,
            facts={"missing": one.missing, "business_at": one.business_at.isoformat()},
        )
