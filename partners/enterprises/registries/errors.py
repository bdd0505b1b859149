"""What may go wrong with registry extracts.

DomainError
└── ExtractUnreadable   reason: not UTF-8, no header that is known
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class ExtractUnreadable(DomainError):
    """The extract as a whole cannot be read."""

    code = "extract_unreadable"
