"""What an act gives under a version, within quotas and budget; whether a draft may stand: pure.

Points of an act, in hundredths, are ``grams * weight % // grams per point`` rounded down; an act that gives a citizen
points and no grams (a self-declared one, or one that is only counted) enters with its points instead. Of what an act
would give, the person's quotas are looked at first, then the department's, then the budget; the first that leaves less
than all of it names the award.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from rewards.schemes.errors import (
    ReviewerIsAuthor,
    SchemeBudgetUnfit,
    SchemeDatesUnfit,
    SchemeMethodsUnfit,
    SchemeQuotaUnfit,
    SchemeVersionFixed,
    SchemeVersionNotReady,
)
from rewards.schemes.model import AwardCode, SchemeVersion, Span, VersionState, Whose

HEAVIEST = 1000  # Percent.
QUOTAS = tuple((whose, span) for whose in Whose for span in Span)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a version says. *weights* are percent by method, *quotas* hundredths of a point."""

    purpose: str
    starts_on: date
    ends_on: date
    valid_from: date
    grams_per_point: int
    budget_units: int
    weights: Mapping[str, int]
    quotas: Mapping[tuple[Whose, Span], int]


class Act(NamedTuple):
    """An accepted act of a member, with the department that the member is in."""

    id: UUID
    person: UUID
    department: UUID | None
    method: str
    day: date
    started_at: datetime
    grams: int
    points: int


class Decision(NamedTuple):
    """What an act gives (*units*), what it would have given without quotas and budget, and why."""

    act: Act
    version: int
    units: int
    wanted: int
    code: AwardCode


Key = tuple[Whose, Span, UUID, date]


@dataclass(slots=True)
class Usage:
    """What was given already: by quota, and of the budget."""

    awarded_units: int = 0
    used: dict[Key, int] = field(default_factory=dict)


def settings_of(version: SchemeVersion) -> Settings:
    """Answer what a version says, as values."""
    quotas = {}
    for words, units in version.quotas.items():
        whose, span = words.split()
        quotas[Whose(whose), Span(span)] = units
    return Settings(
        purpose=version.purpose,
        starts_on=version.starts_on,
        ends_on=version.ends_on,
        valid_from=version.valid_from,
        grams_per_point=version.grams_per_point,
        budget_units=version.budget_units,
        weights=version.weights,
        quotas=quotas,
    )


def first_day(span: Span, day: date) -> date:
    """Answer the first day of the day, month or year that *day* lies in."""
    if span is Span.DAY:
        return day
    return day.replace(day=1) if span is Span.MONTH else day.replace(month=1, day=1)


def wanted_units(settings: Settings, act: Act) -> int:
    """Answer what the act gives before quotas and budget, in hundredths of a point."""
    return (act.grams or act.points) * settings.weights[act.method] // settings.grams_per_point


def decide(acts: Iterable[Act], versions: Sequence[tuple[int, Settings]], usage: Usage) -> list[Decision]:
    """Decide acts in the order of their time, and add what they give to *usage*.

    *versions* are approved, with their numbers, the oldest first. An act of a day that none covers, or by a method that
    does not count on it, is left out; see ``stretches``.
    """
    decisions = []
    for act in sorted(acts, key=lambda one: (one.started_at, one.id)):
        number, settings = version_on(versions, act.day)
        if settings is not None and act.method in settings.weights:
            decisions.append(_decide_one(act, number, settings, usage))
    return decisions


def stretches(versions: Sequence[Settings]) -> list[tuple[str, date, date]]:
    """Answer (method, first day, last day) of what counts when: each version until the next one takes over.

    *versions* are approved, the oldest first. A method appears once for a day.
    """
    found = []
    for place, settings in enumerate(versions):
        following = versions[place + 1].valid_from - timedelta(days=1) if place + 1 < len(versions) else date.max
        first, last = max(settings.starts_on, settings.valid_from), min(settings.ends_on, following)
        found += [(method, first, last) for method in sorted(settings.weights) if first <= last]
    return found


def version_on(versions: Sequence[tuple[int, Settings]], day: date) -> tuple[int, Settings | None]:
    """Answer the version that is valid on *day*: the newest of those that had begun, while it lasts."""
    for number, settings in reversed(versions):
        if settings.valid_from <= day:
            return (number, settings) if settings.starts_on <= day <= settings.ends_on else (0, None)
    return 0, None


def _decide_one(act: Act, number: int, settings: Settings, usage: Usage) -> Decision:
    wanted = wanted_units(settings, act)
    units, code = wanted, AwardCode.AWARDED if wanted else AwardCode.TOO_SMALL
    keys: list[Key] = []
    for (whose, span), limit in settings.quotas.items():
        owner = act.person if whose is Whose.PERSON else act.department
        if owner is None:
            continue
        key = (whose, span, owner, first_day(span, act.day))
        keys.append(key)
        left = max(limit - usage.used.get(key, 0), 0)
        if left < units:
            units = left
            code = AwardCode.PERSON_QUOTA if whose is Whose.PERSON else AwardCode.DEPARTMENT_QUOTA
    left = max(settings.budget_units - usage.awarded_units, 0)
    if left < units:
        units, code = left, AwardCode.BUDGET_SPENT
    for key in keys:
        usage.used[key] = usage.used.get(key, 0) + units
    usage.awarded_units += units
    return Decision(act, number, units, wanted, code)


def check_settings(settings: Settings, *, year: int, known: frozenset[str]) -> None:
    """Refuse settings that cannot work. *known* are the codes of the methods that there are.

    Raises SchemeDatesUnfit, SchemeMethodsUnfit, SchemeQuotaUnfit, SchemeBudgetUnfit.
    """
    in_year = settings.starts_on.year == settings.ends_on.year == year
    if not (in_year and settings.starts_on <= settings.valid_from <= settings.ends_on):
        raise SchemeDatesUnfit(starts_on=settings.starts_on, ends_on=settings.ends_on, valid_from=settings.valid_from)
    unknown = sorted(set(settings.weights) - known)
    weightless = any(not 1 <= weight <= HEAVIEST for weight in settings.weights.values())
    if unknown or weightless or not settings.weights:
        raise SchemeMethodsUnfit(methods=", ".join(unknown))
    _check_quotas(settings.quotas)
    if settings.budget_units <= 0:
        raise SchemeBudgetUnfit(budget=settings.budget_units, awarded=0)


def _check_quotas(quotas: Mapping[tuple[Whose, Span], int]) -> None:
    for whose in Whose:
        limits = [quotas[whose, span] for span in Span if (whose, span) in quotas]
        if any(limit <= 0 for limit in limits) or limits != sorted(limits):
            raise SchemeQuotaUnfit(quota=whose.value)


def check_draft(version: SchemeVersion) -> None:
    """Raises SchemeVersionFixed; the trigger ``scheme_version_is_fixed`` is the truth behind it."""
    if version.state is not VersionState.DRAFT:
        raise SchemeVersionFixed(version=version.version)


def check_decision(version: SchemeVersion, *, reviewer: UUID) -> None:
    """Raises SchemeVersionNotReady, ReviewerIsAuthor; the check ``a_second_person_decides`` is the truth behind it."""
    if version.state is not VersionState.SUBMITTED:
        raise SchemeVersionNotReady(version=version.version)
    if reviewer == version.author:
        raise ReviewerIsAuthor(version=version.version)


def check_succession(
    version: SchemeVersion, earlier: Sequence[SchemeVersion], *, today: date, awarded_units: int
) -> None:
    """Refuse a later version that would rewrite the past: it begins after today and after those before it.

    Raises SchemeDatesUnfit, SchemeBudgetUnfit.
    """
    if not earlier:
        return
    if version.valid_from <= max(today, earlier[-1].valid_from):
        raise SchemeDatesUnfit(starts_on=version.starts_on, ends_on=version.ends_on, valid_from=version.valid_from)
    if version.budget_units < awarded_units:
        raise SchemeBudgetUnfit(budget=version.budget_units, awarded=awarded_units)


class Forecast(NamedTuple):
    """Where the budget goes at the pace so far: *total_units* at the end, *spent_on* the day it runs out, or None."""

    awarded_units: int
    budget_units: int
    per_day_units: int
    total_units: int
    spent_on: date | None


def forecast(settings: Settings, *, awarded_units: int, today: date) -> Forecast:
    """Continue the pace from the first day to *today* up to the last day."""
    days = (min(today, settings.ends_on) - settings.starts_on).days + 1
    if days <= 0 or not awarded_units:
        return Forecast(awarded_units, settings.budget_units, 0, awarded_units, None)
    ahead = max((settings.ends_on - today).days, 0)
    total = awarded_units + awarded_units * ahead // days
    left = max(settings.budget_units - awarded_units, 0)
    until = -(-left * days // awarded_units)
    spent_on = today + timedelta(days=until) if until <= ahead else None
    return Forecast(awarded_units, settings.budget_units, awarded_units // days, total, spent_on)
