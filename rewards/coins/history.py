"""What happened to an owner's coins or points, a line per transfer, each with its receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from rewards.coins.errors import EntryUnknown


@dataclass(frozen=True, slots=True)
class Entry:
    """One transfer as its owner sees it: *change* is negative where coins went away."""

    transfer_id: int
    change: int
    kind: str
    reference: UUID | None
    occurred_at: datetime
    posted_at: datetime
    reverses: int | None


_ENTRY = sa.text(
    "SELECT id, units, debit, credit, kind, reference, occurred_at, posted_at, reverses FROM ledger.transfer"
    " WHERE stripe = (CAST(:id AS bigint) & 63) AND id = :id AND (debit = :account OR credit = :account)"
)


def history_of(
    session: Session,
    owner: UUID,
    *,
    purpose: str = "coins",
    asset: str = "coin",
    after: str | None = None,
    limit: int = 20,
    since: datetime | None = None,
    until: datetime | None = None,
) -> ledger.Statement | None:
    """Answer a page of an account's history, the newest first; None where there is no account yet.

    Raises TransferUnknown for a cursor that is none.
    """
    try:
        account = ledger.account_of(session, owner=owner, purpose=purpose, asset=asset)
    except ledger.AccountUnknown:
        return None
    return ledger.statement(session, account, after=after, limit=limit, since=since, until=until)


def entry_of(session: Session, owner: UUID, transfer_id: int, *, purpose: str = "coins", asset: str = "coin") -> Entry:
    """Answer one transfer of the owner's account. Raises EntryUnknown, also for another owner's."""
    try:
        account = ledger.account_of(session, owner=owner, purpose=purpose, asset=asset)
    except ledger.AccountUnknown:
        raise EntryUnknown(transfer=transfer_id) from None
    row = session.execute(_ENTRY, {"id": transfer_id, "account": account.id}).one_or_none()
    if row is None:
        raise EntryUnknown(transfer=transfer_id)
    return Entry(
        transfer_id=row.id,
        change=row.units if row.credit == account.id else -row.units,
        kind=row.kind,
        reference=row.reference,
        occurred_at=row.occurred_at,
        posted_at=row.posted_at,
        reverses=row.reverses,
    )
