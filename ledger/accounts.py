"""Assets and accounts: opened as sets; opening again answers what is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, LiteralString
from uuid import UUID

from ledger.calls import Call
from ledger.connection import SessionLike, rows
from ledger.errors import AccountDiffers, AccountUnknown, AssetUnknown
from ledger.model import Account, Asset, NewAccount, Side
from ledger.stripes import SPREAD_BIT, stripe_of, whole_account
from ledger.wire import int8, microseconds

_close_account = Call("close_account", "uuid bytea timestamptz bigint boolean")

SELECT: LiteralString = """
SELECT n.account AS id, n.owner, n.purpose, s.code AS asset, a.normal_side, a.free IS NOT NULL AS floor, a.closed_at
FROM ledger.account_name n
JOIN ledger.account a ON a.stripe = n.stripe AND a.id = n.account | n.stripe
JOIN ledger.asset s ON s.id = n.asset
"""


def open_asset(session: SessionLike, code: str, *, scale: int, name: str) -> Asset:
    """Open an asset and its clearing account; opening it again answers the one that is there."""
    row = rows(session, "SELECT * FROM ledger.open_asset(%s, %s, %s)", code, scale, name)[0]
    return Asset(row.code, row.scale, row.name)


def open_account(
    session: SessionLike,
    *,
    owner: UUID,
    purpose: str,
    asset: str,
    normal_side: Side = Side.CREDIT,
    floor: bool = True,
    spread: bool = False,
) -> Account:
    """Open one account. Raises AssetUnknown, AccountDiffers."""
    return open_accounts(session, [NewAccount(owner, purpose, asset, normal_side, floor, spread)])[0]


def open_accounts(session: SessionLike, accounts: Sequence[NewAccount]) -> list[Account]:
    """Open accounts as a set, in the order given; one that is there is answered as it is.

    Raises AssetUnknown, AccountDiffers.
    """
    if not accounts:
        return []
    if any(new.spread and new.floor and new.normal_side is Side.DEBIT for new in accounts):
        raise ValueError("a spread account with a floor grows on its credit side")
    owners, purposes, assets, sides, floors, spreads = (list(column) for column in zip(*accounts, strict=True))
    rows(
        session,
        "SELECT ledger.open_accounts(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::boolean[], %s::boolean[])",
        owners, purposes, assets, [side.value for side in sides], floors, spreads,
    )  # fmt: skip
    found = {
        (account.owner, account.purpose, account.asset): account for account in _find(session, owners, purposes, assets)
    }
    return [_as_wanted(new, found.get((new.owner, new.purpose, new.asset))) for new in accounts]


def account_of(session: SessionLike, *, owner: UUID, purpose: str, asset: str) -> Account:
    """Answer the owner's account of a purpose. Raises AccountUnknown."""
    found = _find(session, [owner], [purpose], [asset])
    if not found:
        raise AccountUnknown(owner=str(owner), purpose=purpose, asset=asset)
    return found[0]


def accounts_of(session: SessionLike, owner: UUID) -> list[Account]:
    """Answer all accounts of an owner, by purpose and asset."""
    found = rows(
        session,
        SELECT + "WHERE n.stripe = %s AND n.owner = %s ORDER BY n.purpose, s.code",
        stripe_of(owner),
        owner,
    )
    return [_account(row) for row in found]


def account(session: SessionLike, account_id: int) -> Account:
    """Answer the account of an id. Raises AccountUnknown."""
    found = rows(
        session,
        SELECT + "WHERE n.account = %s",
        whole_account(account_id),
    )
    if not found:
        raise AccountUnknown(account=account_id)
    return _account(found[0])


def close_account(session: SessionLike, account: Account | int, *, request_id: UUID, now: datetime) -> Account:
    """Close an account: it takes no further transfers and keeps its balance. A closed one stays closed as it was.

    Raises RequestConflict, AccountUnknown, AccountInUse.
    """
    return _set_closed(session, account, closes=True, request_id=request_id, now=now)


def reopen_account(session: SessionLike, account: Account | int, *, request_id: UUID, now: datetime) -> Account:
    """Open a closed account again. Raises RequestConflict, AccountUnknown."""
    return _set_closed(session, account, closes=False, request_id=request_id, now=now)


def _set_closed(
    session: SessionLike, which: Account | int, *, closes: bool, request_id: UUID, now: datetime
) -> Account:
    account_id = which if isinstance(which, int) else which.id
    digest = sha256(f"close_account {account_id} {closes}".encode()).digest()
    flag = b"\x01" if closes else b"\x00"
    _close_account(session, [request_id.bytes, digest, int8(microseconds(now)), int8(account_id), flag])
    return account(session, account_id)


def _find(session: SessionLike, owners: list[UUID], purposes: list[str], assets: list[str]) -> list[Account]:
    found = rows(
        session,
        SELECT + "JOIN unnest(%s::uuid[], %s::text[], %s::text[]) AS w (owner, purpose, asset) ON s.code = w.asset"
        " AND n.stripe = ledger.stripe_of(w.owner) AND n.owner = w.owner AND n.purpose = w.purpose",
        owners,
        purposes,
        assets,
    )
    return [_account(row) for row in found]


def _account(row: Any) -> Account:  # noqa: ANN401  # A named tuple of psycopg.
    return Account(
        id=row.id,
        owner=row.owner,
        purpose=row.purpose,
        asset=row.asset,
        normal_side=Side(row.normal_side),
        floor=row.floor,
        spread=bool(row.id & SPREAD_BIT),
        closed_at=row.closed_at,
    )


def _as_wanted(new: NewAccount, found: Account | None) -> Account:
    if found is None:
        raise AssetUnknown(asset=new.asset)
    if (found.normal_side, found.floor, found.spread) != (new.normal_side, new.floor, new.spread):
        raise AccountDiffers(account=found.id, purpose=new.purpose, asset=new.asset)
    return found
