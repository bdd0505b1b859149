"""Messages over HTTP: only signed ones, stored first, once each, and from the sandbox to what we know of a payment."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.wrappers import Request, Response

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from partners.payments import HEADER, PaymentClient, process_events, sign, verify, waiting_events
from partners.payments.model import Payment, PaymentEvent
from puhui.db import Database
from puhui.jobs import take_payment_events
from tests.factories import SETTINGS
from tests.partners.payments.conftest import Sandbox, eventually
from tests.partners.payments.test_events import PAYMENT, PAYOUT

PATH = "/api/v1/webhooks/payments"
SECRET = SETTINGS.payments_webhook_secret


def _send(client: FlaskClient, body: bytes, *, header: str | None = None) -> int:
    signature = sign(body, secret=SECRET, at=int(time.time())) if header is None else header
    answer = client.post(PATH, data=body, headers={HEADER: signature}, content_type="application/json")
    return answer.status_code


def _known(database: Database) -> dict[str, tuple[str, int]]:
    with database.transaction() as session:
        return {row.kind: (row.status, row.settled_fen) for row in session.scalars(sa.select(Payment))}


def _stored(database: Database) -> int:
    with database.transaction() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(PaymentEvent)) or 0


def test_a_signed_message_is_stored_and_taken_in(client: FlaskClient, own_database: Database) -> None:
    assert _send(client, PAYMENT[3]) == 200
    assert _known(own_database) == {"payment_intent": ("succeeded", 1990)}


def test_a_message_that_is_sent_again_changes_nothing(client: FlaskClient, own_database: Database) -> None:
    for body in (PAYMENT[3], PAYMENT[3], PAYMENT[0], PAYMENT[3]):
        assert _send(client, body) == 200
    assert _stored(own_database) == 2
    assert _known(own_database) == {"payment_intent": ("succeeded", 1990)}


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        sign(PAYMENT[3], secret=SECRET, at=int(time.time()) - 3600),
        sign(PAYMENT[3], secret="someone else's", at=int(time.time())),
        sign(PAYMENT[0], secret=SECRET, at=int(time.time())),
    ],
    ids=["none", "nonsense", "old", "another secret", "another body"],
)
def test_an_unsigned_message_is_refused_and_never_told_why(
    client: FlaskClient, own_database: Database, header: str
) -> None:
    answer = client.post(PATH, data=PAYMENT[3], headers={HEADER: header})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "webhook_not_accepted")
    assert "reason" not in answer.get_json()
    assert _stored(own_database) == 0


def test_a_signed_message_that_is_no_event_is_refused(client: FlaskClient) -> None:
    assert _send(client, b'{"object": "balance"}') == 400
    assert client.get(PATH).status_code == 405


def test_what_cannot_be_taken_in_at_once_is_kept_for_the_worker(
    app: Flask, own_database: Database, superuser_url: str
) -> None:
    engine = sa.create_engine(superuser_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as owner:
        owner.execute(sa.text("REVOKE INSERT ON partners.payment FROM puhui_app"))
    assert _send(app.test_client(), PAYOUT[2]) == 200
    with own_database.transaction() as session:
        assert waiting_events(session) == 1
    with engine.begin() as owner:
        owner.execute(sa.text("GRANT INSERT ON partners.payment TO puhui_app"))
    engine.dispose()
    assert take_payment_events(own_database, clock.now()) == {"events": 1}
    assert _known(own_database) == {"payout": ("paid", 1990)}


def test_a_stored_message_keeps_no_more_than_it_needs(client: FlaskClient, own_database: Database) -> None:
    event = json.loads(PAYMENT[3])
    event["data"]["object"]["shipping"] = {"name": "林晓", "phone": "13800000000"}
    assert _send(client, json.dumps(event).encode()) == 200
    with own_database.transaction() as session:
        stored = session.scalars(sa.select(PaymentEvent)).one()
        assert "shipping" not in stored.subject


@pytest.fixture
def told(app: Flask, sandbox: Sandbox, serve: Callable[..., str]) -> Sandbox:
    """The sandbox, whose events come to our own web server."""
    sandbox.control("listener", url=serve(app) + PATH, secret=SECRET)
    return sandbox


@pytest.mark.parametrize("order", ["kept", "reversed"])
@pytest.mark.parametrize("duplicate", [False, True], ids=["once", "twice"])
def test_what_happens_at_the_sandbox_is_known_here_in_any_order(
    told: Sandbox, own_database: Database, payment_client: PaymentClient, order: str, duplicate: bool
) -> None:
    told.control("webhooks", hold=True, duplicate=duplicate)
    intent = payment_client.create_payment_intent(amount_fen=1990, request_id=new_id(), payment_method="pm_card_visa")
    payment_client.confirm_payment_intent(intent.id, request_id=new_id())
    payment_client.create_refund(payment_id=intent.id, amount_fen=500, request_id=new_id())
    payment_client.create_transfer(amount_fen=200, destination="acct_cafe", request_id=new_id())
    payout = payment_client.create_payout(amount_fen=1000, request_id=new_id())
    told.control("payout", id=payout.id)
    released = told.control("release", order=order)
    assert released == {"released": 12 if duplicate else 6}
    assert eventually(lambda: _stored(own_database) == 6 and _is_quiet(told, 12 if duplicate else 6))
    with own_database.transaction() as session:
        process_events(session, now=clock.now())
    assert _known(own_database) == {
        "payment_intent": ("succeeded", 1990),
        "refund": ("succeeded", 500),
        "transfer": ("paid", 200),
        "payout": ("paid", 1000),
    }


def _is_quiet(sandbox: Sandbox, count: int) -> bool:
    done = sandbox.control("deliveries")["done"]
    return isinstance(done, list) and len(done) == count and all(one["status"] == 200 for one in done)


def test_the_sandbox_tries_again_until_it_is_heard(
    sandbox: Sandbox, payment_client: PaymentClient, serve: Callable[..., str]
) -> None:
    heard: list[bytes] = []

    @Request.application
    def busy_twice(request: Request) -> Response:
        body = request.get_data()
        verify(body, header=request.headers[HEADER], secret=SECRET, now=clock.now())
        heard.append(body)
        return Response("", 503 if len(heard) < 3 else 200)

    sandbox.control("listener", url=serve(busy_twice), secret=SECRET)
    payment_client.create_payment_intent(amount_fen=1990, request_id=new_id())
    assert eventually(lambda: _is_told(sandbox, [503, 503, 200]))
    assert len(set(heard)) == 1


def _is_told(sandbox: Sandbox, statuses: list[int]) -> bool:
    done = sandbox.control("deliveries")["done"]
    return isinstance(done, list) and [one["status"] for one in done] == statuses
