"""Statements and funds as JSON: the same figures as the pages, for programs."""

from __future__ import annotations

from flask.testing import FlaskClient

from ledger.kernel.ids import new_id
from partners.settlement import Statement
from tests.factories import csrf_token
from tests.puhui.settlement.conftest import Desk


def test_a_program_reads_the_managers_statement(desk: Desk, statement: Statement) -> None:
    client = desk.browser(desk.manager)
    listed = client.get("/api/v1/statements").json["items"]
    one = client.get(f"/api/v1/statements/{statement.id}").json
    assert listed == [one]
    assert (one["net"], one["settled_coins"], one["payout"]["state"]) == ("15.00", 30, "prepared")
    lines = client.get(f"/api/v1/statements/{statement.id}/lines?limit=2").json["items"]
    assert [(line["place"], line["coins_units"], line["amount"]) for line in lines] == [
        (1, 12, "6.00"),
        (2, -12, "-6.00"),
    ]
    assert lines[1]["reverses"] == lines[0]["transfer"]
    assert client.get(f"/api/v1/statements?after={statement.id}").json["items"] == []
    assert client.get("/api/v1/statements?since=2026-11-23").json["items"] == []


def test_a_program_disputes_a_line_once(desk: Desk, statement: Statement) -> None:
    client = desk.browser(desk.manager)
    key = str(new_id())
    first = _dispute(client, statement, {"request_id": key, "reason": "少算一杯", "place": 1})
    assert (first.status_code, first.json["accepted"]) == (201, None)
    assert _dispute(client, statement, {"request_id": key, "reason": "少算一杯", "place": 1}).json == first.json
    other = {"request_id": str(new_id()), "reason": "再说"}
    assert _dispute(client, statement, {**other, "place": 1}).status_code == 409
    assert _dispute(client, statement, {**other, "place": 9}).status_code == 404
    assert _dispute(client, statement, {**other, "reason": " "}).status_code == 422


def _dispute(client: FlaskClient, statement: Statement, body: dict[str, object]):  # type: ignore[no-untyped-def]  # A test response.
    headers = {"X-CSRFToken": csrf_token(client)}
    return client.post(f"/api/v1/statements/{statement.id}/disputes", json=body, headers=headers)


def test_a_statement_is_for_its_own_manager(desk: Desk, statement: Statement) -> None:
    assert desk.browser(desk.town.cafe.clerk).get(f"/api/v1/statements/{statement.id}").status_code == 403
    assert desk.browser(None).get("/api/v1/statements").status_code == 401
    assert desk.browser(desk.manager).get(f"/api/v1/statements/{new_id()}").status_code == 404


def test_everybody_reads_how_far_the_funds_reach(desk: Desk) -> None:
    told = desk.browser(None).get("/api/v1/funds").json
    assert (told["available"], told["cover_percent"], told["funds"][0]["left"]) == ("9985.00", "166416.66", "9985.00")
    assert told["coins"]["issued"] == sum(
        told["coins"][one] for one in ("outstanding", "redeemed", "expired", "elsewhere")
    )
