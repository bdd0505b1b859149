"""Posting and reversing: lists of transfers that stand or fall together, each list once per request id."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from os import urandom
from typing import Any, LiteralString
from uuid import UUID

from ledger.calls import Answer, Call
from ledger.connection import SessionLike, rows
from ledger.errors import AccountUnknown, LedgerError, TransferUnknown, UnitsInvalid
from ledger.model import NewTransfer, Posting
from ledger.stripes import SPREAD_BIT, STRIPE_MASK, stripe_of
from ledger.wire import INT8, TEXT, TIMESTAMPTZ, UUID_OID, instants, int8, int8s, microseconds, texts, uuids

LONGEST_LIST = 65_536
LONGEST_KIND = 32
LARGEST = 2**53 - 1

_SINGLE: LiteralString = "uuid bytea timestamptz bigint bigint bigint timestamptz text uuid uuid"
_call_one, _call_across = Call("post_one", _SINGLE), Call("post_across", _SINGLE)
_post_list = Call(
    "post_list", "uuid bytea timestamptz bigint[] bigint[] bigint[] timestamptz[] text[] uuid[] bigint[] text text"
)

# The same bytes as the arrays of ledger.wire with one element each, so that a list of one hashes alike either way.
_NUMBERS = struct.Struct(">" + "iiiiiiq" * 4)
_INT = struct.Struct(">i").pack
_TEXT_HEAD = struct.pack(">iiiii", 1, 0, TEXT, 1, 1)
_UUID_HEAD = struct.pack(">iiiiii", 1, 0, UUID_OID, 1, 1, 16)
_NO_UUID = uuids([None])
_NOTHING_REVERSED = int8s([])
_HEAD, _INSTANT_HEAD = (1, 0, INT8, 1, 1, 8), (1, 0, TIMESTAMPTZ, 1, 1, 8)


def post(session: SessionLike, transfers: Sequence[NewTransfer], *, request_id: UUID, now: datetime) -> Posting:
    """Post a list, all of it or nothing; the same request id and content answers the first answer again.

    Raises RequestConflict, UnitsInvalid, AccountUnknown, SameAccount, AssetMismatch, AccountClosed,
    InsufficientBalance (in this order of precedence).
    """
    if not transfers:
        return Posting(0, now, False, (), (), 0)
    if len(transfers) == 1:
        return _post_one(session, transfers[0], request_id, now)
    debits, credits, units, occurred_at, kinds, references = zip(*transfers, strict=True)
    return post_columns(
        session, debits=debits, credits=credits, units=units, occurred_at=occurred_at, kinds=kinds,
        references=references, request_id=request_id, now=now,
    )  # fmt: skip


def post_columns(
    session: SessionLike,
    *,
    debits: Sequence[int],
    credits: Sequence[int],
    units: Sequence[int],
    occurred_at: Sequence[datetime],
    kinds: Sequence[str],
    references: Sequence[UUID | None],
    request_id: UUID,
    now: datetime,
) -> Posting:
    """Post a list given as columns of one length: the same as `post`, without an object per transfer."""
    if len(debits) == 1:
        new = NewTransfer(debits[0], credits[0], units[0], occurred_at[0], kinds[0], references[0])
        return _post_one(session, new, request_id, now)
    check_list(kinds)
    try:
        columns = _columns(debits, credits, units, occurred_at, kinds, references)
        answer = post_list(session, columns, request_id=request_id, now=now)
    except struct.error:
        raise not_a_number(units) from None
    return Posting(answer.number, answer.posted_at, answer.replayed, debits, credits, stripe_of(request_id))


def reverse(
    session: SessionLike, transfer_ids: Sequence[int], *, reason: str, request_id: UUID, now: datetime
) -> Posting:
    """Post the opposite of transfers, all of them or none; each can be reversed once.

    Raises what `post` raises, and TransferUnknown and TransferReversed.
    """
    found = {
        row.id: row for row in rows(session, "SELECT * FROM ledger.whole_transfers(%s::bigint[])", list(transfer_ids))
    }
    for transfer_id in transfer_ids:
        if transfer_id not in found:
            raise TransferUnknown(transfer=transfer_id)
    originals = [found[transfer_id] for transfer_id in transfer_ids]
    debits, credits = [row.credit for row in originals], [row.debit for row in originals]
    columns = [
        int8s(debits), int8s(credits), int8s([row.units for row in originals]), instants([now] * len(originals)),
        texts(["reversal"] * len(originals)), uuids([row.reference for row in originals]),
    ]  # fmt: skip
    hashed = sha256(b"reverse" + int8s(transfer_ids) + reason.encode()).digest()
    answer = post_list(
        session,
        columns,
        request_id=request_id,
        now=now,
        reversed_ids=int8s(transfer_ids),
        reason=reason,
        hashed=hashed,
        operation="reverse",
    )
    return Posting(answer.number, answer.posted_at, answer.replayed, debits, credits, stripe_of(request_id))


def columns_of(transfers: Sequence[NewTransfer]) -> list[bytes]:
    """Answer a list of transfers as the arrays that PostgreSQL takes."""
    return _columns(*zip(*transfers, strict=True)) if transfers else _columns((), (), (), (), (), ())


def _columns(*columns: Sequence[Any]) -> list[bytes]:
    debits, credits, units, occurred_at, kinds, references = columns
    return [int8s(debits), int8s(credits), int8s(units), instants(occurred_at), texts(kinds), uuids(references)]


def post_list(
    session: SessionLike,
    columns: list[bytes],
    *,
    request_id: UUID,
    now: datetime,
    reversed_ids: bytes = _NOTHING_REVERSED,
    reason: str | None = None,
    hashed: bytes | None = None,
    operation: str = "post",
) -> Answer:
    """Post arrays under a request id; *hashed* binds what the caller asked, where it was not just these arrays."""
    digest = hashed or sha256(b"post" + b"".join(columns)).digest()
    told = reason.encode() if reason is not None else None
    return _post_list(
        session, [request_id.bytes, digest, int8(microseconds(now)), *columns, reversed_ids, told, operation.encode()]
    )


def _post_one(session: SessionLike, new: NewTransfer, request_id: UUID, now: datetime) -> Posting:
    """Post one transfer: by the lean path, where nothing about it is out of the ordinary."""
    units = new.units
    if not 1 <= len(new.kind) <= LONGEST_KIND:
        check_list([new.kind])
    debit, credit = _sides(new.debit, new.credit)
    lean = _call_across if (debit ^ credit) & STRIPE_MASK else _call_one
    try:
        if debit == credit or debit & credit & SPREAD_BIT or type(units) is not int or not 1 <= units <= LARGEST:
            answer = post_list(session, columns_of([new]), request_id=request_id, now=now)
        else:
            answer = lean(session, _scalars(new, (debit, credit), request_id, now))
    except struct.error:
        raise not_a_number([units]) from None
    home = request_id.int & STRIPE_MASK
    return Posting(answer.number, answer.posted_at, answer.replayed, (new.debit,), (new.credit,), home)


def _sides(debit: int, credit: int) -> tuple[int, int]:
    """Answer the accounts that really take part: of a spread one the sub-account in the other's stripe."""
    if debit & SPREAD_BIT and not credit & SPREAD_BIT:
        return debit & ~STRIPE_MASK | credit & STRIPE_MASK, credit
    if credit & SPREAD_BIT and not debit & SPREAD_BIT:
        return debit, credit & ~STRIPE_MASK | debit & STRIPE_MASK
    return debit, credit


def _scalars(new: NewTransfer, sides: tuple[int, int], request_id: UUID, now: datetime) -> list[bytes | None]:
    debit, credit, units, occurred_at, kind, reference = new
    at, text = microseconds(occurred_at), kind.encode()
    numbers = _NUMBERS.pack(*_HEAD, debit, *_HEAD, credit, *_HEAD, units, *_INSTANT_HEAD, at)
    referred, told = (_NO_UUID, None) if reference is None else (_UUID_HEAD + reference.bytes, reference.bytes)
    digest = sha256(b"post" + numbers + _TEXT_HEAD + _INT(len(text)) + text + referred).digest()
    instant = int8(at)
    asked = instant if now is occurred_at else int8(microseconds(now))
    accounts = int8(sides[0]), int8(sides[1])
    return [request_id.bytes, digest, asked, *accounts, int8(units), instant, text, told, urandom(16)]


def check_list(kinds: Sequence[str]) -> None:
    """Refuse a list that no caller should make: these are faults of a program, not refusals. Raises ValueError."""
    if len(kinds) > LONGEST_LIST:
        raise ValueError(f"a list has at most {LONGEST_LIST} items")
    if not all(1 <= len(kind) <= LONGEST_KIND for kind in set(kinds)):
        raise ValueError(f"a kind has 1 to {LONGEST_KIND} characters")


def not_a_number(units: Sequence[Any]) -> LedgerError:
    """Say which value was no whole number of 64 bits."""
    for index, value in enumerate(units):
        if not isinstance(value, int) or not -(2**63) <= value < 2**63:
            return UnitsInvalid(index=index)
    return AccountUnknown()
