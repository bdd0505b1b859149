"""Merchants, their stores and counters. A merchant's id is its organisation's id."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model

KINDS = ("cafe", "shop", "restaurant", "scenic", "transit", "culture", "health")


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


class Counter(Model):
    """Where vouchers are redeemed."""

    __tablename__ = "counter"
    __table_args__ = ({"schema": "partners"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    merchant_id: Mapped[UUID]
    store_id: Mapped[UUID]
    name: Mapped[str]
    name_en: Mapped[str]
