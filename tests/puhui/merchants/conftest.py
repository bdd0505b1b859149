"""Browsers of a merchant's world: Lin who applies, two operators, a manager and a clerk."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from puhui.db import Database
from puhui.identity.model import Role
from puhui.identity.people import create_person, join
from tests.cafe import Cafe, open_cafe
from tests.factories import VAULT, Staff, a_phone, csrf_token, log_in, make_citizen, make_operator


@dataclass(frozen=True, slots=True)
class Town:
    """The café with its clerk and manager, a citizen, and the operator, each with a browser."""

    database: Database
    cafe: Cafe
    lin: FlaskClient
    clerk: FlaskClient
    manager: FlaskClient
    operator: FlaskClient
    chen: Staff

    def visitor(self) -> FlaskClient:
        return self.lin.application.test_client()


@pytest.fixture
def town(client: FlaskClient, own_database: Database) -> Town:
    now = clock.now()
    with own_database.transaction() as session:
        cafe = open_cafe(session, now=now)
        person = create_person(session, vault=VAULT, phone=a_phone(), name="老陈", now=now)
        chen = Staff(
            person,
            cafe.clerk.organisation,
            join(session, person=person, organisation=cafe.clerk.organisation, role=Role.MANAGER, now=now),
        )
        lin, operator = make_citizen(session), make_operator(session)
    browsers = [
        log_in(client.application.test_client(), who)  # type: ignore[arg-type]  # Citizens and staff alike.
        for who in (lin, cafe.clerk, chen, operator)
    ]
    return Town(own_database, cafe, *browsers, chen)


def send(browser: FlaskClient, path: str, **fields: object) -> TestResponse:
    """Send a form with its CSRF token and, unless one is given, a request id."""
    form = {"csrf_token": csrf_token(browser), "request_id": str(new_id()), **fields}
    return browser.post(path, data=form, follow_redirects=True)


def code_on(page: TestResponse) -> str:
    """Answer the six digits that the development page shows."""
    found = re.search(r"data-code>(\d{6})<", page.text)
    assert found, page.text
    return found[1]
