"""A pledge as it was registered. Units are of the instrument, money is fen, days are inclusive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Control(StrEnum):
    """Who really blocks the units; ``none`` means that only the register of pledges knows."""

    NONE = "none"
    REGISTRY_FROZEN = "registry_frozen"
    EXCHANGE_LOCKED = "exchange_locked"
    TRIPARTITE = "tripartite"


@dataclass(frozen=True, slots=True)
class Pledge:
    """*alert_percent*: warn when the collateral is worth less than this share of the debt."""

    id: UUID
    enterprise_id: UUID
    instrument: str
    units: int
    certificate_no: str
    control: Control
    lender: str
    debt_fen: int
    alert_percent: int
    starts_on: date
    ends_on: date
    released_at: datetime | None
    release_no: str | None

    @property
    def is_blocked(self) -> bool:
        """Whether the units are blocked at registry or exchange, so that the books show them frozen."""
        return self.control in (Control.REGISTRY_FROZEN, Control.EXCHANGE_LOCKED)
