"""Balances and statements, as fast after a million transfers as after ten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from ledger.connection import SessionLike, rows
from ledger.errors import AccountUnknown, TransferUnknown
from ledger.kernel.clock import now as clock_now
from ledger.model import Account, Balance, Statement, StatementLine, Total
from ledger.stripes import whole_account

MICROSECOND = timedelta(microseconds=1)


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


def balance_at(
    session: SessionLike,
    account: Account | int,
    *,
    posted_at: datetime | None = None,
    occurred_at: datetime | None = None,
) -> int:
    """Answer what was posted on the normal side as of an instant, inclusive, of one of the two times.

    Without an instant it is what is posted now. Raises AccountUnknown.
    """
    if posted_at is not None and occurred_at is not None:
        raise ValueError("a balance is as of one of the two times")
    account_id = _id(account)
    place = "posted" if posted_at is not None else "occurred" if occurred_at is not None else None
    answer = rows(session, "SELECT ledger.balance_at(%s, %s, %s) AS units", account_id, place, posted_at or occurred_at)
    if answer[0].units is None:
        raise AccountUnknown(account=account_id)
    return int(answer[0].units)


def statement(
    session: SessionLike,
    account: Account | int,
    *,
    after: str | None = None,
    limit: int = 50,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Statement:
    """Answer a page of what was posted from *since* until before *until*, newest first, with the balance after each.

    Raises AccountUnknown, TransferUnknown (for a cursor that is none).
    """
    account_id = _id(account)
    closing = balance_at(session, account_id, posted_at=until and until - MICROSECOND)
    opening = 0 if since is None else balance_at(session, account_id, posted_at=since - MICROSECOND)
    place, before, at = (None, None, None) if until is None else ("posted", 0, until)
    if after is not None:
        at = _posted_at(session, after)
        place, before = "id", int(after)
    found = rows(
        session,
        "SELECT * FROM ledger.statement_page(%s, %s, %s, %s, %s, %s)",
        account_id, place, before, at, since or datetime.min.replace(tzinfo=UTC), limit + 1,
    )  # fmt: skip
    lines = [_line(row) for row in found[:limit]]
    return Statement(account_id, opening, closing, lines, str(lines[-1].transfer_id) if len(found) > limit else None)


def totals(
    session: SessionLike,
    *,
    since: datetime,
    until: datetime,
    owners: Sequence[UUID] | None = None,
    purposes: Sequence[str] | None = None,
    by_posting: bool = False,
) -> list[Total]:
    """Add up a period, from *since* until before *until*, by owner, purpose, asset and kind."""
    found = rows(
        session,
        "SELECT * FROM ledger.totals_of(%s::uuid[], %s::text[], %s, %s, %s)",
        None if owners is None else list(owners),
        None if purposes is None else list(purposes),
        since,
        until,
        by_posting,
    )
    return [Total(*row) for row in found]


def _posted_at(session: SessionLike, cursor: str) -> datetime:
    found = (
        rows(
            session,
            "SELECT posted_at FROM ledger.transfer WHERE stripe = (%s & 63) AND id = %s",
            int(cursor),
            int(cursor),
        )
        if cursor.isascii() and cursor.isdigit() and len(cursor) < 19
        else []
    )
    if not found:
        raise TransferUnknown(transfer=cursor)
    at: datetime = found[0].posted_at
    return at


def _line(row: Any) -> StatementLine:  # noqa: ANN401  # A named tuple of psycopg.
    return StatementLine(
        transfer_id=row.id,
        change=row.change,
        balance=row.balance,
        other=whole_account(row.other),
        kind=row.kind,
        reference=row.reference,
        occurred_at=row.occurred_at,
        posted_at=row.posted_at,
        reverses=row.reverses,
        reason=row.reason,
    )


def _id(account: Account | int) -> int:
    return account if isinstance(account, int) else account.id
