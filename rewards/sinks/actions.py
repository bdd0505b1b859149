"""Sink projects: registered, approved, monitored, issued by year; volunteers' hours signed off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import ledger
from rewards import units
from rewards.sinks import queries, rules
from rewards.sinks.errors import ShiftSignedOff, SinkNotApproved, SinkReviewed, SinkYearIssued
from rewards.sinks.model import Parcel, Shift, SinkFactor, SinkProject, SinkRecord

REGISTRY = "普惠碳汇登记簿"


def register_project(
    session: Session,
    *,
    project_id: UUID,
    organisation_id: UUID,
    name: str,
    county_code: str,
    method: str,
    words: str,
    by: UUID,
    now: datetime,
) -> SinkProject:
    """Register a project for review; the same id again answers the same one. Raises SinkInvalid, SinkMethodUnknown."""
    known = session.get(SinkProject, project_id)
    if known is not None:
        return known
    project = SinkProject(
        id=project_id, organisation_id=organisation_id, name=name, county_code=county_code, method=method,
        words=words, author_id=by, made_at=now, reviewer_id=None, reviewed_at=None, approved=None, review_note=None,
        gifts_at=None,
    )  # fmt: skip
    rules.check_project(project)
    session.add(project)
    session.flush()
    return project


def add_parcel(session: Session, *, project: SinkProject, name: str, area_mu: Decimal, county_code: str) -> Parcel:
    """Add a piece of land. Raises SinkInvalid."""
    rules.check_parcel(name=name, area_mu=area_mu, county_code=county_code)
    session.refresh(project, with_for_update=True)
    place = max((parcel.place for parcel in queries.parcels_of(session, project.id)), default=0) + 1
    parcel = Parcel(project_id=project.id, place=place, name=name, area_mu=area_mu, county_code=county_code)
    session.add(parcel)
    session.flush()
    return parcel


def review_project(
    session: Session, *, project: SinkProject, approves: bool, note: str, by: UUID, now: datetime
) -> SinkProject:
    """Approve a project or send it back. Raises OwnSinkWork, SinkReviewed."""
    session.refresh(project, with_for_update=True)
    if project.approved:
        raise SinkReviewed(at=project.reviewed_at)
    rules.check_second_person(author=project.author_id, reviewer=by)
    project.reviewer_id, project.reviewed_at, project.approved, project.review_note = by, now, approves, note
    session.flush()
    return project


def record_year(
    session: Session,
    *,
    record_id: UUID,
    project: SinkProject,
    year: int,
    quantity: Decimal,
    words: str,
    files: Sequence[UUID],
    by: UUID,
    now: datetime,
) -> SinkRecord:
    """Record what was counted or measured; the same id again answers the same record. Raises SinkInvalid."""
    rules.check_record(year=year, quantity=quantity, now=now)
    known = session.get(SinkRecord, record_id)
    if known is not None:
        return known
    record = SinkRecord(
        id=record_id, project_id=project.id, year=year, quantity=quantity, words=words, files=list(files),
        author_id=by, made_at=now, reviewer_id=None, reviewed_at=None, approved=None, review_note=None,
    )  # fmt: skip
    session.add(record)
    session.flush()
    return record


def review_record(
    session: Session, *, record: SinkRecord, approves: bool, note: str, by: UUID, now: datetime
) -> SinkRecord:
    """Approve a record or send it back. Raises OwnSinkWork, SinkReviewed."""
    session.refresh(record, with_for_update=True)
    if record.reviewed_at is not None:
        raise SinkReviewed(at=record.reviewed_at)
    rules.check_second_person(author=record.author_id, reviewer=by)
    record.reviewer_id, record.reviewed_at, record.approved, record.review_note = by, now, approves, note
    session.flush()
    return record


def set_factor(
    session: Session,
    *,
    factor_id: UUID,
    method: str,
    grams_per_unit: int,
    permille: int,
    source: str,
    by: UUID,
    now: datetime,
) -> SinkFactor:
    """Set what a unit of a method is worth; earlier issues stay as they are. Raises SinkMethodUnknown."""
    rules.method_of(method)
    known = session.get(SinkFactor, factor_id)
    if known is not None:
        return known
    factor = SinkFactor(
        id=factor_id, method=method, grams_per_unit=grams_per_unit, permille=permille, source=source, set_by=by,
        set_at=now,
    )  # fmt: skip
    session.add(factor)
    session.flush()
    return factor


def enter_year(session: Session, *, project: SinkProject, year: int, by: UUID, now: datetime) -> units.Issue:
    """Enter a year's issue for a second person to approve: the approved record times the factor of now.

    Raises SinkNotApproved, SinkYearIssued, SinkMethodUnset, SinkRecordMissing, SinkTooLittle.
    """
    session.refresh(project, with_for_update=True)
    if not project.approved:
        raise SinkNotApproved(project=project.id)
    issued = sa.select(units.Issue.id).where(units.Issue.sink_project_id == project.id, units.Issue.year == year)
    if session.scalars(issued).first() is not None:
        raise SinkYearIssued(year=year)
    record, factor = queries.approved_record(session, project.id, year), queries.factor_of(session, project.method)
    count = rules.units_of(record, factor, method=project.method, year=year)
    first, last = rules.serials(project, year, count)
    new = units.NewIssue(
        kind=units.UnitKind.SINK, registry=REGISTRY, first_serial=first, last_serial=last,
        grams_per_unit=rules.UNIT_GRAMS, holder=project.organisation_id, project=project.name, year=year,
        source=factor.source if factor else "", method=project.method, sink_project_id=project.id,
    )  # fmt: skip
    return units.enter_issue(session, new, issue_id=uuid5(project.id, f"year/{year}"), by=by, now=now)


def sign_off(
    session: Session,
    *,
    shift_id: UUID,
    project: SinkProject,
    person_id: UUID,
    day: date,
    hours: int,
    by: UUID,
    now: datetime,
    today: date,
) -> tuple[Shift, bool]:
    """Sign a volunteer's day off, once; answer the shift and whether it is new (its act is to be reported then).

    Raises SinkNotApproved, OwnSinkWork, ShiftInvalid, ShiftSignedOff where the day has other hours already.
    """
    if not project.approved:
        raise SinkNotApproved(project=project.id)
    rules.check_second_person(author=person_id, reviewer=by)
    rules.check_shift(hours=hours, day=day, today=today)
    stripe = ledger.stripe_of(person_id)
    values = {
        "stripe": stripe, "id": shift_id, "project_id": project.id, "person_id": person_id, "day": day,
        "hours": hours, "signed_off_by": by, "signed_off_at": now, "points": 0, "answer": "",
    }  # fmt: skip
    made = session.scalar(insert(Shift).values(values).on_conflict_do_nothing().returning(Shift.id))
    query = sa.select(Shift).filter_by(stripe=stripe, project_id=project.id, person_id=person_id, day=day)
    shift = session.scalars(query.with_for_update()).one()
    if shift.hours != hours:
        raise ShiftSignedOff(day=day.isoformat())
    return shift, made is not None


def open_gifts(session: Session, *, project: SinkProject, now: datetime) -> None:
    """Let people give coins to the project from now on. Raises SinkNotApproved."""
    if not project.approved:
        raise SinkNotApproved(project=project.id)
    project.gifts_at = project.gifts_at or now
    session.flush()
