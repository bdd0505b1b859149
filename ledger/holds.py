"""Holds: units set aside until they are settled (whole or in part), released, or past their time."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from ledger.calls import Call
from ledger.connection import SessionLike, one, rows
from ledger.errors import HoldUnknown
from ledger.model import Hold, NewHold, Posting
from ledger.stripes import STRIPE_MASK, stripe_of, stripe_of_transfer, transfer_id, whole_account
from ledger.transfers import check_list, not_a_number
from ledger.wire import TIMESTAMPTZ, int8, int8s, microseconds, texts, uuids

_hold_list = Call("hold_list", "uuid bytea timestamptz bigint[] bigint[] bigint[] timestamptz[] text[] uuid[]")
_end_hold = Call("end_hold", "uuid bytea timestamptz bigint boolean bigint")
MOST = 2**63 - 1
_NEVER = MOST  # PostgreSQL's 'infinity'.


def hold(session: SessionLike, holds: Sequence[NewHold], *, request_id: UUID, now: datetime) -> list[Hold]:
    """Hold a list, all of it or nothing; the same request id and content answers the same holds as they are now.

    Raises RequestConflict, UnitsInvalid, AccountUnknown, SameAccount, AssetMismatch, AccountClosed,
    InsufficientBalance (in this order of precedence).
    """
    if not holds:
        return []
    debits, credits, units, expiries, kinds, references = zip(*holds, strict=True)
    check_list(kinds)
    ends = [_NEVER if at is None else microseconds(at) for at in expiries]
    try:
        numbers = [int8s(debits), int8s(credits), int8s(units), int8s(ends, TIMESTAMPTZ)]
    except struct.error:
        raise not_a_number(units) from None
    columns = [*numbers, _repeated(kinds), uuids(references)]
    digest = sha256(b"hold" + b"".join(columns)).digest()
    answer = _hold_list(session, [request_id.bytes, digest, int8(microseconds(now)), *columns])
    home = stripe_of(request_id)
    ids = [
        transfer_id(answer.number, place, stripe_of_transfer(new.debit, new.credit, home))
        for place, new in enumerate(holds)
    ]
    return holds_of(session, ids)


def settle(
    session: SessionLike, hold: Hold | int, *, units: int | None = None, request_id: UUID, now: datetime
) -> Posting:
    """Post what is held, or *units* of it and give back the rest; the posting has one transfer.

    Raises RequestConflict, HoldUnknown, HoldEnded, HoldExpired, UnitsInvalid, HoldExceeded, AccountClosed.
    """
    return _end(session, hold, settles=True, units=units, request_id=request_id, now=now)


def release(session: SessionLike, hold: Hold | int, *, request_id: UUID, now: datetime) -> Posting:
    """Give back what is held; the posting has no transfer. Raises RequestConflict, HoldUnknown, HoldEnded."""
    return _end(session, hold, settles=False, units=None, request_id=request_id, now=now)


def expire_holds(session: SessionLike, *, now: datetime, limit: int = 10_000) -> int:
    """End up to *limit* holds past their time; answers how many. They stopped counting at their time already."""
    return int(one(session, "SELECT ledger.expire_holds(%s, %s)", now, limit)[0])


def holds_of(session: SessionLike, ids: Sequence[int]) -> list[Hold]:
    """Answer holds by id, in the order given. Raises HoldUnknown."""
    found = rows(
        session,
        "SELECT h.* FROM unnest(%s::bigint[]) AS w (id)"
        " JOIN ledger.hold h ON h.stripe = (w.id & 63)::smallint AND h.id = w.id",
        list(ids),
    )
    by_id = {row.id: _hold(row) for row in found}
    for hold_id in ids:
        if hold_id not in by_id:
            raise HoldUnknown(hold=hold_id)
    return [by_id[hold_id] for hold_id in ids]


def _end(
    session: SessionLike, hold: Hold | int, *, settles: bool, units: int | None, request_id: UUID, now: datetime
) -> Posting:
    hold_id = hold if isinstance(hold, int) else hold.id
    digest = sha256(f"end_hold {hold_id} {settles} {units}".encode()).digest()
    answer = _end_hold(
        session,
        [
            request_id.bytes, digest, int8(microseconds(now)), int8(hold_id), b"\x01" if settles else b"\x00",
            None if units is None else int8(min(max(units, 0), MOST)),
        ],
    )  # fmt: skip
    stripe = hold_id & STRIPE_MASK
    sides = (stripe,) if settles else ()
    return Posting(answer.number, answer.posted_at, answer.replayed, sides, sides, stripe)


def _repeated(kinds: Sequence[str]) -> bytes:
    """Spell every kind out: holds come in short lists, and the function joins them by place."""
    packed = [struct.pack(">i", len(kind.encode())) + kind.encode() for kind in kinds]
    return texts([kinds[0]])[:12] + struct.pack(">ii", len(packed), 1) + b"".join(packed)


def _hold(row: Any) -> Hold:  # noqa: ANN401  # A named tuple of psycopg.
    return Hold(
        id=row.id,
        debit=whole_account(row.debit),
        credit=whole_account(row.credit),
        units=row.units,
        expires_at=row.expires_at,
        kind=row.kind,
        reference=row.reference,
        state=row.state,
        settled_units=row.settled_units,
        transfer_id=row.transfer,
    )
