"""Methods 方法学: versioned, dated, cited rules that turn an activity into grams of CO2e and points."""

from __future__ import annotations

from rewards.methods.catalogue import Catalogue, Factor, catalogue
from rewards.methods.errors import MethodDataInvalid, MethodUnknown
from rewards.methods.model import Cap, Counts, Method, Period, PointRate, RideLimits, Tier, Variant, Version
from rewards.methods.rules import Credit, credit, quantity_text, thousandths

__all__ = [
    "Cap",
    "Catalogue",
    "Counts",
    "Credit",
    "Factor",
    "Method",
    "MethodDataInvalid",
    "MethodUnknown",
    "Period",
    "PointRate",
    "RideLimits",
    "Tier",
    "Variant",
    "Version",
    "catalogue",
    "credit",
    "quantity_text",
    "thousandths",
]
