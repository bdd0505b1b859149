"""Named reads of payments and of messages that wait."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from partners.payments.errors import PaymentUnknown
from partners.payments.model import Payment, PaymentEvent


def payment_of(session: Session, payment_id: str) -> Payment:
    """Answer what we know of an object of the service. Raises PaymentUnknown."""
    payment = session.get(Payment, payment_id)
    if payment is None:
        raise PaymentUnknown(payment=payment_id)
    return payment


def payments_by_id(session: Session, ids: Collection[str]) -> dict[str, Payment]:
    """Answer the payments of *ids* in one statement; unknown ids are left out."""
    return {payment.id: payment for payment in session.scalars(sa.select(Payment).where(Payment.id.in_(set(ids))))}


def refunded_fen(session: Session, payment_id: str) -> int:
    """Answer how much of a payment went back or is on its way back, in fen."""
    query = sa.select(sa.func.coalesce(sa.func.sum(Payment.amount_fen), 0)).where(
        Payment.parent_id == payment_id, Payment.status.not_in(("failed", "canceled"))
    )
    return int(session.scalar(query) or 0)


def waiting_events(session: Session) -> int:
    """Answer how many messages are stored and not yet taken in."""
    query = sa.select(sa.func.count()).select_from(PaymentEvent).where(PaymentEvent.processed_at.is_(None))
    return int(session.scalar(query) or 0)
