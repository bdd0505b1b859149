"""The ledger's documents say what the code does: examples run, the day adds up, fields and errors are the real ones."""

from __future__ import annotations

import dataclasses
import importlib.util
import re
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.orm import Session

import ledger
from ledger import NewTransfer
from ledger.kernel.ids import new_id
from puhui.addresses import Addresses
from tests.ledger.conftest import Books

ROOT = Path(__file__).parents[2]
README = (ROOT / "ledger" / "README.md").read_text()
PAGES = {path.stem: path.read_text() for path in sorted((ROOT / "ledger" / "docs").glob("*.md"))}
NOUNS: dict[str, list[Any]] = {
    "asset": [ledger.Asset],
    "account": [ledger.Account],
    "transfer": [ledger.NewTransfer],
    "hold": [ledger.Hold],
    "statement": [ledger.Statement, ledger.StatementLine],
}


def tables(page: str, head: str) -> list[list[list[str]]]:
    """The bodies of the tables whose head row begins with a word."""
    found = re.findall(rf"^\| {head} \|.*\n\|[-|]+\n((?:\|.*\n)+)", page, re.MULTILINE)
    return [[[cell.strip() for cell in row.strip("|").split("|")] for row in body.splitlines()] for body in found]


def test_a_stranger_can_make_the_tables_and_post(own_addresses: Addresses, superuser_url: str) -> None:
    name = f"stranger_{secrets.token_hex(4)}"
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER puhui_owner").format(sql.Identifier(name)))
    names: dict[str, Any] = {}
    for example in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
        exec(compile(example, "README.md", "exec"), names)  # noqa: S102  # The examples of our own document.
    owner, app = (re.sub(r"/[^/]*$", f"/{name}", url) for url in (own_addresses.owner, own_addresses.app))
    names["make_tables"](owner, ROOT / "migrations")
    assert names["first_transfer"](app) == 1250
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_the_files_that_a_stranger_runs_are_those_of_the_migration() -> None:
    spec = importlib.util.spec_from_file_location("migration", ROOT / "migrations" / "versions" / "0002_ledger.py")
    assert spec is not None
    assert spec.loader is not None
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    parts = re.search(r'parts = "(.*?)"', README)
    assert parts is not None
    assert ("0002_ledger.sql", *(f"0002_ledger_{part}.sql" for part in parts[1].split())) == migration.FILES


class Day:
    """The day of the README, done row by row."""

    def __init__(self, session: Session, books: Books) -> None:
        self.session, self.posted, self.held = session, dict[str, int](), list[ledger.Hold]()
        expired = ledger.open_account(
            session, owner=ledger.SYSTEM, purpose="expired", asset="coin", floor=False, spread=True
        )
        self.account = {
            "issuance": books.issuance, "Lin": books.lin, "Wang": books.wang, "café": books.cafe, "expired": expired.id,
        }  # fmt: skip

    def do(self, row: list[str]) -> None:
        """Do what a row says, and check that it moved what it says."""
        number, when, _, call, debit, credit, units = row[:7]
        now = datetime.strptime(when, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
        transfer_ids = self.call(call, self.account[debit], self.account[credit], int(units), now)
        if transfer_ids:
            self.posted[number] = transfer_ids[0]

    def call(self, call: str, debit: int, credit: int, units: int, now: datetime) -> list[int]:
        """Make the call of a row and answer its transfers."""
        verb, _, argument = call.partition(" ")
        request_id: UUID = new_id()
        if verb == "hold":
            new = ledger.NewHold(debit, credit, units, None, "voucher")
            self.held = ledger.hold(self.session, [new], request_id=request_id, now=now)
            return []
        if verb == "settle":
            return ledger.settle(self.session, self.held[0], units=units, request_id=request_id, now=now).transfer_ids
        if verb == "reverse":
            taken_back = [self.posted[argument]]
            return ledger.reverse(
                self.session, taken_back, reason="charged twice", request_id=request_id, now=now
            ).transfer_ids
        if verb == "expire":
            end = datetime.strptime(argument, "%Y-%m-%d").replace(tzinfo=UTC)
            done = ledger.expire_units(
                self.session, asset="coin", purpose="coins", cohort_end=end, into=credit, request_id=request_id, now=now
            )
            assert (done.accounts, done.units) == (1, units)
            return [ledger.statement(self.session, debit).lines[0].transfer_id]
        new_transfer = NewTransfer(debit, credit, units, now, "refund" if verb == "refund" else "test")
        return ledger.post(self.session, [new_transfer], request_id=request_id, now=now).transfer_ids

    def balances(self) -> list[str]:
        """What the accounts have, as the table writes it."""
        found = ledger.balances(self.session, self.account.values())
        balances = [found[account_id] for account_id in self.account.values()]
        return [
            f"{one.posted}" if one.posted == one.available else f"{one.posted} ({one.available})" for one in balances
        ]


def test_a_day_in_twelve_transfers(session: Session, books: Books) -> None:
    (rows,) = tables(README, "no.")
    day = Day(session, books)
    for row in rows:
        day.do(row)
        assert day.balances() == row[7:], row
    assert [row[0] for row in rows if row[0] != "–"] == [str(number) for number in range(1, 13)]
    assert set(day.posted) == {str(number) for number in range(1, 13)}
    assert ledger.audit(session).holds


@pytest.mark.parametrize("noun", NOUNS)
def test_a_page_names_every_field(noun: str) -> None:
    for thing, rows in zip(NOUNS[noun], tables(PAGES[noun], "field"), strict=True):
        fields = thing._fields if hasattr(thing, "_fields") else [field.name for field in dataclasses.fields(thing)]
        assert [row[0].strip("`") for row in rows] == list(fields)


@pytest.mark.parametrize("noun", NOUNS)
def test_a_page_names_the_refusals_in_the_order_of_the_code(noun: str) -> None:
    (rows,) = tables(PAGES[noun], "call")
    for call, refusals in rows:
        documented = refusals.split(", ")
        raised = getattr(ledger, call.strip("`")).__doc__.split("Raises")[1]
        named = [name for name in re.findall(r"[A-Z]\w+", raised) if hasattr(ledger, name)]
        if "what `post` raises" in raised:
            assert set(documented) >= set(named)
        else:
            assert documented == named, call


def test_every_noun_and_every_word_has_its_page() -> None:
    assert set(PAGES) == set(NOUNS)
    words = set(re.findall(r"`(\w+)`", README.split("## The words to remember")[1].split("##")[0]))
    functions = {name for name in ledger.__all__ if name[0].islower()}
    assert functions - words == {"stripe_of"}
    assert all(f"docs/{noun}.md" in README for noun in NOUNS)


def test_the_tree_of_errors_names_every_error() -> None:
    tree = re.findall(r"[├└]── (\w+)", ledger.errors.__doc__ or "")
    assert set(tree) == {name for name in vars(ledger.errors) if name in ledger.__all__} - {"LedgerError"}
