"""What an inventory can count, and by which factor. Numbers come from the catalogue's ``factors.csv``, with citation.

Where no factor was found there, the item has none: the organiser enters a number with its source (or the operator has
set one), and the line is flagged. How uncertain a factor is, no source says: the shares below are this platform's own,
by the factor's status, and stand on every page that uses them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from rewards.events.errors import FactorMissing, ItemUnknown
from rewards.events.model import Source
from rewards.methods import Factor, catalogue

ENTERED, DEFINITION = "entered", "definition"
STATUS_PERMILLE = {"published": 50, "published (copy)": 100, "uncertain": 300, DEFINITION: 0, ENTERED: 500}
"""Half of the range that holds with 95 %, in thousandths of the factor, where its source gives none. Our own."""
TONNE = Decimal(1000)


@dataclass(frozen=True, slots=True)
class Item:
    """A thing to count: its unit, and which row of the catalogue has its factor (*kind*, *area*, *vintage*)."""

    code: str
    source: Source
    unit: str
    kind: str | None = None
    area: str = ""
    vintage: str = ""
    per_unit: Decimal = Decimal(1)
    is_nought: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """A factor in kilograms per unit with everything that a reader needs to judge it."""

    factor: Decimal
    status: str
    source: str
    area: str
    vintage: str
    permille: int


ITEMS: dict[str, Item] = {
    item.code: item
    for item in (
        Item("grid_power", Source.ENERGY, "kWh", "grid_average", "江西", "2023"),
        Item("natural_gas", Source.ENERGY, "m³", "natural_gas", "全国"),
        Item("petrol", Source.ENERGY, "L", "petrol", "China (handbook)", "2021"),
        Item("diesel", Source.ENERGY, "L", "diesel", "全国"),
        Item("lpg", Source.ENERGY, "kg", "lpg", "全国"),
        Item("bought_heat", Source.ENERGY, "GJ", "bought_heat", "全国", per_unit=TONNE),
        Item("walk", Source.TRANSPORT, "pkm", is_nought=True),
        Item("bike", Source.TRANSPORT, "pkm", is_nought=True),
        Item("metro", Source.TRANSPORT, "pkm", "travel_metro", "北京"),
        Item("car", Source.TRANSPORT, "pkm", "travel_car", "北京"),
        Item("bus", Source.TRANSPORT, "pkm"),
        Item("ebike", Source.TRANSPORT, "pkm"),
        Item("rail", Source.TRANSPORT, "pkm"),
        Item("plane", Source.TRANSPORT, "pkm"),
        Item("freight", Source.TRANSPORT, "t·km"),
        Item("room_night", Source.LODGING, "间夜"),
        Item("meal", Source.CATERING, "份"),
        Item("pork", Source.CATERING, "kg", "food_pork", "", "2018"),
        Item("chicken", Source.CATERING, "kg", "food_chicken", "", "2018"),
        Item("tofu", Source.CATERING, "kg", "food_tofu", "", "2018"),
        Item("tap_water", Source.CATERING, "t", "tap_water", "全国", "2019"),
        Item("mixed_waste", Source.WASTE, "t", "waste_mixed_incineration", "青岛", "2023"),
        Item("other_waste", Source.WASTE, "kg"),
        Item("printed_sheet", Source.MATERIALS, "张"),
        Item("material_piece", Source.MATERIALS, "件"),
        Item("material_kg", Source.MATERIALS, "kg"),
    )
}
MODES = tuple(code for code, item in ITEMS.items() if item.source is Source.TRANSPORT and item.unit == "pkm")
"""How people travel, in the order of a form."""
MEETING_POWER = "meeting_power"
"""A parameter of its own: kWh for one person and hour of a meeting, for the short form."""
PARAMETERS = (MEETING_POWER, *(code for code, item in ITEMS.items() if item.kind is None and not item.is_nought))


def item_of(code: str) -> Item:
    """Answer an item. Raises ItemUnknown."""
    if code not in ITEMS:
        raise ItemUnknown(item=code)
    return ITEMS[code]


def cited(code: str) -> Value | None:
    """Answer the factor of an item as the catalogue cites it; None where no citable number was found."""
    item = item_of(code)
    if item.is_nought:
        return Value(Decimal(0), DEFINITION, "步行与骑行不消耗燃料和电，活动期间直接排放为零", "", "", 0)
    if item.kind is None:
        return None
    rows = [row for row in catalogue().factors if row.kind == item.kind]
    row = next(
        row for row in rows if (row.area, row.vintage) == (item.area, item.vintage) and "Alternative" not in row.note
    )
    factor = Decimal(row.value) * item.per_unit
    return Value(
        factor, row.status, row.source, row.area, row.vintage, max(STATUS_PERMILLE[row.status], _spread(row, rows))
    )


def value_of(code: str, *, entered: Decimal | None, source: str) -> Value:
    """Answer the factor to compute with: the cited one, else the one *entered* with its source. Raises FactorMissing.

    A cited factor is never overwritten by one that somebody typed.
    """
    found = cited(code)
    if found is not None:
        return found
    if entered is None or entered < 0 or not source.strip():
        raise FactorMissing(item=code)
    return Value(entered, ENTERED, source.strip(), "", "", STATUS_PERMILLE[ENTERED])


def _spread(row: Factor, rows: list[Factor]) -> int:
    """Answer how far other values of the same kind and unit lie from this one, in thousandths, rounded up."""
    own = Decimal(row.value)
    others = [
        Decimal(other.value)
        for other in rows
        if other.unit == row.unit and other.status == "uncertain" and other.area in (row.area, "全国")
    ]
    apart = max((abs(other - own) for other in others), default=Decimal(0))
    return ceil(Fraction(apart) * 1000 / abs(Fraction(own))) if own else 0
