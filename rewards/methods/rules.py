"""From a quantity to grams and points: pure, whole numbers, rounded down."""

from __future__ import annotations

from typing import NamedTuple

from rewards.methods.model import PointRate, Tier, Variant, Version

MILLI = 1000
MILLION = 1_000_000


class Credit(NamedTuple):
    """What an act is worth. *computed* grams are what the formula says; *grams* what may be posted as reduction."""

    computed: int
    grams: int
    points: int


def credit(version: Version, variant: Variant | None, rate: PointRate, *, quantity: int, tier: Tier) -> Credit:
    """Compute an act of *quantity* thousandths of the unit.

    Not creditable methods and methods that lack a factor or another parameter give no grams; tier C gives points at
    its share and never grams (puhui.md §2.4). Everything is rounded down.
    """
    factor_mg = (variant.factor_mg if variant else None) or version.factor_mg
    if version.creditable and factor_mg is not None and not version.missing_en:
        computed = quantity * factor_mg // MILLION
        points = computed * rate.tier_percent[tier] // (100 * rate.grams_per_point)
        return Credit(computed, 0 if tier is Tier.C else computed, points)
    per_unit = (variant.points_per_unit if variant else 0) or version.points_per_unit
    return Credit(0, 0, quantity * per_unit * rate.tier_percent[tier] // (100 * MILLI))


def lower_tier(tier: Tier, claimed: str) -> Tier:
    """Answer the weaker of the method's tier and the one that the reporter claims: a claim may only weaken."""
    return Tier(claimed) if claimed > tier else tier


def thousandths(text: str) -> int | None:
    """Read a decimal such as ``"3.2"`` into thousandths; None if it is not one or finer than a thousandth."""
    whole, dot, part = text.partition(".")
    if whole.isdigit() and part.isdigit() and text.isascii() and len(part) == 3 and len(whole) <= 12:
        return int(whole + part)  # The usual form, without the ceremony below.
    sign = 1
    if whole[:1] == "-":
        whole, sign = whole[1:], -1
    digits = whole + part
    if not (digits.isascii() and digits.isdigit() and whole) or len(whole) > 12 or len(part) > 3 or (dot and not part):
        return None
    return sign * int(digits) * int(10 ** (3 - len(part)))


def quantity_text(quantity: int) -> str:
    """Write thousandths as a decimal without needless zeros: 3200 -> ``3.2``."""
    sign, rest = ("-", -quantity) if quantity < 0 else ("", quantity)
    whole, part = divmod(rest, MILLI)
    return f"{sign}{whole}" + (f".{part:03d}".rstrip("0") if part else "")
