"""Named reads of families."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from rewards.families.errors import FamilySpendingRefused, FamilyUnknown
from rewards.families.model import Family, Invitation, Member, Share

MEMBERS_AT_MOST = 50


def family_of(session: Session, person_id: UUID) -> Family | None:
    """Answer the family that the person is in now, or None."""
    return session.scalars(
        sa.select(Family)
        .join(Member, Member.family_id == Family.id)
        .where(Member.person_id == person_id, Member.left_at.is_(None), Family.dissolved_at.is_(None))
    ).one_or_none()


def membership_of(session: Session, *, family_id: UUID, person_id: UUID) -> Member:
    """Answer the person's place in a family that lives. Raises FamilyUnknown."""
    member = session.scalars(
        sa.select(Member)
        .join(Family, Family.id == Member.family_id)
        .where(
            Member.family_id == family_id,
            Member.person_id == person_id,
            Member.left_at.is_(None),
            Family.dissolved_at.is_(None),
        )
    ).one_or_none()
    if member is None:
        raise FamilyUnknown(family=family_id)
    return member


def members_of(session: Session, family_id: UUID) -> Sequence[Member]:
    """Answer who is in the family now, the head first, in the order in which they joined."""
    query = sa.select(Member).where(Member.family_id == family_id, Member.left_at.is_(None))
    return session.scalars(query.order_by(Member.joined_at, Member.id).limit(MEMBERS_AT_MOST)).all()


def invitations_of(session: Session, family_id: UUID, *, now: datetime) -> Sequence[Invitation]:
    """Answer the invitations that could still let somebody in."""
    query = sa.select(Invitation).where(
        Invitation.family_id == family_id,
        Invitation.used_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now,
    )
    return session.scalars(query.order_by(Invitation.made_at.desc()).limit(MEMBERS_AT_MOST)).all()


def shares_of(session: Session, family_id: UUID) -> dict[UUID, int]:
    """Answer how many coins each person has put in, ever, also those who left."""
    rows = session.execute(
        sa.select(Share.person_id, sa.func.sum(Share.units).cast(sa.BigInteger))
        .where(Share.stripe == ledger.stripe_of(family_id), Share.family_id == family_id)
        .group_by(Share.person_id)
    )
    return {row[0]: row[1] for row in rows}


def heads_of(session: Session, family_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Answer the heads of those ids that are families."""
    rows = session.execute(sa.select(Family.id, Family.head_id).where(Family.id.in_(set(family_ids))))
    return {row[0]: row[1] for row in rows}


def check_spender(session: Session, *, family_id: UUID, person_id: UUID) -> None:
    """Refuse a person who may not spend the family's coins; the family stays as it is until the transaction ends.

    Raises FamilyUnknown, FamilySpendingRefused.
    """
    session.execute(sa.select(Family.id).where(Family.id == family_id).with_for_update(read=True))
    if not membership_of(session, family_id=family_id, person_id=person_id).may_spend:
        raise FamilySpendingRefused(family=family_id)
