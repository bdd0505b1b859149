"""Offset plans: written after an approved inventory, reviewed by somebody else, retired once, certified at once.

Locks are taken in one order everywhere: event, series, issues, blocks, then the ledger's accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from rewards import units
from rewards.events import offsets, planning, queries, rules
from rewards.events.certificates import issue_certificate
from rewards.events.errors import AlreadyReviewed, InventoryNotApproved, PlanOpen, PlanUnknown
from rewards.events.model import Certificate, Covers, Event, Plan, PlanLine
from rewards.units import UnitKind


@dataclass(frozen=True, slots=True)
class FromHolder:
    """Units that lie in the ledger: the pool's 碳普惠 reductions, or a sink project's."""

    kind: UnitKind
    holder: UUID
    grams: int


@dataclass(frozen=True, slots=True)
class FromRegistry:
    """Units that a registry has cancelled for the event, as its record says; that record is final."""

    kind: UnitKind
    registry: str
    first_serial: str
    last_serial: str
    grams_per_unit: int
    project: str
    year: int
    cancelled_on: date
    certificate_no: str
    proof_file: UUID | None = None


def open_plan(session: Session, *, event: Event, covers: Covers, by: UUID, now: datetime) -> Plan:
    """Begin the next version of the plan for the approved inventory, or answer the one that is being written.

    Raises EventCancelled, InventoryNotApproved, PlanOpen while one is in review.
    """
    session.refresh(event, with_for_update=True)
    planning.check_open(event)
    inventory = queries.last_inventory(session, event.id)
    if inventory is None or not inventory.approved:
        raise InventoryNotApproved(event=event.id)
    last = queries.last_plan(session, event.id)
    if last is not None and last.reviewed_at is None and last.submitted_at is not None:
        raise PlanOpen(event=event.id)
    target = offsets.target(
        grams=inventory.grams or 0,
        half_grams=inventory.half_grams or 0,
        covers=covers,
        retired_grams=sum(each.grams for each in units.retirements_of(session, event.id)),
    )
    if last is not None and last.reviewed_at is None:
        last.covers, last.target_grams, last.inventory_id = covers, target, inventory.id
        session.flush()
        return last
    plan = Plan(
        id=new_id(), event_id=event.id, inventory_id=inventory.id, version=last.version + 1 if last else 1,
        covers=covers, target_grams=target, order_reason="", author_id=by, made_at=now, submitted_at=None,
        reviewer_id=None, reviewed_at=None, approved=None, review_note=None, retirement_id=None,
    )  # fmt: skip
    session.add(plan)
    session.flush()
    return plan


def add_plan_line(
    session: Session, *, event: Event, plan: Plan, new: FromHolder | FromRegistry, now: datetime
) -> PlanLine:
    """Plan some units. Raises PlanUnknown once submitted, SerialsUnreadable, ProofInvalid, DeadlinePassed."""
    _check_writable(plan)
    place = max((line.place for line in queries.plan_lines(session, plan.id)), default=0) + 1
    line = _plan_line(plan, place, new)
    if isinstance(new, FromRegistry):
        made_on = event.made_at.astimezone(rules.CITY_TIME).date()
        run = offsets.check_proof(line, made_on=made_on, today=now.astimezone(rules.CITY_TIME).date())
        line.grams = (run.last - run.first + 1) * new.grams_per_unit
    offsets.check_in_time([line], ended_at=event.ends_at, now=now)
    session.add(line)
    session.flush()
    return line


def drop_plan_line(session: Session, *, plan: Plan, place: int) -> None:
    """Plan some units no longer. Raises PlanUnknown once submitted."""
    _check_writable(plan)
    session.execute(sa.delete(PlanLine).where(PlanLine.plan_id == plan.id, PlanLine.place == place))


def submit_plan(session: Session, *, event: Event, plan: Plan, order_reason: str, by: UUID, now: datetime) -> Plan:
    """Give the plan to the reviewer; whoever submits is its author.

    Raises EventCancelled, PlanUnknown, PlanShort, OrderReasonMissing, DeadlinePassed.
    """
    planning.check_open(event)
    _check_writable(plan)
    lines = queries.plan_lines(session, plan.id)
    offsets.check_covers(lines, target_grams=plan.target_grams)
    offsets.check_order(lines, reason=order_reason)
    offsets.check_in_time(lines, ended_at=event.ends_at, now=now)
    plan.author_id, plan.submitted_at, plan.order_reason = by, now, order_reason.strip()
    session.flush()
    return plan


def review_plan(session: Session, *, plan: Plan, approves: bool, note: str, by: UUID, now: datetime) -> Plan:
    """Approve a submitted plan or send it back. Raises PlanUnknown, OwnWork, AlreadyReviewed."""
    session.refresh(plan, with_for_update=True)
    if plan.submitted_at is None:
        raise PlanUnknown(event=plan.event_id)
    if plan.reviewed_at is not None:
        raise AlreadyReviewed(at=plan.reviewed_at)
    rules.check_second_person(author=plan.author_id, reviewer=by)
    plan.reviewer_id, plan.reviewed_at, plan.approved, plan.review_note = by, now, approves, note
    session.flush()
    return plan


def retire_plan(session: Session, *, event: Event, organiser_name: str, by: UUID, now: datetime) -> Certificate:
    """Retire what the approved plan names, exactly and once, and issue the certificate in the same transaction.

    Whoever presses second, or again, gets the certificate that is there. Raises EventCancelled, PlanUnknown,
    DeadlinePassed, SerialsTaken, UnitsShort.
    """
    session.refresh(event, with_for_update=True)
    planning.check_open(event)
    plan = queries.last_plan(session, event.id)
    if plan is None:
        raise PlanUnknown(event=event.id)
    known = queries.certificate_of_plan(session, plan.id)
    if known is not None:
        return known
    inventory = queries.last_inventory(session, event.id)
    if not plan.approved or inventory is None or inventory.id != plan.inventory_id:
        raise PlanUnknown(event=event.id)
    lines = queries.plan_lines(session, plan.id)
    offsets.check_in_time(lines, ended_at=event.ends_at, now=now)
    if lines:
        takes = [_take(session, event, plan, line, now) for line in lines]
        request_id = uuid5(plan.id, "retirement")
        made = units.retire(
            session, takes, beneficiary=event.id, reason=f"zero-carbon event {event.id}", by=by,
            request_id=request_id, now=now,
        )  # fmt: skip
        plan.retirement_id = made.id
        session.flush()
    return issue_certificate(
        session, event=event, inventory=inventory, plan=plan, organiser_name=organiser_name, by=by, now=now
    )


def _take(session: Session, event: Event, plan: Plan, line: PlanLine, now: datetime) -> units.Take:
    """Answer what to take for a line; a registry's cancellation is mirrored first, by the plan's two people."""
    kind = UnitKind(line.kind)
    if line.holder is not None:
        return units.Take(line.holder, kind, line.grams)
    new = units.NewIssue(
        kind=kind, registry=line.book, first_serial=line.first_serial, last_serial=line.last_serial,
        grams_per_unit=line.grams_per_unit, holder=event.organiser_id, project=line.project, year=line.year,
        source=line.certificate_no, proof_file=line.proof_file, cancelled_on=line.cancelled_on,
        certificate_no=line.certificate_no,
    )  # fmt: skip
    entered = units.enter_issue(session, new, issue_id=uuid5(plan.id, f"line/{line.place}"), by=plan.author_id, now=now)
    if plan.reviewer_id is None:
        raise PlanUnknown(event=event.id)
    units.approve_issue(session, issue_id=entered.id, by=plan.reviewer_id, now=now)
    return units.Take(event.organiser_id, kind, line.grams, entered.id)


def _plan_line(plan: Plan, place: int, new: FromHolder | FromRegistry) -> PlanLine:
    if isinstance(new, FromHolder):
        return PlanLine(
            plan_id=plan.id, place=place, kind=new.kind, grams=new.grams, holder=new.holder, book="",
            first_serial="", last_serial="", grams_per_unit=0, project="", year=0, cancelled_on=None,
            certificate_no="", proof_file=None,
        )  # fmt: skip
    return PlanLine(
        plan_id=plan.id, place=place, kind=new.kind, grams=0, holder=None, book=new.registry,
        first_serial=new.first_serial, last_serial=new.last_serial, grams_per_unit=new.grams_per_unit,
        project=new.project, year=new.year, cancelled_on=new.cancelled_on, certificate_no=new.certificate_no,
        proof_file=new.proof_file,
    )  # fmt: skip


def _check_writable(plan: Plan) -> None:
    if plan.submitted_at is not None:
        raise PlanUnknown(event=plan.event_id)


def planned_grams(lines: Sequence[PlanLine]) -> int:
    """Answer what the lines of a plan come to, in grams."""
    return sum(line.grams for line in lines)
