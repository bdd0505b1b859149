"""What makes an instrument, and what may be added (rule 38)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from partners.enterprises.exact import decimal, half_up
from partners.enterprises.instruments.errors import InstrumentInvalid, KindsDiffer
from partners.enterprises.instruments.model import UNITS, Instrument, Kind, Quantity

PROJECT_CODE = re.compile(r"[AN]\d{6}\Z", re.ASCII)  # Public register of CCER projects.


def total(quantities: Iterable[Quantity]) -> int:
    """Add quantities of one kind, unit and scale, in whole units. Raises KindsDiffer."""
    listed = list(quantities)
    kinds = {(q.instrument.kind, q.instrument.unit, q.instrument.decimals, q.instrument.pollutant) for q in listed}
    if len(kinds) > 1:
        raise KindsDiffer(kinds=sorted({q.instrument.kind.value for q in listed}))
    return sum(quantity.units for quantity in listed)


def amount_fen(instrument: Instrument, *, units: int, price_fen: int) -> int:
    """Answer what *units* cost at a price per displayed unit, or per unit and year (pollution rights; rule 7)."""
    amount = units * price_fen * (instrument.term_years or 1)
    return half_up(amount, 10**instrument.decimals) if instrument.decimals else amount


def shown(quantity: Quantity) -> str:
    """Write a quantity with the decimals of its instrument, without unit."""
    return decimal(quantity.units, quantity.instrument.decimals)


def check_instrument(instrument: Instrument) -> None:
    """Check that the facts make an instrument of its kind. Raises InstrumentInvalid."""
    kind = instrument.kind
    if kind is Kind.INDEX:
        raise InstrumentInvalid(instrument=instrument.code, reason="index_is_no_instrument")
    if instrument.unit != UNITS[kind]:
        raise InstrumentInvalid(instrument=instrument.code, reason="unit_differs", unit=UNITS[kind])
    if (kind is Kind.PDR) != (instrument.price_basis == "per_unit_year"):
        raise InstrumentInvalid(instrument=instrument.code, reason="price_basis_differs")
    if (instrument.price_basis == "per_unit_year") != (instrument.term_years is not None):
        raise InstrumentInvalid(instrument=instrument.code, reason="term_missing")
    if kind in (Kind.CEA, Kind.CCER) and instrument.vintage is None:
        raise InstrumentInvalid(instrument=instrument.code, reason="vintage_missing")
    if kind is Kind.CCER and not PROJECT_CODE.match(instrument.project_code or ""):
        raise InstrumentInvalid(instrument=instrument.code, reason="project_code_missing")
    if kind is Kind.PDR and not instrument.pollutant:
        raise InstrumentInvalid(instrument=instrument.code, reason="pollutant_missing")
