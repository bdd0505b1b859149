"""Expiry by cohort, oldest first: a credit's cohort is the instant at which it occurred; there are no lot rows.

The oldest units are spent first, so what an account has are the youngest units credited to it. A reversal and a
transfer of the kind `refund` give back units as old as they were; they are no new credit.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from ledger.calls import Call
from ledger.connection import SessionLike, one, rows
from ledger.errors import AccountUnknown
from ledger.kernel.clock import now as clock_now
from ledger.model import Account
from ledger.wire import microseconds

MOST_ACCOUNTS = 65_536

_expire_units = Call("expire_units", "uuid bytea timestamptz text text timestamptz bigint bigint")
_EIGHT = struct.Struct(">q").pack


@dataclass(frozen=True, slots=True)
class Expiry:
    """What a run of `expire_units` did: how many accounts lost how many units in all."""

    accounts: int
    units: int
    posted_at: datetime
    replayed: bool


def expire_units(
    session: SessionLike,
    *,
    asset: str,
    purpose: str,
    cohort_end: datetime,
    into: Account | int,
    request_id: UUID,
    now: datetime,
    limit: int = 20_000,
) -> Expiry:
    """Move what is left of everything credited before *cohort_end* from the accounts of a purpose *into* another.

    Units that are held stay; they are due when they are released. At most *limit* accounts are done in one call; who
    gets as many calls again, under another request id. The same request id posts nothing more.
    Raises RequestConflict, AssetUnknown, AccountUnknown, AssetMismatch, AccountClosed.
    """
    account_id, limit = into if isinstance(into, int) else into.id, min(limit, MOST_ACCOUNTS)
    end, named = microseconds(cohort_end), (asset.encode(), purpose.encode())
    digest = sha256(b"\0".join([b"expire", *named, _EIGHT(end), _EIGHT(account_id), _EIGHT(limit)])).digest()
    answer = _expire_units(
        session,
        [
            request_id.bytes, digest, _EIGHT(microseconds(now)), *named, _EIGHT(end), _EIGHT(account_id), _EIGHT(limit),
        ],
    )  # fmt: skip
    accounts, units = one(
        session,
        "SELECT count(*), coalesce(sum(units), 0)::bigint FROM ledger.transfer"
        " WHERE stripe = ANY (%s) AND id >= %s AND id < %s AND part_of IS NULL",
        list(range(64)),
        answer.number << 23,
        answer.number + 1 << 23,
    )
    return Expiry(accounts, units, answer.posted_at, answer.replayed)


def expiring_units(
    session: SessionLike, accounts: Iterable[Account | int], *, cohort_end: datetime, now: datetime | None = None
) -> dict[int, int]:
    """Answer, by account id, what would expire if everything credited before *cohort_end* did.

    What expires within 30 days where units live for a year: ``cohort_end=now + 30 days - 1 year``. A spread account's
    units do not expire. Raises AccountUnknown.
    """
    ids = [account if isinstance(account, int) else account.id for account in accounts]
    found = rows(
        session, "SELECT * FROM ledger.units_before(%s::bigint[], %s, %s)", ids, cohort_end, now or clock_now()
    )
    answer = {row.account: row.units for row in found}
    for account_id in ids:
        if account_id not in answer:
            raise AccountUnknown(account=account_id)
    return answer
