"""The API's frame: one form of fault, a document that says what is true, exact decimals."""

import json
from decimal import Decimal

import marshmallow as ma
import pytest
from flask import Flask
from flask.testing import FlaskClient

from puhui.api.schemas import DecimalString
from puhui.db import Database
from tests.factories import csrf_token, log_in, make_citizen, make_merchant_clerk, make_token


class _Amount(ma.Schema):
    amount = DecimalString(required=True)


def test_a_fault_is_a_problem_with_a_stable_code(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nowhere")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert answer.json is not None
    assert answer.json["code"] == "not_found"
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_a_wrong_method_is_told_which_are_right(client: FlaskClient) -> None:
    answer = client.post("/api/v1/health")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_fault_speaks_the_readers_language(client: FlaskClient) -> None:
    answers = [client.get("/api/v1/nowhere", headers={"Accept-Language": tag}).json for tag in ("zh-CN", "en")]
    assert [answer["title"] for answer in answers if answer] == ["页面不存在", "No such page"]


@pytest.mark.parametrize("number", [1.5, 1, None, "1e3", "1,000", "١", " 1", "0x10", "1.0000001", "NaN"])
def test_a_decimal_that_is_not_plain_text_is_refused(number: object) -> None:
    with pytest.raises(ma.ValidationError):
        _Amount().load({"amount": number})


@pytest.mark.parametrize("number", ["0", "1.500", "-12.000001", "999999999999"])
def test_a_decimal_goes_through_unchanged(number: str) -> None:
    loaded = _Amount().load({"amount": number})
    assert loaded == {"amount": Decimal(number)}
    assert _Amount().dump(loaded) == {"amount": number}


def test_the_document_calls_a_decimal_a_string(app: Flask) -> None:
    document = app.extensions["puhui_openapi"].to_dict()
    assert document["openapi"] == "3.1.0"
    assert '"type": "number"' not in json.dumps(document)


def test_every_call_of_the_document_has_a_summary_and_every_field_a_description(app: Flask) -> None:
    document = app.extensions["puhui_openapi"].to_dict()
    silent = [
        f"{method} {path}"
        for path, calls in document["paths"].items()
        for method, call in calls.items()
        if method != "parameters" and not call.get("summary")
    ]
    assert silent == []
    schemas = document["components"]["schemas"]
    bare = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, facts in schema.get("properties", {}).items()
        if "description" not in facts and "$ref" not in str(facts) and name not in ("Error", "PaginationMetadata")
    ]
    assert bare == []


def test_a_program_needs_no_form_token_and_its_cookies_do_not_count(
    app: Flask, client: FlaskClient, own_database: Database
) -> None:
    with own_database.transaction() as session:
        token, zhou = make_token(session), make_merchant_clerk(session)
    log_in(client, zhou)
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/acting-as", headers=headers).status_code == 200  # A page looks at the cookie.
    forbidden = [rule.rule for rule in app.url_map.iter_rules() if rule.rule == "/api/v1/vouchers"]
    assert all(client.get(path, headers=headers).status_code == 403 for path in forbidden)


def test_a_citizens_cookie_needs_the_form_token(client: FlaskClient, own_database: Database) -> None:
    with own_database.transaction() as session:
        lin = make_citizen(session)
    log_in(client, lin)
    assert client.post("/api/v1/exchanges", json={}).status_code == 400
    answer = client.post("/api/v1/exchanges", json={}, headers={"X-CSRFToken": csrf_token(client)})
    assert answer.status_code == 422


def test_a_body_over_the_limit_is_refused(client: FlaskClient) -> None:
    answer = client.post("/log-in/code", data={"phone": "1" * 2_000_000})
    assert answer.status_code == 413
