"""Named reads of offers: what is open now, what a citizen can afford, what is left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from rewards.offers.errors import OfferUnknown
from rewards.offers.model import Offer, OfferStock, on_show_at


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An offer with what is left of it."""

    offer: Offer
    stock_units: int
    left_units: int

    @property
    def is_sold_out(self) -> bool:
        """Whether nothing is left."""
        return self.left_units < 1


@dataclass(frozen=True, slots=True)
class OfferFilter:
    """What a citizen looks for; None leaves a field open. *coins_at_most* is what the citizen can afford."""

    kind: str | None = None
    county_code: str | None = None
    coins_at_most: int | None = None


def open_offers(
    session: Session,
    *,
    now: datetime,
    wanted: OfferFilter,
    after: tuple[int, UUID] | None = None,
    limit: int = 20,
) -> Sequence[OfferRow]:
    """Answer the offers that are open at *now*, the cheapest first, after the price and id *after*."""
    query = _wanted(now, wanted)
    if after is not None:
        query = query.where(sa.tuple_(Offer.coins_units, Offer.id) > sa.tuple_(*map(sa.literal, after)))
    rows = session.execute(query.order_by(Offer.coins_units, Offer.id).limit(limit))
    return [OfferRow(*row) for row in rows]


def best_within(session: Session, *, now: datetime, coins_units: int, limit: int = 3) -> Sequence[OfferRow]:
    """Answer the dearest offers that *coins_units* would buy now."""
    query = _wanted(now, OfferFilter(coins_at_most=coins_units))
    rows = session.execute(query.order_by(Offer.coins_units.desc(), Offer.id).limit(limit))
    return [OfferRow(*row) for row in rows]


def offer_of(session: Session, offer_id: UUID) -> OfferRow:
    """Answer the offer, open or not. Raises OfferUnknown."""
    row = session.execute(_rows().where(Offer.id == offer_id)).one_or_none()
    if row is None:
        raise OfferUnknown(offer=offer_id)
    return OfferRow(*row)


def offers_by_id(session: Session, ids: Collection[UUID]) -> dict[UUID, Offer]:
    """Answer the offers of *ids* in one statement; unknown ids are left out."""
    return {offer.id: offer for offer in session.scalars(sa.select(Offer).where(Offer.id.in_(set(ids))))}


def offers_of_merchant(session: Session, merchant_id: UUID, *, limit: int = 100) -> Sequence[OfferRow]:
    """Answer the merchant's offers, the cheapest first."""
    rows = session.execute(
        _rows().where(Offer.merchant_id == merchant_id).order_by(Offer.coins_units, Offer.id).limit(limit)
    )
    return [OfferRow(*row) for row in rows]


def _wanted(now: datetime, wanted: OfferFilter) -> sa.Select[Offer, int, int]:
    query = _rows().where(on_show_at(now))
    if wanted.kind is not None:
        query = query.where(Offer.kind == wanted.kind)
    if wanted.county_code is not None:
        query = query.where(Offer.county_code == wanted.county_code)
    if wanted.coins_at_most is not None:
        query = query.where(Offer.coins_units <= wanted.coins_at_most, OfferStock.left_units > 0)
    return query


def _rows() -> sa.Select[Offer, int, int]:
    return sa.select(Offer, OfferStock.stock_units, OfferStock.left_units).join(
        OfferStock, OfferStock.offer_id == Offer.id
    )
