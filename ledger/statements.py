"""Balances and statements, as fast after a million transfers as after ten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, LiteralString
from uuid import UUID

from ledger.connection import SessionLike, rows
from ledger.errors import AccountUnknown, TransferUnknown
from ledger.kernel.clock import now as clock_now
from ledger.model import Account, Balance, Statement, StatementLine, Total
from ledger.stripes import whole_account

Order = Literal["posted", "occurred"]
"""By which of the two times history is read."""
NEVER = datetime.max.replace(tzinfo=UTC)
LAST = 2**63 - 1


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
    order: Order = "posted" if occurred_at is None else "occurred"
    return _balance_before(session, _id(account), order, (posted_at or occurred_at or NEVER, LAST))


def statement(
    session: SessionLike,
    account: Account | int,
    *,
    by: Order = "posted",
    after: str | None = None,
    limit: int = 50,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Statement:
    """Answer a page of what was posted (or occurred) from *since* until before *until*, newest first.

    Each line has the balance after it, in that order. Raises AccountUnknown, TransferUnknown (a cursor that is none).
    """
    account_id = _id(account)
    end = (until or NEVER, 0)
    closing = _balance_before(session, account_id, by, end)
    opening = 0 if since is None else _balance_before(session, account_id, by, (since, 0))
    start = end if after is None else _place_of(session, after, by)
    found = rows(
        session,
        "SELECT * FROM ledger.statement_page(%s, %s, %s, %s, %s, %s)",
        account_id, by, *start, since or datetime.min.replace(tzinfo=UTC), limit + 1,
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
    assets: Sequence[str] | None = None,
    by: Order = "occurred",
) -> list[Total]:
    """Add up what moved from *since* until before *until*, by owner, purpose and asset, where anything did."""
    found = rows(
        session,
        "SELECT * FROM ledger.totals_of(%s::uuid[], %s::text[], %s::text[], %s, %s, %s)",
        *(None if some is None else list(some) for some in (owners, purposes, assets)), since, until, by,
    )  # fmt: skip
    return [Total(*row) for row in found]


def _balance_before(session: SessionLike, account_id: int, by: Order, place: tuple[datetime, int]) -> int:
    answer = rows(session, "SELECT ledger.balance_at(%s, %s, %s, %s) AS units", account_id, by, *place)
    if answer[0].units is None:
        raise AccountUnknown(account=account_id)
    return int(answer[0].units)


def _place_of(session: SessionLike, cursor: str, by: Order) -> tuple[datetime, int]:
    known = cursor.isascii() and cursor.isdigit() and len(cursor) < 19
    query: LiteralString = "SELECT posted_at, occurred_at FROM ledger.transfer WHERE stripe = (%s & 63) AND id = %s"
    found = rows(session, query, int(cursor), int(cursor)) if known else []
    if not found:
        raise TransferUnknown(transfer=cursor)
    return (found[0].posted_at if by == "posted" else found[0].occurred_at, int(cursor))


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
