"""Named reads of offers for the merchant that made them: all of them, their stock and their wordings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from rewards.offers.model import Offer, OfferStock, OfferText, StockChange
from rewards.offers.queries import OfferRow, offer_of


def shelf_of(session: Session, merchant_id: UUID, *, after: UUID | None = None, limit: int = 20) -> Sequence[OfferRow]:
    """Answer the merchant's offers in any state, what began last first, from the one after *after* on.

    Raises OfferUnknown.
    """
    query = sa.select(Offer, OfferStock.stock_units, OfferStock.left_units).join(
        OfferStock, OfferStock.offer_id == Offer.id
    )
    query = query.where(Offer.merchant_id == merchant_id)
    if after is not None:
        last = offer_of(session, after).offer
        place = sa.tuple_(sa.literal(last.valid_from), sa.literal(last.id))
        query = query.where(sa.tuple_(Offer.valid_from, Offer.id) < place)
    rows = session.execute(query.order_by(Offer.valid_from.desc(), Offer.id.desc()).limit(limit))
    return [OfferRow(*row) for row in rows]


def stock_changes_of(session: Session, offer_id: UUID, *, limit: int = 50) -> Sequence[StockChange]:
    """Answer the changes of an offer's stock, the newest first."""
    query = sa.select(StockChange).where(StockChange.offer_id == offer_id)
    return session.scalars(query.order_by(StockChange.changed_at.desc(), StockChange.id.desc()).limit(limit)).all()


def texts_by_version(session: Session, wanted: Collection[tuple[UUID, int]]) -> dict[tuple[UUID, int], OfferText]:
    """Answer wordings by offer and version in one statement."""
    if not wanted:
        return {}
    query = sa.select(OfferText).where(sa.tuple_(OfferText.offer_id, OfferText.version).in_(set(wanted)))
    return {(text.offer_id, text.version): text for text in session.scalars(query)}
