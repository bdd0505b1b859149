"""What merchants offer for coins, and how much of it is left."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model

KINDS = ("drink", "food", "goods", "ticket", "transit", "service")


class Offer(Model):
    """Something that a merchant hands over for *coins_units*; a person may hold or use *per_person* of it."""

    __tablename__ = "offer"
    __table_args__ = ({"schema": "rewards"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    merchant_id: Mapped[UUID]
    county_code: Mapped[str]
    kind: Mapped[str]
    title: Mapped[str]
    title_en: Mapped[str]
    description: Mapped[str]
    description_en: Mapped[str]
    coins_units: Mapped[int]
    per_person: Mapped[int]
    voucher_days: Mapped[int]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]


class OfferStock(Model):
    """How much of an offer there was and how much nobody has taken yet."""

    __tablename__ = "offer_stock"
    __table_args__ = ({"schema": "rewards"},)

    offer_id: Mapped[UUID] = mapped_column(primary_key=True)
    stock_units: Mapped[int]
    left_units: Mapped[int]
