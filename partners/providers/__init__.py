"""Data providers: who reports acts, in whose time, and the formats that their files come in."""

from __future__ import annotations

from partners.providers.errors import (
    ClaimCodeInvalid,
    FileUnreadable,
    FormatUnknown,
    ProviderUnknown,
    RiderKeyChanged,
)
from partners.providers.formats import FORMATS, Reader, open_format
from partners.providers.model import Provider, Report
from partners.providers.queries import all_providers, provider_of, register
from partners.providers.riders import Riders, riders_of

__all__ = [
    "FORMATS",
    "ClaimCodeInvalid",
    "FileUnreadable",
    "FormatUnknown",
    "Provider",
    "ProviderUnknown",
    "Reader",
    "Report",
    "RiderKeyChanged",
    "Riders",
    "all_providers",
    "open_format",
    "provider_of",
    "register",
    "riders_of",
]
