"""The client against the sandbox: what it asks happens once, whatever breaks on the way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import requests
from werkzeug.wrappers import Request, Response

from ledger.kernel.ids import new_id
from partners.payments import (
    PaymentAnswerUnreadable,
    PaymentClient,
    PaymentDeclined,
    PaymentFundsShort,
    PaymentInProgress,
    PaymentKeyRefused,
    PaymentKeyReused,
    PaymentRateLimited,
    PaymentRequestInvalid,
    PaymentUnavailable,
    PaymentUnknown,
    Retries,
    Transport,
    every,
)
from partners.payments.retries import is_worth_retrying, pause_seconds
from partners.payments.wire import encode
from tests.partners.payments.conftest import QUICK, Sandbox, a_client

VISA = "pm_card_visa"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def _paid(client: PaymentClient, amount_fen: int = 1990) -> str:
    intent = client.create_payment_intent(amount_fen=amount_fen, request_id=new_id(), payment_method=VISA)
    assert client.confirm_payment_intent(intent.id, request_id=new_id()).status == "succeeded"
    return intent.id


def _available(client: PaymentClient) -> int:
    return client.balance().available["cny"]


def test_a_payment_is_created_confirmed_and_read(payment_client: PaymentClient) -> None:
    intent = payment_client.create_payment_intent(amount_fen=1990, request_id=new_id(), metadata={"fund": "a"})
    assert (intent.status, intent.amount_fen, intent.currency) == ("requires_payment_method", 1990, "cny")
    payment_client.confirm_payment_intent(intent.id, request_id=new_id(), payment_method=VISA)
    read = payment_client.payment_intent(intent.id)
    assert (read.status, read.received_fen, read.metadata) == ("succeeded", 1990, {"fund": "a"})
    assert _available(payment_client) == 1990


def test_a_reserved_payment_is_captured_in_part(payment_client: PaymentClient) -> None:
    client = payment_client
    intent = client.create_payment_intent(amount_fen=900, request_id=new_id(), payment_method=VISA, capture="manual")
    reserved = client.confirm_payment_intent(intent.id, request_id=new_id())
    assert (reserved.status, reserved.capturable_fen, _available(client)) == ("requires_capture", 900, 0)
    with pytest.raises(PaymentRequestInvalid):
        client.capture_payment_intent(intent.id, amount_fen=901, request_id=new_id())
    captured = client.capture_payment_intent(intent.id, amount_fen=600, request_id=new_id())
    assert (captured.status, captured.received_fen, _available(client)) == ("succeeded", 600, 600)


def test_a_cancelled_payment_can_no_longer_be_confirmed(payment_client: PaymentClient) -> None:
    intent = payment_client.create_payment_intent(amount_fen=900, request_id=new_id(), payment_method=VISA)
    assert payment_client.cancel_payment_intent(intent.id, request_id=new_id()).status == "canceled"
    with pytest.raises(PaymentRequestInvalid) as refused:
        payment_client.confirm_payment_intent(intent.id, request_id=new_id())
    assert refused.value.facts["provider_code"] == "payment_intent_unexpected_state"


def test_refunds_never_exceed_the_payment(payment_client: PaymentClient) -> None:
    paid = _paid(payment_client)
    first = payment_client.create_refund(payment_id=paid, amount_fen=500, request_id=new_id())
    assert (first.amount_fen, first.status, first.payment) == (500, "succeeded", paid)
    with pytest.raises(PaymentRequestInvalid):
        payment_client.create_refund(payment_id=paid, amount_fen=1491, request_id=new_id())
    assert payment_client.create_refund(payment_id=paid, request_id=new_id()).amount_fen == 1490
    with pytest.raises(PaymentRequestInvalid):
        payment_client.create_refund(payment_id=paid, amount_fen=1, request_id=new_id())
    assert _available(payment_client) == 0


def test_what_leaves_is_taken_from_the_balance_and_never_more(payment_client: PaymentClient, sandbox: Sandbox) -> None:
    _paid(payment_client)
    payment_client.create_transfer(amount_fen=300, destination="acct_cafe", request_id=new_id())
    payout = payment_client.create_payout(amount_fen=1690, request_id=new_id())
    for call in (payment_client.create_payout, _transfer(payment_client)):
        with pytest.raises(PaymentFundsShort):
            call(amount_fen=1, request_id=new_id())
    sandbox.control("payout", id=payout.id)
    assert payment_client.payout(payout.id).status == "paid"
    sandbox.control("payout", id=payout.id, outcome="failed")
    returned = payment_client.payout(payout.id)
    assert (returned.status, returned.failure_code, _available(payment_client)) == ("failed", "account_closed", 1690)


def _transfer(client: PaymentClient) -> Callable[..., object]:
    return lambda **facts: client.create_transfer(destination="acct_cafe", **facts)


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("pm_card_visa_chargeDeclined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
    ],
)
def test_a_declined_payer_may_pay_otherwise(payment_client: PaymentClient, token: str, reason: str) -> None:
    intent = payment_client.create_payment_intent(amount_fen=100, request_id=new_id(), payment_method=token)
    with pytest.raises(PaymentDeclined) as declined:
        payment_client.confirm_payment_intent(intent.id, request_id=new_id())
    assert (declined.value.facts["decline_code"], declined.value.facts["payment"]) == (reason, intent.id)
    assert payment_client.payment_intent(intent.id).status == "requires_payment_method"
    paid = payment_client.confirm_payment_intent(intent.id, request_id=new_id(), payment_method=VISA)
    assert paid.status == "succeeded"


@pytest.mark.parametrize("fault", ["429", "500", "500-after", "drop", "drop-after"])
def test_a_fault_on_the_way_pays_out_exactly_once(payment_client: PaymentClient, sandbox: Sandbox, fault: str) -> None:
    _paid(payment_client)
    sandbox.control("fault", fault=fault, times=3, path="/v1/payouts")
    payout = payment_client.create_payout(amount_fen=1000, request_id=new_id())
    assert [row.id for row in payment_client.payouts().items] == [payout.id]
    assert _available(payment_client) == 990


def test_an_answer_that_takes_too_long_is_asked_for_again_and_happened_once(sandbox: Sandbox) -> None:
    client = a_client(
        sandbox.url, read_seconds=0.3, retries=Retries(attempts=9, first_seconds=0.1, longest_seconds=0.2)
    )
    _paid(client)
    sandbox.control("fault", fault="slow=0.8", path="/v1/payouts")
    assert client.create_payout(amount_fen=1000, request_id=new_id()).amount_fen == 1000
    assert (len(client.payouts().items), _available(client)) == (1, 990)
    client.transport.close()


@pytest.mark.parametrize(
    ("fault", "error"), [("429", PaymentRateLimited), ("500", PaymentUnavailable), ("drop", PaymentUnavailable)]
)
def test_a_fault_that_stays_is_told(
    payment_client: PaymentClient, sandbox: Sandbox, fault: str, error: type[Exception]
) -> None:
    sandbox.control("fault", fault=fault, times=QUICK.attempts, path="/v1/balance")
    with pytest.raises(error):
        payment_client.balance()
    assert _available(payment_client) == 0


def test_after_no_answer_the_same_request_id_finds_out_what_happened(
    payment_client: PaymentClient, sandbox: Sandbox
) -> None:
    _paid(payment_client)
    key = new_id()
    sandbox.control("fault", fault="drop-after", times=QUICK.attempts, path="/v1/payouts")
    with pytest.raises(PaymentUnavailable):
        payment_client.create_payout(amount_fen=1000, request_id=key)
    assert payment_client.create_payout(amount_fen=1000, request_id=key).amount_fen == 1000
    assert _available(payment_client) == 990


def test_a_request_id_stands_for_one_content(payment_client: PaymentClient) -> None:
    key = new_id()
    first = payment_client.create_payment_intent(amount_fen=100, request_id=key, payment_method=VISA)
    assert payment_client.create_payment_intent(amount_fen=100, request_id=key, payment_method=VISA) == first
    with pytest.raises(PaymentKeyReused):
        payment_client.create_payment_intent(amount_fen=101, request_id=key, payment_method=VISA)
    assert payment_client.confirm_payment_intent(first.id, request_id=key).status == "succeeded"


def test_a_kept_fault_stays_the_answer_of_its_request_id(payment_client: PaymentClient) -> None:
    """Stripe remembers a 500 as well: only another request id gets another answer."""
    intent = payment_client.create_payment_intent(amount_fen=100, request_id=new_id())
    key = new_id()
    with pytest.raises(PaymentUnavailable):
        payment_client.confirm_payment_intent(intent.id, request_id=key, payment_method="tok_500")
    with pytest.raises(PaymentRateLimited):
        payment_client.confirm_payment_intent(intent.id, request_id=new_id(), payment_method="tok_429")
    assert (
        payment_client.confirm_payment_intent(intent.id, request_id=new_id(), payment_method=VISA).received_fen == 100
    )


def test_eight_at_once_with_one_request_id_pay_out_once(payment_client: PaymentClient, sandbox: Sandbox) -> None:
    _paid(payment_client)
    key, together = new_id(), threading.Barrier(8)

    def pay_out(_: int) -> str:
        client = a_client(sandbox.url, retries=Retries(attempts=40, first_seconds=0.02, longest_seconds=0.1))
        together.wait()
        try:
            return client.create_payout(amount_fen=1000, request_id=key).id
        finally:
            client.transport.close()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(pay_out, range(8)))) == 1
    assert _available(payment_client) == 990


def test_a_running_request_is_in_progress_for_others(payment_client: PaymentClient, sandbox: Sandbox) -> None:
    key = new_id()
    sandbox.control("fault", fault="slow=1.5", path="/v1/payment_intents")
    hasty = a_client(sandbox.url, retries=Retries(attempts=1), read_seconds=0.3)
    with pytest.raises(PaymentUnavailable):
        hasty.create_payment_intent(amount_fen=100, request_id=key)
    with pytest.raises(PaymentInProgress):
        hasty.create_payment_intent(amount_fen=100, request_id=key)
    hasty.transport.close()


def test_lists_are_walked_to_their_end(payment_client: PaymentClient) -> None:
    made = [payment_client.create_payment_intent(amount_fen=n, request_id=new_id()).id for n in range(1, 8)]
    page = payment_client.payment_intents(limit=3)
    assert ([row.id for row in page.items], page.after) == (made[:3:-1], made[4])
    assert [row.id for row in every(payment_client.payment_intents, at_most=100)] == made[::-1]
    assert len(list(every(payment_client.payment_intents, at_most=5))) == 5
    assert payment_client.payment_intents(limit=7).after is None


def test_what_is_not_there_is_unknown(payment_client: PaymentClient) -> None:
    for read in (payment_client.payment_intent, payment_client.payout, payment_client.event):
        with pytest.raises(PaymentUnknown):
            read("../balance")


def test_a_wrong_key_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(PaymentKeyRefused):
        PaymentClient(Transport(base_url=sandbox.url, key="sk_live_of_someone")).balance()
    with pytest.raises(PaymentKeyRefused):
        Transport(base_url=sandbox.url, key="")


@pytest.mark.parametrize("amount", [0, -1, 100_000_000])
def test_an_impossible_amount_is_refused(payment_client: PaymentClient, amount: int) -> None:
    with pytest.raises(PaymentRequestInvalid) as refused:
        payment_client.create_payout(amount_fen=amount, request_id=new_id())
    assert refused.value.facts["parameter"] == "amount"


@pytest.mark.parametrize("body", ["", "not json", "[]", "{}", '{"object": "balance", "available": 3}'])
def test_an_answer_that_is_none_is_told(serve: Callable[..., str], body: str) -> None:
    client = a_client(serve(Response(body, 200)))
    with pytest.raises(PaymentAnswerUnreadable):
        client.balance()
    client.transport.close()


def test_a_redirect_takes_our_key_nowhere(serve: Callable[..., str]) -> None:
    asked: list[str] = []

    @Request.application
    def application(request: Request) -> Response:
        asked.append(request.path)
        return Response("", 307, {"Location": "/elsewhere"})

    client = a_client(serve(application))
    with pytest.raises(PaymentUnavailable):
        client.balance()
    client.transport.close()
    assert asked == ["/v1/balance"]


def test_a_netrc_of_the_machine_cannot_replace_the_key(
    serve: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    given: list[str | None] = []

    @Request.application
    def application(request: Request) -> Response:
        given.append(request.headers.get("Authorization"))
        return Response('{"object": "balance", "available": [], "pending": []}')

    client = a_client(serve(application))
    client.transport.session.trust_env = True
    client.balance()
    client.transport.close()
    assert given == ["Bearer sk_test_of_the_tests"]


def test_nested_parameters_travel_in_brackets() -> None:
    asked = {"amount": 1990, "confirm": True, "metadata": {"a": "b c"}, "expand": ["x", "y"]}
    assert encode(asked) == [
        ("amount", "1990"),
        ("confirm", "true"),
        ("metadata[a]", "b c"),
        ("expand[0]", "x"),
        ("expand[1]", "y"),
    ]


@pytest.mark.parametrize(
    ("attempt", "chance", "retry_after", "seconds"),
    [
        (1, 0.0, None, 0.25),
        (1, 1.0, None, 0.5),
        (3, 1.0, None, 2.0),
        (9, 1.0, None, 8.0),
        (1, 1.0, "7", 7.0),
        (9, 1.0, "7", 8.0),
        (1, 1.0, "61", 0.5),
        (1, 1.0, "soon", 0.5),
        (1, 1.0, "-3", 0.5),
        (1, 1.0, format_datetime(NOW + timedelta(seconds=9), usegmt=True), 9.0),
        (1, 1.0, format_datetime(NOW - timedelta(seconds=9), usegmt=True), 0.5),
    ],
)
def test_pauses_grow_spread_and_heed_the_service(
    attempt: int, chance: float, retry_after: str | None, seconds: float
) -> None:
    pause = pause_seconds(Retries(), attempt=attempt, chance=chance, retry_after=retry_after, now=NOW)
    assert pause == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("status", "told", "again"),
    [
        (500, None, True),
        (429, None, True),
        (409, None, True),
        (400, None, False),
        (402, None, False),
        (500, "false", False),
        (400, "true", True),
    ],
)
def test_the_services_own_word_on_trying_again_counts(status: int, told: str | None, again: bool) -> None:
    assert is_worth_retrying(status, {"Stripe-Should-Retry": told} if told else {}) is again


def test_the_pause_that_the_service_asks_for_is_kept(sandbox: Sandbox) -> None:
    slept: list[float] = []
    transport = Transport(
        base_url=sandbox.url, key="sk_test_x", retries=Retries(first_seconds=0.01), sleep=slept.append
    )
    sandbox.control("fault", fault="429", path="/v1/balance")
    PaymentClient(transport).balance()
    transport.close()
    assert slept == [1.0]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"amount": "x", "currency": "cny"}, "parameter_invalid_integer"),
        ({"amout": "1", "amount": "1", "currency": "cny"}, "parameter_unknown"),
        ({"amount": "1", "currency": "usd"}, "invalid_currency"),
        ({"amount": "1", "currency": "cny", "payment_method_data[card][number]": "4242"}, "parameter_unknown"),
        ({"currency": "cny"}, "parameter_missing"),
    ],
)
def test_the_sandbox_is_strict_and_takes_no_card_number(sandbox: Sandbox, form: dict[str, str], code: str) -> None:
    headers = {"Authorization": "Bearer sk_test_x"}
    answer = requests.post(f"{sandbox.url}/v1/payment_intents", data=form, headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_a_replayed_answer_says_so(sandbox: Sandbox) -> None:
    headers = {"Authorization": "Bearer sk_test_x", "Idempotency-Key": str(new_id())}
    form = {"amount": "100", "currency": "cny"}
    url = f"{sandbox.url}/v1/payment_intents"
    first, second = (requests.post(url, data=form, headers=headers, timeout=10) for _ in range(2))
    assert first.json() == second.json()
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"


def test_a_web_page_cannot_steer_the_sandbox(sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/_sandbox/clear"
    assert requests.post(url, data="{}", headers={"Content-Type": "text/plain"}, timeout=10).status_code == 415
    assert requests.post(url, json={}, headers={"Host": "evil.example"}, timeout=10).status_code == 403
