"""One transaction per request: kept after a 2xx or 3xx, undone otherwise, run again after a deadlock."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask, Response, request
from psycopg import errors

from puhui.app import create_app
from puhui.db import Database
from puhui.web import Audience, apart, audience, session
from tests.factories import SETTINGS

NOTE = sa.text("INSERT INTO platform.attempt VALUES (:subject, now(), 1)")
COUNT = sa.text("SELECT count(*) FROM platform.attempt WHERE subject = :subject")


def _note(subject: bytes) -> None:
    session().execute(NOTE, {"subject": subject})


def _noted(database: Database, subject: bytes) -> int:
    with database.transaction() as opened:
        return opened.execute(COUNT, {"subject": subject}).scalar_one()


@pytest.fixture
def app(own_database: Database) -> Flask:
    """An application of the test's own, to which it adds a route."""
    return create_app(SETTINGS, own_database)


def _route(app: Flask, view: Callable[[], Response]) -> None:
    app.add_url_rule("/api/test", "test", audience(Audience.PUBLIC)(view), methods=["GET", "POST"])


@pytest.mark.parametrize(("status", "kept"), [(200, 1), (204, 1), (303, 1), (400, 0), (422, 0), (500, 0)])
def test_work_is_kept_only_when_the_answer_is_good(app: Flask, own_database: Database, status: int, kept: int) -> None:
    def view() -> Response:
        _note(b"answer")
        return Response(status=status)

    _route(app, view)
    assert app.test_client().get("/api/test").status_code == status
    assert _noted(own_database, b"answer") == kept


def test_work_is_undone_when_the_view_fails(app: Flask, own_database: Database) -> None:
    def view() -> Response:
        _note(b"failure")
        raise RuntimeError

    _route(app, view)
    assert app.test_client().get("/api/test").status_code == 500
    assert _noted(own_database, b"failure") == 0


def test_what_is_written_apart_stays_when_the_request_is_refused(app: Flask, own_database: Database) -> None:
    def view() -> Response:
        with apart() as opened:
            opened.execute(NOTE, {"subject": b"apart"})
        return Response(status=422)

    _route(app, view)
    app.test_client().get("/api/test")
    assert _noted(own_database, b"apart") == 1


def _failing_twice() -> Iterator[None]:
    for _ in range(2):
        yield None


def test_a_request_is_run_again_after_a_deadlock_and_counts_once(app: Flask, own_database: Database) -> None:
    failures = _failing_twice()

    def view() -> Response:
        _note(b"deadlock")
        for _ in failures:
            raise errors.DeadlockDetected
        return Response(request.get_data(), status=200, content_type=request.content_type)

    _route(app, view)
    answer = app.test_client().post("/api/test", json={"n": 1})
    assert (answer.status_code, answer.json) == (200, {"n": 1})
    assert _noted(own_database, b"deadlock") == 1


def test_a_body_that_was_streamed_away_is_not_run_again(app: Flask) -> None:
    runs = []

    def view() -> Response:
        runs.append(request.stream.read())
        raise errors.DeadlockDetected

    _route(app, view)
    answer = app.test_client().post("/api/test", data=b"rows", content_type="application/x-ndjson")
    assert answer.status_code == 500
    assert runs == [b"rows"]
