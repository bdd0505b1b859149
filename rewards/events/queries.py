"""Named reads of events and of what belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

import ledger
from rewards.events.errors import CertificateUnknown, EventUnknown, InventoryUnknown, PlanUnknown
from rewards.events.model import (
    Certificate,
    Event,
    Inventory,
    Line,
    Measure,
    Parameter,
    Participant,
    Plan,
    PlanLine,
    Source,
    Stage,
)
from rewards.events.rules import Trip

if TYPE_CHECKING:
    from rewards.events.participants import NewParticipant


Versioned = TypeVar("Versioned", Inventory, Plan, Certificate)


@dataclass(frozen=True, slots=True)
class Standing:
    """An event with its last inventory, plan and certificate, and where it stands by them."""

    event: Event
    inventory: Inventory | None
    plan: Plan | None
    certificate: Certificate | None

    @property
    def stage(self) -> Stage:
        """What there is to do next."""
        if self.event.cancelled_at is not None:
            return Stage.CANCELLED
        if self.inventory is None:
            return Stage.PLANNED
        if self.inventory.submitted_at is None or self.inventory.approved is False:
            return Stage.COUNTING
        return self._offset_stage() if self.inventory.reviewed_at else Stage.INVENTORY_IN_REVIEW

    def _offset_stage(self) -> Stage:
        plan, inventory = self.plan, self.inventory
        if plan is None or inventory is None or plan.inventory_id != inventory.id:
            return Stage.OFFSETTING
        if plan.submitted_at is None or plan.approved is False:
            return Stage.OFFSETTING
        if plan.reviewed_at is None:
            return Stage.PLAN_IN_REVIEW
        certified = self.certificate is not None and self.certificate.plan_id == plan.id
        return Stage.CERTIFIED if certified else Stage.RETIRING


@dataclass(frozen=True, slots=True)
class People:
    """How many registered, came, and said how they came."""

    registered: int
    signed_in: int
    travelled: int


def event_of(session: Session, event_id: UUID, *, organiser_id: UUID | None = None) -> Event:
    """Answer an event, of one organiser where asked. Raises EventUnknown."""
    event = session.get(Event, event_id)
    if event is None or organiser_id not in (None, event.organiser_id):
        raise EventUnknown(event=event_id)
    return event


def events(
    session: Session,
    *,
    organiser_id: UUID | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 20,
) -> Sequence[Event]:
    """Answer events, the latest first, of one organiser or of all, older than *before*."""
    query = sa.select(Event)
    if organiser_id is not None:
        query = query.where(Event.organiser_id == organiser_id)
    if before is not None:
        place = sa.tuple_(sa.literal(before[0]), sa.literal(before[1]))
        query = query.where(sa.tuple_(Event.starts_at, Event.id) < place)
    return session.scalars(query.order_by(Event.starts_at.desc(), Event.id.desc()).limit(limit)).all()


def standings(session: Session, found: Sequence[Event]) -> list[Standing]:
    """Answer where events stand, in their order; three reads whatever their number."""
    ids = [event.id for event in found]
    inventories = {one.event_id: one for one in session.scalars(_last_of(Inventory, ids))}
    plans = {one.event_id: one for one in session.scalars(_last_of(Plan, ids))}
    certificates = {one.event_id: one for one in session.scalars(_last_of(Certificate, ids))}
    return [Standing(each, inventories.get(each.id), plans.get(each.id), certificates.get(each.id)) for each in found]


def standing_of(session: Session, event: Event) -> Standing:
    """Answer where an event stands."""
    return standings(session, [event])[0]


def waiting(session: Session, *, organiser_id: UUID | None, limit: int = 50) -> list[Standing]:
    """Answer events whose inventory or plan waits for a reviewer, of one organiser or of all, the oldest first."""
    counted = sa.select(Inventory.event_id).where(Inventory.submitted_at.is_not(None), Inventory.reviewed_at.is_(None))
    planned = sa.select(Plan.event_id).where(Plan.submitted_at.is_not(None), Plan.reviewed_at.is_(None))
    query = sa.select(Event).where(sa.or_(Event.id.in_(counted), Event.id.in_(planned)), Event.cancelled_at.is_(None))
    if organiser_id is not None:
        query = query.where(Event.organiser_id == organiser_id)
    return standings(session, session.scalars(query.order_by(Event.starts_at, Event.id).limit(limit)).all())


def unfinished(session: Session, *, since: datetime, until: datetime, limit: int = 1000) -> list[Standing]:
    """Answer events that ended between two instants, were not cancelled and have no certificate yet."""
    query = (
        sa.select(Event)
        .where(Event.ends_at > since, Event.ends_at <= until, Event.cancelled_at.is_(None))
        .where(~sa.exists().where(Certificate.event_id == Event.id))
        .order_by(Event.ends_at, Event.id)
        .limit(limit)
    )
    return standings(session, session.scalars(query).all())


def measures_of(session: Session, event_id: UUID) -> Sequence[Measure]:
    """Answer the measures of an event in their order."""
    return session.scalars(sa.select(Measure).where(Measure.event_id == event_id).order_by(Measure.place)).all()


def last_inventory(session: Session, event_id: UUID) -> Inventory | None:
    """Answer the newest version of the inventory."""
    return session.scalars(_last_of(Inventory, [event_id])).one_or_none()


def draft_inventory(session: Session, event_id: UUID) -> Inventory:
    """Answer the inventory that is being written. Raises InventoryUnknown."""
    last = last_inventory(session, event_id)
    if last is None or last.submitted_at is not None:
        raise InventoryUnknown(event=event_id)
    return last


def inventory_in_review(session: Session, event_id: UUID) -> Inventory:
    """Answer the inventory that waits for its reviewer. Raises InventoryUnknown."""
    last = last_inventory(session, event_id)
    if last is None or last.submitted_at is None or last.reviewed_at is not None:
        raise InventoryUnknown(event=event_id)
    return last


def lines_of(session: Session, inventory_id: UUID) -> list[Line]:
    """Answer the lines of an inventory by source in the order of a certificate, then as they were written."""
    lines = session.scalars(sa.select(Line).where(Line.inventory_id == inventory_id)).all()
    order = {source: place for place, source in enumerate(Source)}
    return sorted(lines, key=lambda line: (order[Source(line.source)], line.place))


def last_plan(session: Session, event_id: UUID) -> Plan | None:
    """Answer the newest version of the offset plan."""
    return session.scalars(_last_of(Plan, [event_id])).one_or_none()


def open_plan(session: Session, event_id: UUID) -> Plan | None:
    """Answer the plan that is being written or in review, or approved and not yet retired."""
    plan = last_plan(session, event_id)
    if plan is None or plan.approved is False or certificate_of_plan(session, plan.id) is not None:
        return None
    return plan


def draft_plan(session: Session, event_id: UUID) -> Plan:
    """Answer the plan that is being written. Raises PlanUnknown."""
    plan = last_plan(session, event_id)
    if plan is None or plan.submitted_at is not None:
        raise PlanUnknown(event=event_id)
    return plan


def plan_in_review(session: Session, event_id: UUID) -> Plan:
    """Answer the plan that waits for its reviewer. Raises PlanUnknown."""
    plan = last_plan(session, event_id)
    if plan is None or plan.submitted_at is None or plan.reviewed_at is not None:
        raise PlanUnknown(event=event_id)
    return plan


def plan_lines(session: Session, plan_id: UUID) -> Sequence[PlanLine]:
    """Answer the lines of a plan."""
    query = sa.select(PlanLine).where(PlanLine.plan_id == plan_id)
    return session.scalars(query.order_by(PlanLine.place)).all()


def retired_plans(session: Session, event_id: UUID) -> Sequence[Plan]:
    """Answer the plans of an event that were retired."""
    query = sa.select(Plan).where(Plan.event_id == event_id, Plan.retirement_id.is_not(None))
    return session.scalars(query.order_by(Plan.version)).all()


def certificates_of(session: Session, event_id: UUID) -> Sequence[Certificate]:
    """Answer every version of an event's certificate, the newest first."""
    query = sa.select(Certificate).where(Certificate.event_id == event_id)
    return session.scalars(query.order_by(Certificate.version.desc())).all()


def certificate_of_plan(session: Session, plan_id: UUID) -> Certificate | None:
    """Answer the certificate that followed a plan, if it was carried out."""
    return session.scalars(sa.select(Certificate).where(Certificate.plan_id == plan_id)).one_or_none()


def certificate_coded(session: Session, code: str) -> Certificate:
    """Answer the certificate of a verification code. Raises CertificateUnknown."""
    found = session.scalars(sa.select(Certificate).where(Certificate.code == code)).one_or_none()
    if found is None:
        raise CertificateUnknown(code=code)
    return found


def certificates(session: Session, *, before: UUID | None = None, limit: int = 20) -> Sequence[Certificate]:
    """Answer the newest certificates, each event's last version only."""
    newer = sa.orm.aliased(Certificate)
    query = sa.select(Certificate).where(
        ~sa.exists().where(newer.event_id == Certificate.event_id, newer.version > Certificate.version)
    )
    if before is not None:
        query = query.where(Certificate.id < before)
    return session.scalars(query.order_by(Certificate.id.desc()).limit(limit)).all()


def people_of(session: Session, event_id: UUID) -> People:
    """Answer how many registered, came, and said how they came."""
    query = sa.select(sa.func.count(), sa.func.count(Participant.signed_in_at), sa.func.count(Participant.mode)).where(
        Participant.stripe == ledger.stripe_of(event_id), Participant.event_id == event_id
    )
    return People(*session.execute(query).one())


def trips_of(session: Session, event_id: UUID, *, signed_in: bool) -> list[Trip]:
    """Answer how people came who said so, of those who signed in or of all who registered."""
    query = sa.select(Participant.mode, Participant.metres).where(
        Participant.stripe == ledger.stripe_of(event_id),
        Participant.event_id == event_id,
        Participant.mode.is_not(None),
    )
    if signed_in:
        query = query.where(Participant.signed_in_at.is_not(None))
    return [Trip(mode or "", metres or 0) for mode, metres in session.execute(query)]


def modes_of(session: Session, event_id: UUID) -> dict[str, int]:
    """Answer how many came by each way, of those who signed in; of all who registered where nobody signed in yet."""
    query = (
        sa.select(Participant.mode, sa.func.count(), sa.func.count(Participant.signed_in_at))
        .where(
            Participant.stripe == ledger.stripe_of(event_id),
            Participant.event_id == event_id,
            Participant.mode.is_not(None),
        )
        .group_by(Participant.mode)
    )
    rows = session.execute(query).all()
    came = {mode or "": signed for mode, _all, signed in rows if signed}
    return came or {mode or "": everybody for mode, everybody, _signed in rows}


def participants(
    session: Session, event_id: UUID, *, after: tuple[datetime, UUID] | None = None, limit: int = 50
) -> Sequence[Participant]:
    """Answer the people of an event in the order in which they registered."""
    query = sa.select(Participant).where(
        Participant.stripe == ledger.stripe_of(event_id), Participant.event_id == event_id
    )
    if after is not None:
        place = sa.tuple_(sa.literal(after[0]), sa.literal(after[1]))
        query = query.where(sa.tuple_(Participant.registered_at, Participant.id) > place)
    return session.scalars(query.order_by(Participant.registered_at, Participant.id).limit(limit)).all()


def participant_like(session: Session, event_id: UUID, new: NewParticipant) -> Participant | None:
    """Answer who has this id, account or phone among an event's people, locked."""
    same = [Participant.id == new.id]
    if new.person_id is not None:
        same.append(Participant.person_id == new.person_id)
    if new.phone_hash is not None:
        same.append(Participant.phone_hash == new.phone_hash)
    query = sa.select(Participant).where(
        Participant.stripe == ledger.stripe_of(event_id), Participant.event_id == event_id, sa.or_(*same)
    )
    return session.scalars(query.order_by(Participant.registered_at, Participant.id).limit(1).with_for_update()).first()


def parameters(session: Session) -> dict[str, Parameter]:
    """Answer the newest number that the operator set for each item."""
    query = sa.select(Parameter).ext(distinct_on(Parameter.item))
    found = session.scalars(query.order_by(Parameter.item, Parameter.entered_at.desc(), Parameter.id.desc()))
    return {parameter.item: parameter for parameter in found}


def parameter_history(session: Session, *, limit: int = 100) -> Sequence[Parameter]:
    """Answer every number that was set, the newest first."""
    return session.scalars(sa.select(Parameter).order_by(Parameter.id.desc()).limit(limit)).all()


def _last_of(model: type[Versioned], ids: Sequence[UUID]) -> sa.Select[Versioned]:
    query = sa.select(model).ext(distinct_on(model.event_id)).where(model.event_id.in_(ids))
    return query.order_by(model.event_id, model.version.desc()).execution_options(populate_existing=True)
