"""The catalogue's pages: place, kind, price, what one can afford, what is left, and favourites."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from ledger.kernel import clock
from puhui.db import Database
from rewards.offers import Offer
from tests.cafe import Cafe, give_coins, open_cafe, open_offer, take
from tests.factories import Person, csrf_token, log_in, make_citizen


@pytest.fixture
def cafe(own_database: Database) -> Cafe:
    """Coffee for 30 at home with three left, cake for 12 elsewhere, and a ticket for 90."""
    now = clock.now() - timedelta(minutes=1)
    with own_database.transaction() as session:
        made = open_cafe(session, stock=3, now=now)
        cake = open_offer(session, made.id, price=12, kind="food", title="米糕一块", now=now)
        session.get_one(Offer, cake).county_code = "360402"
        open_offer(session, made.id, price=90, kind="ticket", title="园林门票", stock=500, now=now)
        return made


@pytest.fixture
def lin(own_database: Database) -> Person:
    with own_database.transaction() as session:
        citizen = make_citizen(session)
        give_coins(session, citizen.id, 60, now=clock.now() - timedelta(minutes=1))
        return citizen


def titles(client: FlaskClient, address: str) -> list[str]:
    return re.findall(r'cell-title">([^<]+)<', client.get(address).text)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/offers", ["米糕一块", "美式咖啡一杯", "园林门票"]),
        ("/offers?kind=food", ["米糕一块"]),
        ("/offers?county=360102", ["美式咖啡一杯", "园林门票"]),
        ("/offers?near=360102&order=nearest", ["美式咖啡一杯", "园林门票", "米糕一块"]),
        ("/offers?from=13&to=80", ["美式咖啡一杯"]),
        ("/offers?order=dearest", ["园林门票", "美式咖啡一杯", "米糕一块"]),
        ("/offers?affordable=1", ["米糕一块", "美式咖啡一杯"]),
        ("/offers?kind=nonsense&county=x&from=-1&order=y&after=z", ["米糕一块", "美式咖啡一杯", "园林门票"]),
    ],
)
def test_a_citizen_finds_what_they_look_for(
    client: FlaskClient, lin: Person, cafe: Cafe, address: str, found: list[str]
) -> None:
    assert titles(log_in(client, lin), address) == found


def test_stock_and_limits_are_said_honestly(
    client: FlaskClient, own_database: Database, lin: Person, cafe: Cafe
) -> None:
    log_in(client, lin)
    assert "还剩 3 份" in client.get("/offers").text
    with own_database.transaction() as session:
        take(session, cafe.coffee, lin.id, now=clock.now())
    page = client.get("/offers?near=360102").text
    assert "还剩 2 份" in page
    assert "您已兑 1/2" in page
    assert "本县区" in page
    assert "外地" in page
    assert "您已兑 1/2" in client.get(f"/offers/{cafe.coffee}").text


def test_refund_rules_are_said_before_taking(client: FlaskClient, lin: Person, cafe: Cafe) -> None:
    page = log_in(client, lin).get(f"/offers/{cafe.coffee}").text
    assert page.index("用 30 碳币 兑换") < page.index("退还规则")
    assert "保留原来的到期日" in page
    assert "已过到期日的，在退回后的下一个零时失效" in page


def test_a_visitor_reads_the_catalogue_and_takes_it_home(client: FlaskClient, cafe: Cafe) -> None:
    assert len(titles(client, "/offers")) == 3
    assert client.get("/offers?as=xlsx").data[:2] == b"PK"
    assert "登录后兑换" in client.get(f"/offers/{cafe.coffee}").text


def test_favourites_are_kept_and_dropped(client: FlaskClient, lin: Person, cafe: Cafe) -> None:
    log_in(client, lin)
    token = {"csrf_token": csrf_token(client)}
    assert "还没有收藏" in client.get("/favourites").text
    assert "已收藏" in client.post(f"/favourites/{cafe.coffee}", data=token, follow_redirects=True).text
    assert titles(client, "/favourites") == ["美式咖啡一杯"]
    assert "取消收藏" in client.get(f"/offers/{cafe.coffee}").text
    client.post(f"/favourites/{cafe.coffee}/removal", data=token)
    assert titles(client, "/favourites") == []


def test_the_next_page_goes_on_where_this_one_ends(client: FlaskClient, own_database: Database, cafe: Cafe) -> None:
    with own_database.transaction() as session:
        for place in range(25):
            open_offer(session, cafe.id, price=40, title=f"第{place:02d}种", now=clock.now() - timedelta(minutes=1))
    first = client.get("/offers?order=dearest").text
    following = re.findall(r'class="more" href="([^"]+)"', first)[0].replace("&amp;", "&")
    both = titles(client, "/offers?order=dearest") + titles(client, following)
    assert (len(both), len(set(both))) == (28, 28)
