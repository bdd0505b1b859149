"""Exchange, offers, vouchers and counter as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from puhui.db import Database
from tests.cafe import Cafe, give_coins, give_points, open_cafe
from tests.factories import csrf_token, log_in, make_citizen


@dataclass(frozen=True, slots=True)
class Town:
    """Lin's and Zhou's programs, and the café."""

    citizen: FlaskClient
    clerk: FlaskClient
    cafe: Cafe


@pytest.fixture
def town(client: FlaskClient, own_database: Database) -> Town:
    with own_database.transaction() as session:
        cafe, lin = open_cafe(session, now=clock.now()), make_citizen(session)
        give_points(session, lin.id, 1_280, now=clock.now())
        give_coins(session, lin.id, 40, now=clock.now())
    return Town(log_in(client.application.test_client(), lin), log_in(client, cafe.clerk), cafe)


def send(browser: FlaskClient, path: str, body: Mapping[str, object] | None = None) -> TestResponse:
    headers = {"X-CSRFToken": csrf_token(browser)}
    return browser.post(f"/api/v1{path}", json=dict(body or {}), headers=headers)


def get(browser: FlaskClient, path: str) -> dict[str, object]:
    answer = browser.get(f"/api/v1{path}")
    assert answer.status_code == 200, answer.text
    body: dict[str, object] = answer.json
    return body


def take(town: Town, request_id: str | None = None) -> TestResponse:
    body = {"request_id": request_id or str(new_id()), "offer_id": str(town.cafe.coffee)}
    return send(town.citizen, "/vouchers", body)


def scan(town: Town, code: object) -> TestResponse:
    body = {"request_id": str(new_id()), "counter_id": str(town.cafe.counter_id), "code": code}
    return send(town.clerk, "/counter/scans", body)


def test_from_points_to_a_redeemed_voucher(town: Town) -> None:
    rate = get(town.citizen, "/exchange-rate")
    made = send(town.citizen, "/exchanges", {"request_id": str(new_id()), "points_units": 1_000, "rate_id": rate["id"]})
    assert (made.status_code, made.json["coins_units"]) == (201, 10)
    assert get(town.citizen, f"/exchanges/{made.json['id']}") == made.json
    assert get(town.citizen, "/exchanges")["items"] == [made.json]
    voucher = take(town)
    assert (voucher.status_code, voucher.json["state"]) == (201, "open")
    found = scan(town, voucher.json["code"])
    assert (found.json["refusal"], found.json["title"]) == (None, "美式咖啡一杯")
    done = send(town.clerk, f"/counter/scans/{found.json['id']}/redemption")
    assert (done.status_code, done.json["is_redeemed_by_this"]) == (201, True)
    assert get(town.citizen, f"/vouchers/{voucher.json['id']}")["code"] is None
    takings = get(town.clerk, "/counter/takings")
    assert (takings["owed_units"], takings["open_units"], len(takings["today"])) == (30, 0, 1)


def test_repeating_any_write_answers_the_same(town: Town) -> None:
    request_id = str(new_id())
    first, again = take(town, request_id), take(town, request_id)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json["id"] == again.json["id"] == request_id
    found = scan(town, first.json["code"]).json
    redemptions = [send(town.clerk, f"/counter/scans/{found['id']}/redemption").json for _ in range(2)]
    assert redemptions[0] == redemptions[1]


def test_a_second_scan_is_a_conflict_on_confirming_and_says_why_when_read(town: Town) -> None:
    code = take(town).json["code"]
    first, second = scan(town, code).json, scan(town, code).json
    send(town.clerk, f"/counter/scans/{first['id']}/redemption")
    refused = send(town.clerk, f"/counter/scans/{second['id']}/redemption")
    assert (refused.status_code, refused.json["code"]) == (409, "voucher_already_redeemed")
    assert get(town.clerk, f"/counter/scans/{second['id']}")["refusal"] == "voucher_already_redeemed"


def test_problems_have_stable_codes(town: Town) -> None:
    rate = get(town.citizen, "/exchange-rate")["id"]
    cases: list[tuple[str, dict[str, object], int, str]] = [
        ("/exchanges", {"points_units": 9_900, "rate_id": rate}, 409, "insufficient_balance"),
        ("/exchanges", {"points_units": 99, "rate_id": rate}, 422, "exchange_too_small"),
        ("/exchanges", {"points_units": 100, "rate_id": str(new_id())}, 409, "rate_changed"),
        ("/exchanges", {"points_units": 1.5, "rate_id": rate}, 422, "invalid"),
        ("/exchanges", {"points_units": 100, "rate_id": rate, "x": 1}, 422, "invalid"),
        ("/vouchers", {"offer_id": str(new_id())}, 404, "offer_unknown"),
    ]
    for path, body, status, code in cases:
        answer = send(town.citizen, path, {"request_id": str(new_id()), **body})
        assert (answer.status_code, answer.json["code"]) == (status, code), body


def test_offers_are_found_by_kind_place_and_price(town: Town) -> None:
    def ids(query: str) -> list[str]:
        return [item["id"] for item in get(town.citizen, f"/offers{query}")["items"]]  # type: ignore[attr-defined]  # JSON.

    coffee = str(town.cafe.coffee)
    assert ids("") == ids("?kind=drink&county_code=360102&coins_at_most=30") == [coffee]
    assert ids("?coins_at_most=29") == ids("?kind=food") == ids(f"?after_coins=30&after_id={coffee}") == []
    assert get(town.citizen, f"/offers/{coffee}")["left_units"] == 10
    assert town.citizen.get("/api/v1/offers?kind=car").status_code == 422


def test_a_cancelled_voucher_gives_its_coins_back(town: Town) -> None:
    voucher = take(town).json
    assert send(town.citizen, f"/vouchers/{voucher['id']}/cancellation").json["state"] == "cancelled"
    listed = get(town.citizen, "/vouchers?state=cancelled")["items"]
    assert [item["id"] for item in listed] == [voucher["id"]]  # type: ignore[attr-defined]  # JSON.
    assert get(town.citizen, f"/offers/{town.cafe.coffee}")["left_units"] == 10


def test_the_counter_is_for_clerks_and_vouchers_for_citizens(town: Town, client: FlaskClient) -> None:
    visitor = client.application.test_client()
    for path, browser, status in [
        ("/counter/takings", town.citizen, 403),
        ("/counter/takings", visitor, 401),
        ("/vouchers", town.clerk, 403),
        ("/exchanges", visitor, 401),
    ]:
        assert browser.get(f"/api/v1{path}").status_code == status


def test_a_cookie_alone_cannot_be_ridden(town: Town) -> None:
    body = {"request_id": str(new_id()), "offer_id": str(town.cafe.coffee)}
    assert town.citizen.post("/api/v1/vouchers", json=body).status_code == 400
    (counter,) = get(town.clerk, "/counter/counters")["items"]  # type: ignore[misc]  # JSON.
    assert counter["name"] == "一号柜台"  # type: ignore[index]  # JSON.
