"""Lists of independent items: the good are posted, each other is answered by a code.

An item is judged after those before it; what these brought to a spread account can be drawn by the next call.
Its refusals, the first that applies wins:
units_invalid, account_unknown, same_account, asset_mismatch, account_closed, insufficient_balance.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from ledger.calls import Answer
from ledger.connection import SessionLike, one, rows
from ledger.errors import RequestConflict
from ledger.model import NewTransfer, Outcome, Posting
from ledger.stripes import SPREAD_BIT, stripe_of
from ledger.transfers import LARGEST, check_list, columns_of, post_list


def post_each(
    session: SessionLike, transfers: Sequence[NewTransfer], *, request_id: UUID, now: datetime
) -> list[Outcome]:
    """Post the good items of a list and answer every item, in order; repeated, it answers the first answer again.

    Raises RequestConflict.
    """
    if not transfers:
        return []
    check_list([item.kind for item in transfers])
    digest = sha256(b"each" + repr([tuple(item) for item in transfers]).encode()).digest()
    known = _known(session, request_id)
    if known is not None:
        if known.input_hash != digest:
            raise RequestConflict(request=str(request_id))
        return _answered(session, transfers, Answer(known.number, known.posted_at, True), request_id)
    codes = _judge(session, transfers, request_id, now)
    good = [item for item, code in zip(transfers, codes, strict=True) if code is None]
    answer = post_list(session, columns_of(good), request_id=request_id, now=now, hashed=digest, operation="each")
    if not answer.replayed:
        refused = [(place, code) for place, code in enumerate(codes) if code is not None]
        _record(session, request_id, answer.number, refused)
    return _answered(session, transfers, answer, request_id)


def _judge(session: SessionLike, transfers: Sequence[NewTransfer], request_id: UUID, now: datetime) -> list[str | None]:
    """Lock every account in question and go through the items with their balances in hand."""
    debits, credits = [item.debit for item in transfers], [item.credit for item in transfers]
    found = rows(
        session, "SELECT * FROM ledger.look_at(%s, %s, %s::bigint[], %s::bigint[])", request_id, now, debits, credits
    )
    accounts = {row.account: row for row in found}
    free = {row.account: row.free for row in found}
    return [_code(item, accounts, free) for item in transfers]


def _code(item: NewTransfer, accounts: dict[int, Any], free: dict[int, int]) -> str | None:
    debit, credit = accounts.get(item.debit), accounts.get(item.credit)
    if type(item.units) is not int or not 1 <= item.units <= LARGEST:
        return "units_invalid"
    if debit is None or credit is None:
        return "account_unknown"
    if debit is credit:
        return "same_account"
    if debit.asset != credit.asset:
        return "asset_mismatch"
    if debit.closed or credit.closed:
        return "account_closed"
    return _code_of_floor(item, debit, credit, free)


def _code_of_floor(item: NewTransfer, debit: Any, credit: Any, free: dict[int, int]) -> str | None:  # noqa: ANN401  # Rows.
    for account, side in ((debit, "C"), (credit, "D")):
        if account.floored and account.normal_side == side and free[account.account] < item.units:
            return "insufficient_balance"
    free[debit.account] += item.units if debit.normal_side == "D" else -item.units
    # A list draws on a spread account by what its sub-accounts had before the list.
    if not (credit.floored and credit.account & SPREAD_BIT):
        free[credit.account] += item.units if credit.normal_side == "C" else -item.units
    return None


def _known(session: SessionLike, request_id: UUID) -> Any:  # noqa: ANN401  # A named tuple of psycopg, or None.
    found = rows(
        session,
        "SELECT number, posted_at, input_hash FROM ledger.request WHERE stripe = %s AND id = %s",
        stripe_of(request_id),
        request_id,
    )
    return found[0] if found else None


def _record(session: SessionLike, request_id: UUID, number: int, refused: list[tuple[int, str]]) -> None:
    places, codes = [place for place, _ in refused], [code for _, code in refused]
    one(session, "SELECT ledger.record_refused(%s, %s, %s::integer[], %s::text[])", request_id, number, places, codes)


def _answered(
    session: SessionLike, transfers: Sequence[NewTransfer], answer: Answer, request_id: UUID
) -> list[Outcome]:
    home = stripe_of(request_id)
    found = rows(
        session, "SELECT place, code FROM ledger.refused WHERE stripe = %s AND number = %s", home, answer.number
    )
    codes = {row.place: row.code for row in found}
    good = [item for place, item in enumerate(transfers) if place not in codes]
    debits, credits = [item.debit for item in good], [item.credit for item in good]
    ids = iter(Posting(answer.number, answer.posted_at, answer.replayed, debits, credits, home).transfer_ids)
    return [
        Outcome(None, codes[place]) if place in codes else Outcome(next(ids), None) for place in range(len(transfers))
    ]
