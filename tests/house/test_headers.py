"""The browser may load what is ours, and the camera opens where something is scanned alone."""

from flask.testing import FlaskClient

from puhui.db import Database
from tests.factories import log_in, make_citizen

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self' 'wasm-unsafe-eval'; "
    "worker-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; "
    "form-action 'self'"
)


def test_every_answer_carries_the_policy(client: FlaskClient) -> None:
    for path in ("/", "/log-in", "/nowhere", "/api/v1/health", "/api/v1/nowhere"):
        assert client.get(path).headers["Content-Security-Policy"] == POLICY, path


def test_the_camera_is_for_counter_and_check_in_alone(client: FlaskClient) -> None:
    for path in ("/counter", "/check-ins"):
        assert "camera=(self)" in client.get(path).headers["Permissions-Policy"]
    assert "camera=()" in client.get("/").headers["Permissions-Policy"]
    assert "camera=()" in client.get("/counterfeit").headers["Permissions-Policy"]


def test_signed_in_pages_are_kept_nowhere(client: FlaskClient, own_database: Database) -> None:
    with own_database.transaction() as session:
        lin = make_citizen(session)
    assert log_in(client, lin).get("/").headers["Cache-Control"] == "no-store"


def test_the_browser_neither_guesses_types_nor_tells_others_where_one_was(client: FlaskClient) -> None:
    headers = client.get("/").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Request-Id"]
