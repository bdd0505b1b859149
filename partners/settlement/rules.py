"""What a statement is made of: which movements, in what order, worth how many fen, as far as the funds reach. Pure.

Rounding. Coins are worth an exact ratio of fen. The total of a statement at one rate is rounded up to whole fen, in the
merchant's favour; each line carries the difference that it makes to the rounded total, so the lines add up to it. What
goes back after it was settled goes back at exactly what was paid for it. Fees are rounded down, again for the merchant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from partners.settlement.errors import SettlementDayOpen, SettlementRateMissing
from partners.settlement.model import Cycle, SettlementFee, SettlementRate

CITY_TIME = ZoneInfo("Asia/Shanghai")
AFTER_MIDNIGHT = timedelta(minutes=30)
"""A clerk may undo for ten minutes, so a day is settled half an hour after its end."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A transfer of a merchant's takings; *change* is coins, negative where they left."""

    transfer_id: int
    change: int
    kind: str
    occurred_at: datetime
    posted_at: datetime
    reverses: int | None
    reference: UUID | None


@dataclass(frozen=True, slots=True)
class Line:
    """A movement as it is settled."""

    movement: Movement
    fen: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What is settled now, what waits for money (oldest first), and what it would cost."""

    lines: list[Line]
    waiting: list[Movement]
    waiting_fen: int
    later: list[Movement]

    @property
    def coins(self) -> int:
        """Coins settled, less what went back."""
        return sum(line.movement.change for line in self.lines)

    @property
    def fen(self) -> int:
        """What they are worth."""
        return sum(line.fen for line in self.lines)


@dataclass(slots=True)
class _Till:
    """Adds coins up at each rate and says by how much a movement changes the rounded total."""

    rates: Sequence[SettlementRate]
    coins: dict[UUID, int] = field(default_factory=dict)

    def price(self, movement: Movement, *, at: datetime) -> int:
        """Answer the fen that the movement would add."""
        rate = rate_at(self.rates, at)
        before = self.coins.get(rate.id, 0)
        return rate.worth.cost_fen(before + movement.change) - rate.worth.cost_fen(before)

    def take(self, movement: Movement, *, at: datetime) -> Line:
        """Settle the movement."""
        fen, rate = self.price(movement, at=at), rate_at(self.rates, at)
        self.coins[rate.id] = self.coins.get(rate.id, 0) + movement.change
        return Line(movement, fen)


def lay_out(
    movements: Iterable[Movement],
    *,
    until: datetime,
    rates: Sequence[SettlementRate],
    settled_fen: Mapping[int, int],
    budget_fen: int,
) -> Layout:
    """Lay a statement out of *movements* that no statement has, of which those before *until* are due.

    First what goes back: reversals of what was settled (*settled_fen*: fen by transfer), then redemptions with their
    undo, which cost nothing, then the rest in the order of its time, until the first that *budget_fen* does not cover.
    An undo stays with what it undoes. Raises SettlementRateMissing.
    """
    ordered = sorted(movements, key=lambda one: (one.occurred_at, one.transfer_id))
    taken = {one.transfer_id: one for one in ordered if one.change > 0}
    undos = {one.reverses: one for one in ordered if one.change < 0 and one.reverses in taken}
    due = [one for one in taken.values() if one.occurred_at < until]
    till = _Till(rates)
    back = [one for one in ordered if one.change < 0 and one.reverses not in taken]
    lines = [_gone_back(one, till, settled_fen) for one in back]
    for one in due:
        if one.transfer_id in undos:
            lines += [till.take(one, at=one.occurred_at), till.take(undos[one.transfer_id], at=one.occurred_at)]
    total, waiting = sum(line.fen for line in lines), list[Movement]()
    for one in due:
        if one.transfer_id in undos:
            continue
        fen = till.price(one, at=one.occurred_at)
        if waiting or total + fen > budget_fen:
            waiting.append(one)
        else:
            lines.append(till.take(one, at=one.occurred_at))
            total += fen
    waiting_fen = sum(till.take(one, at=one.occurred_at).fen for one in waiting)
    later = [one for one in taken.values() if one.occurred_at >= until]
    later += [undos[one.transfer_id] for one in later if one.transfer_id in undos]
    return Layout(lines, waiting, waiting_fen, later)


def _gone_back(movement: Movement, till: _Till, settled_fen: Mapping[int, int]) -> Line:
    """Price what goes back: what was paid for it, or, where it reverses nothing, its coins at the rate of its time."""
    paid = settled_fen.get(movement.reverses) if movement.reverses is not None else None
    return Line(movement, -paid) if paid is not None else till.take(movement, at=movement.occurred_at)


def rate_at(rates: Sequence[SettlementRate], at: datetime) -> SettlementRate:
    """Answer the rate in force at *at* of *rates*, newest first. Raises SettlementRateMissing."""
    for rate in rates:
        if rate.valid_from <= at:
            return rate
    raise SettlementRateMissing(at=at)


def fee_at(fees: Sequence[SettlementFee], merchant_id: UUID, at: datetime) -> tuple[int, int]:
    """Answer basis points and fixed fen in force at *at*: the merchant's own before the common ones; none is none."""
    in_force = [one for one in fees if one.valid_from <= at]
    for owner in (merchant_id, None):
        own = [one for one in in_force if one.merchant_id == owner]
        if own:
            newest = max(own, key=lambda one: one.valid_from)
            return newest.basis_points, newest.fixed_fen
    return 0, 0


def fee_fen(gross_fen: int, *, basis_points: int, fixed_fen: int) -> int:
    """Answer the fee in whole fen, rounded down and never more than there is; where nothing is settled, none."""
    return min(gross_fen, gross_fen * basis_points // 10_000 + fixed_fen) if gross_fen > 0 else 0


def choose_corrections(amounts: Sequence[int], *, budget_fen: int, net_fen: int) -> list[bool]:
    """Answer which corrections, in their order, a statement can carry.

    One for the merchant is carried while *budget_fen* of the funds covers it, one against while the statement's
    *net_fen* stays zero or more; the others wait.
    """
    chosen = []
    for fen in amounts:
        fits = fen <= budget_fen if fen > 0 else net_fen + fen >= 0
        chosen.append(fits)
        if fits:
            budget_fen, net_fen = budget_fen - max(fen, 0), net_fen + fen
    return chosen


def draw(available: Mapping[UUID, int], *, need_fen: int) -> dict[UUID, int]:
    """Answer how much each fund pays, in their order; what comes back (a need below zero) goes to the first."""
    if need_fen < 0:
        return {next(iter(available)): need_fen}
    drawn: dict[UUID, int] = {}
    for fund_id, fen in available.items():
        part = min(fen, need_fen)
        if part > 0:
            drawn[fund_id] = part
            need_fen -= part
    return drawn


def until_of(through: date) -> datetime:
    """Answer the instant at which the local day *through* ends."""
    return datetime.combine(through + timedelta(days=1), time.min, CITY_TIME)


def is_due(cycle: Cycle, through: date) -> bool:
    """Whether a merchant of *cycle* is settled through this day: every day, or at the end of a month."""
    return cycle is Cycle.DAY or (through + timedelta(days=1)).day == 1


def check_day_over(through: date, *, now: datetime) -> None:
    """Refuse a day that is not over, or whose redemptions may still be undone. Raises SettlementDayOpen."""
    opens = until_of(through) + AFTER_MIDNIGHT
    if now < opens:
        raise SettlementDayOpen(through=through.isoformat(), from_=opens.isoformat())


def last_due_day(now: datetime) -> date:
    """Answer the latest day that may be settled at *now*."""
    return (now - AFTER_MIDNIGHT).astimezone(CITY_TIME).date() - timedelta(days=1)
