"""Why units cannot be issued or retired. In this order: the first that applies is raised.

DomainError
├── IssueUnknown         issue
├── RetirementUnknown    retirement
├── SerialsUnreadable    first, last: no common prefix followed by rising whole numbers
├── SerialsTaken         first, last, registry: some of these serials are in the book already
├── OwnIssue             issue: who entered it cannot approve it
├── UnitsShort           needed_grams, available_grams, kind
├── IssueConflict        issue: the id was used for another issue
└── RetirementConflict   retirement: the request id was used for another retirement
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class IssueUnknown(DomainError):
    """There is no such issue."""

    code = "unit_issue_unknown"


class RetirementUnknown(DomainError):
    """There is no such retirement."""

    code = "unit_retirement_unknown"


class SerialsUnreadable(DomainError):
    """The first and the last serial are no run: other prefixes, other lengths, or the wrong order."""

    code = "serials_unreadable"


class SerialsTaken(DomainError):
    """Some of the serials were entered before; a unit exists once."""

    code = "serials_taken"


class OwnIssue(DomainError):
    """A second person approves what was entered."""

    code = "own_issue"


class UnitsShort(DomainError):
    """The holder has fewer units left than are to be retired."""

    code = "units_short"


class IssueConflict(DomainError):
    """The id belongs to another issue."""

    code = "request_conflict"


class RetirementConflict(DomainError):
    """The request id belongs to another retirement."""

    code = "request_conflict"
