"""What a method is: names and unit that never change, and dated versions that do.

Quantities and caps are whole thousandths of the unit (km -> metres, kWh -> Wh); factors are whole milligrams of
CO2e per unit. So 3.2 km at 40 g/km is ``3200 * 40000 // 1_000_000 = 128`` grams, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Tier(StrEnum):
    """How an act is evidenced: A third party or meter, B photo or code checked, C self-declared (puhui.md §2.4)."""

    __hash__ = str.__hash__  # A member finds itself in tables on the hot path without a call into Python.

    A = "A"
    B = "B"
    C = "C"


class Period(StrEnum):
    """The calendar stretch, in the provider's local time, over which a cap counts."""

    __hash__ = str.__hash__  # A member finds itself in tables on the hot path without a call into Python.

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Counts(StrEnum):
    """What a cap counts: thousandths of the unit, acts, or grams."""

    __hash__ = str.__hash__  # A member finds itself in tables on the hot path without a call into Python.

    QUANTITY = "quantity"
    EVENTS = "events"
    GRAMS = "grams"


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that one person may be credited by one method in a period.

    ``limit`` is in thousandths of the unit where the cap counts quantity, else whole acts or grams.
    """

    period: Period
    limit: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class RideLimits:
    """Bounds of one ride: shortest and longest, in seconds, and the straight-line speed above which someone looks."""

    min_seconds: int
    max_seconds: int
    max_kmh: int


@dataclass(frozen=True, slots=True)
class Variant:
    """A branch of a method with its own unit and factor (milligrams per unit) or points per unit."""

    code: str
    unit: str
    name_zh: str
    name_en: str
    factor_mg: int | None
    points_per_unit: int


@dataclass(frozen=True, slots=True)
class Version:
    """A method as it is computed for acts on or after *valid_from*, until the next version begins."""

    version: int
    valid_from: date
    status: str
    status_detail_zh: str
    status_detail_en: str
    formula_zh: str
    formula_en: str
    factor: str | None
    factor_mg: int | None
    factor_area: str
    factor_vintage: str
    source: str
    creditable: bool
    tier: Tier
    evidence_zh: str
    points_per_unit: int
    max_quantity: int
    caps: tuple[Cap, ...]
    cap_note_zh: str
    cap_note_en: str
    note_zh: str
    note_en: str
    missing_zh: str  # A parameter of the formula beside the factor that nobody has set yet; until then no grams.
    missing_en: str
    ride: RideLimits | None
    variants: tuple[Variant, ...]
    periods: tuple[Period, ...]  # Those of the caps, each once: the usage that must be known.

    @property
    def is_uncertain(self) -> bool:
        """Whether the sources disagree or are weak; pages say so."""
        return self.status != "published"

    @property
    def awaits_factor(self) -> bool:
        """Whether the method could give grams but lacks its factor or another parameter, so that it gives none."""
        lacks_factor = self.factor_mg is None and not any(v.factor_mg for v in self.variants)
        return self.creditable and (lacks_factor or bool(self.missing_en))

    def variant(self, code: str | None, unit: str) -> Variant | None:
        """Find the branch by its code, or by its unit where no code was given."""
        return next((v for v in self.variants if v.code == code or (code is None and v.unit == unit)), None)


@dataclass(frozen=True, slots=True)
class Method:
    """A rule with its history. *group* names methods that record one physical act; *journey*: two may not overlap."""

    code: str
    name_zh: str
    name_en: str
    category_zh: str
    category_en: str
    unit: str
    unit_zh: str
    units: frozenset[str]  # Every unit in which an act may be reported: the variants' where there are any.
    group: str
    journey: bool
    versions: tuple[Version, ...]

    @property
    def current(self) -> Version:
        """The newest version."""
        return self.versions[-1]

    def on(self, day: date) -> Version | None:
        """The version in force on *day*; None before the first."""
        newest = self.versions[-1]
        if newest.valid_from <= day:
            return newest
        return next((v for v in reversed(self.versions) if v.valid_from <= day), None)


@dataclass(frozen=True, slots=True)
class PointRate:
    """Grams per point from *valid_from* on, and each tier's share in percent. No authority has set one yet."""

    version: int
    valid_from: date
    status: str
    grams_per_point: int
    source: str
    tier_percent: dict[Tier, int]
