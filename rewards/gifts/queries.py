"""Named reads of recipients and gifts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from rewards.gifts.errors import GiftUnknown, RecipientUnknown
from rewards.gifts.model import Gift, Recipient


def recipients_open(session: Session, *, after: UUID | None = None, limit: int = 20) -> Sequence[Recipient]:
    """Answer who takes gifts now, the newest first, from after a recipient on."""
    query = sa.select(Recipient).where(Recipient.closed_at.is_(None))
    last = session.get(Recipient, after) if after is not None else None
    if last is not None:
        place = sa.tuple_(sa.literal(last.opened_at), sa.literal(last.id))
        query = query.where(sa.tuple_(Recipient.opened_at, Recipient.id) < place)
    return session.scalars(query.order_by(Recipient.opened_at.desc(), Recipient.id.desc()).limit(limit)).all()


def recipient_of(session: Session, recipient_id: UUID) -> Recipient:
    """Answer a recipient, open or not. Raises RecipientUnknown."""
    recipient = session.get(Recipient, recipient_id)
    if recipient is None:
        raise RecipientUnknown(recipient=recipient_id)
    return recipient


def recipients_by_id(session: Session, ids: Collection[UUID]) -> dict[UUID, Recipient]:
    """Answer the recipients of *ids* in one statement; unknown ids are left out."""
    query = sa.select(Recipient).where(Recipient.id.in_(set(ids)))
    return {recipient.id: recipient for recipient in session.scalars(query)}


def given_to(session: Session, recipient_ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """Answer what each recipient was given, by asset."""
    rows = session.execute(
        sa.select(Gift.recipient_id, Gift.asset, sa.func.sum(Gift.units).cast(sa.BigInteger))
        .where(Gift.recipient_id.in_(set(recipient_ids)))
        .group_by(Gift.recipient_id, Gift.asset)
    )
    given: dict[UUID, dict[str, int]] = {recipient_id: {} for recipient_id in recipient_ids}
    for recipient_id, asset, units in rows:
        given[recipient_id][asset] = units
    return given


def gift_of(session: Session, *, citizen_id: UUID, gift_id: UUID) -> Gift:
    """Answer the citizen's gift. Raises GiftUnknown."""
    gift = session.get(Gift, (ledger.stripe_of(citizen_id), gift_id))
    if gift is None or gift.citizen_id != citizen_id:
        raise GiftUnknown(gift=gift_id)
    return gift


def gifts_of(session: Session, citizen_id: UUID, *, after: UUID | None = None, limit: int = 20) -> Sequence[Gift]:
    """Answer the citizen's gifts, the newest first, from after a gift on. Raises GiftUnknown."""
    query = sa.select(Gift).where(Gift.stripe == ledger.stripe_of(citizen_id), Gift.citizen_id == citizen_id)
    if after is not None:
        last = gift_of(session, citizen_id=citizen_id, gift_id=after)
        place = sa.tuple_(sa.literal(last.given_at), sa.literal(last.id))
        query = query.where(sa.tuple_(Gift.given_at, Gift.id) < place)
    return session.scalars(query.order_by(Gift.given_at.desc(), Gift.id.desc()).limit(limit)).all()
