"""The official order and time limits of offsetting, as far as they were found, with where they were found.

生态环境部公告2019年第19号《大型活动碳中和实施指南（试行）》 lists allowances, CCER, provincial 碳普惠 reductions, then
CDM and other reductions of projects in China. That the list is a priority, and that new forestry stands apart from it,
still needs confirmation, so a plan may depart from it and says why. Credits are cancelled within one year after the
event (also confirmed for Guangdong's notice of 2026-01); new forestry has six years (needs confirmation; a case of 2021
fits it).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from rewards.events.errors import DeadlinePassed, OrderReasonMissing, PlanShort, ProofInvalid
from rewards.events.model import Covers, PlanLine
from rewards.events.rules import CITY_TIME
from rewards.units import Run, UnitKind, read_serials

ORDER = (UnitKind.ALLOWANCE, UnitKind.CCER, UnitKind.PUHUI, UnitKind.OTHER, UnitKind.SINK)
YEARS: dict[UnitKind, int] = dict.fromkeys(ORDER, 1) | {UnitKind.SINK: 6}
REMIND_DAYS = (90, 30, 15, 7, 1)
INVENTORY_DAYS = 7
"""So many days after an event its organiser is reminded of the inventory."""


def last_day(kind: UnitKind, *, ended_at: datetime) -> date:
    """Answer the last day, in town, on which units of *kind* may be retired for an event that ended at *ended_at*."""
    ended = ended_at.astimezone(CITY_TIME).date()
    year = ended.year + YEARS[kind]
    try:
        return ended.replace(year=year)
    except ValueError:  # The 29th of February has no such day a year later.
        return date(year, 2, 28)


def check_in_time(lines: Sequence[PlanLine], *, ended_at: datetime, now: datetime) -> None:
    """Refuse units whose time is over. Raises DeadlinePassed."""
    for line in lines:
        until = last_day(UnitKind(line.kind), ended_at=ended_at)
        if now >= datetime.combine(until + timedelta(days=1), time.min, CITY_TIME):
            raise DeadlinePassed(kind=line.kind, until=until.isoformat())


def check_order(lines: Sequence[PlanLine], *, reason: str) -> None:
    """Ask for a reason where a later kind is used although the first of the list is not. Raises OrderReasonMissing."""
    used = {UnitKind(line.kind) for line in lines}
    skipped = [kind for kind in ORDER if kind not in used]
    later = [kind for kind in used if any(ORDER.index(left_out) < ORDER.index(kind) for left_out in skipped)]
    if later and len(reason.strip()) < 4:
        raise OrderReasonMissing(kind=min(later, key=ORDER.index))


def check_covers(lines: Sequence[PlanLine], *, target_grams: int) -> None:
    """Refuse a plan that covers less than its target. Raises PlanShort."""
    planned = sum(line.grams for line in lines)
    if planned < target_grams:
        raise PlanShort(target_grams=target_grams, planned_grams=planned)


def check_proof(line: PlanLine, *, made_on: date, today: date) -> Run:
    """Answer the serials of a registry's cancellation, or refuse a record that is not whole.

    Raises SerialsUnreadable, ProofInvalid.
    """
    run = read_serials(line.first_serial, line.last_serial)
    wrong = [
        field
        for field, is_wrong in (
            ("registry", not line.book.strip()),
            ("project", not line.project.strip()),
            ("certificate_no", not line.certificate_no.strip()),
            ("grams_per_unit", line.grams_per_unit <= 0),
            ("year", not 2000 <= line.year <= today.year),
            ("cancelled_on", line.cancelled_on is None or not made_on <= line.cancelled_on <= today),
        )
        if is_wrong
    ]
    if wrong:
        raise ProofInvalid(fields=", ".join(wrong))
    return run


def target(*, grams: int, half_grams: int, covers: Covers, retired_grams: int) -> int:
    """Answer what is still to be retired, never less than nothing."""
    wanted = grams + half_grams if covers is Covers.UPPER else grams
    return max(0, wanted - retired_grams)
