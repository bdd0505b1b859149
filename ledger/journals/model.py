"""What a journal holds, whatever it is spelt in. A positive amount is a debit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ledger.errors import LedgerError


class JournalInvalid(LedgerError):
    """A journal cannot be read; the facts say in which line, and what is wrong with it."""

    code = "journal_invalid"


@dataclass(frozen=True, slots=True)
class Line:
    """An amount on an account. A *virtual* line stands outside its entry's balance; *priced* ones are exchanged."""

    account: str
    amount: Decimal
    commodity: str
    virtual: bool = False
    priced: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened on a day; the lines of each commodity add up to nought, but for virtual and priced ones."""

    day: date
    text: str
    lines: list[Line] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
