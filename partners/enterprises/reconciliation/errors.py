"""What may go wrong with reconciliation.

DomainError
├── BreakUnknown       break
└── ResolutionMissing  break: a break is resolved with words
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class BreakUnknown(DomainError):
    """The enterprise has no such open break."""

    code = "break_unknown"


class ResolutionMissing(DomainError):
    """A break is resolved with words that say how."""

    code = "resolution_missing"
