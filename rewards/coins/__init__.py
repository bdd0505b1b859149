"""Coins: made from points at a dated rate, held for vouchers, redeemed at merchants."""

from rewards.coins.actions import exchange, open_coins
from rewards.coins.errors import ExchangeConflict, ExchangeTooSmall, RateChanged, RateMissing
from rewards.coins.model import Exchange, Rate
from rewards.coins.queries import coins_of, exchange_of, exchanges_of, rate_at, rate_of, rates
from rewards.coins.rules import Preview, preview

__all__ = [
    "Exchange",
    "ExchangeConflict",
    "ExchangeTooSmall",
    "Preview",
    "Rate",
    "RateChanged",
    "RateMissing",
    "coins_of",
    "exchange",
    "exchange_of",
    "exchanges_of",
    "open_coins",
    "preview",
    "rate_at",
    "rate_of",
    "rates",
]
