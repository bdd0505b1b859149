"""What extracts of foreign registries tell: blocks that were issued, retired or cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from partners.enterprises.registries.serials import Block


class Event(StrEnum):
    """What happened to a block."""

    ISSUED = "issued"
    RETIRED = "retired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class BlockRow:
    """One line of an extract; *block* is None where the serial has a form that the registry does not write itself."""

    registry: str
    serial: str
    event: Event
    project: str
    project_name: str
    vintage: int
    block: Block | None
    units: int
    happened_on: date | None
    beneficiary: str
    reason: str

    @property
    def instrument(self) -> str:
        """The code of the instrument: registry, project and year."""
        return f"{self.registry}-{self.project}-{self.vintage}"
