"""What is known of a method as plain facts, fit for JSON: one form for the command line and the API."""

from __future__ import annotations

from typing import Any

from rewards.methods.model import Cap, Counts, Method, Version
from rewards.methods.rules import quantity_text


def method_facts(method: Method) -> dict[str, Any]:
    """Everything that is known of a method, fit for JSON; decimals are strings."""
    return {
        "code": method.code,
        "name_zh": method.name_zh,
        "name_en": method.name_en,
        "category_zh": method.category_zh,
        "category_en": method.category_en,
        "unit": method.unit,
        "group": method.group,
        **version_facts(method.current),
        "versions": [version_facts(version) for version in method.versions],
    }


def version_facts(version: Version) -> dict[str, Any]:
    """One version of a method, fit for JSON."""
    return {
        "version": version.version,
        "valid_from": version.valid_from.isoformat(),
        "status": version.status,
        "status_detail": version.status_detail_en,
        "formula": version.formula_en,
        "factor_g_per_unit": version.factor,
        "factor_area": version.factor_area,
        "factor_vintage": version.factor_vintage,
        "source": version.source,
        "creditable": version.creditable,
        "evidence_tier": version.tier.value,
        "points_per_unit": version.points_per_unit,
        "caps": [
            {"period": cap.period.value, "limit": _limit(cap), "counts": cap.counts.value} for cap in version.caps
        ],
        "cap_note": version.cap_note_en,
        "note": version.note_en,
        "variants": [
            {
                "code": v.code,
                "unit": v.unit,
                "factor_g_per_unit": None if v.factor_mg is None else quantity_text(v.factor_mg),
            }
            for v in version.variants
        ],
    }


def cap_text(cap: Cap) -> str:
    """A cap in a few characters, such as ``20/day`` or ``4 acts/day``."""
    unit = {Counts.QUANTITY: "", Counts.EVENTS: " acts", Counts.GRAMS: " g"}[cap.counts]
    return f"{_limit(cap)}{unit}/{cap.period}"


def _limit(cap: Cap) -> str:
    return quantity_text(cap.limit) if cap.counts is Counts.QUANTITY else str(cap.limit)
