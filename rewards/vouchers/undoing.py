"""Undoing a redemption: for ten minutes a mistake at the counter can be taken back; coins and stock return.

Locks are taken in the order of every other action: voucher, stock, the ledger's accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from rewards import offers
from rewards.vouchers import queries, rules
from rewards.vouchers.errors import RedemptionPaidOut, RedemptionUnknown
from rewards.vouchers.model import Voucher


@dataclass(frozen=True, slots=True)
class Undoing:
    """An undone redemption; *is_new* is False where it had been undone before."""

    voucher: Voucher
    is_new: bool


def undo_redemption(
    session: Session, *, scan_id: UUID, merchant_id: UUID, clerk_id: UUID, reason: str, now: datetime
) -> Undoing:
    """Take back what the scan redeemed: the coins go back as old as they were, the stock is back.

    Undoing again, by whomever, changes nothing. Raises ScanUnknown, RedemptionUnknown, RedemptionUndoTooLate,
    AccountClosed (the merchant is suspended), RedemptionPaidOut.
    """
    scan = queries.scan_of(session, merchant_id=merchant_id, scan_id=scan_id)
    voucher = queries.scanned_voucher(session, scan)
    if voucher is None or voucher.redemption_id != scan_id:
        raise RedemptionUnknown(scan=scan_id)
    if voucher.undone_at is not None:
        return Undoing(voucher, is_new=False)
    rules.check_undoable(voucher, now=now)
    closed = session.execute(
        sa.update(Voucher)
        .where(
            Voucher.stripe == voucher.stripe,
            Voucher.id == voucher.id,
            Voucher.redemption_id == scan_id,
            Voucher.undone_at.is_(None),
        )
        .values(undone_at=now, released_at=now, undone_by=clerk_id, undo_reason=reason)
        .returning(Voucher.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    session.refresh(voucher)
    if closed is None:
        return Undoing(voucher, is_new=False)
    offers.move_stock(session, {voucher.offer_id: 1})
    _give_back(session, voucher, reason=reason, now=now)
    return Undoing(voucher, is_new=True)


def release_vouchers_of(session: Session, *, merchant_id: UUID, now: datetime) -> Sequence[Voucher]:
    """Give every open voucher of a merchant back to its citizen, and answer them: the merchant cannot honour them.

    Its offers must be withheld before, so that nobody takes one meanwhile.
    """
    released = session.scalars(
        sa.update(Voucher)
        .where(
            Voucher.merchant_id == merchant_id,
            Voucher.redeemed_at.is_(None),
            Voucher.released_at.is_(None),
            Voucher.expires_at > now,
        )
        .values(cancelled_at=now, released_at=now)
        .returning(Voucher)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).all()
    changes: dict[UUID, int] = {}
    for voucher in released:
        changes[voucher.offer_id] = changes.get(voucher.offer_id, 0) + 1
    offers.move_stock(session, changes)
    for voucher in sorted(released, key=lambda one: one.hold_id):
        ledger.release(session, voucher.hold_id, request_id=uuid5(voucher.id, "withholding"), now=now)
    return released


def _give_back(session: Session, voucher: Voucher, *, reason: str, now: datetime) -> None:
    (hold,) = ledger.holds_of(session, [voucher.hold_id])
    if hold.transfer_id is None:
        raise RedemptionUnknown(voucher=voucher.id)
    try:
        ledger.reverse(session, [hold.transfer_id], reason=reason, request_id=uuid5(voucher.id, "undoing"), now=now)
    except ledger.InsufficientBalance:
        raise RedemptionPaidOut(voucher=voucher.id) from None
