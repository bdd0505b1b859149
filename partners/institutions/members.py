"""Members come by invitation and go; what a member may do on the platform is set beside this, in ``puhui.members``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from partners.institutions.actions import approved, locked
from partners.institutions.errors import LastLiaison, MemberUnknown
from partners.institutions.model import Invitation, Member, MemberRole, ShownAs
from partners.institutions.queries import member_of, tree_of
from partners.institutions.rules import SHEET_DAYS, check_invitation, check_role, link_expiry


def add_member(
    session: Session,
    institution_id: UUID,
    *,
    person_id: UUID,
    role: MemberRole,
    now: datetime,
    department_id: UUID | None = None,
    staff: tuple[bytes, bytes] | None = None,
) -> Member:
    """Make a person a member, or answer the running member; *staff* is the 工号, sealed and hashed.

    Raises InstitutionNotApproved, DepartmentUnknown, DepartmentNeeded.
    """
    approved(session, institution_id)
    check_role(role, department_id)
    if department_id is not None:
        tree_of(session, institution_id).find(department_id)
    running = member_of_person(session, institution_id, person_id)
    if running is not None:
        return running
    sealed, hashed = staff or (None, None)
    member = Member(
        id=new_id(),
        institution_id=institution_id,
        person_id=person_id,
        department_id=department_id,
        role=role,
        number=_next_number(session, institution_id),
        staff_sealed=sealed,
        staff_hash=hashed,
        joined_at=now,
    )
    session.add(member)
    session.flush()
    return member


def place_member(
    session: Session, institution_id: UUID, member_id: UUID, *, role: MemberRole, department_id: UUID | None
) -> Member:
    """Give a member another department or role.

    Raises MemberUnknown, DepartmentNeeded, DepartmentUnknown, LastLiaison.
    """
    locked(session, institution_id)
    member = member_of(session, institution_id, member_id)
    check_role(role, department_id)
    if department_id is not None:
        tree_of(session, institution_id).find(department_id)
    if role is not MemberRole.LIAISON:
        _check_not_last(session, member)
    member.role, member.department_id = role, department_id
    session.flush()
    return member


def end_member(session: Session, institution_id: UUID, member_id: UUID, *, now: datetime) -> Member:
    """End a membership; what the person earned stays the person's. Raises MemberUnknown, LastLiaison."""
    locked(session, institution_id)
    member = member_of(session, institution_id, member_id)
    _check_not_last(session, member)
    member.ended_at = max(now, member.joined_at)
    member.staff_sealed = member.staff_hash = None
    session.flush()
    return member


def choose_appearance(session: Session, institution_id: UUID, *, person_id: UUID, shown_as: ShownAs) -> Member:
    """Keep how a member wants to appear to colleagues. Raises MemberUnknown."""
    member = member_of_person(session, institution_id, person_id)
    if member is None:
        raise MemberUnknown(member=person_id)
    member.shown_as = shown_as
    session.flush()
    return member


def invite_by_link(
    session: Session,
    institution_id: UUID,
    *,
    by: UUID,
    most_uses: int,
    now: datetime,
    department_id: UUID | None = None,
) -> Invitation:
    """Make a link by which *most_uses* people may join as members. Raises InstitutionNotApproved, DepartmentUnknown."""
    approved(session, institution_id)
    if department_id is not None:
        tree_of(session, institution_id).find(department_id)
    invitation = Invitation(
        id=new_id(),
        institution_id=institution_id,
        department_id=department_id,
        role=MemberRole.MEMBER,
        uses=0,
        most_uses=most_uses,
        made_by=by,
        made_at=now,
        expires_at=link_expiry(now),
    )
    session.add(invitation)
    session.flush()
    return invitation


@dataclass(frozen=True, slots=True)
class Entry:
    """Whom a sheet invites: the phone's keyed hash, name and 工号 sealed, where to and as what."""

    addressee: bytes
    role: MemberRole
    department_id: UUID | None
    name_sealed: bytes | None = None
    staff_sealed: bytes | None = None
    staff_hash: bytes | None = None


def invite_many(session: Session, institution_id: UUID, entries: Sequence[Entry], *, by: UUID, now: datetime) -> int:
    """Invite the phones of a sheet in two statements, whatever their number; an open invitation is replaced.

    Answers how many were invited. Raises InstitutionNotApproved.
    """
    approved(session, institution_id)
    if not entries:
        return 0
    session.execute(
        sa.update(Invitation)
        .where(
            Invitation.institution_id == institution_id,
            Invitation.ended_at.is_(None),
            Invitation.addressee == sa.any_(sa.cast([entry.addressee for entry in entries], sa.ARRAY(sa.LargeBinary))),
        )
        .values(ended_at=now, name_sealed=None, staff_sealed=None)
    )
    session.execute(
        sa.insert(Invitation),
        [
            {
                "id": new_id(),
                "institution_id": institution_id,
                "department_id": entry.department_id,
                "role": entry.role,
                "addressee": entry.addressee,
                "name_sealed": entry.name_sealed,
                "staff_sealed": entry.staff_sealed,
                "staff_hash": entry.staff_hash,
                "uses": 0,
                "most_uses": 1,
                "made_by": by,
                "made_at": now,
                "expires_at": now + timedelta(days=SHEET_DAYS),
            }
            for entry in entries
        ],
    )
    session.flush()
    return len(entries)


def withdraw_invitation(session: Session, institution_id: UUID, invitation_id: UUID, *, now: datetime) -> None:
    """Take an invitation back; taking it back again changes nothing."""
    session.execute(
        sa.update(Invitation)
        .where(
            Invitation.id == invitation_id, Invitation.institution_id == institution_id, Invitation.ended_at.is_(None)
        )
        .values(ended_at=now, name_sealed=None, staff_sealed=None)
    )
    session.flush()


def accept(session: Session, invitation_id: UUID, *, person_id: UUID, addressee: bytes, now: datetime) -> Member:
    """Join by an invitation; who is a member already stays as they are. *addressee* is the person's phone's keyed hash.

    Raises InvitationNotAccepted, InstitutionNotApproved.
    """
    invitation = session.scalar(sa.select(Invitation).where(Invitation.id == invitation_id).with_for_update())
    if invitation is not None and (running := member_of_person(session, invitation.institution_id, person_id)):
        return running
    invitation = check_invitation(invitation, addressee=addressee, now=now)
    staff = None
    if invitation.staff_sealed is not None and invitation.staff_hash is not None:
        staff = (invitation.staff_sealed, invitation.staff_hash)
    tree = tree_of(session, invitation.institution_id)
    department_id = invitation.department_id if invitation.department_id in tree.by_id else None
    # A department that closed since leaves a manager without one; a liaison gives another.
    role = invitation.role
    if role is MemberRole.DEPARTMENT_MANAGER and department_id is None:
        role = MemberRole.MEMBER
    member = add_member(
        session,
        invitation.institution_id,
        person_id=person_id,
        role=role,
        department_id=department_id,
        staff=staff,
        now=now,
    )
    invitation.uses += 1
    if invitation.uses == invitation.most_uses:
        invitation.ended_at, invitation.name_sealed, invitation.staff_sealed = now, None, None
    session.flush()
    return member


def member_of_person(session: Session, institution_id: UUID, person_id: UUID) -> Member | None:
    """Answer the running member that *person_id* is in the institution, or None."""
    return session.scalar(
        sa.select(Member).where(
            Member.institution_id == institution_id, Member.person_id == person_id, Member.ended_at.is_(None)
        )
    )


def _next_number(session: Session, institution_id: UUID) -> int:
    newest = sa.select(sa.func.coalesce(sa.func.max(Member.number), 0)).where(Member.institution_id == institution_id)
    return int(session.scalar(newest) or 0) + 1


def _check_not_last(session: Session, member: Member) -> None:
    if member.role is not MemberRole.LIAISON:
        return
    others = sa.select(Member.id).where(
        Member.institution_id == member.institution_id,
        Member.role == MemberRole.LIAISON,
        Member.ended_at.is_(None),
        Member.id != member.id,
    )
    if session.scalar(others.limit(1)) is None:
        raise LastLiaison(institution=member.institution_id)
