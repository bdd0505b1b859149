"""Recipients of gifts, and the gifts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model

KINDS = ("event", "sink")
PURPOSES = {"coin": "coins", "point": "points"}
"""What can be given, and the purpose of the account that it is given from."""


class Recipient(Model):
    """An event or a carbon sink that takes gifts until it is closed; its id is the owner of what it was given."""

    __tablename__ = "recipient"
    __table_args__ = ({"schema": "rewards"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Gift(Model):
    """Coins or points that a citizen gave; its id is the request id. A contribution, never an offset."""

    __tablename__ = "gift"
    __table_args__ = ({"schema": "rewards"},)

    stripe: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    citizen_id: Mapped[UUID]
    recipient_id: Mapped[UUID]
    asset: Mapped[str]
    units: Mapped[int]
    transfer_id: Mapped[int]
    given_at: Mapped[datetime]
