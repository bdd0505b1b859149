"""What merchants offer for coins, and how much of it is left."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model

KINDS = ("drink", "food", "goods", "ticket", "transit", "service")
EVERY_DAY = 0b1111111
DAY_MINUTES = 24 * 60


class Deal(StrEnum):
    """What is given for what: a thing for coins, or for coins and cash; a discount; a gift with a purchase."""

    COINS = "coins"
    COINS_CASH = "coins_cash"
    DISCOUNT = "discount"
    GIFT = "gift"


class OfferState(StrEnum):
    """What an offer is at an instant."""

    DRAFT = "draft"
    ON_SHOW = "on_show"
    PAUSED = "paused"
    WITHHELD = "withheld"
    ENDED = "ended"


class Offer(Model):
    """Something that a merchant hands over for *coins_units*; a person may hold or use *per_person* of it.

    *weekdays* (bit 0 is Monday) and the minutes of the local day say when it can be used at the counter.
    """

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
    deal: Mapped[Deal] = mapped_column(
        sa.Enum(Deal, native_enum=False, values_callable=lambda deals: [deal.value for deal in deals]),
        default=Deal.COINS,
    )
    cash_fen: Mapped[int | None]
    discount_percent: Mapped[int | None]
    discount_fen: Mapped[int | None]
    least_spend_fen: Mapped[int] = mapped_column(default=0)
    weekdays: Mapped[int] = mapped_column(default=EVERY_DAY)
    opens_minute: Mapped[int] = mapped_column(default=0)
    closes_minute: Mapped[int] = mapped_column(default=DAY_MINUTES)
    text_version: Mapped[int] = mapped_column(default=1)
    published_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    withheld_at: Mapped[datetime | None]

    def state(self, *, now: datetime) -> OfferState:
        """Answer the state at *now*. Ended wins over draft, draft over withheld, withheld over paused."""
        if self.ended_at is not None or now >= self.valid_until:
            return OfferState.ENDED
        if self.published_at is None:
            return OfferState.DRAFT
        if self.withheld_at is not None:
            return OfferState.WITHHELD
        return OfferState.PAUSED if self.paused_at is not None else OfferState.ON_SHOW


class OfferText(Model):
    """One wording of an offer; a voucher keeps the *version* under which it was taken."""

    __tablename__ = "offer_text"
    __table_args__ = ({"schema": "rewards"},)

    offer_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    title_en: Mapped[str]
    description: Mapped[str]
    description_en: Mapped[str]


class OfferStock(Model):
    """How much of an offer there was and how much nobody has taken yet."""

    __tablename__ = "offer_stock"
    __table_args__ = ({"schema": "rewards"},)

    offer_id: Mapped[UUID] = mapped_column(primary_key=True)
    stock_units: Mapped[int]
    left_units: Mapped[int]


class StockChange(Model):
    """Stock that the merchant added (positive) or took out (negative), and why; its id is the request id."""

    __tablename__ = "stock_change"
    __table_args__ = ({"schema": "rewards"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    offer_id: Mapped[UUID]
    units: Mapped[int]
    reason: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID]


def on_show_at(now: datetime) -> sa.ColumnElement[bool]:
    """Answer the condition of an offer that can be taken at *now*, for queries; ``rules.is_open`` says it in Python."""
    return sa.and_(
        Offer.published_at.is_not(None),
        Offer.paused_at.is_(None),
        Offer.ended_at.is_(None),
        Offer.withheld_at.is_(None),
        Offer.valid_from <= now,
        Offer.valid_until > now,
    )
