"""From the words of a header to what they measure: columns are found by name and unit, wherever a year has put them.

A measure may be the sum of several columns (electricity from the grid, from a neighbour, renewable), so that a supply
that is booked in another column a year later is no saving. Units are turned into ours with exact factors.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from partners.returns.errors import ReturnsHeaderUnknown

HEADER_WITHIN = 5
ONE = Decimal(1)
KWH_PER_KBTU = Decimal("0.29307107017")  # International table: 1 Btu = 1055.05585262 J.
M2_PER_SQUARE_FOOT = Decimal("0.09290304")  # Exact by definition.

TEXTS: dict[str, tuple[str, ...]] = {
    "code": (r"organisation code", r"organization code", r"(统一社会信用|机构|单位)代码", r"osebuildingid"),
    "name": (r"organisation name", r"organization name", r"(机构|单位)名称", r"propertyname"),
    "region": (r"commissioning region", r"地区", r"行政区划", r"neighborhood"),
    "type": (r"organisation type", r"organization type", r"(机构|单位)类型", r"primarypropertytype"),
}
FIGURES: tuple[tuple[str, str, Decimal], ...] = (
    ("floor_area_m2", r"gross internal (site )?floor area \(m²\)", ONE),
    ("floor_area_m2", r"建筑面积[（(](m²|平方米)[）)]", ONE),
    ("floor_area_m2", r"propertygfatotal", M2_PER_SQUARE_FOOT),
    ("occupied_area_m2", r"occupied floor area \(m²\)", ONE),
    ("headcount", r"total number of staff employed \(wte\)", ONE),
    ("headcount", r"(用能人数|用能总人数|在职人数)([（(]人[）)])?", ONE),
    ("beds", r"available beds \(no\.\)", ONE),
    ("electricity_grid_kwh", r"electricity consumed( - utility)? \(kwh\)", ONE),
    ("electricity_grid_kwh", r"(用电量|电力消费量)[（(](kwh|千瓦时)[）)]", ONE),
    ("electricity_grid_kwh", r"electricity\(kwh\)", ONE),
    ("electricity_local_kwh", r"electricity consumed - local \(kwh\)", ONE),
    ("electricity_renewable_kwh", r"electricity consumed - renewable \(kwh\)", ONE),
    ("gas_kwh", r"gas consumed( - utility)? \(kwh\)", ONE),
    ("gas_kwh", r"naturalgas\(kbtu\)", KWH_PER_KBTU),
    ("oil_kwh", r"oil consumed( - utility)? \(kwh\)", ONE),
    ("coal_kwh", r"coal consumed( - utility)? \(kwh\)", ONE),
    ("steam_kwh", r"steam consumed( - local)? \(kwh\)", ONE),
    ("steam_kwh", r"steamuse\(kbtu\)", KWH_PER_KBTU),
    ("hot_water_kwh", r"hot water consumed( - local)? \(kwh\)", ONE),
    ("other_fuel_kwh", r"non-fossil fuel consumed - renewable \(kwh\)", ONE),
    ("chp_fuel_kwh", r"(total )?fossil energy input to( the)? chp system/s \(kwh\)", ONE),
    ("exported_kwh", r"(total )?exported electricity( for the site)? \(kwh\)", ONE),
    ("gas_m3", r"(天然气|用气量|天然气消费量)[（(](m³|立方米)[）)]", ONE),
    ("water_m3", r"water volume \(including borehole\) \(m³\)", ONE),
    ("water_m3", r"(用水量|水消费量)[（(](m³|立方米|吨|t)[）)]", ONE),
)
SUMS: dict[str, tuple[str, ...]] = {
    "electricity_kwh": ("electricity_grid_kwh", "electricity_local_kwh", "electricity_renewable_kwh")
}
"""Measures that are the sum of others; a part that a year does not ask for counts as not there, not as missing."""

LEAST_ROWS = 20
LEAST_RUN = 6
THOUSAND = Decimal(1000)
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file that is read: its place from 0, its title, and what turns its unit into ours."""

    place: int
    title: str
    factor: Decimal = ONE


@dataclass(frozen=True, slots=True)
class Headers:
    """Where what stands: the header's place, columns of text, columns of figures, and columns that cannot be read."""

    header_at: int
    texts: Mapping[str, Column]
    figures: Mapping[str, Column]
    ignored: Mapping[str, str]  # measure → why


def map_columns(lines: Sequence[Sequence[str]]) -> Headers:
    """Find the header and its columns. Raises ReturnsHeaderUnknown."""
    for place, header in enumerate(lines[:HEADER_WITHIN]):
        titles = [" ".join(cell.replace("�", "£").split()) for cell in header]
        texts = {what: found for what, patterns in TEXTS.items() if (found := _text_column(titles, patterns))}
        figures = _figure_columns(titles)
        if "code" in texts and figures:
            broken = broken_columns(titles, lines[place + 1 :])
            ignored = {what: "columns_split" for what, column in figures.items() if column.place in broken}
            kept = {what: column for what, column in figures.items() if what not in ignored}
            return Headers(place, texts, kept, ignored)
    raise ReturnsHeaderUnknown(rows=str(min(len(lines), HEADER_WITHIN)))


def _text_column(titles: Sequence[str], patterns: Sequence[str]) -> Column | None:
    for place, title in enumerate(titles):
        if any(re.fullmatch(pattern, title.casefold()) for pattern in patterns):
            return Column(place, title)
    return None


def _figure_columns(titles: Sequence[str]) -> dict[str, Column]:
    found: dict[str, Column] = {}
    for place, title in enumerate(titles):
        for what, pattern, factor in FIGURES:
            if what not in found and re.fullmatch(pattern, title.casefold()):
                found[what] = Column(place, title, factor)
    return found


def broken_columns(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> set[int]:
    """Find stretches whose separators of thousands became separators of columns, so that no cell fits its title.

    In such a stretch no cell of any row reaches a thousand, sums of money included, and answers such as Yes and No
    stand among the figures. One of both alone may be chance.
    """
    if len(rows) < LEAST_ROWS:
        return set()
    small = [_is_small(rows, place) for place in range(len(titles))]
    broken: set[int] = set()
    start = 0
    while start < len(titles):
        end = start
        while end < len(titles) and small[end]:
            end += 1
        money = sum("£" in title or "元" in title for title in titles[start:end])
        if end - start >= LEAST_RUN and money > 1 and _has_strangers(titles[start:end], rows, start):
            broken |= set(range(start, end))
        start = end + 1
    return broken


def _is_small(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Whether no number of the column reaches a thousand, and most of its cells are numbers."""
    cells = [row[place] for row in rows if place < len(row) and row[place]]
    numbers = [Decimal(cell) for cell in cells if NUMBER.fullmatch(cell)]
    return len(numbers) * 2 > len(cells) > 0 and max(numbers) < THOUSAND


def _has_strangers(titles: Sequence[str], rows: Sequence[Sequence[str]], start: int) -> bool:
    """Whether answers in words stand in columns of figures, or figures in columns of answers."""
    strange: Counter[int] = Counter()
    for row in rows:
        for place, title in enumerate(titles):
            cell = row[start + place] if start + place < len(row) else ""
            asks = "yes/no" in title.casefold()
            if cell and asks != (cell in ("Yes", "No", "None")) and (asks or cell in ("Yes", "No")):
                strange[place] += 1
    return sum(strange.values()) * 20 > len(rows)
