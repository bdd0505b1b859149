"""Balances and statements, as fast after a million transfers as after ten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ledger.connection import SessionLike, rows
from ledger.errors import AccountUnknown
from ledger.kernel.clock import now as clock_now
from ledger.model import Account, Balance, Statement, StatementLine
from ledger.stripes import SPREAD_BIT, STRIPE_MASK


def balance(session: SessionLike, account: Account | int, *, now: datetime | None = None) -> Balance:
    """Answer the balance; holds past their time at *now* (else the clock's) count no more. Raises AccountUnknown."""
    account_id = _id(account)
    return balances(session, [account_id], now=now)[account_id]


def balances(
    session: SessionLike, accounts: Iterable[Account | int], *, now: datetime | None = None
) -> dict[int, Balance]:
    """Answer the balances of a set of accounts, by account id. Raises AccountUnknown."""
    ids = [_id(account) for account in accounts]
    found = rows(session, "SELECT * FROM ledger.balances_of(%s::bigint[], %s)", ids, now or clock_now())
    answer = {row.account: Balance(row.posted, row.pending, row.available, row.incoming) for row in found}
    for account_id in ids:
        if account_id not in answer:
            raise AccountUnknown(account=account_id)
    return answer


def statement(session: SessionLike, account: Account | int, *, after: str | None = None, limit: int = 50) -> Statement:
    """Answer a page of the account's transfers, newest first, with the balance after each. Raises AccountUnknown."""
    account_id = _id(account)
    found = rows(
        session,
        "SELECT * FROM ledger.statement_page(%s, %s, %s)",
        account_id,
        int(after) if after is not None else None,
        limit + 1,
    )
    if not found:
        balance(session, account_id)
    lines = [_line(row) for row in found[:limit]]
    return Statement(account_id, lines, str(lines[-1].transfer_id) if len(found) > limit else None)


def _line(row: Any) -> StatementLine:  # noqa: ANN401  # A named tuple of psycopg.
    return StatementLine(
        transfer_id=row.id,
        change=row.change,
        balance=row.balance,
        other=row.other & ~STRIPE_MASK if row.other & SPREAD_BIT else row.other,
        kind=row.kind,
        reference=row.reference,
        occurred_at=row.occurred_at,
        posted_at=row.posted_at,
        reverses=row.reverses,
        reason=row.reason,
    )


def _id(account: Account | int) -> int:
    return account if isinstance(account, int) else account.id
