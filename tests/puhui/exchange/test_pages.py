"""The exchange and the history of coins: limits and what coins buy said before, a receipt for every line."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from puhui.coin_jobs import days_before, expire_coins, tell_expiring
from puhui.db import Database
from puhui.web.exchange.history import expiring_of
from rewards import coins, gifts, paycodes
from rewards.coins import Cohort
from tests.cafe import Cafe, give_coins, give_points, open_cafe, redeem, scan, take
from tests.factories import Person, csrf_token, log_in, make_citizen
from tests.purse import PAY_CODES


@pytest.fixture
def lin(own_database: Database) -> Person:
    with own_database.transaction() as session:
        citizen = make_citizen(session)
        give_points(session, citizen.id, 300_000, now=clock.now())
        return citizen


@pytest.fixture
def cafe(own_database: Database) -> Cafe:
    with own_database.transaction() as session:
        return open_cafe(session, now=clock.now())


def exchange(client: FlaskClient, points: int) -> str:
    page = client.get("/exchange").text
    rate = re.findall(r'name="rate_id"[^>]*value="([^"]+)"', page)[0]
    data = {"csrf_token": csrf_token(client), "request_id": str(new_id()), "points": str(points), "rate_id": rate}
    return client.post("/exchanges", data=data, follow_redirects=True).text


def test_the_rate_the_limit_and_what_it_buys_are_said_before(client: FlaskClient, lin: Person, cafe: Cafe) -> None:
    page = log_in(client, lin).get("/exchange?points=6000").text
    assert "100 积分换 1 碳币" in page
    assert "今日还可换 2,000 碳币" in page
    assert "够兑 2 份" in page
    assert "这是本项目自拟的比例" in page


def test_a_day_has_its_limit(client: FlaskClient, lin: Person) -> None:
    log_in(client, lin)
    assert "兑换凭据" in exchange(client, 200_000)
    assert "今天已换满" in client.get("/exchange").text


def test_every_line_of_the_history_has_its_receipt(
    client: FlaskClient, own_database: Database, lin: Person, cafe: Cafe
) -> None:
    log_in(client, lin)
    exchange(client, 20_000)
    with own_database.transaction() as session:
        now = clock.now()
        redeem(session, cafe, scan(session, cafe, take(session, cafe.coffee, lin.id, now=now), now=now), now=now)
        opened = paycodes.open_pay_code(session, citizen_id=lin.id, request_id=new_id(), now=now)
        paycodes.charge(
            session, digits=PAY_CODES.code(opened.number, at=now), codes=PAY_CODES, counter=cafe.counter_id,
            merchant=cafe.id, clerk=cafe.clerk.person.id, coins_units=18, request_id=new_id(), now=now,
        )  # fmt: skip
        wood = gifts.open_recipient(session, id=new_id(), kind="sink", name="青禾碳汇林", now=now)
        gifts.give(
            session, citizen_id=lin.id, recipient_id=wood.id, asset="coin", units=7, request_id=new_id(), now=now
        )
    page = client.get("/coins").text
    words = ["捐赠", "付款码付款", "兑换券核销", "积分换碳币"]
    assert [word for word in re.findall(r'cell-title">([^<]+)<', page) if word in words] == words
    said = {
        word: client.get(path).text for word, path in zip(words, re.findall(r'href="(/coins/\d+)"', page), strict=True)
    }
    assert "青禾碳汇林" in said["捐赠"]
    assert "江边店 一号柜台" in said["付款码付款"]
    assert "美式咖啡一杯" in said["兑换券核销"]
    assert "20,000 积分 ÷ 100 × 1 = 200 碳币" in said["积分换碳币"]
    assert all("流水号" in text and "怎么算的" in text for text in said.values())
    assert client.get("/coins?as=xlsx").data[:2] == b"PK"


def test_another_citizens_line_is_not_found(client: FlaskClient, own_database: Database, lin: Person) -> None:
    exchange(log_in(client, lin), 200)
    path = re.findall(r'href="(/coins/\d+)"', client.get("/coins").text)[0]
    with own_database.transaction() as session:
        wang = make_citizen(session, name="王")
    assert log_in(client, wang).get(path).status_code == 404
    assert client.get("/coins/999999999999999999999").status_code == 404
    assert client.get("/coins?after=nonsense").status_code == 200


@pytest.fixture
def old(own_database: Database, lin: Person) -> Cohort:
    """Lin has 42 coins of an older half year; the answer is when they expire."""
    with own_database.transaction() as session:
        now = clock.now()
        give_coins(session, lin.id, 42, now=now - timedelta(days=1))
        return coins.coming(coins.coin_lives(session), now=now)[-1]


def test_home_says_what_expires_and_when(client: FlaskClient, lin: Person, old: Cohort) -> None:
    page = log_in(client, lin).get("/").text
    assert re.search(r"42 碳币将于 (\d+年)?\d+月\d+日 到期", page)
    assert "24 时" in client.get("/coins").text


def test_people_are_told_thirty_seven_and_one_days_before_once_each(
    own_database: Database, client: FlaskClient, lin: Person, old: Cohort
) -> None:
    told = [
        tell_expiring(own_database, old.expires_at - timedelta(days=days, hours=-9))["told"]
        for days in (31, 30, 30, 29, 7, 7, 2, 1, 1)
    ]
    assert told == [0, 1, 0, 0, 1, 0, 0, 1, 0]
    assert "42 碳币将于" in log_in(client, lin).get("/notices").text


def test_coins_expire_at_midnight_once(own_database: Database, client: FlaskClient, lin: Person, old: Cohort) -> None:
    assert expire_coins(own_database, old.expires_at - timedelta(seconds=1)) == {"accounts": 0}
    assert expire_coins(own_database, old.expires_at) == {"accounts": 1}
    assert expire_coins(own_database, old.expires_at + timedelta(days=1)) == {"accounts": 0}
    page = log_in(client, lin).get("/coins").text
    assert "到期失效" in page
    path = re.findall(r'href="(/coins/\d+)"', page)[0]
    assert "先到期的先用：失效 42 碳币" in client.get(path).text


def test_the_announcement_is_the_nearest_that_is_due(old: Cohort) -> None:
    days = [days_before(old, now=old.expires_at - timedelta(days=left)) for left in (40, 30, 8, 7, 2, 1)]
    assert days == [None, 30, 30, 7, 7, 1]


def test_nobody_without_coins_has_anything_to_expire(client: FlaskClient, lin: Person) -> None:
    with client.application.test_request_context():
        assert expiring_of(new_id(), clock.now()) == []
