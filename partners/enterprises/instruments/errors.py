"""What may go wrong with instruments.

DomainError
├── InstrumentUnknown   instrument
├── InstrumentInvalid   instrument, reason
├── InstrumentExists    instrument: opened before with other facts
└── KindsDiffer         kinds: quantities of different kinds were to be added
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class InstrumentUnknown(DomainError):
    """No instrument has this code."""

    code = "instrument_unknown"


class InstrumentInvalid(DomainError):
    """The facts do not make an instrument of the kind."""

    code = "instrument_invalid"


class InstrumentExists(DomainError):
    """The instrument was opened before with other facts."""

    code = "instrument_exists"


class KindsDiffer(DomainError):
    """Tonnes of allowances, megawatt-hours and cubic metres have no sum (rule 38)."""

    code = "kinds_differ"
