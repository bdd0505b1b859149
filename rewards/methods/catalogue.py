"""The program's own method data: read once, every rule checked on load, a fault refuses to start.

One TOML file per category, ``factors.csv`` with the base factors and ``points.toml`` with the rates. Decimals are
strings in the files and become whole numbers here; a float in a file is a fault.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

import msgspec

from rewards.methods.errors import MethodDataInvalid, MethodUnknown
from rewards.methods.model import Cap, Counts, Method, Period, PointRate, RideLimits, Tier, Variant, Version
from rewards.methods.rules import thousandths


class _Cap(msgspec.Struct, forbid_unknown_fields=True):
    period: Period
    limit: str
    counts: Counts


class _Variant(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    unit: str
    name_zh: str
    name_en: str
    factor: str | None = None
    points_per_unit: str = "0"


class _Version(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    valid_from: date
    status: Literal["published", "uncertain"]
    status_detail_zh: str
    status_detail_en: str
    formula_zh: str
    formula_en: str
    source: str
    creditable: bool
    evidence_tier: Tier
    evidence_zh: str
    max_quantity: str
    factor: str | None = None
    factor_area: str = ""
    factor_vintage: str = ""
    points_per_unit: str = "0"
    caps: list[_Cap] = []
    cap_note_zh: str = ""
    cap_note_en: str = ""
    note_zh: str = ""
    note_en: str = ""
    missing_zh: str = ""
    missing_en: str = ""
    ride: RideLimits | None = None
    variant: list[_Variant] = []


class _Method(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    name_zh: str
    name_en: str
    unit: str
    unit_zh: str
    version: list[_Version]
    group: str | None = None
    journey: bool = False


class _File(msgspec.Struct, forbid_unknown_fields=True):
    category_zh: str
    category_en: str
    method: list[_Method]


class _Rate(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    valid_from: date
    status: Literal["proposal", "published"]
    grams_per_point: str
    source: str
    tier_percent: dict[Tier, int]


class _Rates(msgspec.Struct, forbid_unknown_fields=True):
    rate: list[_Rate]


@dataclass(frozen=True, slots=True)
class Factor:
    """A base factor (grid, fuels, food, travel) as its source gives it; *value* is a decimal string or empty."""

    kind: str
    area: str
    vintage: str
    value: str
    unit: str
    status: str
    source: str
    note: str


class Catalogue:
    """Every method, base factor and point rate that the program knows."""

    def __init__(self, methods: list[Method], factors: list[Factor], rates: list[PointRate]) -> None:
        self.methods = methods
        self.factors = factors
        self.rates = rates
        self._by_code = {method.code: method for method in methods}

    def method(self, code: str) -> Method:
        """Answer the method. Raises MethodUnknown."""
        if code not in self._by_code:
            raise MethodUnknown(method=code)
        return self._by_code[code]

    def find(self, code: str) -> Method | None:
        """Answer the method, or None where there is none of this code."""
        return self._by_code.get(code)

    def rate_on(self, day: date) -> PointRate:
        """The rate of grams to points in force on *day*; the oldest reaches back without end."""
        newest = self.rates[-1]
        if newest.valid_from <= day:
            return newest
        return next((rate for rate in reversed(self.rates) if rate.valid_from <= day), self.rates[0])

    def search(self, text: str) -> list[Method]:
        """Methods whose code, names, category or source contain *text*; all of them for an empty text."""
        wanted = text.strip().casefold()
        return [m for m in self.methods if wanted in _searchable(m)]


def _searchable(method: Method) -> str:
    words = (method.code, method.name_zh, method.name_en, method.category_zh, method.category_en, method.current.source)
    return "\n".join(words).casefold()


@cache
def catalogue() -> Catalogue:
    """Load the data that comes with the program. Raises MethodDataInvalid."""
    return load(files("rewards.methods") / "data")


def load(folder: Traversable) -> Catalogue:
    """Load and check the method data of *folder*. Raises MethodDataInvalid."""
    names = sorted(
        entry.name for entry in folder.iterdir() if entry.name.endswith(".toml") and entry.name != "points.toml"
    )
    methods = [method for name in names for method in _methods(name, (folder / name).read_text("utf-8"))]
    if len({method.code for method in methods}) != len(methods):
        raise MethodDataInvalid(file="*.toml", fault="a code appears twice")
    factors = [Factor(**row) for row in csv.DictReader((folder / "factors.csv").read_text("utf-8").splitlines())]
    rates = _rates((folder / "points.toml").read_text("utf-8"))
    return Catalogue(sorted(methods, key=_order), factors, rates)


CATEGORY_ORDER = "THFCRDOPS"


def _order(method: Method) -> tuple[int, str]:
    return CATEGORY_ORDER.find(method.code[0]), method.code


def _methods(name: str, text: str) -> Iterator[Method]:
    try:
        data = msgspec.convert(tomllib.loads(text), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise MethodDataInvalid(file=name, fault=str(error)) from error
    for raw in data.method:
        versions = tuple(_version(name, raw, each) for each in raw.version)
        if [v.version for v in versions] != list(range(1, len(versions) + 1)) or not versions:
            raise MethodDataInvalid(file=name, fault=f"{raw.code}: versions must be numbered 1, 2, 3 …")
        if sorted({v.valid_from for v in versions}) != [v.valid_from for v in versions]:
            raise MethodDataInvalid(file=name, fault=f"{raw.code}: each version must begin after the one before")
        yield Method(
            code=raw.code,
            name_zh=raw.name_zh,
            name_en=raw.name_en,
            category_zh=data.category_zh,
            category_en=data.category_en,
            unit=raw.unit,
            unit_zh=raw.unit_zh,
            units=frozenset({v.unit for each in versions for v in each.variants} or {raw.unit}),
            group=raw.group or raw.code,
            journey=raw.journey,
            versions=versions,
        )


def _version(name: str, method: _Method, raw: _Version) -> Version:
    def number(text: str, what: str, *, scale: int = 1000) -> int:
        value = thousandths(text)
        if value is None or value < 0 or value * scale % 1000:
            raise MethodDataInvalid(file=name, fault=f"{method.code}: {what} {text!r} is not a decimal in range")
        return value * scale // 1000

    if raw.ride is not None and not (method.journey and raw.ride.min_seconds < raw.ride.max_seconds):
        raise MethodDataInvalid(file=name, fault=f"{method.code}: ride limits need a journey and min < max")
    fields = msgspec.structs.asdict(raw)
    for key in ("evidence_tier", "variant", "caps", "max_quantity", "points_per_unit"):
        del fields[key]
    return Version(
        **fields,
        factor_mg=None if raw.factor is None else number(raw.factor, "factor"),
        tier=raw.evidence_tier,
        points_per_unit=number(raw.points_per_unit, "points_per_unit", scale=1),
        max_quantity=number(raw.max_quantity, "max_quantity"),
        caps=tuple(
            Cap(cap.period, number(cap.limit, "cap", scale=1000 if cap.counts is Counts.QUANTITY else 1), cap.counts)
            for cap in raw.caps
        ),
        periods=tuple(sorted({cap.period for cap in raw.caps})),
        variants=tuple(
            Variant(
                code=each.code,
                unit=each.unit,
                name_zh=each.name_zh,
                name_en=each.name_en,
                factor_mg=None if each.factor is None else number(each.factor, "factor"),
                points_per_unit=number(each.points_per_unit, "points_per_unit", scale=1),
            )
            for each in raw.variant
        ),
    )


def _rates(text: str) -> list[PointRate]:
    try:
        raws = msgspec.convert(tomllib.loads(text), _Rates).rate
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise MethodDataInvalid(file="points.toml", fault=str(error)) from error
    if not raws or any(set(raw.tier_percent) != set(Tier) or not raw.grams_per_point.isdigit() for raw in raws):
        raise MethodDataInvalid(file="points.toml", fault="a rate needs whole grams_per_point and all tiers")
    return [
        PointRate(
            version=raw.version,
            valid_from=raw.valid_from,
            status=raw.status,
            grams_per_point=int(raw.grams_per_point),
            source=raw.source,
            tier_percent=raw.tier_percent,
        )
        for raw in raws
    ]
