"""The ledger's nouns as values. Units are whole numbers of the asset's smallest unit; times are aware."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from ledger.stripes import STRIPE_MASK, stripe_of, stripe_of_transfer, transfer_id

SYSTEM = UUID(int=0)
"""The owner of issuance, clearing and expiry."""


class Side(StrEnum):
    """The side on which an account normally grows."""

    DEBIT = "D"
    CREDIT = "C"


@dataclass(frozen=True, slots=True)
class Asset:
    """What is counted; *scale* is how many decimals its display unit has."""

    code: str
    scale: int
    name: str


class NewAccount(NamedTuple):
    """An account to open. *spread* gives it a sub-account in every stripe, so that it is never a hot row."""

    owner: UUID
    purpose: str
    asset: str
    normal_side: Side = Side.CREDIT
    floor: bool = True
    spread: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it was opened; *id* is what transfers name. A spread account is one account with one id."""

    id: int
    owner: UUID
    purpose: str
    asset: str
    normal_side: Side
    floor: bool
    spread: bool
    closed_at: datetime | None = None

    @property
    def stripe(self) -> int:
        """The stripe of the account's books (of the owner's, where it is spread)."""
        return stripe_of(self.owner) if self.spread else self.id & STRIPE_MASK


class NewTransfer(NamedTuple):
    """Move *units* from account id *debit* to account id *credit* (debit the one, credit the other)."""

    debit: int
    credit: int
    units: int
    occurred_at: datetime
    kind: str
    reference: UUID | None = None


class NewHold(NamedTuple):
    """Hold *units* on *debit* for *credit* until *expires_at* (for ever, where it is None)."""

    debit: int
    credit: int
    units: int
    expires_at: datetime | None
    kind: str
    reference: UUID | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """What a writing call did. *replayed* tells that an earlier call with this request id had done it."""

    number: int
    posted_at: datetime
    replayed: bool
    debits: Sequence[int] = field(repr=False)
    credits: Sequence[int] = field(repr=False)
    home: int = field(repr=False)

    @property
    def transfer_ids(self) -> list[int]:
        """The ids of the transfers, in the order of the call's list."""
        return [
            transfer_id(self.number, place, stripe_of_transfer(debit, credit, self.home))
            for place, (debit, credit) in enumerate(zip(self.debits, self.credits, strict=True))
        ]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item of a list of independent items: a transfer, or the code of its refusal."""

    transfer_id: int | None
    code: str | None


@dataclass(frozen=True, slots=True)
class Hold:
    """Units that are held; *state* is held, settled, released or expired."""

    id: int
    debit: int
    credit: int
    units: int
    expires_at: datetime | None
    kind: str
    reference: UUID | None
    state: str = "held"
    settled_units: int | None = None
    transfer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """Units on the normal side. *pending* is held and cannot be spent; *incoming* is held for this account."""

    posted: int
    pending: int
    available: int
    incoming: int


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One transfer as an account sees it: *change* and *balance* are on its normal side, *other* the account across."""

    transfer_id: int
    change: int
    balance: int
    other: int
    kind: str
    reference: UUID | None
    occurred_at: datetime
    posted_at: datetime
    reverses: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A page of an account's transfers, newest first, with the balances at both ends of the whole period.

    *after* is the cursor of the next page, None on the last.
    """

    account: int
    opening: int
    closing: int
    lines: list[StatementLine]
    after: str | None


@dataclass(frozen=True, slots=True)
class Total:
    """What an owner's account of a purpose moved in a period; *transfers* is how many there were."""

    owner: UUID
    purpose: str
    asset: str
    debits: int
    credits: int
    transfers: int


@dataclass(frozen=True, slots=True)
class TrialBalanceRow:
    """The books of one stripe in one asset; *debits* and *credits* are equal where the books balance."""

    stripe: int
    asset: str
    debits: int
    credits: int
    accounts: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A law that does not hold, for what, and how far."""

    law: str
    subject: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """The audit's answer; *holds* when nothing was found."""

    holds: bool
    findings: list[Finding]
    transfers: int
    accounts: int
