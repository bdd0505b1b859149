"""What a sink may issue: an approved record times the factor that the operator set, in whole units of a kilogram.

The evidence says that a tree takes up between 10 and 50 kg a year by popular articles that contradict each other
(``behaviours.csv`` S01: grams uncertain, points only), and Jiangxi's own forest-ticket rules were not found. So no
method here ships a factor, and without one nothing is issued.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from math import floor

from rewards.sinks.errors import (
    OwnSinkWork,
    ShiftInvalid,
    SinkInvalid,
    SinkMethodUnknown,
    SinkMethodUnset,
    SinkRecordMissing,
    SinkTooLittle,
)
from rewards.sinks.model import SinkFactor, SinkProject, SinkRecord

UNIT_GRAMS = 1_000
"""A sink's unit is a kilogram, so that a meeting of two kilograms can use one."""
MOST_HOURS = 8
"""Hours of a volunteer's day: the cap of method S01."""


@dataclass(frozen=True, slots=True)
class SinkMethod:
    """A way of counting a sink: its *unit* and what the evidence says of it."""

    code: str
    unit: str
    source: str


METHODS: dict[str, SinkMethod] = {
    method.code: method
    for method in (
        SinkMethod("tree_care", "棵·年", "S01：国网信通 2022；大众文章每棵每年 10–50 kg，互相矛盾，克数不确定"),
        SinkMethod("afforestation", "亩·年", "CCER-14-001-V01 造林碳汇；逐项目核算，没有通用系数"),
        SinkMethod("forest_ticket", "亩·年", "江西碳票规则未查到"),
    )
}


def method_of(code: str) -> SinkMethod:
    """Answer a method. Raises SinkMethodUnknown."""
    if code not in METHODS:
        raise SinkMethodUnknown(method=code)
    return METHODS[code]


def units_of(record: SinkRecord | None, factor: SinkFactor | None, *, method: str, year: int) -> int:
    """Answer the whole units that a year's record makes, rounded down.

    Raises SinkMethodUnset, SinkRecordMissing, SinkTooLittle. The factor's uncertainty is taken off first.
    """
    if factor is None:
        raise SinkMethodUnset(method=method)
    if record is None:
        raise SinkRecordMissing(year=year)
    grams = Fraction(record.quantity) * factor.grams_per_unit * (1000 - min(factor.permille, 1000)) / 1000
    made = floor(grams / UNIT_GRAMS)
    if made < 1:
        raise SinkTooLittle(grams=floor(grams))
    return made


def check_project(project: SinkProject) -> None:
    """Refuse a project without a name, a county or a known method. Raises SinkInvalid, SinkMethodUnknown."""
    method_of(project.method)
    wrong = [
        field
        for field, is_wrong in (
            ("name", not 1 <= len(project.name) <= 100),
            ("county_code", not is_county(project.county_code)),
        )
        if is_wrong
    ]
    if wrong:
        raise SinkInvalid(fields=", ".join(wrong))


def check_parcel(*, name: str, area_mu: Decimal, county_code: str) -> None:
    """Refuse a parcel that cannot be. Raises SinkInvalid."""
    good_area = area_mu.is_finite() and 0 < area_mu < 10**9 and not Fraction(area_mu) * 1000 % 1
    wrong = [
        field
        for field, is_wrong in (
            ("name", not 1 <= len(name) <= 100),
            ("area_mu", not good_area),
            ("county_code", not is_county(county_code)),
        )
        if is_wrong
    ]
    if wrong:
        raise SinkInvalid(fields=", ".join(wrong))


def check_record(*, year: int, quantity: Decimal, now: datetime) -> None:
    """Refuse a record of the future or of nothing. Raises SinkInvalid."""
    good = quantity.is_finite() and 0 < quantity < 10**12 and not Fraction(quantity) * 1000 % 1
    wrong = [field for field, is_wrong in (("year", not 2000 <= year <= now.year), ("quantity", not good)) if is_wrong]
    if wrong:
        raise SinkInvalid(fields=", ".join(wrong))


def check_shift(*, hours: int, day: date, today: date) -> None:
    """Refuse hours that cannot be signed off. Raises ShiftInvalid."""
    wrong = [field for field, is_wrong in (("hours", not 1 <= hours <= MOST_HOURS), ("day", day > today)) if is_wrong]
    if wrong:
        raise ShiftInvalid(fields=", ".join(wrong))


def check_second_person(*, author: object, reviewer: object) -> None:
    """Refuse to review one's own work. Raises OwnSinkWork."""
    if author == reviewer:
        raise OwnSinkWork


def is_county(code: str) -> bool:
    """Whether *code* has the form of a region code: six digits."""
    return len(code) == 6 and code.isascii() and code.isdigit()


def serials(project: SinkProject, year: int, units: int) -> tuple[str, str]:
    """Answer the first and last serial of a year's issue: SINK-000007-2026-00000001."""
    prefix = f"SINK-{project.number:06d}-{year}-"
    return f"{prefix}{1:08d}", f"{prefix}{units:08d}"
