"""Merchants, their stores and counters, and how they come and go. A merchant's id is its organisation's id."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model

KINDS = ("cafe", "shop", "restaurant", "scenic", "transit", "culture", "health")


class ApplicationState(StrEnum):
    """What became of an application."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Merchant(Model):
    """An organisation that hands things over for coins."""

    __tablename__ = "merchant"
    __table_args__ = ({"schema": "partners"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[str]
    county_code: Mapped[str]
    joined_at: Mapped[datetime]


class Store(Model):
    """A place of a merchant."""

    __tablename__ = "store"
    __table_args__ = ({"schema": "partners"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    merchant_id: Mapped[UUID]
    name: Mapped[str]
    name_en: Mapped[str]
    address: Mapped[str]
    county_code: Mapped[str]
    closed_at: Mapped[datetime | None]


class Counter(Model):
    """Where vouchers are redeemed."""

    __tablename__ = "counter"
    __table_args__ = ({"schema": "partners"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    merchant_id: Mapped[UUID]
    store_id: Mapped[UUID]
    name: Mapped[str]
    name_en: Mapped[str]
    closed_at: Mapped[datetime | None]


class Application(Model):
    """A shop asks to become a merchant; its id is the request id. The contact's name and phone are sealed."""

    __tablename__ = "application"
    __table_args__ = ({"schema": "partners"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    credit_code: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[str]
    county_code: Mapped[str]
    address: Mapped[str]
    contact_sealed: Mapped[bytes]
    phone_sealed: Mapped[bytes]
    applied_by: Mapped[UUID]
    applied_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    merchant_id: Mapped[UUID | None]
    refusal: Mapped[str | None]

    @property
    def state(self) -> ApplicationState:
        """What became of it so far."""
        if self.withdrawn_at is not None:
            return ApplicationState.WITHDRAWN
        if self.decided_at is None:
            return ApplicationState.OPEN
        return ApplicationState.REFUSED if self.refusal is not None else ApplicationState.APPROVED


class ApplicationDocument(Model):
    """A file that was handed in with an application."""

    __tablename__ = "application_document"
    __table_args__ = ({"schema": "partners"},)

    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    file_id: Mapped[UUID] = mapped_column(primary_key=True)


class Suspension(Model):
    """A time in which a merchant may take no coins; it runs until it is lifted."""

    __tablename__ = "suspension"
    __table_args__ = ({"schema": "partners"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    merchant_id: Mapped[UUID]
    reason: Mapped[str]
    began_at: Mapped[datetime]
    began_by: Mapped[UUID]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None]
