"""Institutions apply and are approved; departments open, move and close. Members are in ``members``.

Each writing action on the tree or the members locks the institution's row first, so that two liaisons do not undo each
other's rules.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from partners.institutions.errors import (
    DepartmentInUse,
    InstitutionDecided,
    InstitutionExists,
    InstitutionNotApproved,
    InstitutionUnknown,
    ParentUnfit,
)
from partners.institutions.model import Department, Institution, InstitutionYear, Member, State, Type
from partners.institutions.queries import ancestors_of, institution_of, tree_of
from partners.institutions.rules import check_year, credit_code


def apply(
    session: Session,
    *,
    institution_id: UUID,
    name: str,
    name_en: str | None,
    code: str,
    type: Type,
    county_code: str,
    applied_by: UUID,
    name_key: bytes,
    now: datetime,
    parent_id: UUID | None = None,
) -> Institution:
    """Apply for the organisation *institution_id*; *code* is its 统一社会信用代码.

    Raises CreditCodeInvalid, InstitutionExists, ParentUnfit.
    """
    plain = credit_code(code)
    taken = sa.select(Institution.id).where(Institution.credit_code == plain, Institution.refusal.is_(None))
    if session.scalar(taken) is not None:
        raise InstitutionExists(credit_code=plain)
    _check_parent(session, institution_id, parent_id)
    institution = Institution(
        id=institution_id,
        name=name,
        name_en=name_en,
        credit_code=plain,
        type=type,
        county_code=county_code,
        parent_id=parent_id,
        applied_by=applied_by,
        applied_at=now,
        name_key=name_key,
    )
    session.add(institution)
    session.flush()
    return institution


def decide(
    session: Session, institution_id: UUID, *, decided_by: UUID, now: datetime, refusal: str | None = None
) -> Institution:
    """Approve an application, or refuse it with a reason. Raises InstitutionUnknown, InstitutionDecided."""
    institution = locked(session, institution_id)
    if institution.decided_at is not None:
        raise InstitutionDecided(institution=institution_id)
    institution.decided_by, institution.decided_at, institution.refusal = decided_by, now, refusal
    session.flush()
    return institution


def place_institution(session: Session, institution_id: UUID, *, parent_id: UUID | None) -> Institution:
    """Put an institution below another, or below none. Raises InstitutionUnknown, ParentUnfit."""
    institution = locked(session, institution_id)
    _check_parent(session, institution_id, parent_id)
    institution.parent_id = parent_id
    session.flush()
    return institution


def record_year(
    session: Session,
    institution_id: UUID,
    *,
    year: int,
    floor_area_m2: Decimal,
    headcount: int,
    source: str,
    by: UUID,
    now: datetime,
) -> InstitutionYear:
    """Record floor area (m²) and headcount of a year; said again, the newest counts. Raises YearInvalid."""
    check_year(year=year, floor_area_m2=floor_area_m2, headcount=headcount, now=now)
    recorded = InstitutionYear(
        id=new_id(),
        institution_id=institution_id,
        year=year,
        floor_area_m2=floor_area_m2,
        headcount=headcount,
        source=source,
        recorded_by=by,
        recorded_at=now,
    )
    session.add(recorded)
    session.flush()
    return recorded


def open_department(
    session: Session,
    institution_id: UUID,
    *,
    name: str,
    now: datetime,
    parent_id: UUID | None = None,
    department_id: UUID | None = None,
) -> Department:
    """Open a department. Raises InstitutionNotApproved, then what ``Tree.check_new`` raises."""
    approved(session, institution_id)
    tree_of(session, institution_id).check_new(name, parent_id)
    department = Department(
        id=department_id or new_id(), institution_id=institution_id, parent_id=parent_id, name=name, opened_at=now
    )
    session.add(department)
    session.flush()
    return department


def rename_department(session: Session, institution_id: UUID, department_id: UUID, *, name: str) -> Department:
    """Give a department another name. Raises DepartmentUnknown, DepartmentNameTaken."""
    locked(session, institution_id)
    tree = tree_of(session, institution_id)
    department = tree.find(department_id)
    tree.check_name(name, department.parent_id, department_id=department_id)
    department.name = name
    session.flush()
    return department


def move_department(
    session: Session, institution_id: UUID, department_id: UUID, *, parent_id: UUID | None
) -> Department:
    """Move a department with all below it. Raises what ``Tree.check_move`` raises."""
    locked(session, institution_id)
    tree = tree_of(session, institution_id)
    tree.check_move(department_id, parent_id)
    department = tree.find(department_id)
    department.parent_id = parent_id
    session.flush()
    return department


def close_department(session: Session, institution_id: UUID, department_id: UUID, *, now: datetime) -> Department:
    """Close a department that nobody and nothing is in any more. Raises DepartmentUnknown, DepartmentInUse."""
    locked(session, institution_id)
    tree = tree_of(session, institution_id)
    department = tree.find(department_id)
    members = session.scalar(
        sa.select(sa.func.count()).where(
            Member.institution_id == institution_id, Member.department_id == department_id, Member.ended_at.is_(None)
        )
    )
    below = len(tree.below(department_id))
    if members or below:
        raise DepartmentInUse(department=department_id, members=members, departments=below)
    department.closed_at = now
    session.flush()
    return department


def locked(session: Session, institution_id: UUID) -> Institution:
    """Lock the institution until the transaction ends. Raises InstitutionUnknown."""
    institution = session.scalar(
        sa.select(Institution)
        .where(Institution.id == institution_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if institution is None:
        raise InstitutionUnknown(institution=institution_id)
    return institution


def approved(session: Session, institution_id: UUID) -> Institution:
    """Lock an institution that the operator approved. Raises InstitutionUnknown, InstitutionNotApproved."""
    institution = locked(session, institution_id)
    if institution.state is not State.APPROVED:
        raise InstitutionNotApproved(institution=institution_id)
    return institution


def _check_parent(session: Session, institution_id: UUID, parent_id: UUID | None) -> None:
    if parent_id is None:
        return
    try:
        parent = institution_of(session, parent_id)
    except InstitutionUnknown as error:
        raise ParentUnfit(institution=institution_id, parent=parent_id) from error
    if parent.state is not State.APPROVED or institution_id in ancestors_of(session, parent_id):
        raise ParentUnfit(institution=institution_id, parent=parent_id)
