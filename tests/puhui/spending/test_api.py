"""What a citizen's program can do with coins: pay, give, share, and read what happened."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from puhui.codes import pay_code_book_of
from puhui.db import Database
from rewards import families, gifts, paycodes
from rewards.vouchers.signature import PREFIX
from tests.cafe import Cafe, give_coins, open_cafe
from tests.factories import SETTINGS, Person, csrf_token, log_in, make_citizen


@pytest.fixture
def lin(own_database: Database, client: FlaskClient) -> Person:
    with own_database.transaction() as session:
        citizen = make_citizen(session)
        give_coins(session, citizen.id, 90, now=clock.now())
    log_in(client, citizen)
    return citizen


@pytest.fixture
def cafe(own_database: Database) -> Cafe:
    with own_database.transaction() as session:
        return open_cafe(session, now=clock.now())


def post(client: FlaskClient, path: str, **body: object) -> TestResponse:
    return client.post(f"/api/v1/{path}", json=body, headers={"X-CSRFToken": csrf_token(client)})


def test_a_program_opens_a_pay_code_and_reads_the_charge(
    client: FlaskClient, own_database: Database, lin: Person, cafe: Cafe
) -> None:
    opened = post(client, "pay-codes", request_id=str(new_id())).json
    assert (opened["is_open"], opened["charge"]) == (True, None)
    own_database.run(
        lambda session: paycodes.charge(
            session, digits=opened["code"], codes=pay_code_book_of(SETTINGS), counter=cafe.counter_id,
            merchant=cafe.id, clerk=cafe.clerk.person.id, coins_units=18, request_id=new_id(), now=clock.now(),
        )
    )  # fmt: skip
    paid = client.get(f"/api/v1/pay-codes/{opened['id']}").json
    assert (paid["is_open"], paid["code"], paid["charge"]["coins_units"]) == (False, None, 18)
    entries = client.get("/api/v1/coins/entries").json["items"]
    assert [(entry["kind"], entry["change"], entry["balance"]) for entry in entries] == [
        ("pay_code", -18, 72), ("gift", 90, 90),
    ]  # fmt: skip
    assert entries[0]["transfer_id"] == paid["charge"]["transfer_id"]


def test_a_program_closes_a_pay_code(client: FlaskClient, lin: Person) -> None:
    opened = post(client, "pay-codes", request_id=str(new_id())).json
    assert post(client, f"pay-codes/{opened['id']}/closing").json["is_open"] is False
    assert post(client, "pay-codes", request_id=str(new_id()), family_id=str(new_id())).status_code == 404


def test_a_program_reads_what_expires(client: FlaskClient, lin: Person) -> None:
    found = client.get("/api/v1/coins").json
    assert (found["available_units"], found["held_units"]) == (90, 0)
    assert [part["units"] for part in found["expiring"]] == [90]


def test_a_program_gives_once(client: FlaskClient, own_database: Database, lin: Person) -> None:
    with own_database.transaction() as session:
        wood = gifts.open_recipient(session, id=new_id(), kind="sink", name="青禾碳汇林", now=clock.now())
    assert [row["id"] for row in client.get("/api/v1/recipients").json["items"]] == [str(wood.id)]
    gift = {"request_id": str(new_id()), "recipient_id": str(wood.id), "asset": "coin", "units": 20}
    assert [post(client, "gifts", **gift).status_code for _ in range(2)] == [201, 201]
    assert len(client.get("/api/v1/gifts").json["items"]) == 1
    assert client.get(f"/api/v1/gifts/{gift['request_id']}").json["units"] == 20
    assert post(client, "gifts", **{**gift, "units": 21}).json["code"] == "request_conflict"


def test_a_program_shares_with_the_family_and_takes_for_it(
    client: FlaskClient, own_database: Database, lin: Person, cafe: Cafe
) -> None:
    assert client.get("/api/v1/family").status_code == 404
    with own_database.transaction() as session:
        family = families.found(session, head_id=lin.id, request_id=new_id(), now=clock.now())
    assert post(client, "family/shares", request_id=str(new_id()), units=40).status_code == 201
    found = client.get("/api/v1/family").json
    assert (found["is_head"], found["available_units"], len(found["members"])) == (True, 40, 1)
    taken = post(client, "vouchers", request_id=str(new_id()), offer_id=str(cafe.coffee), family_id=str(family.id)).json
    assert taken["family_id"] == str(family.id)
    assert taken["static_code"].startswith(PREFIX)
    assert client.get("/api/v1/family").json["held_units"] == 30
