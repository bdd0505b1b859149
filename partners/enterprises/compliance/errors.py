"""What may go wrong with compliance.

DomainError
├── ObligationUnknown   enterprise, year
└── DocumentInvalid     kind, month
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class ObligationUnknown(DomainError):
    """No notice of this year's obligation is on file."""

    code = "obligation_unknown"


class DocumentInvalid(DomainError):
    """The paper has no such kind, or a monthly filing lacks its month."""

    code = "document_invalid"
