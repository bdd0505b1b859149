"""Events and certificates through the API, as an organiser's program and anybody else see them."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from puhui.db import Database
from tests.factories import csrf_token, log_in, make_citizen, make_hospital_liaison


def test_a_program_makes_an_event_and_fills_it_and_everybody_reads_where_it_stands(
    client: FlaskClient, own_database: Database
) -> None:
    with own_database.transaction() as session:
        wan, lin = make_hospital_liaison(session), make_citizen(session)
    visitor = client.application.test_client()
    browser = log_in(client, wan)
    headers = {"X-CSRFToken": csrf_token(browser)}
    start = clock.now() + timedelta(days=3)
    event = {
        "request_id": str(new_id()), "kind": "sport", "name": "青禾马拉松", "place": "滨江跑道", "people": 5000,
        "starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=6)).isoformat(),
        "measures": [{"words": "奖牌用竹材"}],
    }  # fmt: skip
    made = [browser.post("/api/v1/events", json=event, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    path = f"/api/v1/events/{event['request_id']}"
    people = {"items": [{"name": "林晓", "phone": "13800138000", "mode": "metro", "km": "6.5"}, {"name": "王五"}]}
    counted = [browser.post(f"{path}/participants", json=people, headers=headers).json for _ in range(2)]
    assert counted == [{"registered": 2, "total": 2}, {"registered": 1, "total": 3}]  # Who has a phone is known again.
    shown = visitor.get(path).json
    assert shown is not None
    assert (shown["stage"], shown["grams"], shown["certificate_code"]) == ("planned", None, None)
    assert visitor.get("/api/v1/events").json == {"items": [shown]}
    assert visitor.get("/api/v1/certificates/ABCD-EFGH-JKMN").status_code == 404
    assert visitor.get("/api/v1/sinks").json == {"items": []}
    wrong = {**event, "request_id": str(new_id()), "ends_at": start.isoformat()}
    assert browser.post("/api/v1/events", json=wrong, headers=headers).status_code == 422
    citizen = log_in(client.application.test_client(), lin)
    assert citizen.post("/api/v1/events", json=event, headers={"X-CSRFToken": csrf_token(citizen)}).status_code == 403
