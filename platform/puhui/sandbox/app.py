"""The sandbox as a WSGI application: routes, keys, replays and harm around the handlers."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from puhui.sandbox import intents, money
from puhui.sandbox.books import API_VERSION, Books
from puhui.sandbox.control import LOOPBACK, Sandbox, act, is_local
from puhui.sandbox.deliveries import Deliveries, Listener
from puhui.sandbox.faults import HEADER, Fault, Faults
from puhui.sandbox.forms import Form
from puhui.sandbox.refusals import Body, Refused, invalid
from puhui.sandbox.replays import Replays
from puhui.sandbox.tokens import broken, rate_limited

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

LONGEST_BODY = 1024 * 1024
Handler = Callable[..., Body]


class Application:
    """A sandbox that answers WSGI calls."""

    def __init__(self, *, payout_seconds: float | None = 2.0, retry_seconds: float = 1.0) -> None:
        deliveries = Deliveries(first_pause_seconds=retry_seconds)
        self.sandbox = Sandbox(Books(deliveries.tell), Replays(), Faults(), deliveries, payout_seconds)
        self.rules = Map([Rule(path, methods=[method], endpoint=work) for method, path, work in self._routes()])

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = LONGEST_BODY
        request_id = f"req_{secrets.token_hex(7)}"
        try:
            request.get_data(parse_form_data=False)  # The body is read whatever the answer, or the connection breaks.
            response = self._answer(request)
        except Refused as refused:
            response = _json(refused.body, refused.status)
        except HTTPException as error:
            message = f"Unrecognized request URL ({request.method}: {request.path})."
            response = _json({"error": {"type": "invalid_request_error", "message": message}}, error.code or 500)
        response.headers["Request-Id"] = request_id
        response.headers["Stripe-Version"] = API_VERSION
        return response(environ, start_response)

    def _routes(self) -> Iterable[tuple[str, str, Handler]]:
        yield "POST", "/v1/payment_intents", intents.create
        for verb, handler in (("confirm", intents.confirm), ("capture", intents.capture), ("cancel", intents.cancel)):
            yield "POST", f"/v1/payment_intents/<object_id>/{verb}", handler
        yield "POST", "/v1/refunds", money.create_refund
        yield "POST", "/v1/transfers", money.create_transfer
        yield "POST", "/v1/payouts", self._create_payout
        yield "POST", "/v1/webhook_endpoints", self._create_endpoint
        yield "GET", "/v1/balance", money.balance
        for kind in ("payment_intent", "refund", "transfer", "payout", "event", "webhook_endpoint"):
            yield "GET", f"/v1/{kind}s", _lister(kind)
            yield "GET", f"/v1/{kind}s/<object_id>", _finder(kind)

    def _answer(self, request: Request) -> Response:
        if request.path.startswith("/_sandbox/"):
            return self._control(request)
        _require_test_key(request)
        handler, arguments = self.rules.bind_to_environ(request.environ).match()
        fault = self.sandbox.faults.due(request.path, request.headers.get(HEADER))
        _harm_before(fault, request)
        key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
        response = self._once(request, handler, arguments, key=key, fault=fault)
        if fault is not None and fault.kind == "500-after":
            raise broken(is_kept=False)
        if fault is not None and fault.kind == "drop-after":
            _drop(request)
        return response

    def _once(
        self, request: Request, handler: Handler, arguments: Mapping[str, str], *, key: str | None, fault: Fault | None
    ) -> Response:
        pairs = _pairs(request)
        if key is None:
            return _json(self._run(handler, pairs, arguments, fault), 200)
        remembered = self.sandbox.replays.begin(key, path=request.path, pairs=pairs)
        if remembered is not None:
            response = _json(remembered.body or {}, remembered.status or 200)
            response.headers["Idempotent-Replayed"] = "true"
            return response
        status, body = 200, {}
        try:
            body = self._run(handler, pairs, arguments, fault)
        except Refused as refused:
            if not refused.is_kept:
                self.sandbox.replays.forget(key)
                raise
            status, body = refused.status, refused.body
        except BaseException:
            self.sandbox.replays.forget(key)
            raise
        self.sandbox.replays.end(key, status, body)
        return _json(body, status)

    def _run(
        self, handler: Handler, pairs: list[tuple[str, str]], arguments: Mapping[str, str], fault: Fault | None
    ) -> Body:
        if fault is not None and fault.kind == "slow":
            time.sleep(fault.seconds)
        with self.sandbox.books.lock:
            answer: Body = json.loads(json.dumps(handler(self.sandbox.books, Form(pairs), **arguments)))
        return answer

    def _create_payout(self, books: Books, form: Form) -> Body:
        payout = money.create_payout(books, form)
        if self.sandbox.payout_seconds is not None:
            timer = threading.Timer(self.sandbox.payout_seconds, self._arrive, [payout["id"]])
            timer.daemon = True
            timer.start()
        return payout

    def _arrive(self, payout_id: str) -> None:
        with self.sandbox.books.lock:
            payout = self.sandbox.books.objects.get("payout", {}).get(payout_id)
            if payout is not None and payout["status"] == "pending":
                money.arrive(self.sandbox.books, payout)

    def _create_endpoint(self, books: Books, form: Form) -> Body:
        url, events = form.text("url"), form.listed("enabled_events")
        description, metadata = form.maybe_text("description"), form.texts("metadata")
        form.finish()
        if not is_local(url):
            raise invalid("Invalid URL: the sandbox sends to this machine only", code="url_invalid", param="url")
        if not events:
            message = "Missing required param: enabled_events."
            raise invalid(message, code="parameter_missing", param="enabled_events")
        secret = f"whsec_{secrets.token_urlsafe(24)}"
        facts = {"url": url, "enabled_events": events, "status": "enabled", "description": description}
        endpoint = books.add("webhook_endpoint", "we", metadata=metadata, api_version=None, application=None, **facts)
        self.sandbox.deliveries.listen(endpoint["id"], Listener(url, secret, tuple(events)))
        return {**endpoint, "secret": secret}

    def _control(self, request: Request) -> Response:
        """Do what a person or a test of this machine asks; a web page cannot, for it may not send JSON here."""
        host = request.host.rsplit(":", 1)[0].strip("[]")
        if request.remote_addr not in LOOPBACK or host not in LOOPBACK:
            raise Refused("Only from this machine", status=403)
        if request.method != "POST" or not request.is_json:
            raise Refused("POST a JSON object", status=415)
        try:
            asked = json.loads(request.get_data() or b"{}")
        except ValueError as error:
            raise invalid("Not JSON", code="control", param="body") from error
        if not isinstance(asked, dict):
            raise invalid("Not a JSON object", code="control", param="body")
        return _json(act(self.sandbox, request.path.removeprefix("/_sandbox/"), asked), 200)


def _lister(kind: str) -> Handler:
    return lambda books, form: books.page(kind, f"/v1/{kind}s", form)


def _finder(kind: str) -> Handler:
    def find(books: Books, form: Form, object_id: str) -> Body:
        form.finish()
        return books.one(kind, object_id)

    return find


def _pairs(request: Request) -> list[tuple[str, str]]:
    if request.method == "GET":
        return list(request.args.items(multi=True))
    if request.get_data() and request.mimetype != "application/x-www-form-urlencoded":
        raise invalid("The body must be a form", code="content_type", param="body")
    return list(request.form.items(multi=True))


def _require_test_key(request: Request) -> None:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given).decode().partition(":")[0]
        except (binascii.Error, ValueError):
            given = ""
    if not given.startswith("sk_test_"):
        raise Refused("Invalid API Key provided; the sandbox takes sk_test_ and anything", status=401)


def _harm_before(fault: Fault | None, request: Request) -> None:
    if fault is None:
        return
    if fault.kind == "429":
        raise rate_limited()
    if fault.kind == "500":
        raise broken(is_kept=False)
    if fault.kind == "drop":
        _drop(request)


def _drop(request: Request) -> None:
    """Break the connection without a word, as a network does."""
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("dropped on demand")


def _json(body: Body, status: int) -> Response:
    response = Response(json.dumps(body, indent=2), status, content_type="application/json")
    if status == 429:
        response.headers["Retry-After"] = "1"
    return response
