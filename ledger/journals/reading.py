"""Read journals of ledger-cli and hledger: entries with elided amounts, prices, virtual lines, and automated lines.

Understood: ``*`` and ``!``, codes, auxiliary dates, comments and tags, one elided amount an entry, ``@`` and ``@@``
prices, ``(virtual)`` and ``[balanced virtual]`` accounts, ``= amount`` assertions (checked), ``N`` (the default
commodity), and automated entries ``= /regex/`` whose amounts multiply. Periodic entries and declarations are passed
over.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ledger.journals.amounts import read_amount
from ledger.journals.model import Entry, JournalInvalid, Line

_HEAD = re.compile(
    r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?:=\S+)?(?:\s+[*!])?(?:\s+\((?P<code>[^)]*)\))?\s*(?P<text>[^;]*?)\s*(?:;.*)?"
)
_PASSED_OVER = re.compile(r"(?:[;#%|*~YPD]|account|commodity|tag|payee|apply|end|comment)(?:\W.*|$)")
_POSTING = re.compile(r"\s+(?:[*!]\s+)?(?P<account>[^\s;].*?)(?:(?:\s{2,}|\t)\s*(?P<rest>[^;]*))?\s*(?:;.*)?")


@dataclass
class _Draft:
    """An entry as far as it is read; *elided* is the account that takes what is left."""

    entry: Entry
    number: int
    elided: str | None = None
    left: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))


@dataclass
class _Rule:
    """An automated entry: lines on accounts that match are followed by their multiples."""

    accounts: re.Pattern[str]
    multiples: list[tuple[str, Decimal]] = field(default_factory=list)


def read_journal(text: str) -> Iterator[Entry]:
    """Answer the entries of a journal, in its order. Raises JournalInvalid at the line that cannot be understood."""
    return _Reader().read(text)


class _Reader:
    def __init__(self) -> None:
        self.default = ""
        self.rules: list[_Rule] = []
        self.held: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self.draft: _Draft | None = None
        self.into_rule = False

    def read(self, text: str) -> Iterator[Entry]:
        for number, line in enumerate(text.splitlines(), 1):
            if line[:1].isspace() and line.strip():
                self.read_indented(line, number)
                continue
            yield from self.finished()
            if line.strip():
                self.read_heading(line, number)
        yield from self.finished()

    def read_heading(self, line: str, number: int) -> None:
        self.into_rule = False
        head = _HEAD.fullmatch(line)
        if head:
            try:
                day = date(int(head[1]), int(head[2]), int(head[3]))
            except ValueError:
                raise JournalInvalid(line=number, problem="date") from None
            self.draft = _Draft(Entry(day, head["text"], notes={"code": head["code"]} if head["code"] else {}), number)
        elif line.startswith("="):
            pattern = line[1:].strip().strip("/")
            self.rules.append(_Rule(re.compile(pattern, re.IGNORECASE)))
            self.into_rule = True
        elif line.startswith("N "):
            self.default = line[2:].strip().strip('"')
        elif not _PASSED_OVER.fullmatch(line):
            raise JournalInvalid(line=number, problem="directive")

    def read_indented(self, line: str, number: int) -> None:
        if line.strip().startswith(";") or (self.draft is None and not self.into_rule):
            return
        posting = _POSTING.fullmatch(line)
        if posting is None:
            raise JournalInvalid(line=number, problem="posting")
        account, rest = posting["account"], (posting["rest"] or "").strip()
        if self.into_rule:
            self.read_multiple(account, rest, number)
        elif self.draft is not None:
            self.read_posting(self.draft, account, rest, number)

    def read_multiple(self, account: str, rest: str, number: int) -> None:
        found = read_amount(rest, default="")
        if found is None or found[1]:
            raise JournalInvalid(line=number, problem="multiple")
        self.rules[-1].multiples.append((account.strip("()"), found[0]))

    def read_posting(self, draft: _Draft, account: str, rest: str, number: int) -> None:
        virtual = account.startswith("(")
        account = account.strip("()[]")
        written, _, asserted = rest.partition("=")
        if not written.strip():
            if draft.elided is not None or virtual or asserted:
                raise JournalInvalid(line=number, problem="second elided amount")
            draft.elided = account
            return
        quantity, _, price = written.partition("@")
        amount = read_amount(quantity, default=self.default)
        if amount is None:
            raise JournalInvalid(line=number, problem="amount")
        self.add(draft, Line(account, *amount, virtual=virtual, priced=bool(price)))
        if not virtual:
            value, commodity = self.value(amount, price, number)
            draft.left[commodity] += value
        if asserted and read_amount(asserted, default=self.default) != (self.held[account, amount[1]], amount[1]):
            raise JournalInvalid(line=number, problem="balance assertion", found=str(self.held[account, amount[1]]))

    def value(self, amount: tuple[Decimal, str], price: str, number: int) -> tuple[Decimal, str]:
        """What a line counts for in its entry: itself, or its price."""
        if not price:
            return amount
        paid = read_amount(price.removeprefix("@"), default=self.default)
        if paid is None:
            raise JournalInvalid(line=number, problem="price")
        value = paid[0].copy_sign(amount[0]) if price.startswith("@") else paid[0] * amount[0]
        return value, paid[1]

    def add(self, draft: _Draft, line: Line) -> None:
        draft.entry.lines.append(line)
        self.held[line.account, line.commodity] += line.amount
        if not line.virtual:
            for rule in self.rules:
                if rule.accounts.search(line.account):
                    for account, multiple in rule.multiples:
                        self.add(draft, Line(account, line.amount * multiple, line.commodity, virtual=True))

    def finished(self) -> Iterator[Entry]:
        """Give the entry that is at its end, its elided amount filled in."""
        draft, self.draft = self.draft, None
        if draft is None:
            return
        left = {commodity: amount for commodity, amount in draft.left.items() if amount}
        if left and draft.elided is None:
            raise JournalInvalid(line=draft.number, problem="out of balance", left=_told(left))
        for commodity, amount in left.items():
            self.add(draft, Line(draft.elided or "", -amount, commodity))
        yield draft.entry


def _told(left: dict[str, Decimal]) -> str:
    return ", ".join(f"{amount} {commodity}" for commodity, amount in left.items())
