"""Messages to partners' programs are sent once each, signed, and tried again while nobody answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

import pytest
import stripe
from flask.testing import FlaskClient

from ledger.kernel import clock
from puhui.db import Database
from puhui.deliveries import (
    MOST_ENDPOINTS,
    SIGNATURE_HEADER,
    EndpointAddressRefused,
    EndpointLimitReached,
    EndpointUnknown,
    close_endpoint,
    deliveries_of,
    enqueue,
    open_endpoint,
    secret_of,
    send_due,
)
from tests.factories import VAULT, csrf_token, log_in, make_merchant_manager


class Partner(ThreadingHTTPServer):
    """A partner's program that answers *status* and remembers what came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.heard: list[tuple[dict[str, str], bytes]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Partner

    def do_POST(self) -> None:  # The standard library's name.
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def a_partner() -> Iterator[Partner]:
    with Partner() as partner:
        thread = threading.Thread(target=partner.serve_forever)
        thread.start()
        yield partner
        partner.shutdown()
        thread.join()


def _listening(database: Database, address: str) -> tuple[UUID, UUID]:
    with database.transaction() as session:
        organisation = make_merchant_manager(session).organisation.id
        endpoint = open_endpoint(
            session, organisation=organisation, address=address, local_allowed=True, now=clock.now()
        )
        for _ in range(2):
            enqueue(session, organisation=organisation, event="break.opened", body={"id": 7}, key="7", now=clock.now())
    return organisation, endpoint.id


def _send(database: Database, *, later: timedelta = timedelta()) -> int:
    return send_due(database, VAULT, local_allowed=True, now=clock.now() + later)


def test_a_message_is_sent_once_and_its_signature_holds_for_stripes_own_check(own_database: Database) -> None:
    with a_partner() as partner:
        _, endpoint = _listening(own_database, partner.address)
        assert _send(own_database) == 1
        assert _send(own_database, later=timedelta(days=3)) == 0
    headers, body = partner.heard[0]
    assert len(partner.heard) == 1
    assert json.loads(body)["data"] == {"id": 7}
    assert stripe.WebhookSignature.verify_header(body.decode(), headers[SIGNATURE_HEADER], secret_of(VAULT, endpoint))


def test_nobody_answering_is_tried_again_and_given_up_after_eight(own_database: Database) -> None:
    with a_partner() as partner:
        partner.status = 500
        organisation, _ = _listening(own_database, partner.address)
        for tried in range(1, 9):
            assert _send(own_database, later=timedelta(days=2 * tried)) == 1
        assert _send(own_database, later=timedelta(days=90)) == 0
    assert len({headers["Puhui-Delivery"] for headers, _ in partner.heard}) == 1
    with own_database.transaction() as session:
        row = deliveries_of(session, organisation)[0]
    assert (row.tries, row.delivered_at, row.due_at, row.last_answer) == (8, None, None, "500")


def test_a_partner_cannot_make_us_call_our_own_machines(own_database: Database) -> None:
    with a_partner() as partner:
        _listening(own_database, partner.address)
        assert send_due(own_database, VAULT, local_allowed=False, now=clock.now()) == 1
    assert partner.heard == []


@pytest.mark.parametrize(
    "address", ["http://example.com/x", "ftp://example.com", "https://", "https://a:b@example.com", "https://[", "x"]
)
def test_an_address_must_be_https(own_database: Database, address: str) -> None:
    with own_database.transaction() as session:
        organisation = make_merchant_manager(session).organisation.id
    with own_database.transaction() as session, pytest.raises(EndpointAddressRefused):
        open_endpoint(session, organisation=organisation, address=address, local_allowed=True, now=clock.now())


def test_an_organisation_has_five_endpoints_at_most_and_closes_its_own_alone(own_database: Database) -> None:
    with own_database.transaction() as session:
        organisation = make_merchant_manager(session).organisation.id
        stranger = make_merchant_manager(session).organisation.id
        for number in range(MOST_ENDPOINTS):
            made = open_endpoint(
                session,
                organisation=organisation,
                address=f"https://example.com/{number}",
                local_allowed=False,
                now=clock.now(),
            )
        with pytest.raises(EndpointLimitReached):
            open_endpoint(
                session,
                organisation=organisation,
                address="https://example.com/x",
                local_allowed=False,
                now=clock.now(),
            )
        with pytest.raises(EndpointUnknown):
            close_endpoint(session, made.id, organisation=stranger, now=clock.now())


def test_a_manager_registers_and_closes_an_endpoint_on_the_page(client: FlaskClient, own_database: Database) -> None:
    with own_database.transaction() as session:
        chen = make_merchant_manager(session)
    log_in(client, chen)
    token = csrf_token(client)
    wrong = client.post("/endpoints", data={"csrf_token": token, "address": "http://example.com"})
    assert wrong.status_code == 422
    assert "推送地址须是 https:// 开头的公网地址。" in wrong.text
    client.post("/endpoints", data={"csrf_token": token, "address": "https://example.com/hook"})
    shown = client.get("/endpoints").text
    assert "https://example.com/hook" in shown
    assert "whsec_" in shown
    where = shown.split("/closure")[0].rsplit('action="', 1)[1] + "/closure"
    client.post(where, data={"csrf_token": token})
    assert "whsec_" not in client.get("/endpoints").text
