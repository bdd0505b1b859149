"""The payment service as functions: intents, refunds, transfers, payouts, balance, events.

Stripe's interface, spoken with ``requests``. The currency is cny and an amount is a whole number of fen. A card's
number never passes through here: a payer is named by a token that the service itself gave out. Every write takes a
request id; the service answers the same id and content with the same object, and another content with a refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, TypeVar
from urllib.parse import quote
from uuid import UUID

from partners.payments import answers
from partners.payments.answers import Balance, Event, Page, PaymentIntent, Payout, Refund, Transfer
from partners.payments.transport import Body, Call, Transport
from partners.payments.wire import Parameters, Value

CURRENCY = "cny"
PAGE_ROWS = 100
T = TypeVar("T")
Metadata = Mapping[str, str]


class PaymentClient:
    """The calls that settlement, top-ups and coins with cash need. Every one raises PaymentFailed's subclasses."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    def create_payment_intent(
        self,
        *,
        amount_fen: int,
        request_id: UUID,
        payment_method: str | None = None,
        capture: Literal["automatic", "manual"] = "automatic",
        metadata: Metadata | None = None,
    ) -> PaymentIntent:
        """Begin a payment of *amount_fen*; nothing is taken before it is confirmed."""
        parameters: dict[str, Value] = {
            "amount": amount_fen,
            "currency": CURRENCY,
            "payment_method_types": ["card"],
            "capture_method": capture,
        }
        if payment_method is not None:
            parameters["payment_method"] = payment_method
        return answers.payment_intent(self._post("/v1/payment_intents", _with(parameters, metadata), request_id))

    def confirm_payment_intent(
        self, payment_id: str, *, request_id: UUID, payment_method: str | None = None
    ) -> PaymentIntent:
        """Take the money, or reserve it where capture is manual. Raises PaymentDeclined."""
        parameters = {} if payment_method is None else {"payment_method": payment_method}
        return self._act_on_intent(payment_id, "confirm", parameters, request_id)

    def capture_payment_intent(
        self, payment_id: str, *, request_id: UUID, amount_fen: int | None = None
    ) -> PaymentIntent:
        """Take what was reserved, or only *amount_fen* of it; the rest goes back to the payer."""
        parameters = {} if amount_fen is None else {"amount_to_capture": amount_fen}
        return self._act_on_intent(payment_id, "capture", parameters, request_id)

    def cancel_payment_intent(self, payment_id: str, *, request_id: UUID) -> PaymentIntent:
        """Give up a payment that has not succeeded."""
        return self._act_on_intent(payment_id, "cancel", {}, request_id)

    def payment_intent(self, payment_id: str) -> PaymentIntent:
        """Answer a payment as it stands. Raises PaymentUnknown."""
        return answers.payment_intent(self._get(_one("/v1/payment_intents", payment_id)))

    def payment_intents(self, *, after: str | None = None, limit: int = PAGE_ROWS) -> Page[PaymentIntent]:
        """Answer payments, newest first."""
        return self._page("/v1/payment_intents", answers.payment_intent, after, limit)

    def create_refund(
        self, *, payment_id: str, request_id: UUID, amount_fen: int | None = None, metadata: Metadata | None = None
    ) -> Refund:
        """Give *amount_fen*, or all that is left, back. Raises PaymentRequestInvalid where it is more than that."""
        parameters: dict[str, Value] = {"payment_intent": payment_id}
        if amount_fen is not None:
            parameters["amount"] = amount_fen
        return answers.refund(self._post("/v1/refunds", _with(parameters, metadata), request_id))

    def refund(self, refund_id: str) -> Refund:
        """Answer a refund as it stands. Raises PaymentUnknown."""
        return answers.refund(self._get(_one("/v1/refunds", refund_id)))

    def refunds(self, *, after: str | None = None, limit: int = PAGE_ROWS) -> Page[Refund]:
        """Answer refunds, newest first."""
        return self._page("/v1/refunds", answers.refund, after, limit)

    def create_transfer(
        self, *, amount_fen: int, destination: str, request_id: UUID, metadata: Metadata | None = None
    ) -> Transfer:
        """Move money to the connected account *destination* (acct_…). Raises PaymentFundsShort."""
        parameters: dict[str, Value] = {"amount": amount_fen, "currency": CURRENCY, "destination": destination}
        return answers.transfer(self._post("/v1/transfers", _with(parameters, metadata), request_id))

    def transfer(self, transfer_id: str) -> Transfer:
        """Answer a transfer. Raises PaymentUnknown."""
        return answers.transfer(self._get(_one("/v1/transfers", transfer_id)))

    def transfers(self, *, after: str | None = None, limit: int = PAGE_ROWS) -> Page[Transfer]:
        """Answer transfers, newest first."""
        return self._page("/v1/transfers", answers.transfer, after, limit)

    def create_payout(
        self, *, amount_fen: int, request_id: UUID, destination: str | None = None, metadata: Metadata | None = None
    ) -> Payout:
        """Send money to a bank account: *destination* (ba_…), or the default one. Raises PaymentFundsShort."""
        parameters: dict[str, Value] = {"amount": amount_fen, "currency": CURRENCY}
        if destination is not None:
            parameters["destination"] = destination
        return answers.payout(self._post("/v1/payouts", _with(parameters, metadata), request_id))

    def payout(self, payout_id: str) -> Payout:
        """Answer a payout as it stands. Raises PaymentUnknown."""
        return answers.payout(self._get(_one("/v1/payouts", payout_id)))

    def payouts(self, *, after: str | None = None, limit: int = PAGE_ROWS) -> Page[Payout]:
        """Answer payouts, newest first."""
        return self._page("/v1/payouts", answers.payout, after, limit)

    def balance(self) -> Balance:
        """Answer what lies at the service."""
        return answers.balance(self._get("/v1/balance"))

    def event(self, event_id: str) -> Event:
        """Answer an event. Raises PaymentUnknown."""
        return answers.event(self._get(_one("/v1/events", event_id)))

    def events(self, *, after: str | None = None, limit: int = PAGE_ROWS) -> Page[Event]:
        """Answer what happened, newest first."""
        return self._page("/v1/events", answers.event, after, limit)

    def _act_on_intent(self, payment_id: str, verb: str, parameters: Parameters, request_id: UUID) -> PaymentIntent:
        return answers.payment_intent(
            self._post(f"{_one('/v1/payment_intents', payment_id)}/{verb}", parameters, request_id)
        )

    def _post(self, path: str, parameters: Parameters, request_id: UUID) -> Body:
        # One request id may stand behind several calls (create, then confirm), so that the key names the call too.
        return self.transport.send(Call("POST", path, parameters, key=f"{path}:{request_id}"))

    def _get(self, path: str, parameters: Parameters | None = None) -> Body:
        return self.transport.send(Call("GET", path, parameters or {}, key=None))

    def _page(self, path: str, read: Callable[[answers.Answer], T], after: str | None, limit: int) -> Page[T]:
        parameters: dict[str, Value] = {"limit": limit}
        if after is not None:
            parameters["starting_after"] = after
        return answers.page_of(self._get(path, parameters), read)


def every(list_page: Callable[..., Page[T]], *, at_most: int) -> Iterator[T]:
    """Walk the pages of a list of the client, newest first, *at_most* rows: ``every(client.payouts, at_most=500)``."""
    after, left = None, at_most
    while left > 0:
        page = list_page(after=after, limit=min(left, PAGE_ROWS))
        yield from page.items[:left]
        left -= len(page.items)
        after = page.after
        if after is None:
            return


def _with(parameters: dict[str, Value], metadata: Metadata | None) -> Parameters:
    return parameters if not metadata else {**parameters, "metadata": metadata}


def _one(path: str, object_id: str) -> str:
    return f"{path}/{quote(object_id, safe='')}"
