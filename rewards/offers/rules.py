"""May this offer be taken, used now, changed; and until when does its voucher last?"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from rewards.offers.errors import (
    OfferInvalid,
    OfferLimitReached,
    OfferNotOpen,
    OfferSoldOut,
    OfferStateUnfit,
    OfferTermsFixed,
)
from rewards.offers.model import DAY_MINUTES, EVERY_DAY, KINDS, Deal, Offer, OfferState

CITY_TIME = ZoneInfo("Asia/Shanghai")
MOST_PER_PERSON, MOST_DAYS = 1000, 366

STEPS: dict[str, frozenset[OfferState]] = {
    "published": frozenset({OfferState.DRAFT}),
    "paused": frozenset({OfferState.ON_SHOW}),
    "resumed": frozenset({OfferState.PAUSED}),
    "ended": frozenset({OfferState.DRAFT, OfferState.ON_SHOW, OfferState.PAUSED, OfferState.WITHHELD}),
}
"""From which states each step leads on; an ended offer stays ended."""


def check_offer(offer: Offer) -> None:
    """Refuse an offer that nobody could ever take or use. Raises OfferInvalid naming the fields at fault."""
    discounts = [fact for fact in (offer.discount_percent, offer.discount_fen) if fact is not None]
    faults = {
        "kind": offer.kind not in KINDS,
        "title": not (offer.title and offer.title_en),
        "coins_units": offer.coins_units < 1,
        "per_person": not 1 <= offer.per_person <= MOST_PER_PERSON,
        "voucher_days": not 1 <= offer.voucher_days <= MOST_DAYS,
        "valid_until": offer.valid_until <= offer.valid_from,
        "cash_fen": (offer.deal is Deal.COINS_CASH) != (offer.cash_fen is not None) or (offer.cash_fen or 1) < 1,
        "discount": len(discounts) != (offer.deal is Deal.DISCOUNT)
        or not all(fact > 0 for fact in discounts)
        or (offer.discount_percent or 1) > 99,
        "least_spend_fen": offer.least_spend_fen < 0,
        "weekdays": not 1 <= offer.weekdays <= EVERY_DAY,
        "hours": not 0 <= offer.opens_minute < offer.closes_minute <= DAY_MINUTES,
    }
    if any(faults.values()):
        raise OfferInvalid(offer=offer.id, fields=[name for name, wrong in faults.items() if wrong])


def is_open(offer: Offer, *, now: datetime) -> bool:
    """Whether the offer is on show and can be taken at *now*; the last instant of its dates is exclusive."""
    return offer.state(now=now) is OfferState.ON_SHOW and offer.valid_from <= now


def is_usable(offer: Offer, *, now: datetime) -> bool:
    """Whether *now* lies on a weekday and in the hours at which the counter honours the offer, in town."""
    local = now.astimezone(CITY_TIME)
    minute = local.hour * 60 + local.minute
    return bool(offer.weekdays >> local.weekday() & 1) and offer.opens_minute <= minute < offer.closes_minute


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


def check_step(offer: Offer, step: str, *, now: datetime) -> None:
    """Refuse a step that does not lead on from the offer's state. Raises OfferStateUnfit."""
    state = offer.state(now=now)
    if state not in STEPS[step]:
        raise OfferStateUnfit(offer=offer.id, state=state.value, wanted=step)


def check_draft(offer: Offer, *, now: datetime) -> None:
    """Refuse to change what was promised. Raises OfferTermsFixed once the offer was published, or ended."""
    if offer.state(now=now) is not OfferState.DRAFT:
        raise OfferTermsFixed(offer=offer.id)


def next_ordinal(taken: Collection[int]) -> int:
    """Answer the lowest number from 1 that none of the person's vouchers of the offer has."""
    return next(number for number in range(1, len(taken) + 2) if number not in taken)


def voucher_end(offer: Offer, *, taken_at: datetime) -> datetime:
    """Answer when a voucher taken at *taken_at* ends: local midnight after *voucher_days* whole days, never later
    than the offer itself."""
    day = taken_at.astimezone(CITY_TIME).date() + timedelta(days=offer.voucher_days + 1)
    return min(datetime.combine(day, time.min, CITY_TIME), offer.valid_until)
