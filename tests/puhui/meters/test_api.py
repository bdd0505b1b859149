"""Meters over HTTP: a provider pushes readings, each row answered; an institution's program reads its own figures."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from partners.providers import register
from puhui.db import Database
from tests.factories import log_in, make_token
from tests.metered import bill, make_meter, make_metered
from tests.puhui.meters.test_pages import Cast, cast

__all__ = ["cast"]


@pytest.fixture
def bearer(own_database: Database) -> dict[str, str]:
    """The header of a grid company's program that may push readings of meter E-1."""
    with own_database.transaction() as session:
        provider = register(
            session, code="grid-co", name_zh="供电公司", name_en="Grid", time_zone="Asia/Shanghai", methods=["P01"]
        )
        make_meter(session, make_metered(session), provider_id=provider.id)
        token = make_token(session, provider="grid-co", scopes=("meters:write",))
    return {"Authorization": f"Bearer {token}"}


def _reading(n: int = 0, **given: object) -> dict[str, Any]:
    facts = {"id": f"r-{n}", "meter": "E-1", "quantity": "1.5", "unit": "kWh"}
    times = {"started_at": f"2026-03-01T{n:02d}:00:00+08:00", "ended_at": f"2026-03-01T{n + 1:02d}:00:00+08:00"}
    return {**facts, **times, **given}


def _push(client: FlaskClient, bearer: dict[str, str], *rows: object) -> TestResponse:
    body = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    return client.post("/api/v1/meters/readings/batches", data=body, headers=bearer)


def test_good_rows_go_through_beside_bad_ones(client: FlaskClient, bearer: dict[str, str]) -> None:
    answer = _push(
        client, bearer, _reading(0), "{", _reading(1, quantity=2), _reading(2, meter="E-9"), _reading(3)
    ).json
    assert (answer["rows"], answer["accepted"], answer["duplicate"], answer["rejected"]) == (5, 2, 0, 3)
    assert [one["code"] for one in answer["answers"]] == [
        "received",
        "field_invalid",
        "field_invalid",
        "meter_unknown",
        "received",
    ]
    assert "$.quantity" in answer["answers"][2]["detail"]
    again: Any = _push(client, bearer, _reading(0), _reading(3)).json
    assert (again["accepted"], again["duplicate"]) == (0, 2)


def test_one_reading_is_answered_alike(client: FlaskClient, bearer: dict[str, str]) -> None:
    for code in ("received", "already_received"):
        answer = client.post("/api/v1/meters/readings", json=_reading(0), headers=bearer)
        assert (answer.status_code, answer.json["code"]) == (200, code)
    for body in ({}, {**_reading(0), "colour": "red"}, _reading(0, started_at="0001-01-01T00:00:00")):
        assert client.post("/api/v1/meters/readings", json=body, headers=bearer).status_code == 422
    assert _push(client, bearer).status_code == 422


def test_another_scope_does_not_do(client: FlaskClient, bearer: dict[str, str], own_database: Database) -> None:
    with own_database.transaction() as session:
        other = make_token(session, provider="grid-co", scopes=("activities:write",))
    assert client.post("/api/v1/meters/readings", json=_reading(0)).status_code == 401
    answer = client.post("/api/v1/meters/readings", json=_reading(0), headers={"Authorization": f"Bearer {other}"})
    assert answer.status_code == 403
    assert bearer


def test_an_institution_reads_its_own_meters_and_indicators(
    client: FlaskClient, cast: Cast, own_database: Database
) -> None:
    with own_database.transaction() as session:
        stranger = make_metered(session, name="别家")
        bill(session, make_meter(session, stranger, number="X-1"), ["1"] * 12, first=date(2025, 1, 1))
    log_in(client, cast.liaison)
    meters = client.get("/api/v1/meters").json["meters"]
    assert {meter["number"] for meter in meters} == {"E-1", "W-1"}
    figures = {one["measure"]: one for one in client.get("/api/v1/meters/indicators/2024").json["figures"]}
    assert figures["energy_per_m2"]["value"] == "0.795163"
    missing = client.get("/api/v1/meters/indicators/2025/quarters/4").json["figures"][0]
    assert missing["value"] is None
    assert {"code": "no_bill", "meter": "表 E-1", "month": "2025-11"} in missing["missing"]
