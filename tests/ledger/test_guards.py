"""Guards in PostgreSQL itself, spoken to past our Python: as the program's role, as the owner, as a superuser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import errors

import ledger
from ledger.kernel.ids import new_id
from puhui.addresses import Addresses
from tests.ledger.conftest import NOW, Books, move, open_books, post

Connection = psycopg.Connection[Any]
TABLES = ["transfer", "account", "request", "hold", "asset", "reversal", "refused", "link", "late", "account_name"]


@pytest.fixture
def books(own_addresses: Addresses) -> Books:
    """Books with a few transfers, committed."""
    with psycopg.connect(own_addresses.app, options="-c role=puhui_app") as connection:
        books = open_books(connection)
        post(connection, move(books.issuance, books.lin, 10), move(books.issuance, books.wang, 10))
        post(connection, move(books.lin, books.cafe, 3), move(books.lin, books.wang, 3))
        given = post(connection, move(books.issuance, books.wang, 3)).transfer_ids
        ledger.reverse(connection, given, reason="given twice", request_id=new_id(), now=NOW)
        two = [ledger.NewHold(books.wang, books.cafe, 1, None, "voucher")] * 2
        _, used = ledger.hold(connection, two, request_id=new_id(), now=NOW)
        ledger.settle(connection, used, request_id=new_id(), now=NOW)
        return books


@pytest.fixture
def program(own_addresses: Addresses) -> Iterator[Connection]:
    """A connection as the program's role."""
    with psycopg.connect(own_addresses.app, options="-c role=puhui_app", autocommit=True) as connection:
        yield connection


@pytest.fixture
def owner(own_addresses: Addresses) -> Iterator[Connection]:
    """A connection as the role that owns the tables."""
    with psycopg.connect(own_addresses.owner, autocommit=True) as connection:
        yield connection


@pytest.fixture
def superuser(superuser_url: str) -> Iterator[Connection]:
    """A connection that may do anything, triggers off."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("verb", ["DELETE FROM", "TRUNCATE", "INSERT INTO"])
def test_the_program_may_only_read_the_tables(program: Connection, books: Books, table: str, verb: str) -> None:
    assert program.execute(f"SELECT count(*) FROM ledger.{table}".encode()).fetchone() is not None
    with pytest.raises(errors.InsufficientPrivilege):
        program.execute(f"{verb} ledger.{table} {'DEFAULT VALUES' if verb == 'INSERT INTO' else ''}".encode())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger.transfer SET units = 1",
        "UPDATE ledger.account SET credits_posted = credits_posted + 1",
        "UPDATE ledger.hold SET state = 'released'",
        "SELECT nextval('ledger.call_number')",
        "SELECT ledger.expire_these('{}')",
        "SELECT ledger.put_list(1, now(), 0, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', NULL)",
        "ALTER TABLE ledger.transfer DISABLE TRIGGER ALL",
        "CREATE TABLE ledger.mine ()",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql RETURN 1",
        "SET session_replication_role = replica",
    ],
)
def test_the_program_may_write_by_no_way_but_the_functions(
    program: Connection, books: Books, statement: LiteralString
) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        program.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger.transfer SET units = units + 1",
        "DELETE FROM ledger.transfer",
        "TRUNCATE ledger.transfer",
        "DELETE FROM ledger.account",
        "TRUNCATE ledger.account, ledger.hold",
        "DELETE FROM ledger.hold",
        "TRUNCATE ledger.request",
        "DELETE FROM ledger.reversal",
        "DELETE FROM ledger.link",
        "UPDATE ledger.late SET units = 0",
        "UPDATE ledger.account_name SET purpose = 'other'",
    ],
)
def test_even_the_owner_changes_no_transfer(owner: Connection, books: Books, statement: LiteralString) -> None:
    with pytest.raises(psycopg.Error) as refused:
        owner.execute(statement)
    assert refused.value.sqlstate == "LD002"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger.account SET free = free - 1000 WHERE free > 0",
        "UPDATE ledger.account SET credits_pending = -1",
        "INSERT INTO ledger.hold (id, debit, credit, units, held_at, stripe, asset, kind)"
        " VALUES (1, 1, 2, 0, now(), 1, 1, 'x')",
    ],
)
def test_postgresql_refuses_what_passes_a_floor(owner: Connection, books: Books, statement: LiteralString) -> None:
    with pytest.raises(errors.CheckViolation):
        owner.execute(statement)


@pytest.mark.parametrize(
    ("statement", "law"),
    [
        (
            "UPDATE ledger.transfer SET units = units + 1 WHERE debit = {lin} AND credit = {cafe}",
            "balance_matches_transfers",
        ),
        ("DELETE FROM ledger.transfer WHERE id = (SELECT max(id) FROM ledger.transfer)", "balance_matches_transfers"),
        ("UPDATE ledger.transfer SET units = 13 - units, debit_total = debit_total", "chain"),
        ("UPDATE ledger.transfer SET occurred_at = occurred_at + interval '1 day' WHERE debit = {lin}", "chain"),
        ("UPDATE ledger.transfer SET kind = 'gift' WHERE debit = {lin}", "request_matches_transfers"),
        ("UPDATE ledger.transfer SET reference = gen_random_uuid()", "request_matches_transfers"),
        ("DELETE FROM ledger.request", "request_matches_transfers"),
        ("UPDATE ledger.account SET credits_posted = credits_posted + 1 WHERE id = {lin}", "trial_balance"),
        (
            "UPDATE ledger.account SET debits_posted = debits_posted + 1 WHERE stripe = 7"
            " AND id = (SELECT clearing | 7 FROM ledger.asset WHERE code = 'coin')",
            "clearing_sums_to_zero",
        ),
        ("UPDATE ledger.account SET debits_pending = 2 WHERE id = {lin}", "pending_matches_holds"),
        ("UPDATE ledger.hold SET kind = 'gift' WHERE state = 'held'", "request_matches_holds"),
        ("UPDATE ledger.hold SET expires_at = now()", "request_matches_holds"),
        ("DELETE FROM ledger.hold WHERE state = 'settled'", "request_matches_holds"),
        ("UPDATE ledger.transfer SET reason = 'other' WHERE reverses IS NOT NULL", "request_matches_transfers"),
        ("DELETE FROM ledger.transfer WHERE reverses IS NOT NULL", "request_matches_transfers"),
        ("UPDATE ledger.account SET free = free + 1 WHERE id = {lin}", "floor"),
        (
            "INSERT INTO ledger.late SELECT debit, id, occurred_at, units, stripe, true FROM ledger.transfer",
            "links",
        ),
    ],
)
def test_the_audit_sees_what_a_superuser_altered(
    superuser: Connection, program: Connection, books: Books, statement: str, law: str
) -> None:
    assert ledger.audit(program).holds
    accounts = {"lin": books.lin, "cafe": sub_account(books.cafe, books.lin)}
    assert superuser.execute(statement.format(**accounts).encode()).rowcount > 0
    report = ledger.audit(program)
    assert not report.holds
    assert law in {finding.law for finding in report.findings}


def sub_account(spread: int, other: int) -> int:
    """Answer the sub-account of a spread account that deals with the other account."""
    return spread | other & 63


def test_the_program_may_make_no_function_that_a_search_path_could_put_in_front(program: Connection) -> None:
    found = program.execute(
        "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp'"
        " AND has_schema_privilege('puhui_app', oid, 'CREATE')"
    )
    assert found.fetchall() == []
