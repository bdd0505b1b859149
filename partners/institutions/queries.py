"""Named reads of institutions, departments and members; every list is bounded and ordered by a unique key."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from partners.institutions.errors import InstitutionUnknown, MemberUnknown
from partners.institutions.model import (
    Department,
    Institution,
    InstitutionYear,
    Invitation,
    Member,
    MemberRole,
    State,
    Type,
)
from partners.institutions.rules import DEPARTMENTS_AT_MOST, Tree

LEVELS_AT_MOST = 20
ONE_EXPORT = 20_000


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """Which members a list shows: of these departments (None for all), of a role, with a 工号's keyed hash."""

    departments: Sequence[UUID] | None = None
    role: MemberRole | None = None
    staff_hash: bytes | None = None
    without_department: bool = False


def institution_of(session: Session, institution_id: UUID) -> Institution:
    """Answer the institution. Raises InstitutionUnknown."""
    institution = session.get(Institution, institution_id)
    if institution is None:
        raise InstitutionUnknown(institution=institution_id)
    return institution


def institutions_by_id(session: Session, ids: Collection[UUID]) -> dict[UUID, Institution]:
    """Answer the institutions of *ids* in one statement; unknown ids are left out."""
    found = session.scalars(sa.select(Institution).where(Institution.id.in_(set(ids))))
    return {institution.id: institution for institution in found}


def institutions(
    session: Session,
    *,
    state: State | None = None,
    type: Type | None = None,
    county: str | None = None,
    name: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Institution]:
    """Answer institutions by name; *county* is a whole code or its beginning, *name* a part of the name."""
    query = sa.select(Institution).order_by(Institution.name, Institution.id)
    if state is State.APPLIED:
        query = query.where(Institution.decided_at.is_(None))
    elif state is not None:
        is_refused = Institution.refusal.is_not(None)
        query = query.where(
            Institution.decided_at.is_not(None), is_refused if state is State.REFUSED else sa.not_(is_refused)
        )
    if type is not None:
        query = query.where(Institution.type == type)
    if county:
        query = query.where(Institution.county_code.startswith(county, autoescape=True))
    if name:
        query = query.where(Institution.name.contains(name, autoescape=True))
    return list(session.scalars(query.limit(limit).offset(offset)))


def applications_of(session: Session, person_id: UUID) -> list[Institution]:
    """Answer what a person applied for, newest first, twenty at most."""
    query = sa.select(Institution).where(Institution.applied_by == person_id)
    return list(session.scalars(query.order_by(Institution.applied_at.desc(), Institution.id).limit(20)))


def children_of(session: Session, institution_id: UUID, *, limit: int = 200) -> list[Institution]:
    """Answer the approved institutions directly below, by name."""
    query = sa.select(Institution).where(
        Institution.parent_id == institution_id,
        Institution.decided_at.is_not(None),
        Institution.refusal.is_(None),
    )
    return list(session.scalars(query.order_by(Institution.name, Institution.id).limit(limit)))


def ancestors_of(session: Session, institution_id: UUID) -> list[UUID]:
    """Answer the institution and those above it, twenty levels at most."""
    way = [institution_id]
    while len(way) < LEVELS_AT_MOST:
        above = session.scalar(sa.select(Institution.parent_id).where(Institution.id == way[-1]))
        if above is None or above in way:
            break
        way.append(above)
    return way


def years_of(session: Session, institution_id: UUID) -> list[InstitutionYear]:
    """Answer what counts for each year, the newest year first: floor area and headcount as last recorded."""
    query = (
        sa.select(InstitutionYear)
        .ext(distinct_on(InstitutionYear.year))
        .where(InstitutionYear.institution_id == institution_id)
        .order_by(InstitutionYear.year.desc(), InstitutionYear.recorded_at.desc(), InstitutionYear.id.desc())
    )
    return list(session.scalars(query.limit(100)))


def year_of(session: Session, institution_id: UUID, year: int) -> InstitutionYear | None:
    """Answer what counts for *year*, or None where nothing was recorded."""
    query = sa.select(InstitutionYear).where(
        InstitutionYear.institution_id == institution_id, InstitutionYear.year == year
    )
    return session.scalar(query.order_by(InstitutionYear.recorded_at.desc(), InstitutionYear.id.desc()).limit(1))


def tree_of(session: Session, institution_id: UUID) -> Tree:
    """Answer the open departments as a tree."""
    query = sa.select(Department).where(Department.institution_id == institution_id, Department.closed_at.is_(None))
    return Tree(session.scalars(query.order_by(Department.id).limit(DEPARTMENTS_AT_MOST)))


def members(
    session: Session, institution_id: UUID, *, which: MemberFilter, after: int = 0, limit: int = 50
) -> list[Member]:
    """Answer running members by number, those after the number *after*."""
    query = _members(institution_id, which).where(Member.number > after)
    return list(session.scalars(query.order_by(Member.number).limit(limit)))


def count_members(session: Session, institution_id: UUID, *, which: MemberFilter) -> int:
    """Answer how many running members the filter lets through."""
    return session.scalar(_members(institution_id, which).with_only_columns(sa.func.count())) or 0


def members_by_department(session: Session, institution_id: UUID) -> dict[UUID | None, int]:
    """Answer how many running members each department has itself; None stands for those without one."""
    rows = session.execute(
        sa.select(Member.department_id, sa.func.count().label("members"))
        .where(Member.institution_id == institution_id, Member.ended_at.is_(None))
        .group_by(Member.department_id)
    )
    return {row.department_id: row.members for row in rows}


def member_of(session: Session, institution_id: UUID, member_id: UUID) -> Member:
    """Answer the running member. Raises MemberUnknown, also for another institution's."""
    member = session.get(Member, member_id)
    if member is None or member.institution_id != institution_id or member.ended_at is not None:
        raise MemberUnknown(member=member_id)
    return member


def memberships_of_person(session: Session, person_id: UUID) -> list[tuple[Member, Institution]]:
    """Answer where a person is a member now, by the institution's name, fifty at most."""
    rows = session.execute(
        sa.select(Member, Institution)
        .join(Institution, Institution.id == Member.institution_id)
        .where(Member.person_id == person_id, Member.ended_at.is_(None))
        .order_by(Institution.name, Member.id)
        .limit(50)
    )
    return [(member, institution) for member, institution in rows]


def invitation_of(session: Session, invitation_id: UUID) -> Invitation | None:
    """Answer the invitation, or None."""
    return session.get(Invitation, invitation_id)


def invitations_of(
    session: Session, institution_id: UUID, *, links: bool, now: datetime, limit: int = 50, offset: int = 0
) -> list[Invitation]:
    """Answer open invitations, the newest first: links, or those for one phone each."""
    query = sa.select(Invitation).where(
        Invitation.institution_id == institution_id,
        Invitation.ended_at.is_(None),
        Invitation.expires_at > now,
        Invitation.addressee.is_(None) if links else Invitation.addressee.is_not(None),
    )
    return list(
        session.scalars(query.order_by(Invitation.made_at.desc(), Invitation.id.desc()).limit(limit).offset(offset))
    )


def invitations_for(session: Session, addressee: bytes, *, now: datetime) -> list[tuple[Invitation, Institution]]:
    """Answer the open invitations for a phone's keyed hash, twenty at most."""
    rows = session.execute(
        sa.select(Invitation, Institution)
        .join(Institution, Institution.id == Invitation.institution_id)
        .where(Invitation.addressee == addressee, Invitation.ended_at.is_(None), Invitation.expires_at > now)
        .order_by(Invitation.made_at, Invitation.id)
        .limit(20)
    )
    return [(invitation, institution) for invitation, institution in rows]


def known_addressees(session: Session, institution_id: UUID, person_ids: Collection[UUID]) -> set[UUID]:
    """Answer which of *person_ids* are members now, in one statement."""
    query = sa.select(Member.person_id).where(
        Member.institution_id == institution_id, Member.ended_at.is_(None), Member.person_id.in_(set(person_ids))
    )
    return set(session.scalars(query))


def _members(institution_id: UUID, which: MemberFilter) -> sa.Select[Member]:
    query = sa.select(Member).where(Member.institution_id == institution_id, Member.ended_at.is_(None))
    if which.departments is not None:
        query = query.where(Member.department_id.in_(which.departments))
    if which.without_department:
        query = query.where(Member.department_id.is_(None))
    if which.role is not None:
        query = query.where(Member.role == which.role)
    if which.staff_hash is not None:
        query = query.where(Member.staff_hash == which.staff_hash)
    return query


def id_of_code(session: Session, text: str | None) -> UUID | None:
    """Answer the approved institution of a 统一社会信用代码; None for an empty text. Raises InstitutionUnknown."""
    if not text:
        return None
    query = sa.select(Institution.id).where(
        Institution.credit_code == "".join(text.split()).upper(),
        Institution.decided_at.is_not(None),
        Institution.refusal.is_(None),
    )
    found = session.scalar(query)
    if found is None:
        raise InstitutionUnknown(credit_code=text[:40])
    return found
