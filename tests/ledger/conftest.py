"""The cast of the ledger's tests: Lin and Wang save, the café sells, the system issues."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest

import ledger
from ledger.kernel.ids import new_id

NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
LIN = UUID("0199aaaa-0000-7000-8000-000000000007")  # Stripe 7.
WANG = UUID("0199aaaa-0000-7000-8000-000000000009")  # Stripe 9.
CAFE = UUID("0199aaaa-0000-7000-8000-00000000000c")  # Stripe 12.


@dataclass(frozen=True)
class Books:
    """The accounts in coins that most tests need, by id."""

    issuance: int
    lin: int
    wang: int
    cafe: int


def open_books(session: ledger.SessionLike) -> Books:
    """Open the cast's accounts."""
    opened = ledger.open_accounts(
        session,
        [
            ledger.NewAccount(ledger.SYSTEM, "issuance", "coin", ledger.Side.DEBIT, floor=False, spread=True),
            ledger.NewAccount(LIN, "coins", "coin"),
            ledger.NewAccount(WANG, "coins", "coin"),
            ledger.NewAccount(CAFE, "takings", "coin", spread=True),
        ],
    )
    return Books(*(account.id for account in opened))


def move(debit: int, credit: int, units: int, at: datetime = NOW) -> ledger.NewTransfer:
    """Make a transfer of the cast."""
    return ledger.NewTransfer(debit, credit, units, at, "test")


def post(session: ledger.SessionLike, *transfers: ledger.NewTransfer, request_id: UUID | None = None) -> ledger.Posting:
    """Post under a fresh request id where none is given."""
    return ledger.post(session, list(transfers), request_id=request_id or new_id(), now=NOW)


@pytest.fixture
def books(session: ledger.SessionLike) -> Books:
    """The cast's accounts in a transaction that is rolled back."""
    return open_books(session)
