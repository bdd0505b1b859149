"""How Beancount and hledger (which ledger-cli reads too) spell accounts, commodities, entries and balances."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from ledger.journals.model import Entry
from ledger.model import SYSTEM

_ESCAPES = {"-": "--", "_": "-u", ".": "-d", ":": "-c"}
_COMMODITY = re.compile(r"[A-Z][A-Z0-9._-]{0,22}[A-Z0-9]")


@dataclass(frozen=True, slots=True)
class Holding:
    """The amount of a commodity on an account at the beginning of a day."""

    account: str
    amount: Decimal
    commodity: str


def account_name(owner: UUID, purpose: str, *, on_debit_side: bool) -> str:
    """Name an account so that no two share a name: ``Liabilities:Coins:0199AAAA-0000-7000-8000-000000000007``."""
    word = "".join(_ESCAPES.get(letter, letter) for letter in purpose)
    word = word[0].upper() + word[1:]
    if owner == SYSTEM:
        return f"Equity:{word}"
    return f"{'Assets' if on_debit_side else 'Liabilities'}:{word}:{str(owner).upper()}"


def commodity_names(codes: Iterable[str]) -> dict[str, str]:
    """Name each asset in capitals, as Beancount wants it; a code that does not allow that is spelt by its bytes."""
    names: dict[str, str] = {}
    for code in sorted(codes):
        name = code.upper()
        if not _COMMODITY.fullmatch(name) or name in names.values():
            name = "X" + code.encode().hex().upper()
        names[code] = name
    return names


def beancount_head(accounts: Iterable[tuple[str, str]], day: date) -> Iterator[str]:
    """Open accounts, each with its commodities."""
    for account, found in groupby(sorted(accounts), key=itemgetter(0)):
        yield f"{day} open {account} {','.join(commodity for _, commodity in found)}"


def beancount_entry(entry: Entry) -> Iterator[str]:
    """Spell an entry."""
    yield ""
    yield f'{entry.day} * "{_quoted(entry.text)}"'
    for key, value in entry.notes.items():
        yield f'  {key}: "{_quoted(value)}"'
    for line in entry.lines:
        yield f"  {line.account}  {line.amount:f} {line.commodity}"


def beancount_balances(holdings: Iterable[Holding], day: date) -> Iterator[str]:
    """State what the accounts hold when a day begins; Beancount refuses the file where it finds otherwise."""
    yield ""
    for holding in holdings:
        yield f"{day} balance {holding.account}  {holding.amount:f} {holding.commodity}"


def hledger_head(accounts: Iterable[tuple[str, str]], day: date) -> Iterator[str]:  # noqa: ARG001  # One signature for all styles.
    """Declare accounts."""
    for account in sorted({name for name, _ in accounts}):
        yield f"account {account}"


def hledger_entry(entry: Entry) -> Iterator[str]:
    """Spell an entry; its notes are tags."""
    yield ""
    yield f"{entry.day} * {entry.text}"
    for key, value in entry.notes.items():
        yield f"    ; {key}: {value}"
    for line in entry.lines:
        yield f'    {line.account}  {line.amount:f} "{line.commodity}"'


def hledger_balances(holdings: Iterable[Holding], day: date) -> Iterator[str]:
    """State what the accounts hold when a day begins, as assertions that hledger checks."""
    yield ""
    yield f"{day} * balances"
    for holding in holdings:
        yield f'    {holding.account}  0 "{holding.commodity}" = {holding.amount:f} "{holding.commodity}"'


@dataclass(frozen=True, slots=True)
class Style:
    """A way to spell a journal."""

    head: Callable[[Iterable[tuple[str, str]], date], Iterator[str]]
    entry: Callable[[Entry], Iterator[str]]
    balances: Callable[[Iterable[Holding], date], Iterator[str]]


STYLES = {
    "beancount": Style(beancount_head, beancount_entry, beancount_balances),
    "hledger": Style(hledger_head, hledger_entry, hledger_balances),
}


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
