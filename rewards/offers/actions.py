"""Publishing offers and keeping their stock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from rewards.offers import rules
from rewards.offers.errors import OfferInvalid
from rewards.offers.model import Offer, OfferStock


def open_offer(
    session: Session,
    *,
    offer_id: UUID,
    merchant_id: UUID,
    county_code: str,
    kind: str,
    title: str,
    title_en: str,
    description: str,
    description_en: str,
    coins_units: int,
    stock_units: int,
    per_person: int,
    voucher_days: int,
    valid_from: datetime,
    valid_until: datetime,
) -> Offer:
    """Publish an offer with its stock. Raises OfferInvalid, also where the id is another offer's."""
    offer = Offer(
        id=offer_id, merchant_id=merchant_id, county_code=county_code, kind=kind, title=title, title_en=title_en,
        description=description, description_en=description_en, coins_units=coins_units, per_person=per_person,
        voucher_days=voucher_days, valid_from=valid_from, valid_until=valid_until,
    )  # fmt: skip
    rules.check_offer(offer)
    known = session.get(Offer, offer_id)
    if known is not None:
        if (known.merchant_id, known.title, known.coins_units) != (merchant_id, title, coins_units):
            raise OfferInvalid(offer=offer_id, fields=["offer_id"])
        return known
    session.add(offer)
    session.flush()
    session.add(OfferStock(offer_id=offer_id, stock_units=stock_units, left_units=stock_units))
    session.flush()
    return offer


def lock_stock(session: Session, offer_id: UUID) -> int:
    """Answer what is left, and keep other takers of the same offer waiting until this transaction ends."""
    query = sa.select(OfferStock.left_units).where(OfferStock.offer_id == offer_id).with_for_update()
    return session.scalars(query).one()


def move_stock(session: Session, changes: Mapping[UUID, int]) -> None:
    """Add each change (negative when taken, positive when given back) to what is left of its offer.

    One statement for any number of offers; their rows are locked in the order of their ids.
    """
    if not changes:
        return
    ids = sorted(changes)
    session.execute(_MOVE, {"ids": ids, "units": [changes[offer_id] for offer_id in ids]})


_MOVE = sa.text(
    """
    WITH change AS (
        SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:units AS bigint[])) AS given (offer_id, units)
    ), locked AS (
        SELECT offer_id FROM rewards.offer_stock WHERE offer_id = ANY(:ids) ORDER BY offer_id FOR UPDATE
    )
    UPDATE rewards.offer_stock AS stock SET left_units = stock.left_units + change.units
    FROM change JOIN locked USING (offer_id) WHERE stock.offer_id = change.offer_id
    """
)
