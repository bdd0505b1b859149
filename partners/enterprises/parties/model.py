"""An enterprise as the mirror knows it: an organisation of the platform with a credit code, accounts and policies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Enterprise:
    """*standing* other than ``participant`` may not trade (rule 39); days up to *closed_until* are closed (rule 17)."""

    id: UUID
    credit_code: str
    name: str
    sector: str
    standing: str
    lot_policy: str
    free_first: bool
    parent_id: UUID | None
    closed_until: date | None


@dataclass(frozen=True, slots=True)
class MarketAccount:
    """An account at the registry, the trading system or the bank, and whose it is."""

    system: str
    account_no: str
    market: str
    enterprise_id: UUID
