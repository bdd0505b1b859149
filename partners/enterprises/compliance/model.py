"""Obligations and what was done about them, in tonnes by year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Obligation:
    """What an enterprise owes for a year, as its notice says; *completed_on* is the certificate's day."""

    year: int
    verified_t: int
    due_t: int
    notice_no: str
    completed_on: date | None


@dataclass(frozen=True, slots=True)
class NetSold:
    """Units of the old vintages sold and bought in the window of the carry-over rule, and held at its end."""

    sold_t: int
    bought_t: int
    held_t: int


@dataclass(frozen=True, slots=True)
class Document:
    """A paper of the year: *month* for the monthly filings, *file_id* where the paper itself was handed in."""

    id: UUID
    year: int
    kind: str
    month: int | None
    receipt_no: str
    filed_on: date
    file_id: UUID | None
    recorded_at: datetime
