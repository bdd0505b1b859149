"""Rules, parameters and deadlines, each with the day from which it holds and the source that says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, time

from partners.enterprises.findings import Finding, Severity
from partners.enterprises.rulebook.errors import ParameterUnknown

Value = object
FIRST_LIMITS = date(2021, 7, 16)  # The day on which the national market opened.


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of the table of forty."""

    number: int
    valid_from: date
    severity: str
    title: str
    standing: str
    citation: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that holds from a day on; None where the sources gave none (standing ``unknown``)."""

    name: str
    valid_from: date
    value: Value
    rule: int
    standing: str
    citation: str


@dataclass(frozen=True, slots=True)
class ObligationYear:
    """By when the emissions of a year are surrendered."""

    year: int
    deadline: date
    standing: str
    citation: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Whether a vintage counts for a year; *accepted* is None where the sources do not settle it."""

    year: int
    vintage: int
    valid_from: date
    accepted: bool | None
    standing: str
    citation: str


Session = tuple[time, time]


@dataclass(frozen=True, slots=True)
class TradingLimits:
    """What the trading rules allow on one day; bands in hundredths of a percent, amounts in fen."""

    listed_band_bp: int
    block_band_bp: int
    block_least_t: int
    listed_sessions: tuple[Session, ...]
    block_sessions: tuple[Session, ...]
    next_day_kinds: frozenset[str]
    amount_tolerance_fen: int
    fee_rate: str | None


@dataclass(slots=True)
class RuleBook:
    """All rules and parameters; answers what held on a day. Lookups are remembered, as files ask for the same days."""

    rules: tuple[Rule, ...]
    parameters: tuple[Parameter, ...]
    years: dict[int, ObligationYear]
    acceptances: tuple[Acceptance, ...]
    _limits: dict[date, TradingLimits] = field(default_factory=dict)
    _standing: dict[tuple[int, date], Rule | None] = field(default_factory=dict)

    def rule(self, number: int, day: date) -> Rule | None:
        """Answer the rule as it stood on *day*, or None where it was not in force yet."""
        key = (number, day)
        if key not in self._standing:
            held = [one for one in self.rules if one.number == number and one.valid_from <= day]
            self._standing[key] = max(held, key=lambda one: one.valid_from, default=None)
        return self._standing[key]

    def weighed(self, findings: Iterable[Finding], day: date) -> list[Finding]:
        """Leave out what no rule said on *day*, and weigh the rest as the rule of that day does.

        A rule whose row of the day says ``-`` was repealed; one that says ``W`` alone only warns. What cannot be read
        (rule 0) is refused on any day.
        """
        weighed = []
        for finding in findings:
            rule = self.rule(finding.rule, day)
            if finding.rule == 0 or (rule is not None and rule.severity == "W" and finding.severity == Severity.REJECT):
                weighed.append(finding if finding.rule == 0 else replace(finding, severity=Severity.WARN))
            elif rule is not None and rule.severity != "-":
                weighed.append(finding)
        return weighed

    def parameter(self, name: str, day: date) -> Parameter:
        """Answer the parameter that held on *day*. Raises ParameterUnknown where none did."""
        held = [one for one in self.parameters if one.name == name and one.valid_from <= day]
        if not held:
            raise ParameterUnknown(name=name, day=day)
        return max(held, key=lambda one: one.valid_from)

    def number(self, name: str, day: date) -> int:
        """Answer a whole number that held on *day*. Raises ParameterUnknown, also where it has no value yet."""
        value = self.parameter(name, day).value
        if not isinstance(value, int):
            raise ParameterUnknown(name=name, day=day)
        return value

    def day(self, name: str, on: date) -> date:
        """Answer a date that held on *on*. Raises ParameterUnknown."""
        value = self.parameter(name, on).value
        if not isinstance(value, str):
            raise ParameterUnknown(name=name, day=on)
        return date.fromisoformat(value)

    def numbers(self, name: str, day: date) -> tuple[int, ...]:
        """Answer a list of whole numbers that held on *day*. Raises ParameterUnknown."""
        value = self.parameter(name, day).value
        if not isinstance(value, list):
            raise ParameterUnknown(name=name, day=day)
        return tuple(int(one) for one in value)

    def limits(self, day: date) -> TradingLimits:
        """Answer the trading limits of *day*; before the first ones were published, the first ones."""
        day = max(day, FIRST_LIMITS)
        known = self._limits.get(day)
        if known is None:
            known = self._limits[day] = self._limits_on(day)
        return known

    def acceptance(self, *, year: int, vintage: int, day: date) -> Acceptance | None:
        """Answer what is said about a vintage for a year's obligation; None means that it does not count."""
        said = [a for a in self.acceptances if (a.year, a.vintage) == (year, vintage) and a.valid_from <= day]
        return max(said, key=lambda one: one.valid_from, default=None)

    def is_surrenderable(self, vintage: int | None, day: date) -> bool:
        """Whether some obligation whose deadline is not past accepts the vintage."""
        return vintage is not None and any(
            one.deadline >= day and self._accepts(one.year, vintage, day) for one in self.years.values()
        )

    def next_deadline(self, day: date) -> date | None:
        """Answer the first deadline that is not past on *day*."""
        return min((one.deadline for one in self.years.values() if one.deadline >= day), default=None)

    def surrenderable_until(self, vintage: int | None, day: date) -> date | None:
        """Answer the last deadline for which a vintage counts; None where it counts for none that is to come."""
        if vintage is None:
            return None
        accepting = [one.deadline for one in self.years.values() if self._accepts(one.year, vintage, day)]
        return max((deadline for deadline in accepting if deadline >= day), default=None)

    def _accepts(self, year: int, vintage: int, day: date) -> bool:
        said = self.acceptance(year=year, vintage=vintage, day=day)
        return said is not None and said.accepted is True

    def _limits_on(self, day: date) -> TradingLimits:
        kinds = self.parameter("next_day_kinds", day).value
        rate = self.parameter("fee_rate", day).value
        return TradingLimits(
            listed_band_bp=self.number("listed_band_bp", day),
            block_band_bp=self.number("block_band_bp", day),
            block_least_t=self.number("block_least_t", day),
            listed_sessions=_sessions(self.parameter("listed_sessions", day).value),
            block_sessions=_sessions(self.parameter("block_sessions", day).value),
            next_day_kinds=frozenset(map(str, kinds if isinstance(kinds, list) else ())),
            amount_tolerance_fen=self.number("amount_tolerance_fen", day),
            fee_rate=rate if isinstance(rate, str) else None,
        )


def _sessions(value: Value) -> tuple[Session, ...]:
    pairs: Iterable[tuple[str, str]] = value if isinstance(value, list) else ()
    return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in pairs)
