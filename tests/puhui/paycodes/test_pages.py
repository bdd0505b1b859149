"""A citizen opens a pay code, sees at once what was charged, and has the receipt."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from puhui.codes import pay_code_book_of
from puhui.db import Database
from rewards import paycodes
from tests.cafe import Cafe, give_coins, open_cafe
from tests.factories import SETTINGS, Person, csrf_token, log_in, make_citizen


@pytest.fixture
def lin(own_database: Database) -> Person:
    with own_database.transaction() as session:
        citizen = make_citizen(session)
        give_coins(session, citizen.id, 80, now=clock.now())
        return citizen


@pytest.fixture
def cafe(own_database: Database) -> Cafe:
    with own_database.transaction() as session:
        return open_cafe(session, now=clock.now())


def opened(client: FlaskClient) -> str:
    """Open a pay code by the form and answer its address."""
    answer = client.post("/pay-codes", data={"csrf_token": csrf_token(client), "request_id": str(new_id())})
    assert answer.status_code == 303
    return answer.headers["Location"]


def charge(database: Database, cafe: Cafe, page: str, units: int) -> paycodes.Charge:
    shown = page.split('data-code="', 1)[1][:18]
    return database.run(
        lambda session: paycodes.charge(
            session, digits=shown, codes=pay_code_book_of(SETTINGS), counter=cafe.counter_id, merchant=cafe.id,
            clerk=cafe.clerk.person.id, coins_units=units, request_id=new_id(), now=clock.now(),
        )
    )  # fmt: skip


def test_a_citizen_pays_and_sees_it_at_once(
    client: FlaskClient, own_database: Database, lin: Person, cafe: Cafe
) -> None:
    log_in(client, lin)
    address = opened(client)
    page = client.get(address).text
    assert 'hx-trigger="every 2s"' in page
    assert "亮度" in page
    made = charge(own_database, cafe, page, 18)
    fragment = client.get(address, headers={"HX-Request": "true"}).text
    assert "<html" not in fragment
    assert "已付款" in fragment
    assert "18 碳币" in fragment
    assert "every" not in fragment
    receipt = client.get(f"/charges/{made.id}").text
    assert str(made.transfer_id) in receipt
    assert "云上咖啡" in receipt


def test_the_limits_and_the_undoing_are_said_before(client: FlaskClient, lin: Person) -> None:
    page = log_in(client, lin).get("/pay-codes").text
    assert "200 碳币" in page
    assert "10 分钟内撤销" in page
    assert "运营方设定" in page


def test_closing_is_closing(client: FlaskClient, lin: Person) -> None:
    log_in(client, lin)
    address = opened(client)
    client.post(f"{address}/closing", data={"csrf_token": csrf_token(client)})
    page = client.get(address).text
    assert "没有付出碳币" in page
    assert "data-code" not in page


def test_a_double_tap_opens_one_pay_code(client: FlaskClient, lin: Person) -> None:
    log_in(client, lin)
    data = {"csrf_token": csrf_token(client), "request_id": str(new_id())}
    assert len({client.post("/pay-codes", data=data).headers["Location"] for _ in range(2)}) == 1


def test_another_citizen_sees_neither_the_code_nor_the_receipt(
    client: FlaskClient, own_database: Database, lin: Person, cafe: Cafe
) -> None:
    log_in(client, lin)
    address = opened(client)
    made = charge(own_database, cafe, client.get(address).text, 5)
    with own_database.transaction() as session:
        wang = make_citizen(session, name="王")
    log_in(client, wang)
    assert client.get(address).status_code == 404
    assert client.get(f"/charges/{made.id}").status_code == 404


def test_a_family_purse_is_offered_only_where_the_head_allows(client: FlaskClient, lin: Person) -> None:
    log_in(client, lin)
    assert "家庭碳币" not in client.get("/pay-codes").text
    data = {"csrf_token": csrf_token(client), "request_id": str(new_id())}
    answer = client.post("/pay-codes", data={**data, "family": str(new_id())}, follow_redirects=True)
    assert "没有这个家庭" in answer.text
