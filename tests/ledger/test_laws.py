"""Laws as properties: what holds for every list, whatever is in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ledger
from ledger import NewTransfer
from ledger.kernel.ids import new_id
from ledger.wire import instants, int8s, texts, uuids
from puhui.addresses import Addresses
from tests.ledger.conftest import NOW, Books, open_books

law = settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
PLACES = st.integers(0, 3)
INSTANTS = st.datetimes(
    datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)  # noqa: DTZ001  # Hypothesis adds the zone.
)  # fmt: skip
lists = st.lists(
    st.tuples(PLACES, PLACES, st.integers(1, 50), st.integers(-99, 99)).filter(lambda item: item[0] != item[1]),
    min_size=1,
    max_size=12,
)


@pytest.fixture(scope="module")
def connection(shared_addresses: Addresses) -> Iterator[psycopg.Connection]:
    """One connection for all examples; each is rolled back."""
    with psycopg.connect(shared_addresses.app) as opened:
        yield opened
        opened.rollback()


def begin(connection: psycopg.Connection, *, filled: int = 1_000) -> Books:
    """Start afresh, everybody well provided for."""
    connection.rollback()
    books = open_books(connection)
    transfers = [NewTransfer(books.issuance, books.lin, filled, NOW, "test")]
    transfers += [NewTransfer(books.issuance, books.wang, filled, NOW, "test")]
    transfers += [NewTransfer(books.issuance, books.cafe, filled, NOW, "test")]
    ledger.post(connection, transfers, request_id=new_id(), now=NOW)
    return books


def made(books: Books, items: list[tuple[int, int, int, int]]) -> list[NewTransfer]:
    """Make the transfers of an example."""
    ids = [books.issuance, books.lin, books.wang, books.cafe]
    return [NewTransfer(ids[d], ids[c], u, NOW + timedelta(minutes=at), "test") for d, c, u, at in items]


def all_balances(connection: psycopg.Connection, books: Books) -> list[int]:
    """What everybody has."""
    found = ledger.balances(connection, [books.issuance, books.lin, books.wang, books.cafe], now=NOW)
    return [balance.posted for balance in found.values()]


@law
@given(items=lists)
def test_a_list_does_what_its_transfers_do_one_by_one(
    connection: psycopg.Connection, items: list[tuple[int, int, int, int]]
) -> None:
    books = begin(connection)
    ledger.post(connection, made(books, items), request_id=new_id(), now=NOW)
    as_a_list = all_balances(connection, books)
    books = begin(connection)
    for new in made(books, items):
        ledger.post(connection, [new], request_id=new_id(), now=NOW)
    assert all_balances(connection, books) == as_a_list
    assert ledger.audit(connection).holds


@law
@given(items=lists)
def test_columns_are_the_same_call_as_a_list(
    connection: psycopg.Connection, items: list[tuple[int, int, int, int]]
) -> None:
    books, request_id = begin(connection), new_id()
    listed = made(books, items)
    first = ledger.post(connection, listed, request_id=request_id, now=NOW)
    debits, credits, units, occurred_at, kinds, references = zip(*listed, strict=True)
    again = ledger.post_columns(
        connection, debits=debits, credits=credits, units=units, occurred_at=occurred_at, kinds=kinds,
        references=references, request_id=request_id, now=NOW,
    )  # fmt: skip
    assert again.replayed
    assert again.transfer_ids == first.transfer_ids


@law
@given(items=lists)
def test_taking_everything_back_leaves_everybody_as_before(
    connection: psycopg.Connection, items: list[tuple[int, int, int, int]]
) -> None:
    books = begin(connection)
    before = all_balances(connection, books)
    posting = ledger.post(connection, made(books, items), request_id=new_id(), now=NOW)
    ledger.reverse(connection, posting.transfer_ids, reason="all of it", request_id=new_id(), now=NOW)
    assert all_balances(connection, books) == before
    assert ledger.audit(connection).holds


@law
@given(items=lists)
def test_an_answer_names_the_rows_that_were_written(
    connection: psycopg.Connection, items: list[tuple[int, int, int, int]]
) -> None:
    books = begin(connection)
    posting = ledger.post(connection, made(books, items), request_id=new_id(), now=NOW)
    found = connection.execute(
        "SELECT id, units FROM ledger.transfer WHERE id = ANY (%s) AND part_of IS NULL", [posting.transfer_ids]
    ).fetchall()
    units = dict(found)
    assert [units[transfer_id] for transfer_id in posting.transfer_ids] == [item[2] for item in items]


@law
@given(owner=st.uuids())
def test_python_and_postgresql_agree_on_an_owners_stripe(connection: psycopg.Connection, owner: UUID) -> None:
    row = connection.execute("SELECT ledger.stripe_of(%s)", [owner]).fetchone()
    assert row == (ledger.stripe_of(owner),)


@law
@given(
    numbers=st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5),
    at=st.lists(INSTANTS, min_size=2, max_size=5, unique=True),
    words=st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=2, unique=True),
    ids=st.lists(st.one_of(st.none(), st.uuids()), min_size=1, max_size=5),
)
def test_what_is_sent_in_binary_is_what_postgresql_reads(
    connection: psycopg.Connection, numbers: list[int], at: list[datetime], words: list[str], ids: list[UUID | None]
) -> None:
    answer = connection.pgconn.exec_params(
        b"SELECT $1::bigint[]::text, $2::timestamptz[]::text, $3::text[], $4::uuid[]::text",
        [int8s(numbers), instants(at), texts(words), uuids(ids)],
        param_formats=[1, 1, 1, 1],
    )
    told = [(answer.get_value(0, column) or b"").decode() for column in range(4)]
    sent = [numbers, at, words, [] if ids == [None] * len(ids) else ids]
    expected = connection.execute(
        "SELECT %s::bigint[]::text, %s::timestamptz[]::text, %s::text[]::text, %s::uuid[]::text", sent
    ).fetchone()
    assert tuple(told) == expected
