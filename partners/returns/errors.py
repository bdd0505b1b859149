"""What may go wrong with a file of returns.

DomainError
├── ReturnsHeaderUnknown   missing: no row of the first five has a column of codes and one of figures
├── ReturnsYearUnknown     the file's name has no year, and none was given
└── ReturnsUnreadable      reason: nothing could be read as rows
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class ReturnsHeaderUnknown(DomainError):
    """No row of the first five has a column of codes and a column of figures that we know."""

    code = "returns_header_unknown"


class ReturnsYearUnknown(DomainError):
    """The file's name has no year, and none was given."""

    code = "returns_year_unknown"


class ReturnsUnreadable(DomainError):
    """Nothing could be read as rows."""

    code = "returns_unreadable"
