"""Series, issues, blocks and retirements of certified units. A block's state is told by what ended it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.dialects.postgresql import INT8RANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model


class UnitKind(StrEnum):
    """What sort of unit it is, in the order in which the national guide lists them."""

    ALLOWANCE = "allowance"
    CCER = "ccer"
    PUHUI = "puhui"
    OTHER = "other"
    SINK = "sink"


class Series(Model):
    """Serial numbers of one registry (*book*) behind one prefix, each of *digits* digits."""

    __tablename__ = "unit_series"
    __table_args__ = ({"schema": "rewards"},)

    id: Mapped[int] = mapped_column(primary_key=True)
    book: Mapped[str] = mapped_column("registry")
    prefix: Mapped[str]
    digits: Mapped[int]

    def text(self, number: int) -> str:
        """Answer a serial as the registry writes it."""
        return f"{self.prefix}{number:0{self.digits}d}"


class Issue(Model):
    """A run of serials that was issued; each unit stands for *grams_per_unit*. It counts once it is approved."""

    __tablename__ = "unit_issue"
    __table_args__ = ({"schema": "rewards"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    series_id: Mapped[int]
    first: Mapped[int]
    last: Mapped[int]
    grams_per_unit: Mapped[int]
    holder: Mapped[UUID]
    project: Mapped[str]
    method: Mapped[str]
    year: Mapped[int]
    source: Mapped[str]
    sink_project_id: Mapped[UUID | None]
    proof_file: Mapped[UUID | None]
    cancelled_on: Mapped[date | None]
    certificate_no: Mapped[str | None]
    entered_by: Mapped[UUID]
    entered_at: Mapped[datetime]
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    transfer_id: Mapped[int | None]

    @property
    def units(self) -> int:
        """How many units the run has."""
        return self.last - self.first + 1

    @property
    def grams(self) -> int:
        """What the whole run stands for, in grams of CO2e."""
        return self.units * self.grams_per_unit


class Block(Model):
    """A part of an issue: whole and free, split into smaller blocks, or retired."""

    __tablename__ = "unit_block"
    __table_args__ = ({"schema": "rewards"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    issue_id: Mapped[UUID]
    series_id: Mapped[int]
    serials: Mapped[Range[int]] = mapped_column(INT8RANGE)
    parent_id: Mapped[UUID | None]
    made_at: Mapped[datetime]
    split_at: Mapped[datetime | None]
    retirement_id: Mapped[UUID | None]
    transfer_id: Mapped[int | None]

    @property
    def first(self) -> int:
        """The first serial's number."""
        return int(self.serials.lower or 0)

    @property
    def last(self) -> int:
        """The last serial's number."""
        return int(self.serials.upper or 0) - 1


class Retirement(Model):
    """Units taken out of the world for *beneficiary*, once; its id is the request id of the ledger's transfers."""

    __tablename__ = "unit_retirement"
    __table_args__ = ({"schema": "rewards"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    beneficiary: Mapped[UUID]
    reason: Mapped[str]
    grams: Mapped[int]
    retired_by: Mapped[UUID]
    retired_at: Mapped[datetime]
