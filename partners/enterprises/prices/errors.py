"""What may go wrong with prices.

DomainError
├── PriceFileUnreadable   reason: not UTF-8, no header that is known
└── ValuationRefused      reason: why no price of the instrument may be used
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class PriceFileUnreadable(DomainError):
    """The file as a whole cannot be read."""

    code = "price_file_unreadable"


class ValuationRefused(DomainError):
    """No price may be used; the facts say why and what was found."""

    code = "valuation_refused"
