"""An enterprise's program: a token of its own, rows answered one by one, the same rows again answered again."""

from __future__ import annotations

import json

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from ledger.kernel import clock
from puhui.db import Database
from puhui.identity.providers import create_client, keep_token
from puhui.identity.vault import new_token
from tests.partners.enterprises.world import credit_code
from tests.puhui.enterprises.conftest import Plant

HEADER = [
    "交易账号",
    "标的代码",
    "交易方式",
    "买卖方向",
    "成交编号",
    "成交日期",
    "成交时间",
    "成交价",
    "成交量",
    "成交金额",
]
BOUGHT = ["JY-0001", "CEA25", "挂牌协议", "买入", "T1", "2026-03-03", "10:00:00", "80.00", "10", "800.00"]


def token_for(database: Database, code: str, *scopes: str) -> dict[str, str]:
    """Make a program of the enterprise with this credit code and answer its header."""
    token, now = new_token(), clock.now()
    name = f"program-{token[:8].lower()}".replace("_", "-")
    with database.transaction() as session:
        create_client(session, client_id=name, provider_code=code.lower(), scopes=list(scopes), now=now)
        keep_token(session, token=token, client_id=name, scopes=list(scopes), now=now)
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def program(firm: Plant, own_database: Database) -> dict[str, str]:
    """The header of the plant's own program."""
    return token_for(own_database, credit_code(1), "market:read", "market:write")


def test_rows_are_answered_one_by_one_and_again(client: FlaskClient, firm: Plant, program: dict[str, str]) -> None:
    body = {"what": "trades", "name": "成交", "header": HEADER, "rows": [BOUGHT, [*BOUGHT[:8], "0", "0"]]}
    answer = client.post("/api/v1/enterprise/imports", json=body, headers=program).json
    assert answer is not None
    assert [row["outcome"] for row in answer["rows"]] == ["staged", "rejected"]
    assert answer["rows"][1]["findings"][0]["rule"] in (1, 6)
    assert answer["rows"][1]["findings"][-1]["sentence"]
    again = client.post("/api/v1/enterprise/imports", json=body, headers=program).json
    assert again == answer | {"seen_before": True}
    shown = client.get(f"/api/v1/enterprise/imports/{answer['id']}", headers=program).json
    assert shown == again
    assert client.get("/api/v1/enterprise/holdings", headers=program).json["items"] == []  # type: ignore[index]  # JSON.
    firm.approve(f"/enterprise/files/{answer['id']}")
    held = client.get("/api/v1/enterprise/holdings", headers=program).json
    assert held is not None
    assert [(one["instrument"], one["units"]) for one in held["items"]] == [("CEA25", 10)]
    records = client.get("/api/v1/enterprise/records?kind=buy", headers=program).json
    assert records is not None
    assert [(one["number"], one["amount_cny"]) for one in records["items"]] == [("T1", "800.00")]


def test_a_program_sees_its_own_enterprise_alone(client: FlaskClient, firm: Plant, own_database: Database) -> None:
    stranger = token_for(own_database, credit_code(2), "market:read")
    assert client.get("/api/v1/enterprise/holdings", headers=stranger).status_code == 403
    reader = token_for(own_database, credit_code(1), "market:read")
    assert client.get("/api/v1/enterprise/breaks", headers=reader).status_code == 200
    body = {"what": "trades", "name": "x", "header": HEADER, "rows": [BOUGHT]}
    assert client.post("/api/v1/enterprise/imports", json=body, headers=reader).status_code == 403
    assert client.get("/api/v1/enterprise/holdings").status_code == 401


def test_the_api_answers_as_its_document_says(app: Flask, program: dict[str, str]) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    mine = [
        operation
        for result in schema.get_all_operations()
        if (operation := result.ok()).path.startswith("/api/v1/enterprise/")
    ]
    assert len(mine) == 6
    assert all(operation.definition.raw.get("security") for operation in mine)
    document = json.dumps(schema.raw_schema["components"]["schemas"]["MarketImport"], ensure_ascii=False)
    assert "CJ20260302001" in document
    for operation in mine:

        @settings(max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=[*HealthCheck])
        @given(case=operation.as_strategy())
        def call(case: schemathesis.Case) -> None:
            case.call_and_validate(headers=program, excluded_checks=[positive_data_acceptance])

        call()
