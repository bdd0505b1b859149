"""Pay codes that citizens open, and what clerks charged on them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model


class PayCode(Model):
    """A readiness to pay one amount, shown as a code that changes; *family_id* where the family's coins pay."""

    __tablename__ = "pay_code"
    __table_args__ = ({"schema": "rewards"},)

    stripe: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int]
    citizen_id: Mapped[UUID]
    family_id: Mapped[UUID | None]
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    @property
    def payer_id(self) -> UUID:
        """Answer the owner of the coins that pay: the family or the citizen."""
        return self.family_id or self.citizen_id

    def is_open(self, *, now: datetime) -> bool:
        """Whether it can be charged at *now*; the last instant is exclusive."""
        return self.closed_at is None and now < self.expires_at


class Charge(Model):
    """Coins that a clerk took on a pay code; its id is the request id, *step* the time step of the code read."""

    __tablename__ = "charge"
    __table_args__ = ({"schema": "rewards"},)

    stripe: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    pay_code_id: Mapped[UUID]
    step: Mapped[int]
    citizen_id: Mapped[UUID]
    family_id: Mapped[UUID | None]
    merchant_id: Mapped[UUID]
    counter_id: Mapped[UUID]
    clerk_id: Mapped[UUID]
    coins_units: Mapped[int]
    transfer_id: Mapped[int]
    charged_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]
    undo_reason: Mapped[str | None]
    undo_id: Mapped[UUID | None]
