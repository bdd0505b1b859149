"""What may go wrong with files and records.

DomainError
├── RecordFileUnreadable   reason: encoding, header, mapping
├── MappingUnknown         mapping
├── FileUnknown            file
├── FileDecided            file: it was approved or rejected before
└── SecondPersonNeeded     file: who staged a file may not approve it
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class RecordFileUnreadable(DomainError):
    """The file as a whole cannot be read with the mapping."""

    code = "record_file_unreadable"


class MappingUnknown(DomainError):
    """The enterprise saved no mapping of that name."""

    code = "mapping_unknown"


class FileUnknown(DomainError):
    """The enterprise staged no such file."""

    code = "market_file_unknown"


class FileDecided(DomainError):
    """The file was approved or rejected before."""

    code = "market_file_decided"


class SecondPersonNeeded(DomainError):
    """Who staged a file may not approve it."""

    code = "second_person_needed"
