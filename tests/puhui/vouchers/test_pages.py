"""From points to a redeemed coffee, through the pages, as the citizen and the clerk see them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from puhui.codes import code_book_of
from puhui.db import Database
from puhui.identity.model import Person
from rewards.vouchers import expire_vouchers
from tests.cafe import Cafe, give_coins, give_points, left, open_cafe, open_offer
from tests.factories import SETTINGS, csrf_token, log_in, make_citizen


@dataclass(frozen=True, slots=True)
class Town:
    """Lin's and Zhou's browsers, and the café."""

    database: Database
    lin: Person
    citizen: FlaskClient
    clerk: FlaskClient
    cafe: Cafe


@pytest.fixture
def town(client: FlaskClient, own_database: Database) -> Town:
    with own_database.transaction() as session:
        cafe, lin = open_cafe(session, now=clock.now()), make_citizen(session)
        give_points(session, lin.id, 5_280, now=clock.now())
    citizen = log_in(client.application.test_client(), lin)
    return Town(own_database, lin, citizen, log_in(client, cafe.clerk), cafe)


def send(browser: FlaskClient, path: str, **fields: object) -> TestResponse:
    """Send a form with its CSRF token and, unless one is given, a request id."""
    form = {"csrf_token": csrf_token(browser), "request_id": str(new_id()), **fields}
    return browser.post(path, data=form, follow_redirects=True)


def field(text: str, name: str) -> str:
    """Answer the value of a hidden field of a page."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]+)"', text)
    assert found, f"no field {name}"
    return found[1]


def exchange(town: Town, points: int = 4_000) -> TestResponse:
    shown = town.citizen.get(f"/exchange?points={points}").text
    return send(
        town.citizen, "/exchanges", points=field(shown, "points"), rate_id=field(shown, "rate_id"),
        request_id=field(shown, "request_id"),
    )  # fmt: skip


def take(town: Town) -> TestResponse:
    shown = town.citizen.get(f"/offers/{town.cafe.coffee}").text
    return send(town.citizen, "/vouchers", offer=town.cafe.coffee, request_id=field(shown, "request_id"))


def code_on(page: TestResponse) -> str:
    found = re.search(r'data-code="(\d{18})"', page.text)
    assert found, "no code on the page"
    return found[1]


def scan(town: Town, code: str) -> TestResponse:
    return send(town.clerk, "/counter/scans", counter=town.cafe.counter_id, code=code)


def test_a_citizen_turns_points_into_coins_takes_a_coffee_and_the_clerk_redeems_it(town: Town) -> None:
    receipt = exchange(town)
    assert "40 碳币" in receipt.text
    voucher = take(town)
    code = code_on(voucher)
    assert " ".join(re.findall("..?.?.?", code)) in voucher.text
    found = scan(town, " ".join(re.findall("..?.?.?", code)))
    assert "请交付" in found.text
    assert "美式咖啡一杯" in found.text
    done = send(town.clerk, f"{found.request.path}/redemption")
    assert "已核销" in done.text
    takings = town.clerk.get("/counter/takings").text
    assert re.search(r"待结算碳币</dt><dd><strong>30</strong>", takings)
    after = town.citizen.get(voucher.request.path).text
    assert "已使用" in after
    assert "江边店" in after
    assert "data-code" not in after


def test_the_exchange_shows_rate_preview_what_stays_and_what_it_buys(town: Town) -> None:
    page = town.citizen.get("/exchange?points=4050").text
    for words in ("100 积分换 1 碳币", "不是官方标准", "4,000 积分", "40 碳币", "1,280 积分", "美式咖啡一杯"):
        assert words in page
    assert "5,200" in town.citizen.get("/exchange?points=abc").text
    part = town.citizen.get("/exchange?points=300", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert part.vary.find("HX-Request") >= 0


def test_sending_the_exchange_twice_makes_one(town: Town) -> None:
    shown = town.citizen.get("/exchange?points=1000").text
    fields = {name: field(shown, name) for name in ("points", "rate_id", "request_id")}
    first, second = (send(town.citizen, "/exchanges", **fields) for _ in range(2))
    assert first.request.path == second.request.path
    assert "4,280" in town.citizen.get("/exchange").text


def test_the_exchange_says_what_is_missing_to_the_first_coin(client: FlaskClient, own_database: Database) -> None:
    with own_database.transaction() as session:
        newcomer = make_citizen(session)
        give_points(session, newcomer.id, 40, now=clock.now())
    assert "再攒 60 积分" in log_in(client, newcomer).get("/exchange").text


def test_the_catalogue_filters_by_kind_and_by_what_one_can_afford(town: Town) -> None:
    with town.database.transaction() as session:
        open_offer(session, town.cafe.id, price=3, kind="goods", title="帆布袋", now=clock.now())
        give_coins(session, town.lin.id, 5, now=clock.now())
    everything = town.citizen.get("/offers").text
    assert everything.index("帆布袋") < everything.index("美式咖啡一杯")
    assert "美式咖啡一杯" not in town.citizen.get("/offers?kind=goods").text
    affordable = town.citizen.get("/offers?affordable=1").text
    assert "帆布袋" in affordable
    assert "美式咖啡一杯" not in affordable


def test_a_long_catalogue_has_pages_that_meet_without_gap_or_overlap(town: Town) -> None:
    with town.database.transaction() as session:
        for number in range(24):
            open_offer(session, town.cafe.id, price=7, title=f"第{number:02d}件", now=clock.now())
    first = town.citizen.get("/offers").text
    next_page = re.search(r'href="([^"]+)" rel="next"', first)
    assert next_page
    second = town.citizen.get(next_page[1].replace("&amp;", "&")).text
    titles = re.findall(r"第\d\d件", first) + re.findall(r"第\d\d件", second)
    assert sorted(titles) == [f"第{number:02d}件" for number in range(24)]


def test_an_offer_says_what_stands_between_the_citizen_and_it(town: Town, client: FlaskClient) -> None:
    assert "还差 30 碳币" in town.citizen.get(f"/offers/{town.cafe.coffee}").text
    visitor = client.application.test_client()
    assert "登录后兑换" in visitor.get(f"/offers/{town.cafe.coffee}").text
    with town.database.transaction() as session:
        gone = open_offer(session, town.cafe.id, stock=0, now=clock.now())
    assert "已兑完" in town.citizen.get(f"/offers/{gone}").text
    assert town.citizen.get(f"/offers/{new_id()}").status_code == 404


def test_taking_without_coins_takes_nothing_and_says_so_on_the_offer(town: Town) -> None:
    page = send(town.citizen, "/vouchers", offer=town.cafe.coffee)
    assert page.request.path == f"/offers/{town.cafe.coffee}"
    assert "余额不足：需要 30，可用 0" in page.text
    with town.database.transaction() as session:
        assert left(session, town.cafe.coffee) == 10


def test_cancelling_gives_the_coins_back_and_the_code_is_worth_nothing(town: Town) -> None:
    exchange(town)
    voucher = take(town)
    cancelled = send(town.citizen, f"{voucher.request.path}/cancellation")
    assert "已取消" in cancelled.text
    assert "可用 40 碳币" in town.citizen.get("/offers").text
    assert "顾客已取消" in scan(town, code_on(voucher)).text


def test_a_used_voucher_tells_the_clerk_when_by_whom_and_that_it_was_here(town: Town) -> None:
    exchange(town)
    code = code_on(take(town))
    found = scan(town, code)
    send(town.clerk, f"{found.request.path}/redemption")
    again = scan(town, code)
    assert "由小周在本柜台核销" in again.text
    assert "确认核销" not in again.text
    repeated = send(town.clerk, f"{found.request.path}/redemption")
    assert "已核销" in repeated.text
    assert "核销完成" in repeated.text


@pytest.mark.parametrize(("code", "words"), [("70" + "1" * 16, "券码不正确"), ("6901234567892", "这不是普惠的券码")])
def test_a_refused_code_tells_the_clerk_why(town: Town, code: str, words: str) -> None:
    assert words in scan(town, code).text


def test_a_screenshot_is_too_old_after_a_minute(town: Town) -> None:
    exchange(town)
    code = code_on(take(town))
    with time_machine.travel(clock.now() + timedelta(seconds=61), tick=True):
        assert "可能是截图" in scan(town, code).text


def test_nobody_but_a_clerk_reaches_the_counter(town: Town, client: FlaskClient) -> None:
    visitor = client.application.test_client()
    for path in ("/counter", "/counter/takings", f"/counter/scans/{new_id()}"):
        assert town.citizen.get(path).status_code == 403
        assert visitor.get(path).status_code == 303
    assert send(town.citizen, "/counter/scans", counter=town.cafe.counter_id, code="7").status_code == 403


def test_a_clerk_uses_only_the_own_merchants_counters(town: Town) -> None:
    with town.database.transaction() as session:
        other = open_cafe(session, now=clock.now())
    assert send(town.clerk, "/counter/scans", counter=other.counter_id, code="7").status_code == 404


def test_another_citizens_voucher_is_not_found(town: Town, client: FlaskClient) -> None:
    exchange(town)
    voucher = take(town)
    with town.database.transaction() as session:
        stranger = make_citizen(session, name="王五")
    assert log_in(client.application.test_client(), stranger).get(voucher.request.path).status_code == 404


def test_the_open_voucher_asks_again_by_itself_and_the_closed_one_is_still(town: Town) -> None:
    exchange(town)
    voucher = take(town)
    part = town.citizen.get(voucher.request.path, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert 'hx-trigger="every' in part.text
    send(town.citizen, f"{voucher.request.path}/cancellation")
    assert "hx-trigger" not in town.citizen.get(voucher.request.path, headers={"HX-Request": "true"}).text


def test_the_qr_code_stands_in_a_white_box_and_carries_no_style(town: Town) -> None:
    exchange(town)
    page = take(town).text
    assert '<div class="qr"><svg' in page
    assert 'fill="#fff"' in page
    assert "style=" not in page


def test_an_expired_voucher_is_over_at_once_and_its_stock_back_after_the_job(town: Town) -> None:
    exchange(town)
    voucher = take(town)
    with time_machine.travel(clock.now() + timedelta(days=9), tick=True):
        browser = log_in(town.citizen.application.test_client(), town.lin)
        assert "已过期" in browser.get(voucher.request.path).text
        assert "可用 40 碳币" in browser.get("/offers").text
        assert voucher.request.path in browser.get("/vouchers?state=expired").text
        with town.database.transaction() as session:
            assert expire_vouchers(session, now=clock.now(), limit=10) == 1
            assert left(session, town.cafe.coffee) == 10


def test_every_process_of_the_web_server_makes_the_same_codes() -> None:
    now = clock.now()
    assert code_book_of(SETTINGS).code(7, at=now) == code_book_of(SETTINGS).code(7, at=now)


def test_a_merchant_page_shows_its_stores_and_what_it_offers(town: Town) -> None:
    page = town.citizen.get(f"/merchants/{town.cafe.id}").text
    for words in ("云上咖啡", "江边店", "美式咖啡一杯"):
        assert words in page
