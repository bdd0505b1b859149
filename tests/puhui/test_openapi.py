"""The API keeps its own word: Schemathesis calls every operation as its OpenAPI document says, as those who may."""

from __future__ import annotations

import json

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema

from ledger.kernel import clock
from puhui.identity.current import COOKIE
from puhui.identity.log_in import open_log_in
from puhui.identity.providers import create_client, keep_token
from puhui.identity.vault import new_token
from tests.factories import make_citizen

TOKEN = new_token()
VERBS = {"get", "post", "put", "patch", "delete"}


@schemathesis.serializer("application/x-ndjson")
def lines(_context: object, value: object) -> bytes:
    """Write what Schemathesis made up as lines of JSON; text stands for itself, whatever it says."""
    return value.encode(errors="replace") if isinstance(value, str) else json.dumps(value).encode() + b"\n"


@pytest.fixture
def api(app: Flask) -> OpenApiSchema:
    """The document of a running application, called with a citizen's cookie and a provider's token."""
    with app.extensions["puhui"].database.transaction() as session:
        citizen = make_citizen(session)
        cookie, _ = open_log_in(session, person_id=citizen.id, membership_id=None, now=clock.now())
        create_client(
            session, client_id="fuzz", provider_code="demo-bike", scopes=["activities:write"], now=clock.now()
        )
        keep_token(session, token=TOKEN, client_id="fuzz", scopes=["activities:write"], now=clock.now())
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    schema.config.update(headers={"Cookie": f"{COOKIE}={cookie}"})
    return schema


def test_the_api_answers_as_its_document_says(api: OpenApiSchema) -> None:
    operations = [result.ok() for result in api.get_all_operations()]
    assert len(operations) > 20
    for operation in operations:
        _call_often(operation)


def _call_often(operation: APIOperation) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"} if operation.path.startswith("/api/v1/activities") else {}

    @settings(max_examples=8, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def call(case: schemathesis.Case) -> None:
        # A rule of the domain may refuse what the schema allows: too few coins, an unknown voucher.
        case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

    call()


def test_the_document_says_who_may_call(api: OpenApiSchema) -> None:
    paths = api.raw_schema["paths"]
    assert paths["/api/v1/activities"]["post"]["security"] == [{"provider": ["activities:write"]}]
    assert paths["/api/v1/vouchers"]["post"]["security"] == [{"log_in": []}]
    assert paths["/api/v1/methods"]["get"]["security"] == []
    assert all("security" in operation for path in paths.values() for name, operation in path.items() if name in VERBS)
