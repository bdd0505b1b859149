"""Every page stands in its frame, for everyone, in both languages."""

import pytest
from flask.testing import FlaskClient

from puhui.db import Database
from tests.factories import log_in, make_citizen, make_hospital_liaison, make_merchant_clerk


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/log-in",
        "/log-in/staff",
        "/preferences",
        "/privacy",
        "/developers",
        "/api/v1/health",
        "/api/v1/openapi.json",
    ],
)
def test_a_visitor_may_open(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_home_is_another_page_for_each_kind_of_person(client: FlaskClient, own_database: Database) -> None:
    with own_database.transaction() as session:
        cast = [make_citizen(session), make_merchant_clerk(session), make_hospital_liaison(session)]
    pages = {log_in(client, who).get("/").text for who in cast}
    assert len(pages) == 3
