"""The short form: a small meeting counted from people, hours, lunch and the way there, offset from the pool in one go.

Four eyes stay: whoever hands it in is the author of inventory and plan; another person's single press approves both,
retires the units and issues the certificate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_UP, Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from rewards.events import inventories, offsetting, planning, queries
from rewards.events.errors import FactorMissing
from rewards.events.factors import MEETING_POWER
from rewards.events.inventories import NewLine
from rewards.events.model import Certificate, Covers, Event, Inventory
from rewards.events.offsetting import FromHolder
from rewards.units import UnitKind

ORDER_REASON = "小型会议：就近使用省级碳普惠减排量"
"""Why a small meeting uses the pool rather than the kinds that the guide lists first."""
ESTIMATED_PERMILLE = 300
"""How far an estimate of a meeting's own use may be off; our own."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A number and where it comes from."""

    value: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """What the short form asks. *power* is kWh per person and hour, *meal* kilograms per lunch, *km* one way."""

    people: int
    hours: Decimal
    power: Entered
    lunches: int = 0
    meal: Entered | None = None
    mode: str | None = None
    km: Decimal = Decimal(0)
    mode_factor: Entered | None = None


def lines_of_meeting(meeting: Meeting) -> list[NewLine]:
    """Count a small meeting: power, the way there and back, lunch. Raises FactorMissing."""
    if not meeting.power.source.strip():
        raise FactorMissing(item=MEETING_POWER)
    kwh = (meeting.people * meeting.hours * meeting.power.value).quantize(Decimal("0.001"), ROUND_UP)
    words = f"{meeting.people} × {meeting.hours} h × {meeting.power.value} kWh（{meeting.power.source}）"
    lines = [NewLine("grid_power", kwh, words, ESTIMATED_PERMILLE)]
    if meeting.mode and meeting.km:
        pkm = 2 * meeting.people * meeting.km
        words = f"{meeting.people} × 2 × {meeting.km} km"
        lines.append(_with(NewLine(meeting.mode, pkm, words, ESTIMATED_PERMILLE), meeting.mode_factor))
    if meeting.lunches:
        lines.append(_with(NewLine("meal", Decimal(meeting.lunches)), meeting.meal))
    return lines


def record_meeting(session: Session, *, event: Event, meeting: Meeting, by: UUID, now: datetime) -> Inventory:
    """Write the inventory of a small meeting, ready to be looked at and handed in. Raises FactorMissing."""
    inventory = inventories.open_inventory(session, event=event, by=by, now=now)
    inventories.drop_lines(session, inventory=inventory)
    inventories.add_lines(session, inventory=inventory, lines=lines_of_meeting(meeting))
    return inventory


def approve_and_retire(
    session: Session, *, event: Event, pool: UUID, organiser_name: str, note: str, by: UUID, now: datetime
) -> Certificate:
    """Approve a small meeting's inventory, plan and retire units of the *pool* for it, and issue its certificate.

    Pressed twice it answers the same certificate. Raises what reviewing, planning and retiring raise.
    """
    session.refresh(event, with_for_update=True)
    planning.check_open(event)
    plan = queries.last_plan(session, event.id)
    if plan is None or queries.certificate_of_plan(session, plan.id) is None or _counts_anew(session, event):
        inventory = queries.inventory_in_review(session, event.id)
        inventories.review_inventory(session, inventory=inventory, approves=True, note=note, by=by, now=now)
        author = inventory.author_id
        plan = offsetting.open_plan(session, event=event, covers=Covers.TOTAL, by=author, now=now)
        if plan.target_grams:
            new = FromHolder(UnitKind.PUHUI, pool, plan.target_grams)
            offsetting.add_plan_line(session, event=event, plan=plan, new=new, now=now)
        offsetting.submit_plan(session, event=event, plan=plan, order_reason=ORDER_REASON, by=author, now=now)
        offsetting.review_plan(session, plan=plan, approves=True, note=note, by=by, now=now)
    return offsetting.retire_plan(session, event=event, organiser_name=organiser_name, by=by, now=now)


def _counts_anew(session: Session, event: Event) -> bool:
    """Whether a correction of a certified meeting waits for its reviewer."""
    last = queries.last_inventory(session, event.id)
    return last is not None and last.submitted_at is not None and last.reviewed_at is None


def _with(line: NewLine, entered: Entered | None) -> NewLine:
    if entered is None:
        return line
    return NewLine(
        line.item, line.quantity, line.words, line.quantity_permille, factor=entered.value, factor_source=entered.source
    )
