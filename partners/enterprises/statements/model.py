"""What a sheet is: its columns, the words it knows, and what its lines are checked against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from partners.enterprises.findings import Finding
from partners.enterprises.instruments.model import Instrument
from partners.enterprises.parties.model import Enterprise, MarketAccount
from partners.enterprises.pledges.model import Pledge
from partners.enterprises.rulebook.model import RuleBook

Facts = dict[str, object]


@dataclass(slots=True)
class World:
    """What the lines of a sheet are checked against; *available* are units by instrument."""

    enterprise: Enterprise
    accounts: dict[str, MarketAccount]
    instruments: dict[str, Instrument]
    book: RuleBook
    today: date
    available: dict[str, int] = field(default_factory=dict)
    pledges: list[Pledge] = field(default_factory=list)
    certificates: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Sheet:
    """*columns*: field → title. *check* answers the facts of a line and the remarks about it."""

    columns: Mapping[str, str]
    required: frozenset[str]
    check: Callable[[Mapping[str, str], World], tuple[list[Facts], list[Finding]]]
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sample: Mapping[str, str] = field(default_factory=dict)

    @property
    def titles(self) -> list[str]:
        """The header."""
        return list(self.columns.values())

    def choices(self, name: str) -> tuple[str, ...]:
        """Answer the words of a field, for a drop-down; none where anything may be written."""
        return tuple(self.words.get(name, ()))
