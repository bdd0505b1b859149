"""The official indicators: pure, exact decimals; what is missing is said and never taken for zero.

Definitions (puhui.md §3.1, sources E1–E3; JS/T 303-2026 could not be confirmed):

- ``energy_per_m2`` 单位建筑面积能耗 = (all energy − fuel of official vehicles) ÷ floor area, kgce/m²
- ``energy_per_person`` 人均综合能耗 = all energy ÷ headcount, kgce/person
- ``water_per_person`` 人均用水量 = water ÷ headcount, m³/person
- ``carbon_per_m2`` 单位建筑面积碳排放 = carbon of the energy of the first indicator ÷ floor area, kgCO2/m²

Rooftop solar is shown and not added: no source that we have says how it enters the total.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import NamedTuple

from partners.meters.model import Energy, Meter, Use, months_between, next_month

MEASURES = ("energy_per_m2", "energy_per_person", "water_per_person", "carbon_per_m2")
UNITS = {
    "energy_per_m2": "kgce/m²",
    "energy_per_person": "kgce/person",
    "water_per_person": "m³/person",
    "carbon_per_m2": "kgCO2/m²",
}
MILLIONTH = Decimal("0.000001")
SMALLEST_PEER_GROUP = 5
COUNTED = (Energy.ELECTRICITY, Energy.GAS, Energy.HEAT, Energy.PETROL, Energy.DIESEL)


class Period(NamedTuple):
    """A calendar year, or a quarter of one."""

    year: int
    quarter: int | None = None

    @property
    def months(self) -> list[date]:
        """The first days of its months."""
        if self.quarter is None:
            return months_between(date(self.year, 1, 1), date(self.year, 12, 1))
        return months_between(date(self.year, 3 * self.quarter - 2, 1), date(self.year, 3 * self.quarter, 1))

    @property
    def last_day(self) -> date:
        """Its last day."""
        return next_month(self.months[-1]) - timedelta(days=1)

    @property
    def code(self) -> str:
        """``2026`` or ``2026Q1``."""
        return f"{self.year}" if self.quarter is None else f"{self.year}Q{self.quarter}"

    def before(self) -> Period:
        """The same period of the year before."""
        return Period(self.year - 1, self.quarter)


@dataclass(frozen=True, slots=True)
class Factor:
    """Kilograms of standard coal or of CO2 per unit of an energy, with its source."""

    kind: str
    energy: str
    unit: str
    value: Decimal
    area: str
    vintage: str
    valid_from: date
    status: str
    source: str


class Missing(NamedTuple):
    """Why a figure is not there: ``no_floor_area``, ``no_headcount``, ``no_meter``, ``no_bill``, ``no_factor``."""

    code: str
    facts: Mapping[str, str]


class Part(NamedTuple):
    """One energy's share of a figure: use, factor, product. Use of official vehicles apart from the rest."""

    energy: Energy
    unit: str
    use: Decimal
    factor: Factor | None
    product: Decimal
    for_vehicles: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator of a period. *value* is None exactly where *missing* says why; *parts* are how it was computed."""

    measure: str
    value: Decimal | None
    parts: tuple[Part, ...] = ()
    divisor: Decimal | None = None
    missing: tuple[Missing, ...] = ()

    @property
    def unit(self) -> str:
        """The unit of the measure."""
        return UNITS[self.measure]


@dataclass(slots=True)
class Total:
    """The use of one energy, unit and purpose over a period, and the months for which it is not known."""

    energy: Energy
    unit: str
    for_vehicles: bool
    use: Decimal = Decimal(0)
    estimated: int = 0
    unknown: list[tuple[str, date]] = field(default_factory=list)


def totals(meters: Iterable[Meter], uses: Mapping[tuple[object, date], Use], period: Period) -> list[Total]:
    """Add the main meters' use over *period*; a month without a figure stays unknown, by the meter's name."""
    found: dict[tuple[Energy, str, bool], Total] = {}
    for meter in meters:
        if meter.is_sub_meter:
            continue
        key = (meter.energy, meter.unit, meter.for_vehicles)
        for month in period.months:
            use = uses.get((meter.id, month))
            if use is None and not meter.serves(month):
                continue
            total = found.setdefault(key, Total(*key))
            if use is None or use.quantity is None or use.gap is not None:
                total.unknown.append((meter.name, month))
            else:
                total.use += use.quantity
                total.estimated += use.estimated
    return [found[key] for key in sorted(found)]


def figures(
    sums: Sequence[Total],
    *,
    floor_area_m2: Decimal | None,
    headcount: int | None,
    factors: Sequence[Factor],
    period: Period,
) -> list[Figure]:
    """Compute the four indicators of a period from its totals."""
    people = Decimal(headcount) if headcount else None
    fixed = [total for total in sums if total.energy in COUNTED and not total.for_vehicles]
    driven = [total for total in sums if total.energy in COUNTED and total.for_vehicles]
    water = [total for total in sums if total.energy is Energy.WATER]
    area = (floor_area_m2, "no_floor_area")
    heads = (people, "no_headcount")
    return [
        _figure("energy_per_m2", fixed, area, factors=factors, kind="coal", period=period),
        _figure("energy_per_person", fixed + driven, heads, factors=factors, kind="coal", period=period),
        _figure("water_per_person", water, heads, factors=factors, kind=None, period=period),
        _figure("carbon_per_m2", fixed, area, factors=factors, kind="carbon", period=period),
    ]


def _figure(
    measure: str,
    sums: Sequence[Total],
    divisor: tuple[Decimal | None, str],
    *,
    factors: Sequence[Factor],
    kind: str | None,
    period: Period,
) -> Figure:
    missing = [] if divisor[0] else [Missing(divisor[1], {"year": str(period.year)})]
    needed = Energy.WATER if kind is None else Energy.ELECTRICITY
    if not any(total.energy is needed for total in sums):
        missing.append(Missing("no_meter", {"energy": needed.value}))
    parts = []
    for total in sums:
        missing += [Missing("no_bill", {"meter": name, "month": f"{m:%Y-%m}"}) for name, m in total.unknown]
        factor = factor_of(factors, kind, total.energy, total.unit, on=period.last_day) if kind else None
        if kind and factor is None and total.use:
            missing.append(Missing("no_factor", {"energy": total.energy.value, "kind": kind}))
        product = total.use * factor.value if factor else total.use if kind is None else Decimal(0)
        parts.append(Part(total.energy, total.unit, total.use, factor, product, total.for_vehicles))
    value = None
    if not missing and divisor[0]:
        value = (sum((part.product for part in parts), Decimal(0)) / divisor[0]).quantize(MILLIONTH, ROUND_HALF_UP)
    return Figure(measure, value, tuple(parts), divisor[0], tuple(missing))


def factor_of(factors: Sequence[Factor], kind: str | None, energy: Energy, unit: str, *, on: date) -> Factor | None:
    """The factor in force on a day: the newest that began by then. A later vintage never reaches back."""
    fits = [f for f in factors if (f.kind, f.energy, f.unit) == (kind, energy.value, unit) and f.valid_from <= on]
    return max(fits, key=lambda factor: factor.valid_from, default=None)


def change_percent(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """How much more (+) or less (−), in percent with one place; None where either is missing or nothing was before."""
    if now is None or not before:
        return None
    return ((now - before) * 100 / before).quantize(Decimal("0.1"), ROUND_HALF_UP)


def peer_median(values: Sequence[Decimal]) -> Decimal | None:
    """The median of a peer group; None for a group so small that it would tell about single institutions."""
    return Decimal(median(values)).quantize(MILLIONTH) if len(values) >= SMALLEST_PEER_GROUP else None


# 广东省能源局 2023-01-03 (reprint, E5): averages of 2021 by type. Sample data of another province, always labelled so.
GUANGDONG_2021: dict[str, dict[str, Decimal]] = {
    kind: dict(zip(MEASURES[:3], map(Decimal, row.split()), strict=True))
    for kind, row in {
        "provincial_agency": "12.49 517.33 38.53",
        "local_agency": "11.02 397.34 69.99",
        "university": "4.77 102.80 50.51",
        "school": "3.28 65.30 43.38",
        "hospital": "15.88 294.06 55.87",
        "venue": "9.87 66.04 11.17",
    }.items()
}

# 国管局 (E1, E2): national figures of 2020 and 2022, and the target for 2025 against 2020 in percent.
NATIONAL: dict[str, tuple[Decimal | None, Decimal | None, int]] = {
    "energy_per_m2": (Decimal("18.48"), Decimal("18.03"), -5),
    "energy_per_person": (Decimal("329.56"), Decimal("321.27"), -6),
    "water_per_person": (Decimal("21.53"), Decimal("20.99"), -6),
    "carbon_per_m2": (None, None, -7),
}
