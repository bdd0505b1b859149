"""A ledger kept in plain dictionaries: what the real one is compared with. Slow, obvious, and without any locks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from ledger import NewHold, NewTransfer, Side

Items: TypeAlias = "Sequence[NewTransfer] | Sequence[NewHold]"
MOST_UNITS = 2**53 - 1


@dataclass
class PlainAccount:
    """An account; *posted* is on its normal side."""

    id: int
    asset: str
    side: Side
    floor: bool
    spread: bool
    posted: int = 0
    closed: bool = False


@dataclass
class PlainHold:
    """A hold; *ended* names how, None while it is held."""

    new: NewHold
    ended: str | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it still counts at *now*."""
        return self.ended is None and not self.has_lapsed(now)

    def has_lapsed(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.new.expires_at is not None and self.new.expires_at <= now


@dataclass
class PlainTransfer:
    """A transfer that stands for ever; *reversed_by* is the id of its reversal."""

    id: int
    new: NewTransfer
    reversed_by: int | None = None


@dataclass
class PlainLedger:
    """The books."""

    accounts: dict[int, PlainAccount] = field(default_factory=dict)
    transfers: dict[int, PlainTransfer] = field(default_factory=dict)
    holds: dict[int, PlainHold] = field(default_factory=dict)

    def change(self, account: PlainAccount, new: NewTransfer | NewHold) -> int:
        """What a transfer does to an account, on its normal side."""
        debited = (new.debit == account.id) * new.units
        credited = (new.credit == account.id) * new.units
        return credited - debited if account.side is Side.CREDIT else debited - credited

    def pending(self, account: PlainAccount, now: datetime) -> tuple[int, int]:
        """What is held of the account, and what is held for it."""
        changes = [self.change(account, hold.new) for hold in self.holds.values() if hold.holds(now)]
        return -sum(c for c in changes if c < 0), sum(c for c in changes if c > 0)

    def available(self, account: PlainAccount, now: datetime) -> int:
        """What can be spent."""
        return account.posted - self.pending(account, now)[0]

    def refusal(self, items: Items, now: datetime, reversing: Iterable[int] = ()) -> str | None:
        """Answer the code by which a list is refused: the first in this order that any of its items earns."""
        return next((code for code, applies in self._refusals(items, now, Counter(reversing)) if applies), None)

    def _refusals(self, items: Items, now: datetime, reversing: Counter[int]) -> Iterator[tuple[str, bool]]:
        yield "units_invalid", any(not 1 <= new.units <= MOST_UNITS for new in items)
        yield "account_unknown", not touched(items) <= self.accounts.keys()
        yield "same_account", any(new.debit == new.credit for new in items)
        yield "asset_mismatch", any(self._asset(new.debit) != self._asset(new.credit) for new in items)
        yield "account_closed", any(self.accounts[id].closed for id in touched(items))
        gone = any(count > 1 or self.transfers[id].reversed_by is not None for id, count in reversing.items())
        yield "transfer_reversed", gone
        yield "insufficient_balance", not all(self.covers(self.accounts[id], items, now) for id in touched(items))

    def _asset(self, account_id: int) -> str:
        return self.accounts[account_id].asset

    def covers(self, account: PlainAccount, items: Items, now: datetime) -> bool:
        """Whether the floor allows a list. A list counts as a whole; a spread account draws on what it had before."""
        changes = [self.change(account, new) for new in items]
        only_out = account.spread or isinstance(items[0], NewHold)
        change = sum(c for c in changes if c < 0 or not only_out)
        return not account.floor or change >= 0 or self.available(account, now) + change >= 0

    def post(self, ids: Sequence[int], items: Sequence[NewTransfer]) -> None:
        """Write transfers down."""
        for id, new in zip(ids, items, strict=True):
            self.transfers[id] = PlainTransfer(id, new)
            for account in (self.accounts[new.debit], self.accounts[new.credit]):
                account.posted += self.change(account, new)

    def replayed(self, account: PlainAccount, transfers: Iterable[PlainTransfer]) -> int:
        """Answer the balance that a part of the history makes."""
        return sum(self.change(account, transfer.new) for transfer in transfers)

    def sum_of(self, asset: str) -> int:
        """Credits less debits over all accounts of an asset: nought, or something was lost."""
        return sum(
            account.posted if account.side is Side.CREDIT else -account.posted
            for account in self.accounts.values()
            if account.asset == asset
        )


def touched(items: Items) -> set[int]:
    """The accounts that a list names."""
    return {side for new in items for side in (new.debit, new.credit)}
