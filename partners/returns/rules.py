"""Is a change between two years a change of use, or of the way it was written down? Pure.

A flag means that the change is shown and not credited. The bounds are ours (docs/meters.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import NamedTuple

from partners.returns.headers import SUMS
from partners.returns.reading import Return

KGCE_PER_KWH = Decimal("0.1229")
"""GB/T 2589-2020 当量值 (copy): the heat of a kilowatt-hour, so it holds for every energy that is counted in kWh."""
KGCE_PER_M3_GAS = Decimal("1.33")
ENERGIES = ("electricity_kwh", "gas_kwh", "oil_kwh", "coal_kwh", "steam_kwh", "hot_water_kwh", "other_fuel_kwh")
COMPARED = ("floor_area_m2", "electricity_kwh", "gas_kwh", "oil_kwh", "water_m3")
SMALL = {"electricity_kwh": 50_000, "gas_kwh": 100_000, "oil_kwh": 500_000, "water_m3": 1_000, "floor_area_m2": 500}
"""Below this a change in percent says nothing: a standby generator is no programme of saving."""
AREA_RATIO = Decimal("1.33")
USE_RATIO = Decimal("1.67")
PART_MOVED = Decimal("0.5")
TYPICAL_RATIO = 5
LEAST_PEERS = 5
MILLIONTH = Decimal("0.000001")
PLACES = Decimal("0.1")


class Flag(NamedTuple):
    """Why a year of an organisation is not compared as it stands; *facts* fill in the sentence."""

    code: str
    flag: str
    measure: str
    facts: Mapping[str, str]


class Change(NamedTuple):
    """A measure of an organisation in two years. *percent* is None where there is nothing to compare."""

    code: str
    measure: str
    before: Decimal | None
    now: Decimal | None
    percent: Decimal | None


def indicators_of(one: Return) -> dict[str, Decimal]:
    """The official indicators that the figures allow; a figure that is missing makes no zero.

    An energy that the form does not ask for is left out; one that it asks for and that has no figure spoils the sum.
    """
    found: dict[str, Decimal] = {}
    known = one.figures
    asked = [energy for energy in ENERGIES if energy in known or energy in one.missing]
    has_use = any(known.get(energy) for energy in asked)
    area, people = known.get("floor_area_m2"), known.get("headcount")
    if has_use and all(energy in known and known[energy] >= 0 for energy in asked):
        kgce = sum((known[energy] for energy in asked), Decimal(0)) * KGCE_PER_KWH
        kgce += known.get("gas_m3", Decimal(0)) * KGCE_PER_M3_GAS
        if area:
            found["energy_per_m2"] = _exact(kgce / area)
        if people:
            found["energy_per_person"] = _exact(kgce / people)
    if people and known.get("water_m3"):
        found["water_per_person"] = _exact(known["water_m3"] / people)
    return found


def flags_of_year(returns: Sequence[Return], before: Mapping[str, Return] | None) -> list[Flag]:
    """Look at a year by itself and, where there is one, against the year before."""
    usual = _usual_intensity(returns)
    found = []
    for one in returns:
        found += _inconsistent(one, usual)
        if before is not None:
            earlier = before.get(one.code)
            found += [Flag(one.code, "appeared", "", {})] if earlier is None else _compared(one, earlier)
    if before is not None:
        there = {one.code for one in returns}
        found += [Flag(code, "vanished", "", {"name": before[code].name}) for code in sorted(set(before) - there)]
    return found


def changes_of(one: Return | None, earlier: Return | None) -> list[Change]:
    """The measures of two years side by side."""
    code = (one or earlier or Return("", "", 0, "", "")).code
    found = []
    for measure in COMPARED:
        now = one.figures.get(measure) if one else None
        then = earlier.figures.get(measure) if earlier else None
        percent = ((now - then) * 100 / then).quantize(PLACES, ROUND_HALF_UP) if now is not None and then else None
        found.append(Change(code, measure, then, now, percent))
    return found


def _usual_intensity(returns: Sequence[Return]) -> dict[str, Decimal]:
    by_type: dict[str, list[Decimal]] = {}
    for one in returns:
        value = indicators_of(one).get("energy_per_m2")
        if value is not None:
            by_type.setdefault(one.type, []).append(value)
    return {kind: Decimal(median(values)) for kind, values in by_type.items() if len(values) >= LEAST_PEERS}


def _inconsistent(one: Return, usual: Mapping[str, Decimal]) -> list[Flag]:
    found = []
    area, occupied = one.figures.get("floor_area_m2"), one.figures.get("occupied_area_m2")
    if area and occupied and occupied > area:
        found.append(Flag(one.code, "area_inconsistent", "floor_area_m2", _facts(area=area, occupied=occupied)))
    for measure, value in sorted(one.figures.items()):
        if value < 0:
            found.append(Flag(one.code, "negative", measure, _facts(value=value)))
    intensity, typical = indicators_of(one).get("energy_per_m2"), usual.get(one.type)
    if intensity is not None and typical and not typical / TYPICAL_RATIO <= intensity <= typical * TYPICAL_RATIO:
        facts = _facts(value=intensity.quantize(Decimal("0.01")), usual=typical.quantize(Decimal("0.01")))
        found.append(Flag(one.code, "intensity_odd", "energy_per_m2", facts))
    for measure in ("floor_area_m2", "electricity_kwh", "water_m3"):
        if not one.figures.get(measure):
            found.append(Flag(one.code, "no_figure", measure, {"why": one.missing.get(measure, "zero")}))
    return found


def _compared(one: Return, earlier: Return) -> list[Flag]:
    found = []
    for change in changes_of(one, earlier):
        if change.before is None or change.now is None or max(change.before, change.now) < SMALL[change.measure]:
            continue
        bound = AREA_RATIO if change.measure == "floor_area_m2" else USE_RATIO
        if change.before > change.now * bound or change.now > change.before * bound:
            facts = _facts(before=change.before, now=change.now)
            found.append(Flag(one.code, "change_implausible", change.measure, facts))
    return found + _moved(one, earlier)


def _moved(one: Return, earlier: Return) -> list[Flag]:
    """Find a supply that is booked in another column than the year before: its parts changed, their sum did not."""
    found = []
    for measure, parts in SUMS.items():
        now, then = one.figures.get(measure), earlier.figures.get(measure)
        if not now or not then or max(now, then) > USE_RATIO * min(now, then):
            continue
        shares = {p: (one.figures.get(p, Decimal(0)) / now, earlier.figures.get(p, Decimal(0)) / then) for p in parts}
        lost = [p for p, (share, before) in shares.items() if before - share >= PART_MOVED]
        won = [p for p, (share, before) in shares.items() if share - before >= PART_MOVED]
        if lost and won:
            found.append(Flag(one.code, "moved_column", measure, {"from": lost[0], "to": won[0]}))
    return found


def _facts(**values: Decimal) -> dict[str, str]:
    return {name: f"{value.normalize():f}" for name, value in values.items()}


def _exact(value: Decimal) -> Decimal:
    return value.quantize(MILLIONTH, ROUND_HALF_UP)
