"""What a line is checked against, read once per file: instruments, accounts, prices, parameters, what is on file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from partners.enterprises.calendar import TradingCalendar
from partners.enterprises.instruments.model import Instrument
from partners.enterprises.parties.model import Enterprise, MarketAccount
from partners.enterprises.prices.model import DayPrice
from partners.enterprises.records.trade_rules import Ground, ground_of
from partners.enterprises.rulebook.model import RuleBook

# The 2019–2020 allowance under the names that statements use for it (rule 5).
ALIASES = {"CEA19-20": "CEA", "CEA1920": "CEA", "CEA20": "CEA", "碳排放配额": "CEA", "碳排放配额19-20": "CEA"}


@dataclass(frozen=True, slots=True)
class Project:
    """A registered voluntary project as the public register shows it."""

    code: str
    started_on: date | None
    registered_on: date | None
    in_ets: bool | None
    validator: str
    verifier: str


@dataclass(slots=True)
class Surroundings:
    """The world as far as a file of one enterprise touches it. Tonnes by year where a year is the key."""

    enterprise: Enterprise
    accounts: dict[str, MarketAccount]
    instruments: dict[str, Instrument]
    book: RuleBook
    calendar: TradingCalendar
    prices: dict[tuple[str, date], DayPrice] = field(default_factory=dict)
    on_file: dict[str, bytes] = field(default_factory=dict)
    unapproved: set[str] = field(default_factory=set)
    revisions: dict[str, int] = field(default_factory=dict)
    booked_until: datetime | None = None
    due_t: dict[int, int] = field(default_factory=dict)
    verified_t: dict[int, int] = field(default_factory=dict)
    offset_filed_t: dict[int, int] = field(default_factory=dict)
    carry_limit_t: int | None = None
    carry_filed_t: int = 0
    projects: dict[str, Project] = field(default_factory=dict)
    certificates_sold: set[str] = field(default_factory=set)
    _grounds: dict[tuple[str, date, int | None], Ground] = field(default_factory=dict)

    def instrument(self, code: str) -> Instrument | None:
        """Answer the instrument of a code or of one of its other names."""
        return self.instruments.get(code) or self.instruments.get(ALIASES.get(code, ""))

    def ground(self, instrument: Instrument, day: date, method: int | None) -> Ground:
        """Answer what holds for every trade of an instrument on a day by a method."""
        key = (instrument.code, day, method)
        known = self._grounds.get(key)
        if known is None:
            known = self._grounds[key] = ground_of(
                instrument,
                day=day,
                method=method,
                limits=self.book.limits(day),
                price=self.prices.get((instrument.code, day)),
                calendar=self.calendar,
            )
        return known
