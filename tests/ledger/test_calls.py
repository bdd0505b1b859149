"""The hot calls stay prepared whatever the driver forgets."""

from __future__ import annotations

import psycopg

import ledger
from ledger.kernel.ids import new_id
from puhui.addresses import Addresses
from tests.ledger.conftest import NOW, move, open_books, post


def test_a_connection_posts_again_after_a_rollback(own_addresses: Addresses) -> None:
    with psycopg.connect(own_addresses.app, prepare_threshold=0) as connection:
        books = open_books(connection)
        connection.commit()
        for _ in range(3):
            connection.execute("SELECT 1")
            post(connection, move(books.issuance, books.lin, 1))
            connection.rollback()
        with connection.transaction(force_rollback=True):
            post(connection, move(books.issuance, books.lin, 1), move(books.issuance, books.wang, 1))
        post(connection, move(books.issuance, books.lin, 1), move(books.issuance, books.wang, 1))
        assert ledger.balance(connection, books.lin, now=NOW).posted == 1


def test_a_connection_posts_again_after_the_driver_made_room(own_addresses: Addresses) -> None:
    with psycopg.connect(own_addresses.app, prepare_threshold=0) as connection:
        connection.prepared_max = 2
        books = open_books(connection)
        for _ in range(3):
            post(connection, move(books.issuance, books.lin, 1))
            hold = ledger.NewHold(books.lin, books.cafe, 1, None, "voucher")
            ledger.hold(connection, [hold], request_id=new_id(), now=NOW)
        assert ledger.balance(connection, books.lin, now=NOW).posted == 3
