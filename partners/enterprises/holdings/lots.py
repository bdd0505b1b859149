"""Lots and cost: registry units are fungible, accounting is not. Pure, by the enterprise's stated policy.

财会〔2019〕22号 names no cost method. Our policies: bought units leave at moving average or first in, first out;
free units are surrendered first where the enterprise says so, and then sold last. Its accountant confirms the choice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from partners.enterprises.exact import half_up
from partners.enterprises.records.model import RecordKind

K = RecordKind


class Origin(StrEnum):
    """How units came: allocated free, bought, carried over, or otherwise."""

    FREE = "free"
    PURCHASED = "purchased"
    CARRIED = "carried"
    OTHER = "other"


ARRIVALS: dict[RecordKind, Origin] = {
    K.PRE_ALLOCATION: Origin.FREE,
    K.ALLOCATION: Origin.FREE,
    K.TOP_UP: Origin.FREE,
    K.PROVINCE_DELIVERY: Origin.FREE,
    K.BUY: Origin.PURCHASED,
    K.CARRY_ISSUED: Origin.CARRIED,
    K.OPENING: Origin.OTHER,
    K.SUCCESSION_IN: Origin.OTHER,
    K.DEDUCTION_RECEIVED: Origin.OTHER,
}


class Use(StrEnum):
    """What units left for, as the note's table has it."""

    COMPLIANCE = "compliance"
    SOLD = "sold"
    OTHER = "other"


DEPARTURES: dict[RecordKind, Use] = {
    K.SURRENDER_APPROVED: Use.COMPLIANCE,
    K.OFFSET_APPROVED: Use.COMPLIANCE,
    K.SELL: Use.SOLD,
    K.RETURN: Use.OTHER,
    K.CANCEL_APPROVED: Use.OTHER,
    K.CARRY_RECLAIMED: Use.OTHER,
    K.SUCCESSION_OUT: Use.OTHER,
    K.DEDUCTED: Use.OTHER,
    K.EXPIRED: Use.OTHER,
}


@dataclass(frozen=True, slots=True)
class CostEvent:
    """A booked record with its money: *amount_fen* without and *fee_fen* the fee alone."""

    day: date
    kind: RecordKind
    units: int
    amount_fen: int
    fee_fen: int
    number: str


@dataclass(slots=True)
class Lot:
    """A parcel with its own origin, day and cost; *units* and *cost_fen* are what is left of it."""

    origin: Origin
    acquired_on: date
    units: int
    cost_fen: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the accounts by 财会〔2019〕22号: debit and credit account and fen; free units make no entry."""

    day: date
    debit: str
    credit: str
    amount_fen: int
    number: str


@dataclass(frozen=True, slots=True)
class Departure:
    """Units that left: for what, from which lots, their cost and, for a sale, what came in after the fee."""

    day: date
    use: Use
    units: int
    cost_fen: int
    free_units: int
    proceeds_fen: int
    kind: RecordKind


@dataclass(slots=True)
class CostBook:
    """The lots that are left, what left, and the entries of the accounts."""

    lots: list[Lot] = field(default_factory=list)
    arrivals: list[tuple[date, Origin, int, int]] = field(default_factory=list)
    departures: list[Departure] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


ASSET, BANK = "1489 碳排放权资产", "1002 银行存款"
INCOME, EXPENSE = "6301 营业外收入", "6711 营业外支出"


def cost_book(events: Iterable[CostEvent], *, policy: str, free_first: bool) -> CostBook:
    """Run booked events in business order through the lots. *policy*: ``moving_average`` or ``first_in_first_out``."""
    book = CostBook()
    for event in events:
        origin = ARRIVALS.get(event.kind)
        use = DEPARTURES.get(event.kind)
        if origin is not None:
            _arrive(book, event, origin)
        elif use is not None:
            _depart(book, event, use, policy=policy, free_first=free_first)
    return book


def _arrive(book: CostBook, event: CostEvent, origin: Origin) -> None:
    cost = event.amount_fen + event.fee_fen if origin in (Origin.PURCHASED, Origin.OTHER) else 0
    if origin is Origin.CARRIED:
        cost = event.amount_fen
    book.lots.append(Lot(origin, event.day, event.units, cost))
    book.arrivals.append((event.day, origin, event.units, cost))
    if origin is Origin.PURCHASED:
        book.entries.append(Entry(event.day, ASSET, BANK, cost, event.number))


def _depart(book: CostBook, event: CostEvent, use: Use, *, policy: str, free_first: bool) -> None:
    free_leads = free_first if use is not Use.SOLD else not free_first
    order = sorted(book.lots, key=lambda lot: ((lot.cost_fen > 0) == free_leads, lot.acquired_on))
    cost, free, left = 0, 0, event.units
    for lot in order:
        if left == 0:
            break
        taken = min(lot.units, left)
        share = _share(book, lot, taken, policy)
        cost, left = cost + share, left - taken
        free += taken if lot.cost_fen == 0 else 0
        lot.units, lot.cost_fen = lot.units - taken, lot.cost_fen - share
    book.lots = [lot for lot in book.lots if lot.units]
    proceeds = event.amount_fen - event.fee_fen if use is Use.SOLD else 0
    book.departures.append(Departure(event.day, use, event.units, cost, free, proceeds, event.kind))
    _entries(book, event, use, cost=cost, proceeds=proceeds)


def _share(book: CostBook, lot: Lot, taken: int, policy: str) -> int:
    """Answer the cost that leaves with *taken* units; the last unit takes the rest, so that nothing is lost."""
    if policy == "moving_average" and lot.cost_fen:
        _level(book)
    return lot.cost_fen if taken == lot.units else half_up(lot.cost_fen * taken, lot.units)


def _level(book: CostBook) -> None:
    """Spread the cost of the bought lots over their units, so that each unit carries the average."""
    bought = [lot for lot in book.lots if lot.cost_fen and lot.units]
    units, cost = sum(lot.units for lot in bought), sum(lot.cost_fen for lot in bought)
    for lot in bought:
        lot_cost = half_up(cost * lot.units, units)
        units, cost = units - lot.units, cost - lot_cost
        lot.cost_fen = lot_cost


def _entries(book: CostBook, event: CostEvent, use: Use, *, cost: int, proceeds: int) -> None:
    """Write the entries of 22号: surrender and cancellation of bought units is an expense, a sale shows its result."""
    lines: list[tuple[str, str, int]] = []
    if use is Use.SOLD:
        lines = [(BANK, ASSET, min(cost, proceeds)), (BANK, INCOME, proceeds - cost), (EXPENSE, ASSET, cost - proceeds)]
    elif event.kind is not K.CARRY_RECLAIMED:
        lines = [(EXPENSE, ASSET, cost)]
    book.entries.extend(
        Entry(event.day, debit, credit, amount, event.number) for debit, credit, amount in lines if amount > 0
    )


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A line of the note's movement table: units and fen."""

    name: str
    units: int
    cost_fen: int


def movement_note(book: CostBook, *, since: date, until: date) -> list[NoteLine]:
    """Answer the note's table between two days, both included: opening, increases, decreases, closing."""
    before_in = [(units, cost) for day, _, units, cost in book.arrivals if day < since]
    before_out = [(one.units, one.cost_fen) for one in book.departures if one.day < since]
    opening = _total(before_in), _total(before_out)
    lines = [NoteLine("opening", opening[0][0] - opening[1][0], opening[0][1] - opening[1][1])]
    for name, origins in (
        ("allocated_free", {Origin.FREE}),
        ("purchased", {Origin.PURCHASED}),
        ("other_increase", {Origin.CARRIED, Origin.OTHER}),
    ):
        found = [(u, c) for day, origin, u, c in book.arrivals if since <= day <= until and origin in origins]
        lines.append(NoteLine(name, *_total(found)))
    for name, use in (("used_for_compliance", Use.COMPLIANCE), ("sold", Use.SOLD), ("other_decrease", Use.OTHER)):
        found = [(one.units, one.cost_fen) for one in book.departures if since <= one.day <= until and one.use is use]
        lines.append(NoteLine(name, *_total(found)))
    closing = lines[0].units + sum(x.units for x in lines[1:4]) - sum(x.units for x in lines[4:])
    cost = lines[0].cost_fen + sum(x.cost_fen for x in lines[1:4]) - sum(x.cost_fen for x in lines[4:])
    return [*lines, NoteLine("closing", closing, cost)]


def _total(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
    listed = list(pairs)
    return sum(units for units, _ in listed), sum(cost for _, cost in listed)
