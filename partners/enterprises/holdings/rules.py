"""The fold: records in business time become moves. Pure, so any order of arrival ends in the same book.

An event whose units are not there at its business time is not booked and waits. When an earlier row arrives late, the
fold is done anew: the event may fit, or one that fitted may wait. No prefix of business time shows a negative balance.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from operator import attrgetter

from partners.enterprises.holdings.model import Book, Event, Move, Waiting
from partners.enterprises.records.model import MARKET_TIME, MOVES, Place, RecordKind, Slot

PENDING = frozenset(
    {Slot.PENDING_SURRENDER, Slot.PENDING_OFFSET, Slot.PENDING_CARRY, Slot.PENDING_CANCEL, Slot.FROZEN}
    | {Slot.TRADING_FROZEN}
)
NEXT_DAY_KIND = "next_day"
_BUSINESS_ORDER = attrgetter("at", "sequence", "key")


def fold(events: Iterable[Event], *, next_day: bool, next_trading_day: Callable[[date], date], until: datetime) -> Book:
    """Book *events* of one instrument in business time, up to *until*.

    With *next_day*, units bought on a day can be sold from the next trading day on (rule 15).
    """
    position = dict.fromkeys(Slot, 0)
    moves: list[Move] = []
    waiting: list[Waiting] = []
    coming: deque[tuple[datetime, int]] = deque()
    for event in sorted(events, key=_BUSINESS_ORDER):
        if event.at > until:
            break
        while coming and coming[0][0] <= event.at:
            moves.append(_free(coming.popleft(), position))
        source, target = MOVES[event.kind]
        if isinstance(source, Slot) and position[source] < event.units:
            waiting.append(_wait(event, source, position))
            continue
        if next_day and event.kind is RecordKind.BUY:
            target = Slot.NEXT_DAY
            _add_coming(coming, _opening(next_trading_day(event.day)), event.units)
        _apply(position, source, target, event.units)
        moves.append(Move(event.id, event.kind._value_, source, target, event.units, event.at))
    while coming and coming[0][0] <= until:
        moves.append(_free(coming.popleft(), position))
    return Book(tuple(moves), tuple(waiting), position, coming[0][0] if coming else None)


def _wait(event: Event, source: Slot, position: dict[Slot, int]) -> Waiting:
    missing = event.units - position[source]
    if source in PENDING:
        return Waiting(event.id, 29, missing)
    if event.kind is RecordKind.SELL and position[Slot.NEXT_DAY] >= missing:
        return Waiting(event.id, 15, missing)
    return Waiting(event.id, 16, missing)


def _apply(position: dict[Slot, int], source: Place, target: Place, units: int) -> None:
    if isinstance(source, Slot):
        position[source] -= units
    if isinstance(target, Slot):
        position[target] += units


def _opening(day: date) -> datetime:
    return datetime.combine(day, time(), MARKET_TIME)


def _add_coming(coming: deque[tuple[datetime, int]], at: datetime, units: int) -> None:
    """Bought units of one day become free together; business days come in order, so do their next trading days."""
    if coming and coming[-1][0] == at:
        coming[-1] = (at, coming[-1][1] + units)
    else:
        coming.append((at, units))


def _free(ready: tuple[datetime, int], position: dict[Slot, int]) -> Move:
    at, units = ready
    _apply(position, Slot.NEXT_DAY, Slot.TRADING, units)
    return Move(None, NEXT_DAY_KIND, Slot.NEXT_DAY, Slot.TRADING, units, at)


def positions(moves: Iterable[Move]) -> Iterator[tuple[datetime, dict[Slot, int]]]:
    """Answer the holdings after every move, in business time."""
    position = dict.fromkeys(Slot, 0)
    for move in moves:
        _apply(position, move.source, move.target, move.units)
        yield move.at, dict(position)


def position_at(moves: Iterable[Move], instant: datetime) -> dict[Slot, int]:
    """Answer what was held at *instant*, moves of that very instant included."""
    position = dict.fromkeys(Slot, 0)
    for move in moves:
        if move.at > instant:
            break
        _apply(position, move.source, move.target, move.units)
    return position
