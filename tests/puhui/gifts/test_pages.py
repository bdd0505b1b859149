"""Giving through the pages: to whom, how much, with a receipt, as a contribution and never as an offset."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from puhui.db import Database
from rewards import gifts
from rewards.gifts import Recipient
from tests.cafe import give_coins, give_points
from tests.factories import Person, csrf_token, log_in, make_citizen


@pytest.fixture
def lin(own_database: Database) -> Person:
    with own_database.transaction() as session:
        citizen = make_citizen(session)
        give_coins(session, citizen.id, 80, now=clock.now())
        give_points(session, citizen.id, 500, now=clock.now())
        return citizen


@pytest.fixture
def wood(own_database: Database) -> Recipient:
    with own_database.transaction() as session:
        return gifts.open_recipient(
            session, id=new_id(), kind="sink", name="青禾碳汇林", name_en="Qinghe Wood", now=clock.now()
        )


def give(client: FlaskClient, to: Recipient, **data: object) -> TestResponse:
    token = {"csrf_token": csrf_token(client), "request_id": str(new_id())}
    return client.post(f"/recipients/{to.id}/gifts", data={**token, **data}, follow_redirects=True)


def test_a_gift_has_a_receipt_and_is_no_offset(client: FlaskClient, lin: Person, wood: Recipient) -> None:
    log_in(client, lin)
    assert "青禾碳汇林" in client.get("/recipients").text
    assert "不能退回" in client.get(f"/recipients/{wood.id}").text
    receipt = give(client, wood, asset="coin", units="20").text
    assert "捐赠凭据" in receipt
    assert "不作碳抵消" in receipt
    give(client, wood, asset="point", units="100")
    assert "20 碳币、100 积分" in client.get("/recipients").text
    assert client.get("/gifts").text.count("青禾碳汇林") == 2
    assert client.get("/gifts?as=xlsx").data[:2] == b"PK"


@pytest.mark.parametrize(("units", "status"), [("81", 409), ("0", 422), ("", 422), ("一", 422)])
def test_a_wrong_amount_is_said_beside_the_field(
    client: FlaskClient, lin: Person, wood: Recipient, units: str, status: int
) -> None:
    answer = give(log_in(client, lin), wood, asset="coin", units=units)
    assert answer.status_code == status
    assert 'id="units-wrong"' in answer.text


def test_a_closed_recipient_takes_nothing(
    client: FlaskClient, own_database: Database, lin: Person, wood: Recipient
) -> None:
    log_in(client, lin)
    with own_database.transaction() as session:
        gifts.close_recipient(session, id=wood.id, now=clock.now())
    assert give(client, wood, asset="coin", units="5").status_code == 409
    assert "已不再接受捐赠" in client.get(f"/recipients/{wood.id}").text


def test_the_recipient_speaks_english(client: FlaskClient, lin: Person, wood: Recipient) -> None:
    log_in(client, lin)
    client.set_cookie("puhui_language", "en")
    assert "Qinghe Wood" in client.get("/recipients").text
