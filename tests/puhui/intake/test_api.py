"""Acts reported over HTTP, and the pages on which a citizen and the public see what became of them."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import count

import msgspec
import pytest
from flask.testing import FlaskClient

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from partners.providers import Report
from puhui.api.activities.schemas import AnswerSchema, BatchSchema, ReportSchema
from puhui.db import Database
from puhui.intake import Answer
from puhui.intake.taking import BatchAnswer
from rewards import activities
from rewards.methods import catalogue
from tests.factories import csrf_token, log_in, make_citizen, make_token
from tests.puhui.intake.conftest import MORNING, a_ride, riders, take

_keys = count()


@pytest.fixture
def token(own_database: Database) -> str:
    with own_database.transaction() as session:
        return make_token(session)


def headers(token: str, key: str | None = None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": key or f"key-{next(_keys)}"}


def lines(*rides: Report) -> bytes:
    return b"\n".join(msgspec.json.encode(ride) for ride in rides)


def test_a_provider_reports_one_act(client: FlaskClient, token: str) -> None:
    body = json.dumps(msgspec.to_builtins(a_ride()), indent=2).encode()
    answer = client.post("/api/v1/activities", data=body, headers=headers(token, "k"))
    assert answer.status_code == 200
    assert answer.json is not None
    assert {key: answer.json[key] for key in ("index", "id", "status", "code", "grams", "points")} == {
        "index": 0,
        "id": "r1",
        "status": "accepted",
        "code": "credited",
        "grams": 128,
        "points": 128,
    }
    assert client.post("/api/v1/activities", data=body, headers=headers(token, "k")).data == answer.data
    other = client.post("/api/v1/activities", data=lines(a_ride("x")), headers=headers(token, "k"))
    assert (other.status_code, other.json and other.json["code"]) == (409, "intake_conflict")


def test_a_provider_reports_a_batch_and_every_row_is_answered(client: FlaskClient, token: str) -> None:
    body = lines(a_ride(), a_ride("x", method="T99")) + b'\n{"broken\n' + lines(a_ride())
    answer = client.post("/api/v1/activities/batches", data=body, headers=headers(token))
    assert answer.status_code == 200
    assert answer.json is not None
    assert [row["code"] for row in answer.json["answers"]] == [
        "credited",
        "method_unknown",
        "line_malformed",
        "id_repeated",
    ]
    assert answer.json["rejected"] == {"id_repeated": 1, "line_malformed": 1, "method_unknown": 1}
    assert BatchSchema().validate(answer.json) == {}


REFUSED = [
    ("/api/v1/activities", b"{", "k", 422, "activity_malformed"),
    ("/api/v1/activities", b'{"id": 1}', "k", 422, "activity_malformed"),
    ("/api/v1/activities", b"", "k", 422, "activity_malformed"),
    ("/api/v1/activities/batches", b"\n", "k", 422, "batch_empty"),
    ("/api/v1/activities/batches", b"{}", " ", 422, "idempotency_key_missing"),
    ("/api/v1/activities/batches", b"{}\n" * 50_001, "k", 413, "batch_too_long"),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case[4])
def test_a_call_that_is_no_call_has_its_own_code(
    client: FlaskClient, token: str, case: tuple[str, bytes, str, int, str]
) -> None:
    path, body, key, status, code = case
    answer = client.post(path, data=body, headers=headers(token, key))
    assert (answer.status_code, answer.json and answer.json["code"]) == (status, code)
    assert answer.content_type == "application/problem+json"


def test_a_token_of_a_provider_that_is_not_there_is_refused(client: FlaskClient, own_database: Database) -> None:
    with own_database.transaction() as session:
        token = make_token(session, provider="demo-nobody")
    answer = client.post("/api/v1/activities", data=lines(a_ride()), headers=headers(token))
    assert (answer.status_code, answer.json and answer.json["code"]) == (404, "provider_unknown")


def test_nobody_reports_without_a_token(client: FlaskClient) -> None:
    assert client.post("/api/v1/activities", data=lines(a_ride())).status_code == 401


def test_the_documented_fields_are_those_that_are_read_and_answered() -> None:
    documented = {ReportSchema: Report, AnswerSchema: Answer, BatchSchema: BatchAnswer}
    for schema, struct in documented.items():
        assert set(schema().fields) == {field.name for field in msgspec.structs.fields(struct)}


@pytest.fixture
def lin(client: FlaskClient, own_database: Database) -> FlaskClient:
    """Lin, logged in, with a rider who has ridden once well and once too short."""
    with own_database.transaction() as session:
        person = make_citizen(session)
        later = MORNING + timedelta(hours=5)
        take(session, a_ride(), a_ride("r2", started_at=later, ended_at=later + timedelta(seconds=30)))
        rider = riders(session).pseudonym("17636")
        activities.claim(session, rider=rider, person=person.id, request_id=new_id(), now=clock.now())
    return log_in(client, person)


def addresses_of_acts(lin: FlaskClient) -> list[str]:
    """The addresses of the acts on Lin's list."""
    parts = lin.get("/activities").text.split('href="')
    return [part.split('"')[0] for part in parts if part.startswith("/activities/0")]


def test_a_citizen_sees_each_act_and_why(lin: FlaskClient) -> None:
    page = lin.get("/activities")
    assert page.status_code == 200
    assert "共享单车骑行 3.2 公里" in page.text
    assert "骑行不足 60 秒" in page.text
    assert "128 g" in page.text


def test_a_citizen_sees_how_an_act_was_computed(lin: FlaskClient) -> None:
    addresses = addresses_of_acts(lin)
    text = lin.get(addresses[1]).text
    for fact in ("3.2 × 40 g/公里 = 128 g", "人民日报 2024", "每日 20 公里", "大圆距离", "第 1 版", "A 授权第三方"):
        assert fact in text
    assert "减排量转账号" in text
    assert "减排量转账号" not in lin.get(addresses[0]).text


def test_an_act_is_shown_to_its_citizen_alone(lin: FlaskClient, own_database: Database) -> None:
    address = addresses_of_acts(lin)[0]
    with own_database.transaction() as session:
        other = make_citizen(session)
    assert log_in(lin, other).get(address).status_code == 404


def test_a_citizen_binds_a_rider_with_the_providers_code(client: FlaskClient, own_database: Database) -> None:
    with own_database.transaction() as session:
        person = make_citizen(session)
        take(session, a_ride())
        code = riders(session).claim_code("17636", today=clock.now().date())
    log_in(client, person)
    form = {"csrf_token": csrf_token(client), "request_id": str(new_id()), "provider": "demo-bike", "rider": "17636"}
    refused = client.post("/activities/bindings", data={**form, "claim_code": "0000-0000-0000-0000", "consent": "y"})
    assert (refused.status_code, "绑定码与编号不符" in refused.text) == (422, True)
    assert client.post("/activities/bindings", data={**form, "claim_code": code}).status_code == 422
    assert client.post("/activities/bindings", data={**form, "claim_code": code, "consent": "y"}).status_code == 303
    page = client.get("/activities").text
    assert "转入 128 g 和 128 积分" in page
    assert client.post("/activities/bindings", data={**form, "claim_code": code, "consent": "y"}).status_code == 303
    assert "128 g" in client.get("/activities").text


def test_every_method_has_a_public_page_in_both_languages(client: FlaskClient) -> None:
    for language in ("zh", "en"):
        client.set_cookie("puhui_language", language)
        for method in catalogue().methods:
            page = client.get(f"/methods/{method.code}")
            assert page.status_code == 200
            assert method.current.source.replace("&", "&amp;").split(" ")[0] in page.text
    assert "583.6" in client.get("/methods/h01").text
    assert client.get("/methods/T99").status_code == 404


def test_the_list_of_methods_is_searchable(client: FlaskClient) -> None:
    assert client.get("/methods").text.count('href="/methods/') >= 57
    found = client.get("/methods?q=地铁").text
    assert "/methods/T07" in found
    assert "/methods/T02" not in found
    assert client.get("/methods?q=%00%F0%9F%9A%B2<script>").status_code == 200


def test_programs_read_the_methods_too(client: FlaskClient) -> None:
    listed = client.get("/api/v1/methods").json
    assert listed is not None
    assert len(listed) == 57
    shown = client.get("/api/v1/methods/H01").json
    assert shown is not None
    assert [version["factor_g_per_unit"] for version in shown["versions"]] == ["575.2", "583.6"]
    assert client.get("/api/v1/methods/T99").status_code == 404
