"""Founding a family, letting people in and out.

Locks are taken in one order everywhere: family, then its rows, then the ledger's accounts.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from rewards.coins import open_coins
from rewards.families import codes, queries, rules
from rewards.families.errors import (
    FamilyConflict,
    FamilyInvitationRefused,
    FamilyMemberUnknown,
    FamilyTaken,
    FamilyUnknown,
)
from rewards.families.model import Family, Invitation, Member
from rewards.limits import Name, limits_at


def found(session: Session, *, head_id: UUID, request_id: UUID, now: datetime) -> Family:
    """Found a family with its head and its own coins. The same request answers the same family again.

    Raises FamilyConflict, FamilyTaken.
    """
    made = insert(Family).values(id=request_id, head_id=head_id, founded_at=now)
    if session.scalar(made.on_conflict_do_nothing().returning(Family.id)) is not None:
        _let_in(session, family_id=request_id, person_id=head_id, member_id=request_id, may_spend=True, now=now)
        open_coins(session, request_id)
    family = session.get_one(Family, request_id)
    if family.head_id != head_id:
        raise FamilyConflict(request=request_id)
    return family


def invite(session: Session, *, family_id: UUID, by: UUID, key: bytes, request_id: UUID, now: datetime) -> Invitation:
    """Make an invitation for one person, good for a day; its code is `codes.code_of` its id.

    Raises FamilyUnknown, FamilyHeadOnly, FamilyFull, FamilyConflict.
    """
    family = locked(session, family_id)
    rules.check_head(family, person_id=by)
    known = session.get(Invitation, request_id)
    if known is None:
        _check_room(session, family_id, now)
        known = Invitation(
            id=request_id, family_id=family_id, code_hash=codes.hash_of(codes.code_of(request_id, key=key)),
            made_at=now, expires_at=now + rules.INVITED_FOR, used_at=None, used_by=None, revoked_at=None,
        )  # fmt: skip
        session.add(known)
        session.flush()
    if known.family_id != family_id:
        raise FamilyConflict(request=request_id)
    return known


def revoke_invitation(session: Session, *, family_id: UUID, by: UUID, invitation_id: UUID, now: datetime) -> None:
    """Make an invitation worthless; one that is used or over stays as it is. Raises FamilyUnknown, FamilyHeadOnly."""
    rules.check_head(locked(session, family_id), person_id=by)
    session.execute(
        sa.update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.family_id == family_id, Invitation.used_at.is_(None))
        .values(revoked_at=sa.func.coalesce(Invitation.revoked_at, now))
    )


def accept(session: Session, *, code: str, person_id: UUID, request_id: UUID, now: datetime) -> Family:
    """Let a person in by a code, once. The one who used it finds the same family again.

    Raises FamilyInvitationRefused, FamilyTaken, FamilyFull.
    """
    invitation = session.scalars(sa.select(Invitation).where(Invitation.code_hash == codes.hash_of(code))).one_or_none()
    if invitation is None:
        raise FamilyInvitationRefused
    try:
        family = locked(session, invitation.family_id)
    except FamilyUnknown:
        raise FamilyInvitationRefused from None
    session.refresh(invitation)
    if invitation.used_by == person_id and queries.family_of(session, person_id) is family:
        return family
    if invitation.used_at or invitation.revoked_at or now >= invitation.expires_at:
        raise FamilyInvitationRefused
    _check_room(session, family.id, now)
    invitation.used_at, invitation.used_by = now, person_id
    _let_in(session, family_id=family.id, person_id=person_id, member_id=request_id, may_spend=False, now=now)
    return family


def add_minor(
    session: Session, *, family_id: UUID, by: UUID, born_from: int, request_id: UUID, now: datetime
) -> Member:
    """Add a child, known by a band of birth years alone. Raises FamilyUnknown, FamilyHeadOnly, FamilyBandInvalid,
    FamilyFull, FamilyConflict.
    """
    rules.check_head(locked(session, family_id), person_id=by)
    rules.check_band(born_from, now=now)
    known = session.get(Member, request_id)
    if known is None:
        _check_room(session, family_id, now)
        known = Member(
            id=request_id, family_id=family_id, person_id=None, born_from=born_from, may_spend=False, joined_at=now,
            left_at=None, removed_by=None,
        )  # fmt: skip
        session.add(known)
        session.flush()
    if (known.family_id, known.born_from) != (family_id, born_from):
        raise FamilyConflict(request=request_id)
    return known


def allow_spending(session: Session, *, family_id: UUID, by: UUID, member_id: UUID, may_spend: bool) -> Member:
    """Let a member spend the family's coins, or no longer. Minors never may; the head always may.

    Raises FamilyUnknown, FamilyHeadOnly, FamilyMemberUnknown, FamilyHeadStays.
    """
    family = locked(session, family_id)
    rules.check_head(family, person_id=by)
    member = _member(session, family_id, member_id)
    rules.check_not_head(family, member)
    if member.is_minor:
        raise FamilyMemberUnknown(member=member_id)
    member.may_spend = may_spend
    session.flush()
    return member


def remove(session: Session, *, family_id: UUID, by: UUID, member_id: UUID, now: datetime) -> Member:
    """Let a member go: the head removes anybody else, a person leaves. What they put in stays in the family.

    Raises FamilyUnknown, FamilyMemberUnknown, FamilyHeadStays, FamilyHeadOnly.
    """
    family = locked(session, family_id)
    member = _member(session, family_id, member_id)
    rules.check_not_head(family, member)
    if member.person_id != by:
        rules.check_head(family, person_id=by)
    member.left_at, member.removed_by, member.may_spend = now, None if member.person_id == by else by, False
    session.flush()
    return member


def locked(session: Session, family_id: UUID) -> Family:
    """Answer a family that lives, kept from others until the transaction ends. Raises FamilyUnknown."""
    query = sa.select(Family).where(Family.id == family_id).with_for_update()
    family = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if family is None or family.dissolved_at is not None:
        raise FamilyUnknown(family=family_id)
    return family


def _member(session: Session, family_id: UUID, member_id: UUID) -> Member:
    member = session.get(Member, member_id, populate_existing=True)
    if member is None or member.family_id != family_id or member.left_at is not None:
        raise FamilyMemberUnknown(member=member_id)
    return member


def _check_room(session: Session, family_id: UUID, now: datetime) -> None:
    most = limits_at(session, now)[Name.FAMILY_MEMBERS].units
    rules.check_room(queries.members_of(session, family_id), most=most)


def _let_in(
    session: Session, *, family_id: UUID, person_id: UUID, member_id: UUID, may_spend: bool, now: datetime
) -> None:
    """Make a person a member; the unique index ``family_of_person`` lets them into one family at a time."""
    made = insert(Member).values(
        id=member_id, family_id=family_id, person_id=person_id, may_spend=may_spend, joined_at=now
    )
    if session.scalar(made.on_conflict_do_nothing().returning(Member.id)) is None:
        raise FamilyTaken(person=person_id)
