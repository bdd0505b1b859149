"""Coins: made from points at a dated rate, held for vouchers, redeemed at merchants, expired at a stated midnight."""

from rewards.coins.actions import exchange, open_coins
from rewards.coins.errors import (
    CoinsMoved,
    EntryUnknown,
    ExchangeConflict,
    ExchangeLimitReached,
    ExchangeTooSmall,
    RateChanged,
    RateMissing,
)
from rewards.coins.expiry import Holder, expire_coins, holders
from rewards.coins.history import Entry, entry_of, history_of
from rewards.coins.lives import Cohort, CoinLife, Expiring, cohorts, coin_lives, coming, due, expiring_of
from rewards.coins.model import Exchange, Rate
from rewards.coins.moving import move_aged, pieces
from rewards.coins.queries import coins_of, exchange_of, exchanged_today, exchanges_of, rate_at, rate_of, rates
from rewards.coins.rules import Preview, left_today, preview

__all__ = [
    "Cohort",
    "CoinLife",
    "CoinsMoved",
    "Entry",
    "EntryUnknown",
    "Exchange",
    "ExchangeConflict",
    "ExchangeLimitReached",
    "ExchangeTooSmall",
    "Expiring",
    "Holder",
    "Preview",
    "Rate",
    "RateChanged",
    "RateMissing",
    "cohorts",
    "coin_lives",
    "coins_of",
    "coming",
    "due",
    "entry_of",
    "exchange",
    "exchange_of",
    "exchanged_today",
    "exchanges_of",
    "expire_coins",
    "expiring_of",
    "history_of",
    "holders",
    "left_today",
    "move_aged",
    "open_coins",
    "pieces",
    "preview",
    "rate_at",
    "rate_of",
    "rates",
]
