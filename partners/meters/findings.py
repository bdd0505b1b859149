"""What is strange in a meter's months? Pure: the months in, findings with the figures that explain them out.

A finding accuses nobody: it asks the liaison to confirm it with words or to correct the bill. Until then its month is
not credited. The bounds are ours, chosen so that a heating season is no spike; docs/meters.md names them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations
from statistics import median
from typing import NamedTuple
from uuid import UUID

from partners.meters.model import Meter, Use, months_between, next_month, year_before

SPIKE = 3  # Times the typical month.
DROP = 4  # The typical month is so many times the month's use.
PRICE_APART = Decimal("1.5")
NEAR = Decimal("0.15")
MONTHS_NEEDED = 4
ESTIMATES_IN_A_ROW = 3
CENT = Decimal("0.01")


class Found(NamedTuple):
    """A finding: facts are text, for the sentence; *basis* are the figures that it was found in."""

    meter_id: UUID
    month: date
    code: str
    facts: Mapping[str, str]
    basis: str


Months = Mapping[date, Use]


def detect(meters: Sequence[Meter], uses: Mapping[UUID, Months], *, until: date) -> list[Found]:
    """Look at all months of an institution's *meters* up to *until* (a month that should be billed by now)."""
    found: list[Found] = []
    for meter in meters:
        months = uses.get(meter.id, {})
        found += _gaps(meter, months, until)
        found += _odd_amounts(meter, months)
        found += _odd_prices(meter, months, typical_price(meter, meters, uses))
        found += _long_estimates(meter, months)
    return _without_explained(found + _swapped_meters(meters, uses))


def typical(months: Months, month: date) -> Decimal | None:
    """The median of the other known months within two years; None with fewer than four of them."""
    near = [
        use.quantity
        for other, use in months.items()
        if other != month and use.quantity and use.gap is None and abs((other - month).days) <= 731
    ]
    return Decimal(median(near)) if len(near) >= MONTHS_NEEDED else None


def typical_price(meter: Meter, meters: Sequence[Meter], uses: Mapping[UUID, Months]) -> dict[date, Decimal]:
    """Yuan per unit that is usual for *meter* in each month: its own other bills, else bills of the same energy."""
    own = _prices(uses.get(meter.id, {}))
    alike = [m for m in meters if m.energy is meter.energy and m.unit == meter.unit and m.id != meter.id]
    others = [price for m in alike for price in _prices(uses.get(m.id, {})).values()]
    usual = {}
    for month in own:
        rest = [price for other, price in own.items() if other != month]
        basis = rest if len(rest) >= MONTHS_NEEDED else rest + others
        if basis:
            usual[month] = Decimal(median(basis))
    return usual


def _gaps(meter: Meter, months: Months, until: date) -> list[Found]:
    found = []
    known = [month for month, use in months.items() if use.quantity is not None]
    if known:
        for month in months_between(min(known), max(until, *known)):
            use = months.get(month)
            if (use is None or use.quantity is None) and meter.serves(month):
                found.append(Found(meter.id, month, "gap", {}, "none"))
    for month, use in sorted(months.items()):
        if use.gap in ("readings_missing", "zeros_for_missing"):
            facts = {"hours": str(use.missing_hours), "zeros": str(use.zeros)}
            found.append(Found(meter.id, month, use.gap, facts, use.basis))
    return found


def _odd_amounts(meter: Meter, months: Months) -> list[Found]:
    found = []
    for month, use in sorted(months.items()):
        usual = typical(months, month)
        if use.quantity is None or use.gap is not None or usual is None:
            continue
        last_year = months.get(year_before(month))
        before = last_year.quantity if last_year is not None and last_year.gap is None else None
        facts = {"quantity": _text(use.quantity), "usual": _text(usual), "unit": meter.unit}
        if use.quantity == 0:
            if before is None or before > 0:
                found.append(Found(meter.id, month, "zero", facts, use.basis))
        elif use.quantity > SPIKE * max(usual, before or usual):
            facts["times"] = _text((use.quantity / usual).quantize(Decimal("0.1")))
            found.append(Found(meter.id, month, "spike", facts, use.basis))
        elif use.quantity * DROP < min(usual, before or usual):
            facts["times"] = _text((usual / use.quantity).quantize(Decimal("0.1")))
            found.append(Found(meter.id, month, "drop", facts, use.basis))
    return found


def _odd_prices(meter: Meter, months: Months, usual: Mapping[date, Decimal]) -> list[Found]:
    """Find quantity and money in each other's column (the price is then its own inverse), and other odd prices."""
    found = []
    for month, price in sorted(_prices(months).items()):
        expected = usual.get(month)
        if expected is None or not expected or not price or _within(price, expected, PRICE_APART):
            continue
        use = months[month]
        facts = {
            "quantity": _text(use.quantity or Decimal(0)),
            "amount": _text(Decimal(use.amount_fen or 0) / 100),
            "unit": meter.unit,
            "price": _text(price.quantize(CENT)),
            "usual": _text(expected.quantize(CENT)),
        }
        code = "columns_swapped" if abs(1 / price - expected) <= NEAR * expected else "price_odd"
        found.append(Found(meter.id, month, code, facts, use.basis))
    return found


def _swapped_meters(meters: Sequence[Meter], uses: Mapping[UUID, Months]) -> list[Found]:
    """Find two meters of one energy whose figures fit each other's habit and not their own."""
    found = []
    pairs = [(a, b) for a, b in combinations(meters, 2) if a.energy is b.energy and a.unit == b.unit]
    for one, other in pairs:
        for month in sorted(set(uses.get(one.id, {})) & set(uses.get(other.id, {}))):
            mine, theirs = uses[one.id][month], uses[other.id][month]
            my_usual, their_usual = typical(uses[one.id], month), typical(uses[other.id], month)
            if not mine.quantity or not theirs.quantity or not my_usual or not their_usual:
                continue
            fits = _within(mine.quantity, their_usual, Decimal("1.3")) and _within(
                theirs.quantity, my_usual, Decimal("1.3")
            )
            if fits and not _within(my_usual, their_usual, Decimal("1.8")):
                for meter, use, twin in ((one, mine, other), (other, theirs, one)):
                    facts = {"other": twin.name, "quantity": _text(use.quantity or Decimal(0)), "unit": meter.unit}
                    found.append(Found(meter.id, month, "meters_swapped", facts, use.basis))
    return found


def _long_estimates(meter: Meter, months: Months) -> list[Found]:
    found, run = [], 0
    expected: date | None = None
    for month, use in sorted(months.items()):
        run = run + 1 if use.estimated and (month == expected or not run) else int(use.estimated)
        expected = next_month(month)
        if run == ESTIMATES_IN_A_ROW:
            found.append(Found(meter.id, month, "estimated_long", {"months": str(run)}, use.basis))
    return found


def _without_explained(found: list[Found]) -> list[Found]:
    """Leave out spikes, drops and odd prices that a swap explains: one cause, one finding."""
    swapped = {(f.meter_id, f.month) for f in found if f.code in ("columns_swapped", "meters_swapped")}
    explained = {"spike", "drop", "price_odd"}
    return [f for f in found if f.code not in explained or (f.meter_id, f.month) not in swapped]


def _prices(months: Months) -> dict[date, Decimal]:
    return {
        month: Decimal(use.amount_fen) / 100 / use.quantity
        for month, use in months.items()
        if use.quantity and use.amount_fen
    }


def _within(one: Decimal, other: Decimal, ratio: Decimal) -> bool:
    return one <= other * ratio and other <= one * ratio


def _text(value: Decimal) -> str:
    return f"{value.normalize():f}"
