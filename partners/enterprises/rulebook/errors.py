"""What may go wrong with the rulebook.

DomainError
├── ParameterUnknown   name, day: no value held on that day, or the sources gave none
├── RuleRowInvalid     rule: no such rule or parameter, a value of another type, or no source
└── RuleRowExists      a row of that day is there; rows are never rewritten
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class ParameterUnknown(DomainError):
    """A rule needs a value that nobody has published; an operator may enter it with its source."""

    code = "parameter_unknown"


class RuleRowInvalid(DomainError):
    """There is no such rule or parameter, the value is of another type, or the source is missing."""

    code = "rule_row_invalid"


class RuleRowExists(DomainError):
    """A row from that day on is there already, and rows are never rewritten."""

    code = "rule_row_exists"
