"""Post a journal of someone else: an account for each of its names, an asset for each of its commodities."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo
from decimal import Decimal
from uuid import UUID, uuid5

from ledger.accounts import open_accounts, open_asset
from ledger.connection import SessionLike
from ledger.journals.model import Entry, JournalInvalid, Line
from ledger.model import NewAccount, NewTransfer, Side
from ledger.transfers import post

PURPOSE, KIND, LIST = "journal", "journal", 8_000
CONVERSION, VIRTUAL = "Equity:Conversion", "Equity:Virtual"
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,31}")


@dataclass(frozen=True, slots=True)
class Booked:
    """What was posted: the account of each name and commodity, by id, and how many transfers there are in all."""

    accounts: dict[tuple[str, str], int]
    transfers: int


def asset_code(commodity: str) -> str:
    """Answer the asset of a commodity: its own name where that is a code, else its bytes."""
    return commodity if _CODE.fullmatch(commodity) else f"x{commodity.encode().hex()}"[:32]


def book_journal(
    session: SessionLike, entries: Iterable[Entry], *, book: UUID, now: datetime, zone: tzinfo = UTC
) -> Booked:
    """Post a journal under the id of a *book*; the same journal posted again posts nothing more.

    Accounts belong to owners made from the book and the name, may be overdrawn, and grow on the debit side, as in the
    journal. What leaves a commodity for another passes through the account ``Equity:Conversion``, and what stands
    outside the balance through ``Equity:Virtual``. Raises JournalInvalid,
    and RequestConflict where the book was posted with other content.
    """
    read = [(entry, _balanced(entry)) for entry in entries]
    lines = [line for _, found in read for line in found]
    scales = _open_assets(session, lines)
    names = sorted({(line.account, line.commodity) for line in lines})
    wanted = [
        NewAccount(uuid5(book, name), PURPOSE, asset_code(commodity), Side.DEBIT, floor=False)
        for name, commodity in names
    ]
    accounts = {key: account.id for key, account in zip(names, open_accounts(session, wanted), strict=True)}
    transfers = [
        NewTransfer(accounts[debit, commodity], accounts[credit, commodity], units, _at(entry, zone), KIND)
        for entry, found in read
        for commodity in dict.fromkeys(line.commodity for line in found)
        for debit, credit, units in _pairs([line for line in found if line.commodity == commodity], scales[commodity])
        if debit != credit
    ]
    for start in range(0, len(transfers), LIST):
        part = transfers[start : start + LIST]
        post(session, part, request_id=uuid5(book, f"transfers from {start}"), now=now)
    return Booked(accounts, len(transfers))


def _balanced(entry: Entry) -> list[Line]:
    """Answer the entry's lines with what they lack to add up to nought in every commodity."""
    lines = list(entry.lines)
    for name, virtual in ((CONVERSION, False), (VIRTUAL, True)):
        left: defaultdict[str, Decimal] = defaultdict(Decimal)
        for line in entry.lines:
            left[line.commodity] += line.amount if line.virtual is virtual else 0
        lines += [Line(name, -amount, commodity) for commodity, amount in left.items() if amount]
    return lines


def _open_assets(session: SessionLike, lines: list[Line]) -> dict[str, int]:
    """Open an asset for each commodity and answer its scale."""
    needed: defaultdict[str, int] = defaultdict(int)
    for line in lines:
        exponent = line.amount.normalize().as_tuple().exponent
        needed[line.commodity] = max(needed[line.commodity], -int(exponent))
    scales = {
        commodity: open_asset(session, asset_code(commodity), scale=scale, name=commodity).scale
        for commodity, scale in needed.items()
    }
    for commodity, scale in needed.items():
        if scale > scales[commodity]:
            raise JournalInvalid(commodity=commodity, problem="more decimals than the asset has")
    return scales


def _pairs(lines: list[Line], scale: int) -> Iterator[tuple[str, str, int]]:
    """Pair debits with credits until both are used up."""
    debits = [(line.account, int(line.amount.scaleb(scale))) for line in lines if line.amount > 0]
    credits = [(line.account, -int(line.amount.scaleb(scale))) for line in lines if line.amount < 0]
    while debits and credits:
        (debit, owed), (credit, given) = debits.pop(), credits.pop()
        units = min(owed, given)
        yield debit, credit, units
        debits += [(debit, owed - units)] if owed > units else []
        credits += [(credit, given - units)] if given > units else []


def _at(entry: Entry, zone: tzinfo) -> datetime:
    return datetime.combine(entry.day, time(), zone)
