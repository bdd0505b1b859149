"""Offers: what merchants hand over for coins, how much of it is left, and who may take it."""

from rewards.offers.actions import lock_stock, move_stock, open_offer
from rewards.offers.errors import OfferInvalid, OfferLimitReached, OfferNotOpen, OfferSoldOut, OfferUnknown
from rewards.offers.model import KINDS, Offer, OfferStock
from rewards.offers.queries import (
    OfferFilter,
    OfferRow,
    best_within,
    offer_of,
    offers_by_id,
    offers_of_merchant,
    open_offers,
)
from rewards.offers.rules import check_takable, is_open, next_ordinal, voucher_end

__all__ = [
    "KINDS",
    "Offer",
    "OfferFilter",
    "OfferInvalid",
    "OfferLimitReached",
    "OfferNotOpen",
    "OfferRow",
    "OfferSoldOut",
    "OfferStock",
    "OfferUnknown",
    "best_within",
    "check_takable",
    "is_open",
    "lock_stock",
    "move_stock",
    "next_ordinal",
    "offer_of",
    "offers_by_id",
    "offers_of_merchant",
    "open_offer",
    "open_offers",
    "voucher_end",
]
