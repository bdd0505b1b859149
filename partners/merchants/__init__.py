"""Merchants: who hands things over for coins, where, and what they are owed."""

from partners.merchants.actions import open_counter, open_merchant, open_store
from partners.merchants.errors import CounterUnknown, MerchantExists, MerchantUnknown
from partners.merchants.model import KINDS, Counter, Merchant, Store
from partners.merchants.queries import (
    CounterPlace,
    Takings,
    counter_of,
    counters_of,
    merchant_of,
    merchants_by_id,
    places_by_id,
    stores_of,
    takings_of,
)

__all__ = [
    "KINDS",
    "Counter",
    "CounterPlace",
    "CounterUnknown",
    "Merchant",
    "MerchantExists",
    "MerchantUnknown",
    "Store",
    "Takings",
    "counter_of",
    "counters_of",
    "merchant_of",
    "merchants_by_id",
    "open_counter",
    "open_merchant",
    "open_store",
    "places_by_id",
    "stores_of",
    "takings_of",
]
