"""What a holding is worth, and when no price may be used (rule 36)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from partners.enterprises.instruments.model import Kind, Quantity
from partners.enterprises.instruments.rules import amount_fen
from partners.enterprises.prices.errors import ValuationRefused
from partners.enterprises.prices.model import DayPrice


@dataclass(frozen=True, slots=True)
class Valuation:
    """An amount in fen, and the traded close that it rests on."""

    amount_fen: int
    price_fen: int
    priced_on: date


def value(
    quantity: Quantity, *, last_traded: DayPrice | None, surrenderable: bool, as_of: date, max_age_days: int
) -> Valuation:
    """Value *quantity* at the last traded close. Raises ValuationRefused; of the reasons the first that holds:

    ``index_is_no_price``, ``average_of_projects`` (voluntary credits are quoted as one average over projects),
    ``no_public_price``, ``vintage_not_surrenderable``, ``never_traded``, ``price_is_stale``.
    """
    instrument = quantity.instrument
    refusals = {Kind.INDEX: "index_is_no_price", Kind.CCER: "average_of_projects"}
    if instrument.kind is not Kind.CEA:
        raise ValuationRefused(reason=refusals.get(instrument.kind, "no_public_price"), instrument=instrument.code)
    if not surrenderable:
        raise ValuationRefused(reason="vintage_not_surrenderable", instrument=instrument.code)
    if last_traded is None:
        raise ValuationRefused(reason="never_traded", instrument=instrument.code)
    age = (as_of - last_traded.day).days
    if age > max_age_days:
        raise ValuationRefused(
            reason="price_is_stale", instrument=instrument.code, last_traded_on=last_traded.day, age_days=age
        )
    price = last_traded.close_fen
    return Valuation(amount_fen(instrument, units=quantity.units, price_fen=price), price, last_traded.day)
