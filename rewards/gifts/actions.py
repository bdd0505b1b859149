"""Opening and closing recipients, and giving."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger import NewAccount, NewTransfer
from rewards.gifts.errors import GiftConflict, RecipientClosed, RecipientInvalid, RecipientUnknown
from rewards.gifts.model import KINDS, PURPOSES, Gift, Recipient

KIND = "gift"


def open_recipient(
    session: Session, *, id: UUID, kind: str, name: str, now: datetime, name_en: str | None = None
) -> Recipient:
    """Let an event or a sink take gifts. Opening it again takes over its names and changes nothing else.

    Raises RecipientInvalid.
    """
    if kind not in KINDS or not name.strip():
        raise RecipientInvalid(recipient=id)
    known = session.get(Recipient, id)
    if known is None:
        known = Recipient(id=id, kind=kind, name=name, name_en=name_en, opened_at=now, closed_at=None)
        session.add(known)
        for asset in PURPOSES:
            _account(session, id, asset)
    if known.kind != kind:
        raise RecipientInvalid(recipient=id)
    known.name, known.name_en = name, name_en or known.name_en
    session.flush()
    return known


def close_recipient(session: Session, *, id: UUID, now: datetime) -> Recipient:
    """Let a recipient take no further gifts; what it was given stays. Raises RecipientUnknown."""
    known = _locked(session, id)
    known.closed_at = known.closed_at or now
    session.flush()
    return known


def give(
    session: Session,
    *,
    citizen_id: UUID,
    recipient_id: UUID,
    asset: str,
    units: int,
    request_id: UUID,
    now: datetime,
) -> Gift:
    """Give coins or points (*asset*: "coin", "point"). A gift cannot be taken back.

    The same request answers the same gift again. Raises RecipientUnknown, GiftConflict, RecipientClosed,
    AccountUnknown, UnitsInvalid, InsufficientBalance.
    """
    recipient = _locked(session, recipient_id, shared=True)
    key = (ledger.stripe_of(citizen_id), request_id)
    known = session.get(Gift, key)
    if known is None:
        if recipient.closed_at is not None:
            raise RecipientClosed(recipient=recipient_id, at=recipient.closed_at)
        known = Gift(
            stripe=key[0], id=request_id, citizen_id=citizen_id, recipient_id=recipient_id, asset=asset, units=units,
            given_at=now,
        )  # fmt: skip
        known.transfer_id = _move(session, known)
        session.add(known)
        session.flush()
    if (known.citizen_id, known.recipient_id, known.asset, known.units) != (citizen_id, recipient_id, asset, units):
        raise GiftConflict(gift=request_id)
    return known


def _locked(session: Session, recipient_id: UUID, *, shared: bool = False) -> Recipient:
    query = sa.select(Recipient).where(Recipient.id == recipient_id).with_for_update(read=shared)
    recipient = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if recipient is None:
        raise RecipientUnknown(recipient=recipient_id)
    return recipient


def _move(session: Session, gift: Gift) -> int:
    purse = ledger.account_of(session, owner=gift.citizen_id, purpose=PURPOSES[gift.asset], asset=gift.asset)
    target = _account(session, gift.recipient_id, gift.asset)
    transfer = NewTransfer(purse.id, target.id, gift.units, gift.given_at, KIND, gift.id)
    return ledger.post(session, [transfer], request_id=gift.id, now=gift.given_at).transfer_ids[0]


def _account(session: Session, recipient_id: UUID, asset: str) -> ledger.Account:
    return ledger.open_accounts(session, [NewAccount(recipient_id, "donated", asset, spread=True)])[0]
