"""What may an institution count as its own saving in a month? Pure, and strict: what cannot be compared is not.

A saving is the baseline minus the use, over all main meters of one energy together, so that moving a load from one
meter to another saves nothing. The baseline is the same month of the year before, or a twelfth of the year's quota
where that is less. Rooftop solar is added to the electricity of both years before they are compared: what the roof gave
is credited once, as generation (P04), and is no saving of use (P01).

The first reason that applies is the answer, in this order: ``no_meter``, ``meters_changed``, ``no_bill``,
``no_bill_before``, ``estimated``, ``finding_open``, ``closed_days``, ``empty``, ``weather``, ``area_smaller``,
``no_saving``, ``credited``. For solar: ``no_meter``, ``claimed_elsewhere``, ``no_bill``, ``estimated``,
``finding_open``, ``nothing_made``, ``credited``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from partners.meters.model import Energy, Meter, Remark, RemarkKind, Use, year_before

MONTHS_OF_A_YEAR = 12
THOUSANDTH = Decimal("0.001")
LEAST_AREA = Decimal("0.95")
EMPTYING = frozenset({"zero", "drop", "gap"})  # Confirmed: the figure is true, but it is no act of saving.


class Kind(NamedTuple):
    """A way to save: the method and its variant, the energies that are looked at together, the act's unit."""

    method: str
    variant: str
    energies: tuple[Energy, ...]
    unit: str
    meter_unit: str
    quota: str


KINDS = (
    Kind("P01", "", (Energy.ELECTRICITY, Energy.SOLAR), "kWh", "kWh", "quota_electricity"),
    Kind("P02", "water", (Energy.WATER,), "t", "m³", "quota_water"),
    Kind("P02", "gas", (Energy.GAS,), "m³", "m³", "quota_gas"),
    Kind("P03", "", (Energy.PETROL,), "L", "L", "quota_petrol"),
    Kind("P04", "", (Energy.SOLAR,), "kWh", "kWh", ""),
)
"""Methods of institutions that meters prove (behaviours.csv P01–P04); a tonne of water is a cubic metre."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a month came to. *saved* is in the act's unit with three places; None where nothing can be compared."""

    kind: Kind
    month: date
    outcome: str
    reason: str
    baseline: Decimal | None = None
    used: Decimal | None = None
    saved: Decimal | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Around:
    """What is known besides the figures: remarks, findings (open and confirmed, by meter and month), floor areas."""

    remarks: Sequence[Remark] = ()
    open_findings: Mapping[tuple[UUID, date], str] = field(default_factory=dict)
    confirmed: Mapping[tuple[UUID, date], str] = field(default_factory=dict)
    floor_area: Mapping[int, Decimal] = field(default_factory=dict)
    quotas: Mapping[tuple[str, int], Decimal] = field(default_factory=dict)


Uses = Mapping[tuple[UUID, date], Use]


def decide(kind: Kind, month: date, meters: Sequence[Meter], uses: Uses, around: Around) -> Decision:
    """Decide about one kind of saving in one month."""
    main = [m for m in meters if m.energy in kind.energies and m.unit == kind.meter_unit and not m.is_sub_meter]
    if kind.method == "P04":
        return _decide_solar(kind, month, main, uses, around)
    before = year_before(month)
    there, then = _there(main, uses, month), _there(main, uses, before)
    if not any(m.energy is kind.energies[0] for m in there):
        return _refused(kind, month, "no_meter")
    stopped = _comparable(kind, month, there, then, uses) or _told(kind, month, main, around)
    if stopped is not None:
        return stopped
    used, baseline = _sum(there, uses, month), _sum(then, uses, before)
    facts = {"baseline": "year_before"}
    quota = around.quotas.get((kind.quota, month.year))
    if quota is not None and quota / MONTHS_OF_A_YEAR < baseline:
        baseline, facts = (quota / MONTHS_OF_A_YEAR).quantize(THOUSANDTH), {"baseline": "quota"}
    saved = baseline - used
    reason = "credited" if saved > 0 else "no_saving"
    outcome = "credited" if saved > 0 else "not_credited"
    return Decision(kind, month, outcome, reason, baseline, used, saved, facts)


def _comparable(kind: Kind, month: date, there: list[Meter], then: list[Meter], uses: Uses) -> Decision | None:
    """Refuse what has not the same meters, a figure for each, and a figure that was read."""
    before = year_before(month)
    changed = {m.id for m in there if m.energy is not Energy.SOLAR} ^ {
        m.id for m in then if m.energy is not Energy.SOLAR
    }
    if then and changed:
        names = "、".join(sorted(m.name for m in [*there, *then] if m.id in changed))
        return _refused(kind, month, "meters_changed", meters=names)
    for meters, at, reason in ((there, month, "no_bill"), (then, before, "no_bill_before")):
        unknown = [m for m in meters if not _is_known(uses.get((m.id, at)))]
        if unknown or not meters:
            name = "、".join(sorted(m.name for m in unknown)) or "—"
            return _refused(kind, month, reason, meters=name, at=f"{at:%Y-%m}", **_hours(unknown, uses, at))
    for meters, at in ((there, month), (then, before)):
        guessed = sorted(m.name for m in meters if uses[m.id, at].estimated)
        if guessed:
            return _refused(kind, month, "estimated", meters="、".join(guessed), at=f"{at:%Y-%m}")
    return None


def _told(kind: Kind, month: date, main: list[Meter], around: Around) -> Decision | None:
    """Refuse what findings and remarks speak against: open questions, closed days, an empty building, the weather."""
    before = year_before(month)
    for at in (month, before):
        for meter in main:
            if (meter.id, at) in around.open_findings:
                code = around.open_findings[meter.id, at]
                return _refused(kind, month, "finding_open", meters=meter.name, at=f"{at:%Y-%m}", finding=code)
    for at in (month, before):
        for remark in around.remarks:
            if remark.kind is RemarkKind.CLOSURE and remark.touches(at):
                return _refused(kind, month, "closed_days", at=f"{at:%Y-%m}", words=remark.words)
    for meter in main:
        told = around.confirmed.get((meter.id, month), "")
        if told in EMPTYING or around.confirmed.get((meter.id, before)) == "spike":
            return _refused(kind, month, "empty", meters=meter.name, finding=told or "spike")
    kinder = {month: RemarkKind.MILDER_WEATHER, before: RemarkKind.HARSHER_WEATHER}
    for at, weather in kinder.items():
        for remark in around.remarks:
            if remark.kind is weather and remark.touches(at):
                return _refused(kind, month, "weather", at=f"{at:%Y-%m}", words=remark.words)
    now, then = around.floor_area.get(month.year), around.floor_area.get(before.year)
    if now and then and now < then * LEAST_AREA:
        return _refused(kind, month, "area_smaller", now=f"{now:f}", before=f"{then:f}")
    return None


def _decide_solar(kind: Kind, month: date, main: list[Meter], uses: Uses, around: Around) -> Decision:
    there = _there(main, uses, month)
    if not there:
        return _refused(kind, month, "no_meter")
    claimed = [m for m in there if m.claimed_for]
    if claimed:
        return _refused(kind, month, "claimed_elsewhere", meters=claimed[0].name, claimed=claimed[0].claimed_for or "")
    unknown = [m for m in there if not _is_known(uses.get((m.id, month)))]
    if unknown:
        return _refused(kind, month, "no_bill", meters=unknown[0].name, at=f"{month:%Y-%m}")
    guessed = [m for m in there if uses[m.id, month].estimated]
    if guessed:
        return _refused(kind, month, "estimated", meters=guessed[0].name, at=f"{month:%Y-%m}")
    asked = [m for m in there if (m.id, month) in around.open_findings]
    if asked:
        code = around.open_findings[asked[0].id, month]
        return _refused(kind, month, "finding_open", meters=asked[0].name, at=f"{month:%Y-%m}", finding=code)
    made = _sum(there, uses, month)
    credited = made > 0
    reason = "credited" if credited else "nothing_made"
    return Decision(kind, month, "credited" if credited else "not_credited", reason, None, made, made)


def _there(main: list[Meter], uses: Uses, month: date) -> list[Meter]:
    return [m for m in main if m.serves(month) or (m.id, month) in uses]


def _is_known(use: Use | None) -> bool:
    return use is not None and use.quantity is not None and use.gap is None


def _hours(unknown: list[Meter], uses: Uses, month: date) -> dict[str, str]:
    """How many hours of readings are missing, where the month was read by the hour."""
    hours = sum(uses[m.id, month].missing_hours for m in unknown if (m.id, month) in uses)
    return {"hours": str(hours)} if hours else {}


def _sum(meters: list[Meter], uses: Uses, month: date) -> Decimal:
    return sum((uses[m.id, month].quantity or Decimal(0) for m in meters), Decimal(0))


def _refused(kind: Kind, month: date, reason: str, **facts: str) -> Decision:
    return Decision(kind, month, "not_credited", reason, facts=facts)
