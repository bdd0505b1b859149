"""May this offer be taken, and until when does its voucher last?"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from rewards.offers.errors import OfferInvalid, OfferLimitReached, OfferNotOpen, OfferSoldOut
from rewards.offers.model import KINDS, Offer

CITY_TIME = ZoneInfo("Asia/Shanghai")


def check_offer(offer: Offer) -> None:
    """Refuse an offer that nobody could ever take. Raises OfferInvalid naming the fields at fault."""
    faults = {
        "kind": offer.kind not in KINDS,
        "coins_units": offer.coins_units < 1,
        "per_person": offer.per_person < 1,
        "voucher_days": offer.voucher_days < 1,
        "valid_until": offer.valid_until <= offer.valid_from,
    }
    if any(faults.values()):
        raise OfferInvalid(offer=offer.id, fields=[name for name, wrong in faults.items() if wrong])


def is_open(offer: Offer, *, now: datetime) -> bool:
    """Whether the offer can be taken at *now*, as far as its dates go; the last instant is exclusive."""
    return offer.valid_from <= now < offer.valid_until


def check_takable(offer: Offer, *, left_units: int, taken: int, now: datetime) -> None:
    """Refuse a taking. Raises OfferNotOpen, OfferSoldOut, OfferLimitReached, in this order.

    PostgreSQL says it again: constraint ``stock_floor`` and unique index ``voucher_limit``.
    """
    if not is_open(offer, now=now):
        raise OfferNotOpen(offer=offer.id, valid_from=offer.valid_from, valid_until=offer.valid_until)
    if left_units < 1:
        raise OfferSoldOut(offer=offer.id)
    if taken >= offer.per_person:
        raise OfferLimitReached(offer=offer.id, per_person=offer.per_person)


def next_ordinal(taken: Collection[int]) -> int:
    """Answer the lowest number from 1 that none of the person's vouchers of the offer has."""
    return next(number for number in range(1, len(taken) + 2) if number not in taken)


def voucher_end(offer: Offer, *, taken_at: datetime) -> datetime:
    """Answer when a voucher taken at *taken_at* ends: local midnight after *voucher_days* whole days, never later
    than the offer itself."""
    day = taken_at.astimezone(CITY_TIME).date() + timedelta(days=offer.voucher_days + 1)
    return min(datetime.combine(day, time.min, CITY_TIME), offer.valid_until)
