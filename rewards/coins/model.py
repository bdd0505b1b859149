"""Rates with their dates, and the exchanges made at them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model


class Rate(Model):
    """From *valid_from* on, *takes_units* of one asset give *gives_units* of the other, until a later rate."""

    __tablename__ = "rate"
    __table_args__ = ({"schema": "rewards"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    from_asset: Mapped[str]
    to_asset: Mapped[str]
    takes_units: Mapped[int]
    gives_units: Mapped[int]
    valid_from: Mapped[datetime]
    standing: Mapped[str]
    source: Mapped[str]

    @property
    def is_official(self) -> bool:
        """Whether an authority set this rate; false for the programme's own proposals."""
        return self.standing == "official"


class Exchange(Model):
    """Points that a citizen turned into coins; its id is the request id."""

    __tablename__ = "exchange"
    __table_args__ = ({"schema": "rewards"},)

    stripe: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    citizen_id: Mapped[UUID]
    rate_id: Mapped[UUID]
    points_units: Mapped[int]
    coins_units: Mapped[int]
    exchanged_at: Mapped[datetime]
