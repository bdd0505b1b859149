"""What is held and traded: an instrument has a kind, a unit, a price basis; quantities of different kinds never add."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """National allowance, voluntary credit, green certificate, pollution, energy-use and water rights, forest sink."""

    CEA = "CEA"
    CCER = "CCER"
    GEC = "GEC"
    PDR = "PDR"
    EUR = "EUR"
    WUR = "WUR"
    FCS = "FCS"
    FOREIGN = "FOREIGN"
    INDEX = "INDEX"


UNITS: dict[Kind, str] = {
    Kind.CEA: "t",
    Kind.CCER: "t",
    Kind.GEC: "MWh",
    Kind.PDR: "t/a",
    Kind.EUR: "tce",
    Kind.WUR: "m3",
    Kind.FCS: "kg",
    Kind.FOREIGN: "t",
}


@dataclass(frozen=True, slots=True)
class Instrument:
    """One thing that can be held. Whole units count 10^-decimals of *unit*; dates are inclusive."""

    code: str
    kind: Kind
    name: str
    name_en: str
    unit: str
    decimals: int
    price_basis: str
    term_years: int | None
    vintage: int | None
    project_code: str | None
    methodology: str | None
    pollutant: str | None
    registry: str
    venue: str | None
    counts_for: tuple[str, ...]
    first_quoted_on: date | None
    last_quoted_on: date | None
    valid_from: date | None
    valid_until: date | None
    source: str

    @property
    def is_tradable(self) -> bool:
        """Whether it is an instrument at all: an index such as COMCEA is none (rule 5)."""
        return self.kind is not Kind.INDEX

    def is_quoted_on(self, day: date) -> bool:
        """Whether *day* lies in the window in which the venue quotes it (rule 14); open ends hold."""
        return (self.first_quoted_on is None or self.first_quoted_on <= day) and (
            self.last_quoted_on is None or day <= self.last_quoted_on
        )


@dataclass(frozen=True, slots=True)
class Quantity:
    """Whole units of one instrument."""

    instrument: Instrument
    units: int
