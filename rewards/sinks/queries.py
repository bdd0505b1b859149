"""Named reads of sink projects and of what belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from rewards.sinks.errors import SinkRecordUnknown, SinkUnknown
from rewards.sinks.model import Parcel, Shift, SinkFactor, SinkProject, SinkRecord


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project of a list with its land in 亩 and its volunteers' hours."""

    project: SinkProject
    area_mu: Decimal
    hours: int


def project_of(session: Session, project_id: UUID, *, organisation_id: UUID | None = None) -> SinkProject:
    """Answer a project, of one organisation where asked. Raises SinkUnknown."""
    project = session.get(SinkProject, project_id)
    if project is None or organisation_id not in (None, project.organisation_id):
        raise SinkUnknown(project=project_id)
    return project


def projects(
    session: Session,
    *,
    organisation_id: UUID | None = None,
    approved_only: bool = False,
    before: UUID | None = None,
    limit: int = 20,
) -> list[ProjectRow]:
    """Answer projects, the newest first, of one organisation or of all, the approved ones alone where asked."""
    area = sa.select(sa.func.coalesce(sa.func.sum(Parcel.area_mu), 0)).where(Parcel.project_id == SinkProject.id)
    hours = sa.select(sa.func.coalesce(sa.func.sum(Shift.hours), 0)).where(Shift.project_id == SinkProject.id)
    query = sa.select(SinkProject, area.scalar_subquery(), hours.scalar_subquery())
    if organisation_id is not None:
        query = query.where(SinkProject.organisation_id == organisation_id)
    if approved_only:
        query = query.where(SinkProject.approved.is_(True))
    if before is not None:
        query = query.where(SinkProject.id < before)
    found = session.execute(query.order_by(SinkProject.id.desc()).limit(limit))
    return [ProjectRow(project, Decimal(area), int(hours)) for project, area, hours in found]


def parcels_of(session: Session, project_id: UUID) -> Sequence[Parcel]:
    """Answer the parcels of a project."""
    return session.scalars(sa.select(Parcel).where(Parcel.project_id == project_id).order_by(Parcel.place)).all()


def records_of(session: Session, project_id: UUID, *, limit: int = 50) -> Sequence[SinkRecord]:
    """Answer the records of a project, the newest year first."""
    query = sa.select(SinkRecord).where(SinkRecord.project_id == project_id)
    return session.scalars(query.order_by(SinkRecord.year.desc(), SinkRecord.made_at.desc()).limit(limit)).all()


def record_of(session: Session, record_id: UUID) -> SinkRecord:
    """Answer a record. Raises SinkRecordUnknown."""
    record = session.get(SinkRecord, record_id)
    if record is None:
        raise SinkRecordUnknown(record=record_id)
    return record


def approved_record(session: Session, project_id: UUID, year: int) -> SinkRecord | None:
    """Answer the last approved record of a year."""
    query = sa.select(SinkRecord).where(
        SinkRecord.project_id == project_id, SinkRecord.year == year, SinkRecord.approved.is_(True)
    )
    return session.scalars(query.order_by(SinkRecord.made_at.desc(), SinkRecord.id.desc()).limit(1)).first()


def waiting_projects(session: Session, *, limit: int = 50) -> Sequence[SinkProject]:
    """Answer the projects that wait for a reviewer, the oldest first."""
    query = sa.select(SinkProject).where(SinkProject.reviewed_at.is_(None))
    return session.scalars(query.order_by(SinkProject.id).limit(limit)).all()


def waiting_records(session: Session, *, limit: int = 50) -> list[tuple[SinkRecord, SinkProject]]:
    """Answer the records that wait for a reviewer with their projects, the oldest first."""
    query = (
        sa.select(SinkRecord, SinkProject)
        .join(SinkProject, SinkProject.id == SinkRecord.project_id)
        .where(SinkRecord.reviewed_at.is_(None))
        .order_by(SinkRecord.made_at, SinkRecord.id)
        .limit(limit)
    )
    return [(record, project) for record, project in session.execute(query)]


def factor_of(session: Session, method: str) -> SinkFactor | None:
    """Answer the factor of a method that is in force; None where the operator set none."""
    query = sa.select(SinkFactor).where(SinkFactor.method == method)
    return session.scalars(query.order_by(SinkFactor.set_at.desc(), SinkFactor.id.desc()).limit(1)).first()


def shifts_of(session: Session, project_id: UUID, *, limit: int = 200) -> Sequence[Shift]:
    """Answer the hours that were signed off, the newest day first."""
    query = sa.select(Shift).where(Shift.project_id == project_id)
    return session.scalars(query.order_by(Shift.day.desc(), Shift.id).limit(limit)).all()
