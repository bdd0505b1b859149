"""What may go wrong with schemes.

DomainError
├── SchemeUnknown          scheme: not there, or another institution's
├── SchemeExists           name: the institution has a scheme of this year and name
├── SchemeEnded            scheme: it was ended; nothing in it changes any more
├── SchemeVersionUnknown   version
├── SchemeVersionOpen      version: a draft or submitted version has to be decided first
├── SchemeVersionFixed     version: submitted, so its settings never change
├── SchemeVersionNotReady  version: not submitted, or decided already
├── ReviewerIsAuthor       version: a second person approves
├── SchemeDatesUnfit       starts_on, ends_on, valid_from: not of the year, out of order, or in the past
├── SchemeMethodsUnfit     methods: unknown ones, or none at all
├── SchemeQuotaUnfit       quota: nothing, or larger than one that holds it
└── SchemeBudgetUnfit      budget, awarded: less than was given already, or nothing
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class SchemeUnknown(DomainError):
    """The institution has no such scheme."""

    code = "scheme_unknown"


class SchemeExists(DomainError):
    """The institution has a scheme of this year and name."""

    code = "scheme_exists"


class SchemeEnded(DomainError):
    """The scheme was ended."""

    code = "scheme_ended"


class SchemeVersionUnknown(DomainError):
    """The scheme has no such version."""

    code = "scheme_version_unknown"


class SchemeVersionOpen(DomainError):
    """A version waits for its decision; one at a time."""

    code = "scheme_version_open"


class SchemeVersionFixed(DomainError):
    """A submitted version is never rewritten."""

    code = "scheme_version_fixed"


class SchemeVersionNotReady(DomainError):
    """The version is not waiting for a decision."""

    code = "scheme_version_not_ready"


class ReviewerIsAuthor(DomainError):
    """Who wrote a version does not approve it."""

    code = "reviewer_is_author"


class SchemeDatesUnfit(DomainError):
    """The dates are out of order, not of the year, or in the past."""

    code = "scheme_dates_unfit"


class SchemeMethodsUnfit(DomainError):
    """A method is unknown, weighs nothing, or none counts at all."""

    code = "scheme_methods_unfit"


class SchemeQuotaUnfit(DomainError):
    """A quota is nothing, or more than a quota that holds it."""

    code = "scheme_quota_unfit"


class SchemeBudgetUnfit(DomainError):
    """The budget is less than what was given already."""

    code = "scheme_budget_unfit"
