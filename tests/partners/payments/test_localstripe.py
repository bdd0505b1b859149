"""The same calls to localstripe, another server that keeps state, as a second real process: both answer alike.

Compared is what localstripe does as Stripe does. It accepts refunds that are too large, ignores idempotency keys, and
has no transfers and no payouts in cny, so these are left out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
import requests
import stripe
from werkzeug.wrappers import Request, Response

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from partners.payments import HEADER, PaymentClient, PaymentDeclined, PaymentRequestInvalid, PaymentUnknown, verify
from partners.payments.answers import PaymentIntent
from tests.partners.payments.conftest import Sandbox, a_client, eventually, free_port, start_process

SECRET = "whsec_of_the_tests"
# It would keep its state in a file that is shared by every user of the machine, and trust what it finds there.
START = (
    "import sys; from aiohttp import web; from localstripe import resources, server; "
    "resources.Store.dump_to_disk = resources.Store.try_load_from_disk = lambda self: None; "
    "web.run_app(server.app, host='127.0.0.1', port=int(sys.argv[1]), print=None, access_log=None)"
)
Told = tuple[object, ...]


@pytest.fixture(scope="module")
def localstripe_url() -> Iterator[str]:
    """The other server's address."""
    port = free_port()
    process = start_process(START, port=port)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


@pytest.fixture
def other(localstripe_url: str) -> Iterator[PaymentClient]:
    """A client of the other server."""
    client = a_client(localstripe_url)
    yield client
    client.transport.close()


def _facts(intent: PaymentIntent) -> Told:
    return (intent.id[:3], intent.status, intent.amount_fen, intent.currency, dict(intent.metadata))


def _new(client: PaymentClient, payer: str | None = "pm_card_visa", *, manual: bool = False) -> PaymentIntent:
    return client.create_payment_intent(
        amount_fen=1990,
        request_id=new_id(),
        payment_method=payer,
        capture="manual" if manual else "automatic",
        metadata={"fund": "a"},
    )


def _pay(client: PaymentClient) -> Iterator[Told]:
    intent = _new(client)
    yield _facts(intent)
    yield _facts(client.confirm_payment_intent(intent.id, request_id=new_id()))
    yield _facts(client.payment_intent(intent.id))
    refund = client.create_refund(payment_id=intent.id, amount_fen=500, request_id=new_id())
    yield refund.id[:3], refund.status, refund.amount_fen, refund.currency, refund.payment == intent.id
    yield _told(lambda: client.confirm_payment_intent(intent.id, request_id=new_id()))
    yield _told(lambda: client.cancel_payment_intent(intent.id, request_id=new_id()))


def _cancel(client: PaymentClient) -> Iterator[Told]:
    for token in (None, "pm_card_visa"):
        intent = _new(client, token)
        yield _facts(intent)
        yield _facts(client.cancel_payment_intent(intent.id, request_id=new_id()))
        yield _told(lambda intent=intent: client.confirm_payment_intent(intent.id, request_id=new_id()))


def _capture(client: PaymentClient) -> Iterator[Told]:
    intent = _new(client, manual=True)
    yield _facts(intent)
    yield _facts(client.confirm_payment_intent(intent.id, request_id=new_id()))
    yield _facts(client.capture_payment_intent(intent.id, request_id=new_id()))
    yield _told(lambda: client.capture_payment_intent(intent.id, request_id=new_id()))


def _refusals(client: PaymentClient) -> Iterator[Told]:
    yield _told(lambda: client.payment_intent("pi_nobody_made_this"))
    yield _told(lambda: client.refund("re_nobody_made_this"))
    yield _told(lambda: client.create_payment_intent(amount_fen=0, request_id=new_id()))
    yield _told(lambda: client.create_refund(payment_id=_new(client, None).id, request_id=new_id()))


def _told(call: Callable[[], object]) -> Told:
    try:
        call()
    except (PaymentRequestInvalid, PaymentUnknown) as error:
        return (type(error).__name__,)
    return ("accepted",)


@pytest.mark.parametrize("story", [_pay, _cancel, _capture, _refusals])
def test_both_servers_tell_the_same_story(
    payment_client: PaymentClient, other: PaymentClient, story: Callable[[PaymentClient], Iterator[Told]]
) -> None:
    assert list(story(payment_client)) == list(story(other))


def test_a_declined_charge_is_declined_by_both(payment_client: PaymentClient, other: PaymentClient) -> None:
    """localstripe declines another of Stripe's test cards when it is charged directly."""
    for client, token in ((payment_client, "pm_card_visa_chargeDeclined"), (other, "pm_card_chargeCustomerFail")):
        intent = _new(client, token)
        with pytest.raises(PaymentDeclined) as declined:
            client.confirm_payment_intent(intent.id, request_id=new_id())
        assert declined.value.facts["provider_code"] == "card_declined"
        assert client.payment_intent(intent.id).status == "requires_payment_method"


def test_both_servers_sign_what_we_and_stripes_library_accept(
    payment_client: PaymentClient,
    other: PaymentClient,
    sandbox: Sandbox,
    serve: Callable[..., str],
) -> None:
    heard: dict[str, tuple[bytes, str]] = {}
    both = threading.Lock()

    @Request.application
    def listener(request: Request) -> Response:
        with both:
            heard.setdefault(request.path, (request.get_data(), request.headers[HEADER]))
        return Response("")

    url = serve(listener)
    sandbox.control("listener", url=f"{url}/ours", secret=SECRET)
    config = f"{other.transport.base_url}/_config/webhooks/ours"
    requests.post(config, json={"url": f"{url}/theirs", "secret": SECRET}, timeout=10).raise_for_status()
    for client in (payment_client, other):
        client.confirm_payment_intent(_new(client).id, request_id=new_id())
    assert eventually(lambda: len(heard) == 2)
    for body, header in heard.values():
        verify(body, header=header, secret=SECRET, now=clock.now())
        event = stripe.Webhook.construct_event(body.decode(), header, SECRET)  # type: ignore[no-untyped-call]  # Stripe leaves it untyped.
        assert event.type.startswith("payment_intent.")
