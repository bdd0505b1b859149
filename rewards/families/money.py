"""The family's coins: members put in, and what is left goes back at the end. Coins stay as old as they were."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger import NewTransfer
from rewards.coins import move_aged, open_coins
from rewards.families import queries, rules
from rewards.families.actions import locked
from rewards.families.errors import FamilyCoinsInUse, FamilyConflict, FamilyUnknown
from rewards.families.model import Family, Invitation, Member, Share
from rewards.limits import Name, limits_at

KIND = "family"
UNDOABLE = ("pay_code", "voucher")
LINES = 200


def put_in(session: Session, *, family_id: UUID, person_id: UUID, units: int, request_id: UUID, now: datetime) -> Share:
    """Put a member's own coins into the family's. The same request answers the same share again.

    Raises FamilyUnknown, FamilyConflict, UnitsInvalid, InsufficientBalance, CoinsMoved.
    """
    key = (ledger.stripe_of(family_id), request_id)
    locked(session, family_id)
    queries.membership_of(session, family_id=family_id, person_id=person_id)
    known = session.get(Share, key)
    if known is None:
        move_aged(
            session, source=open_coins(session, person_id), target=open_coins(session, family_id), units=units,
            kind=KIND, reference=request_id, request_id=request_id, now=now,
        )  # fmt: skip
        known = Share(stripe=key[0], id=request_id, family_id=family_id, person_id=person_id, units=units, put_at=now)
        session.add(known)
        session.flush()
    if (known.family_id, known.person_id, known.units) != (family_id, person_id, units):
        raise FamilyConflict(request=request_id)
    return known


def dissolve(session: Session, *, family_id: UUID, by: UUID, now: datetime) -> dict[UUID, int]:
    """End a family: what is left goes back by `rules.split`, and the answer says to whom how much.

    Raises FamilyUnknown, FamilyHeadOnly, FamilyCoinsInUse, CoinsMoved.
    """
    family = locked(session, family_id)
    rules.check_head(family, person_id=by)
    _check_idle(session, family, now)
    parts = _give_back(session, family, request=uuid5(family_id, "dissolution"), now=now)
    family.dissolved_at = now
    session.execute(
        sa.update(Member)
        .where(Member.family_id == family_id, Member.left_at.is_(None))
        .values(left_at=now, may_spend=False)
    )
    session.execute(
        sa.update(Invitation)
        .where(Invitation.family_id == family_id, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    session.flush()
    return parts


def parts_of(session: Session, family: Family, *, now: datetime) -> dict[UUID, int]:
    """Answer who would get how much, were the family dissolved now."""
    units = ledger.balance(session, open_coins(session, family.id), now=now).available
    people = [member.person_id for member in queries.members_of(session, family.id) if member.person_id]
    return rules.split(units, shares=queries.shares_of(session, family.id), members=people, head=family.head_id)


def share_of(session: Session, *, family_id: UUID, person_id: UUID, share_id: UUID) -> Share:
    """Answer what a person put in under a request id. Raises FamilyUnknown."""
    share = session.get(Share, (ledger.stripe_of(family_id), share_id))
    if share is None or share.person_id != person_id:
        raise FamilyUnknown(family=family_id)
    return share


def _check_idle(session: Session, family: Family, now: datetime) -> None:
    """Refuse while coins could still come back: held by a voucher, or spent so lately that it can be undone."""
    account = open_coins(session, family.id)
    since = now - timedelta(seconds=limits_at(session, now)[Name.UNDO_SECONDS].units)
    lately = ledger.statement(session, account, since=since, limit=LINES).lines
    undone = {line.reverses for line in lately}
    open_ends = [line for line in lately if line.kind in UNDOABLE and line.transfer_id not in undone]
    if ledger.balance(session, account, now=now).pending or open_ends:
        raise FamilyCoinsInUse(family=family.id)


def _give_back(session: Session, family: Family, *, request: UUID, now: datetime) -> dict[UUID, int]:
    """Move what is left back: up to what a person put in as a refund, as old as it was; the rest by its age."""
    parts, shares = parts_of(session, family, now=now), queries.shares_of(session, family.id)
    source = open_coins(session, family.id)
    purses = {person: open_coins(session, person) for person in sorted(parts)}
    own = {person: min(part, shares.get(person, 0)) for person, part in parts.items()}
    refunds = [
        NewTransfer(source.id, purses[person].id, units, now, "refund", family.id)
        for person, units in own.items()
        if units
    ]
    ledger.post(session, refunds, request_id=request, now=now)
    for person, part in parts.items():
        if part > own[person]:
            move_aged(
                session, source=source, target=purses[person], units=part - own[person], kind=KIND,
                reference=family.id, request_id=uuid5(request, str(person)), now=now,
            )  # fmt: skip
    return parts
