"""A provider, and what it says about one act."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model

Token = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[!-~]+$")]
Short = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]


class Provider(Model):
    """Who may push which acts. The window of accepted times is open where neither bound is set."""

    __tablename__ = "provider"
    __table_args__ = ({"schema": "partners"},)
    id: Mapped[int] = mapped_column(sa.SmallInteger, sa.Identity(always=True), primary_key=True)
    code: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    time_zone: Mapped[str]
    not_before: Mapped[datetime | None]
    max_age_days: Mapped[int | None] = mapped_column(sa.Integer)
    methods: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    formats: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    closed_at: Mapped[datetime | None]

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which its local times are read."""
        return ZoneInfo(self.time_zone)

    def accepts_from(self, now: datetime) -> datetime | None:
        """The earliest start that is accepted at *now*; None where the window is open."""
        bounds = [self.not_before, now - timedelta(days=self.max_age_days) if self.max_age_days else None]
        return max((bound for bound in bounds if bound is not None), default=None)


class Report(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One act as a provider reports it: a line of NDJSON, or a row of a file after its adapter.

    ``quantity`` is a decimal string with at most three decimals; times are ISO 8601, provider-local where they have
    no offset; ``trip`` is the trip or order number that other providers of the same act would know too; the places
    are compared and never kept; ``evidence`` may only weaken the method's tier.
    """

    id: Token
    rider: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    method: Short
    quantity: Annotated[str, msgspec.Meta(max_length=32)]
    unit: Short
    started_at: datetime
    ended_at: datetime | None = None
    trip: Token | None = None
    from_place: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    to_place: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    evidence: Literal["A", "B", "C"] | None = None
    variant: Short | None = None
