"""What may go wrong when points become coins. In this order: the first that applies is raised.

DomainError
├── RateMissing             from_asset, to_asset, at (none was in force) or rate (no such)
├── ExchangeTooSmall        points, needed: not even one coin
├── RateChanged             shown, in_force: the rate that was shown is no longer in force
├── ExchangeLimitReached    most: coins that a person may make of points in a local day
├── EntryUnknown            transfer: the owner's account has no such line
├── CoinsMoved              account: it changed at the same instant; ask again
└── ExchangeConflict        exchange: the request id was used for another exchange
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class RateMissing(DomainError):
    """No rate was in force at that instant."""

    code = "rate_missing"


class ExchangeTooSmall(DomainError):
    """The points do not make a single coin."""

    code = "exchange_too_small"


class RateChanged(DomainError):
    """A newer rate came into force after the page was shown; the person must see it first."""

    code = "rate_changed"


class ExchangeConflict(DomainError):
    """The request id belongs to another exchange."""

    code = "request_conflict"


class ExchangeLimitReached(DomainError):
    """The person has made as many coins of points as one may in a day."""

    code = "exchange_limit_reached"


class EntryUnknown(DomainError):
    """The owner's account has no such line."""

    code = "entry_unknown"


class CoinsMoved(DomainError):
    """The account changed at the same instant."""

    code = "coins_moved"
