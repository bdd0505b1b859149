"""What the payment service told us, as it came, and what we know of each payment from it.

No card data, no name, no address: of an object that the service sends only the fields of ``rules.KEPT`` are kept.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model


class PaymentEvent(Model):
    """A message of the service, stored before anything is done with it. Its id is the service's own."""

    __tablename__ = "payment_event"
    __table_args__ = ({"schema": "partners"},)

    id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    created_at: Mapped[datetime]
    received_at: Mapped[datetime]
    body_hash: Mapped[bytes]
    subject: Mapped[dict[str, object]] = mapped_column(JSONB)
    processed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(sa.Text)  # applied, stale, ignored or unreadable


class Payment(Model):
    """An object of the service as we last knew it: its id is the service's own, amounts are fen."""

    __tablename__ = "payment"
    __table_args__ = ({"schema": "partners"},)

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]  # payment_intent, refund, transfer or payout
    status: Mapped[str]
    amount_fen: Mapped[int]
    settled_fen: Mapped[int]  # Of the amount: what has really moved.
    parent_id: Mapped[str | None]  # The payment intent of a refund.
    failure_code: Mapped[str | None]
    told_at: Mapped[datetime]  # The service's clock, to the second.
    changed_at: Mapped[datetime]  # Ours.
