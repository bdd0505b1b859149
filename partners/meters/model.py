"""Sites, buildings and meters; bills, findings and remarks; and the use of a month, on which everything else rests."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model


class Energy(StrEnum):
    """What a meter counts."""

    ELECTRICITY = "electricity"
    WATER = "water"
    GAS = "gas"
    PETROL = "petrol"
    DIESEL = "diesel"
    HEAT = "heat"
    SOLAR = "solar"  # Generation of a roof; shown beside the use, never added to it.


UNITS: dict[Energy, tuple[str, ...]] = {
    Energy.ELECTRICITY: ("kWh",),
    Energy.WATER: ("m³",),
    Energy.GAS: ("m³", "kWh"),
    Energy.PETROL: ("L",),
    Energy.DIESEL: ("L",),
    Energy.HEAT: ("GJ",),
    Energy.SOLAR: ("kWh",),
}
"""The units of an energy, the usual one first."""

FUELS = frozenset({Energy.PETROL, Energy.DIESEL})


class RemarkKind(StrEnum):
    """What a figure does not say by itself."""

    CLOSURE = "closure"
    MILDER_WEATHER = "milder_weather"
    HARSHER_WEATHER = "harsher_weather"
    OTHER = "other"


def _words(kind: type[StrEnum]) -> sa.Enum:
    return sa.Enum(kind, native_enum=False, values_callable=lambda e: [m.value for m in e])


class Site(Model):
    """A place of an institution; the months of its readings are cut in its time zone."""

    __tablename__ = "site"
    __table_args__ = ({"schema": "partners"},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    institution_id: Mapped[UUID]
    name: Mapped[str]
    time_zone: Mapped[str]
    opened_at: Mapped[datetime]


class Building(Model):
    """A building of a site."""

    __tablename__ = "building"
    __table_args__ = ({"schema": "partners"},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    institution_id: Mapped[UUID]
    site_id: Mapped[UUID]
    name: Mapped[str]
    floor_area_m2: Mapped[Decimal | None] = mapped_column(sa.Numeric(14, 2))
    opened_at: Mapped[datetime]


class Meter(Model):
    """A meter, or a fuel card. *number* is what stands on the bill; a sub-meter is shown and never added."""

    __tablename__ = "meter"
    __table_args__ = ({"schema": "partners"},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    institution_id: Mapped[UUID]
    site_id: Mapped[UUID]
    building_id: Mapped[UUID | None]
    name: Mapped[str]
    number: Mapped[str]
    energy: Mapped[Energy] = mapped_column(_words(Energy))
    unit: Mapped[str]
    for_vehicles: Mapped[bool]
    is_sub_meter: Mapped[bool]
    claimed_for: Mapped[str | None]
    provider_id: Mapped[int | None] = mapped_column(sa.SmallInteger)
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]

    def serves(self, month: date) -> bool:
        """Whether the meter is there in all of *month* (its first day)."""
        following = next_month(month)
        return self.opened_on <= month and (self.closed_on is None or self.closed_on >= following)


class Bill(Model):
    """A month's bill in one revision. *quantity* is None where the bill was withdrawn."""

    __tablename__ = "bill"
    __table_args__ = ({"schema": "partners"},)
    stripe: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    institution_id: Mapped[UUID]
    meter_id: Mapped[UUID]
    month: Mapped[date]
    revision: Mapped[int] = mapped_column(sa.SmallInteger)
    quantity: Mapped[Decimal | None] = mapped_column(sa.Numeric(15, 3))
    amount_fen: Mapped[int | None]
    estimated: Mapped[bool]
    remark: Mapped[str]
    reason: Mapped[str | None]
    photo_id: Mapped[UUID | None]
    came_by: Mapped[str]
    entered_by: Mapped[UUID]
    entered_at: Mapped[datetime]
    request_id: Mapped[UUID]


class Finding(Model):
    """Something strange in a month of a meter, until it was confirmed with words or corrected."""

    __tablename__ = "meter_finding"
    __table_args__ = ({"schema": "partners"},)
    stripe: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    institution_id: Mapped[UUID]
    meter_id: Mapped[UUID]
    month: Mapped[date]
    code: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    basis: Mapped[str]
    found_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settlement: Mapped[str | None]
    explanation: Mapped[str | None]
    settled_by: Mapped[UUID | None]


class Remark(Model):
    """Closed days, weather or works between two days, of a building or of the whole institution."""

    __tablename__ = "use_remark"
    __table_args__ = ({"schema": "partners"},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    institution_id: Mapped[UUID]
    building_id: Mapped[UUID | None]
    kind: Mapped[RemarkKind] = mapped_column(_words(RemarkKind))
    first_day: Mapped[date]
    last_day: Mapped[date]
    words: Mapped[str]
    noted_by: Mapped[UUID]
    noted_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    def touches(self, month: date) -> bool:
        """Whether any of its days lies in *month*."""
        return self.first_day < next_month(month) and self.last_day >= month


class Use(NamedTuple):
    """What is known of one meter in one month. *gap* says why *quantity* cannot be relied on: None where it can.

    *quantity* is in the meter's unit. ``gap`` is ``bill_missing``, ``readings_missing`` or ``zeros_for_missing``.
    """

    meter_id: UUID
    month: date
    quantity: Decimal | None
    amount_fen: int | None = None
    estimated: bool = False
    revision: int = 0
    came_by: str = "form"
    gap: str | None = None
    missing_hours: int = 0
    zeros: int = 0

    @property
    def basis(self) -> str:
        """The figures by which a finding is told from the same finding in other figures."""
        return f"{self.quantity}/{self.amount_fen}/{self.gap or ''}"


def next_month(month: date) -> date:
    """Answer the first day of the month after *month*."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """Answer the first days of the months from *first* to *last*, both included."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return [date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(count + 1)]


def year_before(month: date) -> date:
    """Answer the same month of the year before."""
    return month.replace(year=month.year - 1)
