"""What may go wrong with merchants.

DomainError
├── MerchantUnknown   merchant
├── MerchantExists    merchant: opened before with other facts
└── CounterUnknown    counter: no such counter, or another merchant's
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class MerchantUnknown(DomainError):
    """No merchant has this id."""

    code = "merchant_unknown"


class MerchantExists(DomainError):
    """The merchant, store or counter was opened before with other facts."""

    code = "merchant_exists"


class CounterUnknown(DomainError):
    """The counter does not exist, or belongs to another merchant."""

    code = "counter_unknown"
