"""Offers that a citizen keeps an eye on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

import ledger
from ledger.kernel.model import Model
from rewards import offers
from rewards.offers import Offer, OfferRow, OfferStock


class Favourite(Model):
    """An offer that a citizen marked."""

    __tablename__ = "favourite"
    __table_args__ = ({"schema": "rewards"},)

    stripe: Mapped[int] = mapped_column(primary_key=True)
    citizen_id: Mapped[UUID] = mapped_column(primary_key=True)
    offer_id: Mapped[UUID] = mapped_column(primary_key=True)
    added_at: Mapped[datetime]


def add_favourite(session: Session, *, citizen_id: UUID, offer_id: UUID, now: datetime) -> None:
    """Mark an offer; marking it again changes nothing. Raises OfferUnknown."""
    offers.offer_of(session, offer_id)
    row = {"stripe": ledger.stripe_of(citizen_id), "citizen_id": citizen_id, "offer_id": offer_id, "added_at": now}
    session.execute(insert(Favourite).values(row).on_conflict_do_nothing())


def remove_favourite(session: Session, *, citizen_id: UUID, offer_id: UUID) -> None:
    """Mark an offer no longer; what is not marked stays so."""
    session.execute(sa.delete(Favourite).where(*_of(citizen_id), Favourite.offer_id == offer_id))


def is_favourite(session: Session, *, citizen_id: UUID, offer_id: UUID) -> bool:
    """Whether the citizen marked the offer."""
    query = sa.select(Favourite.offer_id).where(*_of(citizen_id), Favourite.offer_id == offer_id)
    return session.scalar(query) is not None


def favourites_of(
    session: Session, citizen_id: UUID, *, after: UUID | None = None, limit: int = 20
) -> Sequence[OfferRow]:
    """Answer the offers that the citizen marked, open or not, the newest mark first, from after an offer on."""
    query = (
        sa.select(Offer, OfferStock.stock_units, OfferStock.left_units)
        .join(OfferStock, OfferStock.offer_id == Offer.id)
        .join(Favourite, Favourite.offer_id == Offer.id)
        .where(*_of(citizen_id))
    )
    last = session.get(Favourite, (ledger.stripe_of(citizen_id), citizen_id, after)) if after is not None else None
    if last is not None:
        place = sa.tuple_(sa.literal(last.added_at), sa.literal(last.offer_id))
        query = query.where(sa.tuple_(Favourite.added_at, Favourite.offer_id) < place)
    rows = session.execute(query.order_by(Favourite.added_at.desc(), Favourite.offer_id.desc()).limit(limit))
    return [OfferRow(*row) for row in rows]


def _of(citizen_id: UUID) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return Favourite.stripe == ledger.stripe_of(citizen_id), Favourite.citizen_id == citizen_id
