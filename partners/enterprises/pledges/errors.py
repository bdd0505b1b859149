"""What may go wrong with pledges (rule 30).

DomainError
├── PledgeExceeds        available, asked: more than is free to pledge
├── CertificateTaken     certificate: it secures another pledge
├── PledgeTermInvalid    the end is not after the start
├── PledgeUnknown        pledge
└── ReleaseNeedsDocument pledge
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class PledgeExceeds(DomainError):
    """More than is free to pledge: units pledged once are not pledged again."""

    code = "pledge_exceeds"


class CertificateTaken(DomainError):
    """The number of the registration certificate secures another pledge."""

    code = "certificate_taken"


class PledgeTermInvalid(DomainError):
    """The end is not after the start."""

    code = "pledge_term_invalid"


class PledgeUnknown(DomainError):
    """The enterprise has no such pledge."""

    code = "pledge_unknown"


class ReleaseNeedsDocument(DomainError):
    """A release is written down with the number of its document."""

    code = "release_needs_document"
