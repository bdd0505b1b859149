"""What the client asks, and what the sandbox answers, holds against Stripe's own description."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import requests
from werkzeug.wrappers import Request, Response

from ledger.kernel.ids import new_id
from partners.payments import Call, PaymentClient, PaymentFailed, Transport, every
from puhui.sandbox.forms import Form, Tree
from puhui.sandbox.smoke import PAYER, walk, walk_with_memory
from tests.partners.payments.conftest import QUICK, Sandbox
from tests.partners.payments.description import (
    FORM,
    Json,
    answer_faults,
    object_faults,
    operation,
    request_faults,
    sample,
)


class Witness(Transport):
    """A transport that remembers every call and its answer."""

    def __init__(self, url: str) -> None:
        super().__init__(base_url=url, key="sk_test_of_the_tests", retries=QUICK)
        self.seen: list[tuple[Call, Json]] = []

    def send(self, call: Call) -> Json:
        """Send, and remember a call that was refused as well."""
        self.seen.append((call, {}))
        answer = super().send(call)
        self.seen[-1] = (call, answer)
        return answer


class Watched(PaymentClient):
    """A client that remembers which of its calls were made."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self.made: set[str] = set()

    def __getattribute__(self, name: str) -> object:
        """Remember the name of a call."""
        if name in CALLS:
            self.made.add(name)
        return super().__getattribute__(name)


CALLS = {name for name in vars(PaymentClient) if not name.startswith("_")}


@pytest.fixture
def walked(sandbox: Sandbox) -> Watched:
    """A client after a walk over everything that it can ask."""
    client = Watched(Witness(sandbox.url))
    for _ in (*walk(client), *walk_with_memory(client)):
        pass
    metadata = {"settlement": "2026-11-22", "merchant": "cafe"}
    intent = client.create_payment_intent(amount_fen=800, request_id=new_id(), metadata=metadata)
    client.confirm_payment_intent(intent.id, request_id=new_id(), payment_method=PAYER)
    client.create_refund(payment_id=intent.id, request_id=new_id(), metadata=metadata)
    reserved = client.create_payment_intent(amount_fen=9, request_id=new_id(), payment_method=PAYER, capture="manual")
    client.confirm_payment_intent(reserved.id, request_id=new_id())
    client.capture_payment_intent(reserved.id, request_id=new_id())
    client.create_transfer(amount_fen=1, destination="acct_cafe", request_id=new_id(), metadata=metadata)
    client.create_payout(amount_fen=1, destination="ba_cafe", request_id=new_id(), metadata=metadata)
    assert len(list(every(client.events, at_most=250))) > 10
    assert client.payment_intents(limit=1).after is not None
    client.payment_intents(after=intent.id, limit=1)
    return client


def _seen(client: PaymentClient) -> list[tuple[Call, Json]]:
    assert isinstance(client.transport, Witness)
    return client.transport.seen


def test_every_call_of_the_client_is_one_that_stripe_describes(walked: Watched) -> None:
    assert walked.made == CALLS
    seen = _seen(walked)
    assert len(seen) > 40
    faults = {(call.path, fault) for call, _ in seen for fault in request_faults(call.method, call.path, _json(call))}
    assert faults == set()


def test_every_answer_of_the_sandbox_is_one_that_stripe_describes(walked: Watched) -> None:
    answered = [(call, answer) for call, answer in _seen(walked) if answer]
    kinds = {operation(call.method, call.path)[0] for call, _ in answered}
    assert len(kinds) == 14
    faults = {
        (call.path, fault) for call, answer in answered for fault in answer_faults(call.method, call.path, answer)
    }
    assert faults == set()


def test_every_event_of_the_sandbox_is_one_that_stripe_describes(walked: Watched, sandbox: Sandbox) -> None:
    payout = walked.payouts(limit=1).items[0]
    sandbox.control("payout", id=payout.id)
    sandbox.control("payout", id=payout.id, outcome="failed")
    events = walked.events(limit=100).items
    assert {event.type for event in events} == {
        "payment_intent.amount_capturable_updated",
        "payment_intent.canceled",
        "payment_intent.created",
        "payment_intent.payment_failed",
        "payment_intent.succeeded",
        "payout.created",
        "payout.failed",
        "payout.paid",
        "refund.created",
        "transfer.created",
    }
    for event in events:
        assert object_faults(str(event.subject["object"]), dict(event.subject)) == []


@pytest.mark.parametrize(
    ("form", "is_right"),
    [
        ({"amount": 1, "currency": "cny"}, True),
        ({"amount": "x", "currency": "cny"}, False),
        ({"amout": 1, "amount": 1, "currency": "cny"}, False),
        ({"currency": "cny"}, False),
    ],
)
def test_the_description_itself_notices_a_wrong_call(form: Json, is_right: bool) -> None:
    assert (request_faults("POST", "/v1/payouts", form) == []) is is_right


def test_the_description_notices_a_wrong_answer() -> None:
    assert object_faults("payout", {"id": "po_1", "object": "payout"}) != []
    assert request_faults("GET", "/v1/payouts", {"limmit": 1}) != []
    with pytest.raises(LookupError):
        operation("POST", "/v1/payout")


def test_an_endpoint_for_webhooks_is_made_as_stripe_describes(sandbox: Sandbox) -> None:
    form = {"url": "http://127.0.0.1:9/", "enabled_events[]": "payout.paid"}
    headers = {"Authorization": "Bearer sk_test_x"}
    made = requests.post(f"{sandbox.url}/v1/webhook_endpoints", data=form, headers=headers, timeout=10).json()
    assert made.pop("secret").startswith("whsec_")
    assert object_faults("webhook_endpoint", made) == []
    elsewhere = requests.post(
        f"{sandbox.url}/v1/webhook_endpoints", data=form | {"url": "https://shop.example/"}, headers=headers, timeout=10
    )
    assert elsewhere.status_code == 400


def test_the_smoke_walk_passes_a_service_without_a_memory(serve: Callable[..., str]) -> None:
    """What a stateless stand-in does: fixed answers from Stripe's description, and no for what it does not describe."""
    client = PaymentClient(Witness(serve(_stateless)))
    assert len(list(walk(client))) == 14
    with pytest.raises(PaymentFailed):
        client.transport.send(Call("POST", "/v1/payouts", {"amout": 1}, key=None))
    client.transport.close()


@Request.application
def _stateless(request: Request) -> Response:
    tree = Form(request.form.items(multi=True) if request.method == "POST" else request.args.items(multi=True)).tree
    try:
        _, found = operation(request.method, request.path)
    except LookupError:
        return Response("{}", 404)
    faults = request_faults(request.method, request.path, _typed(found, tree))
    if faults:
        return Response(json.dumps({"error": {"type": "invalid_request_error", "message": faults[0]}}), 400)
    return Response(json.dumps(sample(found["responses"]["200"]["content"]["application/json"]["schema"])))


def _typed(found: Json, tree: Tree) -> Json:
    """Read the texts of a form as the description types them."""
    query = {one["name"]: one["schema"] for one in found.get("parameters", [])}
    content = found.get("requestBody", {}).get("content", {}).get(FORM, {})
    known = content.get("schema", {}).get("properties", {}) | query
    return {name: _value(known.get(name, {}), value) for name, value in tree.items()}


def _value(schema: Json, value: object) -> object:
    if schema.get("type") == "integer" and isinstance(value, str) and value.isdigit():
        return int(value)
    if schema.get("type") == "array" and isinstance(value, dict):
        return list(value.values())
    return value


def _json(call: Call) -> Json:
    read: Json = json.loads(json.dumps(call.parameters))
    return read
