"""Named reads of receipts and refunds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from partners.payments import Payment
from partners.receipts.errors import ReceiptUnknown
from partners.receipts.model import Purpose, Receipt, ReceiptRefund, State
from partners.receipts.rules import state_of


def receipt_of(session: Session, receipt_id: UUID, *, lock: bool = False) -> Receipt:
    """Answer a receipt as it is now, locked where it is about to change. Raises ReceiptUnknown."""
    query = sa.select(Receipt).where(Receipt.stripe == ledger.stripe_of(receipt_id), Receipt.id == receipt_id)
    found = session.scalars(
        (query.with_for_update() if lock else query).execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise ReceiptUnknown(receipt=receipt_id)
    return found


def receipt_state(session: Session, receipt: Receipt) -> State:
    """Answer what the receipt is, from the ledger's word and the service's."""
    payment = session.get(Payment, receipt.payment_id, populate_existing=True) if receipt.payment_id else None
    return state_of(receipt, payment)


def receipts_for(
    session: Session, payee_id: UUID, *, purpose: Purpose, before: datetime | None = None, limit: int = 50
) -> Sequence[tuple[Receipt, State]]:
    """Answer the receipts for a fund or merchant with their states, the newest first."""
    query = (
        sa.select(Receipt, Payment)
        .outerjoin(Payment, Payment.id == Receipt.payment_id)
        .where(Receipt.payee_id == payee_id, Receipt.purpose == purpose)
        .order_by(Receipt.begun_at.desc(), Receipt.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Receipt.begun_at < before)
    return [(receipt, state_of(receipt, payment)) for receipt, payment in session.execute(query)]


def receipts_about(session: Session, references: Collection[UUID], *, lock: bool = False) -> dict[UUID, Receipt]:
    """Answer what was asked for each of *references* (a voucher): the one not given up, else the latest; none left out.

    Locked in the order of their ids where they are about to change.
    """
    query = sa.select(Receipt).where(Receipt.reference.in_(set(references))).order_by(Receipt.stripe, Receipt.id)
    query = query.with_for_update() if lock else query
    found = session.scalars(query.execution_options(populate_existing=True)).all() if references else []
    ordered = sorted(found, key=lambda one: (one.given_up_at is None, one.begun_at))
    return {one.reference: one for one in ordered if one.reference is not None}


def refunds_of(session: Session, receipt_ids: Collection[UUID]) -> Sequence[ReceiptRefund]:
    """Answer the refunds of receipts, the oldest first."""
    query = sa.select(ReceiptRefund).where(
        ReceiptRefund.stripe.in_({ledger.stripe_of(one) for one in receipt_ids}),
        ReceiptRefund.receipt_id.in_(set(receipt_ids)),
    )
    return session.scalars(query.order_by(ReceiptRefund.begun_at, ReceiptRefund.id)).all()


def refunded_fen(session: Session, receipt_id: UUID) -> int:
    """Answer how much of a receipt went back or is on its way back."""
    return sum(one.amount_fen for one in refunds_of(session, [receipt_id]) if one.failed_at is None)


def unpaid_past_time(session: Session, *, now: datetime, limit: int = 100) -> Sequence[Receipt]:
    """Answer receipts whose time is over and whose money never came: what was reserved for them can be released."""
    query = sa.select(Receipt).where(
        Receipt.booked_at.is_(None), Receipt.given_up_at.is_(None), Receipt.expires_at <= now
    )
    return session.scalars(query.order_by(Receipt.begun_at, Receipt.id).limit(limit)).all()


def receipts_by_payment(session: Session, payment_ids: Collection[str]) -> dict[str, Receipt]:
    """Answer the receipts that the service's payments are for; others are left out."""
    found = session.scalars(sa.select(Receipt).where(Receipt.payment_id.in_(set(payment_ids))))
    return {str(one.payment_id): one for one in found}
