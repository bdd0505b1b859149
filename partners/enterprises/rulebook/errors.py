"""What may go wrong with the rulebook.

DomainError
└── ParameterUnknown   name, day: no value held on that day, or the sources gave none
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class ParameterUnknown(DomainError):
    """A rule needs a value that nobody has published; an operator may enter it with its source."""

    code = "parameter_unknown"
