"""What may go wrong with funds.

DomainError
├── FundUnknown   fund: no such fund, or closed where an open one is needed
└── FundExists    fund: opened before with other facts, or the name is taken
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class FundUnknown(DomainError):
    """No fund has this id."""

    code = "fund_unknown"


class FundExists(DomainError):
    """The fund was opened before with other facts, or another has its name."""

    code = "fund_exists"
