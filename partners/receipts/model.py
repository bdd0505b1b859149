"""Money that somebody is to pay us, and money that goes back. A state is told by timestamps."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model


class Purpose(StrEnum):
    """What the money is for."""

    TOP_UP = "top_up"
    CASH_PART = "cash_part"


class State(StrEnum):
    """What a receipt is. Only PAID means that the money is here."""

    OPEN = "open"
    PENDING = "pending"
    DECLINED = "declined"
    PAID = "paid"
    GIVEN_UP = "given_up"


class Receipt(Model):
    """Money asked of *payer_id* for *payee_id*; its id is the request id, its stripe that of the id."""

    __tablename__ = "receipt"
    __table_args__ = ({"schema": "partners"},)

    stripe: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    payee_id: Mapped[UUID]
    payer_id: Mapped[UUID]
    account_id: Mapped[int]
    amount_fen: Mapped[int]
    reference: Mapped[UUID | None]
    begun_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    payment_id: Mapped[str | None]
    booked_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    earned_at: Mapped[datetime | None]
    statement_id: Mapped[UUID | None]


class ReceiptRefund(Model):
    """Money of a receipt on its way back; held in the ledger until the service says how it ended."""

    __tablename__ = "receipt_refund"
    __table_args__ = ({"schema": "partners"},)

    stripe: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    receipt_id: Mapped[UUID]
    amount_fen: Mapped[int]
    reason: Mapped[str]
    hold_id: Mapped[int]
    begun_at: Mapped[datetime]
    tries: Mapped[int]
    next_try_at: Mapped[datetime]
    key_number: Mapped[int]
    refund_id: Mapped[str | None]
    booked_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure_code: Mapped[str | None]
