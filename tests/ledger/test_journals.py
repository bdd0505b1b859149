"""Journals: other people's programs find the same balances, and other people's journals post to theirs."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from beancount import loader
from beancount.core import realization
from sqlalchemy.orm import Session

import ledger
from ledger import NewTransfer
from ledger.journals import Booked, JournalInvalid, book_journal, export_journal, read_journal
from ledger.journals.amounts import read_amount
from ledger.journals.booking import CONVERSION, VIRTUAL, asset_code
from ledger.journals.writing import account_name, commodity_names
from ledger.kernel.ids import new_id
from tests.ledger.conftest import LIN, NOW, WANG, Books

BOOK = UUID("0199cccc-0000-7000-8000-000000000001")
DAY = NOW.date()


@pytest.fixture
def month(session: Session, books: Books) -> Books:
    """Some days of the cast's books: across stripes, from and to the café, and taken back."""
    for days in range(5):
        at = NOW + timedelta(days=days)
        transfers = [
            NewTransfer(books.issuance, books.lin, 20 + days, at, "exchange", new_id()),
            NewTransfer(books.issuance, books.wang, 9, at, "exchange"),
            NewTransfer(books.lin, books.wang, 3, at, "gift"),
            NewTransfer(books.lin, books.cafe, 7, at, "voucher"),
        ]
        posted = ledger.post(session, transfers, request_id=new_id(), now=at)
        ledger.reverse(session, posted.transfer_ids[2:3], reason="a slip", request_id=new_id(), now=at)
    ledger.post(session, [NewTransfer(books.cafe, books.issuance, 30, NOW, "payout")], request_id=new_id(), now=NOW)
    return books


def expected_balances(session: Session, books: Books) -> dict[str, int]:
    """What the ledger says, on the debit side, by journal name."""
    names = {
        "Equity:Issuance": books.issuance,
        f"Liabilities:Coins:{str(LIN).upper()}": books.lin,
        f"Liabilities:Coins:{str(WANG).upper()}": books.wang,
        account_name(ledger.account(session, books.cafe).owner, "takings", on_debit_side=False): books.cafe,
    }
    found = ledger.balances(session, list(names.values()), now=NOW)
    return {name: found[id].posted * (1 if id == books.issuance else -1) for name, id in names.items()}


@pytest.mark.parametrize("since", [None, DAY + timedelta(days=2)])
def test_beancount_computes_the_same_balances(session: Session, month: Books, since: date | None) -> None:
    text = "\n".join(export_journal(session, style="beancount", since=since))
    entries, faults, _ = loader.load_string(text)
    assert faults == []
    found = {
        account.account: int(position.units.number)
        for account in realization.iter_children(realization.realize(entries))
        for position in account.balance
    }
    assert found == expected_balances(session, month)


def test_beancount_refuses_a_journal_that_was_changed(session: Session, month: Books) -> None:
    text = "\n".join(export_journal(session, style="beancount"))
    changed = re.sub(r"20 COIN\n(.*)-20 COIN", r"21 COIN\n\1-21 COIN", text, count=1)
    assert changed != text
    _, faults, _ = loader.load_string(changed)
    assert faults


@pytest.mark.parametrize("program", ["hledger", "ledger"])
@pytest.mark.parametrize("since", [None, DAY + timedelta(days=2)])
def test_debians_programs_compute_the_same_balances(
    session: Session, month: Books, since: date | None, program: str, tmp_path: Path
) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed; apt-get install {program}")
    path = tmp_path / "books.journal"
    path.write_text("\n".join(export_journal(session, style="hledger", since=since)) + "\n")
    command = [program, "-f", str(path), "balance", "--flat", "--no-total"]
    command += ["--balance-format", "%(scrub(amount))  %(account)\n"] if program == "ledger" else []
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert rows_of(told) == {(name, "COIN"): units for name, units in expected_balances(session, month).items()}


def test_a_period_ends_where_the_next_begins(session: Session, month: Books) -> None:
    middle = DAY + timedelta(days=2)
    whole = list(read_journal("\n".join(export_journal(session, style="hledger"))))
    first = list(read_journal("\n".join(export_journal(session, style="hledger", until=middle))))
    second = list(read_journal("\n".join(export_journal(session, style="hledger", since=middle))))
    assert second[0].text == "opening balances"
    moved = [entry.notes for entry in first[:-1] + second[1:-1]]
    assert len(moved) == len(whole) - 1
    assert all(entry.day < middle for entry in first[:-1])
    assert all(entry.day >= middle for entry in second)


def test_what_was_exported_can_be_posted_again(session: Session, month: Books) -> None:
    text = "\n".join(export_journal(session, style="hledger"))
    booked = book_journal(session, read_journal(text), book=BOOK, now=NOW)
    assert {name: balance for (name, _), balance in balances_of(session, booked).items()} == {
        name: Decimal(units) for name, units in expected_balances(session, month).items()
    }
    again = book_journal(session, read_journal(text), book=BOOK, now=NOW)
    assert balances_of(session, again) == balances_of(session, booked)
    with pytest.raises(ledger.RequestConflict):
        book_journal(session, list(read_journal(text))[1:], book=BOOK, now=NOW)
    assert ledger.audit(session).holds


def rows_of(told: str) -> dict[tuple[str, str], Decimal]:
    """Read a balance report: an account stands on the last line of its amounts."""
    answer: dict[tuple[str, str], Decimal] = {}
    amounts: list[tuple[Decimal, str]] = []
    for line in told.splitlines():
        if line.startswith("---"):
            break
        amount, _, account = line.strip().partition("  ")
        read = read_amount(amount, default="")
        assert read is not None, line
        amounts.append(read)
        if account.strip():
            answer.update({(account.strip(), commodity): number for number, commodity in amounts})
            amounts = []
    return answer


def balances_of(session: Session, booked: Booked) -> dict[tuple[str, str], Decimal]:
    """What the ledger keeps for each name of a journal, in whole commodities; what is nought is left out."""
    scales = {
        row.code: row.scale for row in session.connection().exec_driver_sql("SELECT code, scale FROM ledger.asset")
    }
    found = ledger.balances(session, list(booked.accounts.values()), now=NOW)
    return {
        key: Decimal(found[id].posted).scaleb(-scales[asset_code(key[1])])
        for key, id in booked.accounts.items()
        if found[id].posted
    }


@pytest.mark.parametrize("name", ["drewr3", "sample"])
def test_well_known_journals_give_the_balances_that_are_known(session: Session, real_data: Path, name: str) -> None:
    folder = real_data / "vectors" / "ledger"
    booked = book_journal(session, read_journal((folder / f"{name}.dat").read_text()), book=BOOK, now=NOW)
    rolled: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    names = {account for account, _ in booked.accounts}
    for (account, commodity), amount in balances_of(session, booked).items():
        for other in names:
            if account == other or account.startswith(f"{other}:"):
                rolled[other, commodity] += amount
    found = {key: amount for key, amount in rolled.items() if amount and key[0] not in (CONVERSION, VIRTUAL)}
    assert found == rows_of((folder / f"{name}.dat.expected_balances.txt").read_text())
    assert ledger.audit(session).holds


def test_a_journal_of_bytes_adds_up(session: Session, real_data: Path) -> None:
    text = (real_data / "vectors" / "ledger" / "transfer.dat").read_text()
    booked = book_journal(session, read_journal(text), book=BOOK, now=NOW)
    total = sum(int(number) for number in re.findall(r"(\d+) bytes", text))
    assert balances_of(session, booked) == {
        ("Expenses:Internet", "bytes"): total, ("Liabilities:Payable:hcoop.net", "bytes"): -total,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "number", "problem"),
    [
        ("2026/03/01 lunch\n  a  5 X\n  b  -4 X\n", 1, "out of balance"),
        ("2026/03/01 lunch\n  a  5 X\n  b\n  c\n", 4, "second elided amount"),
        ("2026/03/01 lunch\n  a  five\n  b\n", 2, "amount"),
        ("2026/03/01 lunch\n  a  5 X @ much\n  b\n", 2, "price"),
        ("2026/03/01 lunch\n  a  5 X\n  b  -5 X = 7 X\n", 3, "balance assertion"),
        ("2026/02/30 lunch\n  a  5 X\n  b\n", 1, "date"),
        ("include other.journal\n", 1, "directive"),
        ("= /a/\n  (tax)  5 X\n", 2, "multiple"),
    ],
)
def test_a_journal_that_cannot_be_read_says_where(text: str, number: int, problem: str) -> None:
    with pytest.raises(JournalInvalid) as refused:
        list(read_journal(text))
    assert (refused.value.facts["line"], refused.value.facts["problem"]) == (number, problem)


def test_no_two_accounts_and_no_two_assets_share_a_name() -> None:
    purposes = ["a_b", "a.b", "a:b", "a-b", "a--b", "a-ub"]
    assert len({account_name(LIN, purpose, on_debit_side=False) for purpose in purposes}) == len(purposes)
    codes = ["coin", "Coin", "COIN", "c.", "CEA24"]
    names = commodity_names(codes)
    assert names["CEA24"] == "CEA24"
    assert len(set(names.values())) == len(codes)


def test_an_elided_amount_takes_what_every_commodity_lacks() -> None:
    entry = next(read_journal("2026/03/01 swap\n  a  5 X\n  b  3 Y\n  c\n"))
    assert [(line.account, line.amount, line.commodity) for line in entry.lines[2:]] == [("c", -5, "X"), ("c", -3, "Y")]
