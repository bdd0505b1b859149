"""What can be wrong about providers.

DomainError
├── ProviderUnknown    no provider has this code, or it was closed
├── FormatUnknown      the provider has no such file format
├── FileUnreadable     the file is not what its format says
├── ClaimCodeInvalid   the claim code does not fit the rider, or has expired
└── RiderKeyChanged    the database knows its riders by another platform key
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class ProviderUnknown(DomainError):
    """No open provider has this code. Facts: ``provider``."""

    code = "provider_unknown"


class FormatUnknown(DomainError):
    """The provider has no such file format. Facts: ``provider``, ``format``, ``known``."""

    code = "format_unknown"


class FileUnreadable(DomainError):
    """The file is not what its format says. Facts: ``file``, ``fault``."""

    code = "file_unreadable"


class ClaimCodeInvalid(DomainError):
    """The claim code does not fit the rider, or has expired. It never says which. Facts: ``provider``."""

    code = "claim_code_invalid"


class RiderKeyChanged(DomainError):
    """The database knows its riders by another platform key, so every act would count twice."""

    code = "rider_key_changed"
