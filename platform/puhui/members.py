"""Institutions and people together: what the partners' floor keeps of members, and what the platform lets them do.

A member's row says department and role; a membership of the same role opens the institution's pages. Both are set
here, in one transaction, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from partners.institutions import actions, members
from partners.institutions.model import Institution, Member, MemberRole, ShownAs, Type
from puhui.identity.model import Kind, Membership, Organisation, Person, PersonKey, Role
from puhui.identity.people import create_organisation, join, leave
from puhui.identity.vault import Vault


@dataclass(frozen=True, slots=True)
class Application:
    """What an institution says of itself when it applies; *code* is its 统一社会信用代码."""

    name: str
    name_en: str | None
    code: str
    type: Type
    county_code: str
    parent_id: UUID | None = None


def apply_institution(
    session: Session, *, vault: Vault, application: Application, by: UUID, now: datetime, id: UUID | None = None
) -> Institution:
    """Let a person apply for an institution; nothing opens before the operator approves. The same *id* is the same act.

    Raises CreditCodeInvalid, InstitutionExists, ParentUnfit.
    """
    known = session.get(Institution, id) if id else None
    if known is not None:
        return known
    organisation = create_organisation(
        session, kind=Kind.INSTITUTION, name=application.name, name_en=application.name_en, now=now, id=id or new_id()
    )
    return actions.apply(
        session,
        institution_id=organisation.id,
        name=application.name,
        name_en=application.name_en,
        code=application.code,
        type=application.type,
        county_code=application.county_code,
        applied_by=by,
        name_key=vault.new_key(organisation.id),
        now=now,
        parent_id=application.parent_id,
    )


def approve_institution(session: Session, institution_id: UUID, *, by: UUID, now: datetime) -> Institution:
    """Approve an application; who applied becomes the first liaison. Raises InstitutionUnknown, InstitutionDecided."""
    institution = actions.decide(session, institution_id, decided_by=by, now=now)
    organisation = session.get_one(Organisation, institution_id)
    organisation.credit_code = institution.credit_code
    member = members.add_member(
        session, institution_id, person_id=institution.applied_by, role=MemberRole.LIAISON, now=now
    )
    _open(session, member, now=now)
    return institution


def refuse_institution(session: Session, institution_id: UUID, *, by: UUID, reason: str, now: datetime) -> Institution:
    """Refuse an application with a reason; the code may apply again. Raises InstitutionUnknown, InstitutionDecided."""
    institution = actions.decide(session, institution_id, decided_by=by, now=now, refusal=reason)
    session.get_one(Organisation, institution_id).closed_at = now
    session.flush()
    return institution


def enrol(
    session: Session,
    institution_id: UUID,
    *,
    person_id: UUID,
    role: MemberRole,
    department_id: UUID | None,
    now: datetime,
) -> Member:
    """Make a person a member without an invitation, as the demo town does; the pages invite."""
    member = members.add_member(
        session, institution_id, person_id=person_id, role=role, department_id=department_id, now=now
    )
    _open(session, member, now=now)
    return member


def accept_invitation(session: Session, invitation_id: UUID, *, person_id: UUID, now: datetime) -> Member:
    """Join by an invitation. Raises InvitationNotAccepted, InstitutionNotApproved."""
    person = session.get_one(Person, person_id)
    member = members.accept(session, invitation_id, person_id=person_id, addressee=person.phone_hash or b"", now=now)
    _open(session, member, now=now)
    return member


def place(
    session: Session,
    institution_id: UUID,
    member_id: UUID,
    *,
    role: MemberRole,
    department_id: UUID | None,
    now: datetime,
) -> Member:
    """Give a member another role or department, on both floors.

    Raises MemberUnknown, DepartmentNeeded, DepartmentUnknown, LastLiaison.
    """
    member = members.place_member(session, institution_id, member_id, role=role, department_id=department_id)
    for membership in _open_memberships(session, member):
        if membership.role.value != member.role.value:
            leave(session, membership_id=membership.id, now=now)
    _open(session, member, now=now)
    return member


def end(session: Session, institution_id: UUID, member_id: UUID, *, now: datetime) -> Member:
    """End a membership on both floors; points stay the person's. Raises MemberUnknown, LastLiaison."""
    member = members.end_member(session, institution_id, member_id, now=now)
    for membership in _open_memberships(session, member):
        leave(session, membership_id=membership.id, now=now)
    return member


def names_of(session: Session, vault: Vault, person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Open the names of people in one statement; who has none or closed the account is left out."""
    rows = session.execute(
        sa.select(Person.id, Person.name_sealed, PersonKey.wrapped)
        .join(PersonKey, PersonKey.person_id == Person.id)
        .where(Person.id.in_(set(person_ids)), Person.name_sealed.is_not(None))
    )
    return {row.id: vault.open(row.wrapped, person=row.id, field="name", sealed=row.name_sealed) for row in rows}


def appearances(session: Session, vault: Vault, shown: Mapping[UUID, ShownAs | str]) -> dict[UUID, str]:
    """Answer how people appear to colleagues: by name or initial where they chose to; others are left out."""
    willing = {person: choice for person, choice in shown.items() if choice != ShownAs.ANONYMOUS}
    names = names_of(session, vault, willing) if willing else {}
    return {
        person: names[person] if choice == ShownAs.NAME else f"{names[person][:1]}*"
        for person, choice in willing.items()
        if person in names
    }


def seal(institution: Institution, vault: Vault, *, field: str, text: str) -> bytes:
    """Seal a name or 工号 of a sheet under the institution's key."""
    if not institution.name_key:
        raise LookupError("an institution that applied has a key")
    return vault.seal(institution.name_key, person=institution.id, field=field, text=text)


def unseal(institution: Institution, vault: Vault, *, field: str, sealed: bytes | None) -> str | None:
    """Open what ``seal`` made; None for nothing."""
    if sealed is None or not institution.name_key:
        return None
    return vault.open(institution.name_key, person=institution.id, field=field, sealed=sealed)


def staff_hash(institution_id: UUID, vault: Vault, number: str) -> bytes:
    """Answer the keyed hash under which a 工号 of the institution is found again."""
    return vault.fingerprint(f"staff {institution_id}", number.strip())


def _open(session: Session, member: Member, *, now: datetime) -> None:
    join(
        session,
        person=session.get_one(Person, member.person_id),
        organisation=session.get_one(Organisation, member.institution_id),
        role=Role(member.role.value),
        now=now,
    )


def _open_memberships(session: Session, member: Member) -> list[Membership]:
    query = sa.select(Membership).where(
        Membership.person_id == member.person_id,
        Membership.organisation_id == member.institution_id,
        Membership.ended_at.is_(None),
    )
    return list(session.scalars(query.order_by(Membership.id)))
