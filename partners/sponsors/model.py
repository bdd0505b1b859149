"""Funds that pay for coins, and where all coins were at an instant."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model


class Fund(Model):
    """Money that sponsors gave for coins; *organisation_id* is the sponsor's, where it has a log-in here."""

    __tablename__ = "fund"
    __table_args__ = ({"schema": "partners"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str]
    purpose: Mapped[str]
    organisation_id: Mapped[UUID | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class CoinFigures(Model):
    """All coins at *taken_at*: issued = outstanding + taken + settled + expired + elsewhere, as PostgreSQL insists."""

    __tablename__ = "coin_figures"
    __table_args__ = ({"schema": "partners"},)

    taken_at: Mapped[datetime] = mapped_column(primary_key=True)
    issued: Mapped[int]
    outstanding: Mapped[int]
    taken: Mapped[int]
    settled: Mapped[int]
    expired: Mapped[int]
    elsewhere: Mapped[int]

    @property
    def redeemed(self) -> int:
        """Coins that merchants took, settled or not."""
        return self.taken + self.settled

    @property
    def unpaid(self) -> int:
        """Coins that may still cost money: with citizens, or with merchants and not settled."""
        return self.outstanding + self.taken
