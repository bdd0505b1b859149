"""Every page stands in its frame, for everyone, in both languages."""

import gzip
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from puhui.db import Database
from puhui.web.assets import Assets, AssetsMissing
from tests.factories import csrf_token, log_in, make_citizen, make_hospital_liaison, make_merchant_clerk


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


def test_built_files_travel_compressed_and_are_kept_for_good(client: FlaskClient) -> None:
    page = client.get("/").text
    address = page.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]
    with client.get(address) as plain, client.get(address, headers={"Accept-Encoding": "gzip, br"}) as small:
        assert gzip.decompress(small.data) == plain.data
        assert small.headers["Content-Type"].startswith("text/css")
        assert "immutable" in small.headers["Cache-Control"]
        assert "Content-Encoding" not in plain.headers


def test_a_page_says_that_the_assets_are_missing(tmp_path: Path) -> None:
    with pytest.raises(AssetsMissing):
        Assets(tmp_path).address("app.css")


def test_a_choice_is_kept_and_a_wrong_one_refused(client: FlaskClient) -> None:
    form = {"csrf_token": csrf_token(client), "next": "/log-in"}
    answer = client.post("/preferences", data={**form, "language": "en", "size": "elder"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/log-in")
    page = client.get("/log-in").text
    assert 'lang="en" data-size="elder"' in page
    assert client.post("/preferences", data={**form, "theme": "pink"}).status_code == 400


def test_an_answer_to_htmx_is_a_fragment_and_says_that_it_varies(client: FlaskClient) -> None:
    whole, part = (
        client.get("/nowhere"),
        client.get("/nowhere", headers={"HX-Request": "true", "HX-Request-Type": "partial"}),
    )
    assert "<!doctype html>" in whole.text
    assert "<!doctype html>" not in part.text
    assert "HX-Request" in part.headers["Vary"]


def test_who_is_not_meant_gets_403_in_both_languages(client: FlaskClient, own_database: Database) -> None:
    with own_database.transaction() as session:
        lin = make_citizen(session)
    log_in(client, lin)
    answers = [client.get("/counter", headers={"Accept-Language": tag}) for tag in ("zh", "en")]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert "无权访问" in answers[0].text
    assert "Not for you" in answers[1].text
