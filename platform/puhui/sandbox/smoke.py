"""A walk over every call of the client, to see whether a payment service answers as the client needs it.

``walk`` asks for no memory, so that a stateless stand-in with fixed answers passes; ``walk_with_memory`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ledger.kernel.ids import new_id
from partners.payments import (
    PaymentClient,
    PaymentDeclined,
    PaymentFailed,
    PaymentFundsShort,
    PaymentKeyReused,
    PaymentRequestInvalid,
    PaymentUnknown,
)

PAYER = "pm_card_visa"
DECLINED_PAYER = "pm_card_visa_chargeDeclinedInsufficientFunds"
ACCOUNT = "acct_1032D82eZvKYlo2C"


class SmokeFailed(Exception):
    """The service answered, but not as it must; the message says what."""


def walk(client: PaymentClient) -> Iterator[str]:
    """Make every call once; tell each in a line. Raises PaymentFailed where one fails."""
    intent = client.create_payment_intent(amount_fen=1990, request_id=new_id(), payment_method=PAYER)
    yield f"payment intent created     {intent.id}"
    yield f"payment intent confirmed   {client.confirm_payment_intent(intent.id, request_id=new_id()).status}"
    yield f"payment intent read        {client.payment_intent(intent.id).id}"
    reserved = client.create_payment_intent(amount_fen=900, request_id=new_id(), payment_method=PAYER, capture="manual")
    client.confirm_payment_intent(reserved.id, request_id=new_id())
    captured = client.capture_payment_intent(reserved.id, request_id=new_id(), amount_fen=600)
    yield f"payment intent captured    {captured.status}"
    given_up = client.create_payment_intent(amount_fen=100, request_id=new_id())
    yield f"payment intent cancelled   {client.cancel_payment_intent(given_up.id, request_id=new_id()).status}"
    refund = client.create_refund(payment_id=intent.id, amount_fen=500, request_id=new_id())
    yield f"refund created, read       {client.refund(refund.id).id}"
    transfer = client.create_transfer(amount_fen=300, destination=ACCOUNT, request_id=new_id())
    yield f"transfer created, read     {client.transfer(transfer.id).id}"
    payout = client.create_payout(amount_fen=1000, request_id=new_id(), metadata={"settlement": "smoke"})
    yield f"payout created, read       {client.payout(payout.id).id}"
    yield f"balance read               {', '.join(sorted(client.balance().available)) or 'nothing'}"
    events = client.events(limit=3).items
    yield f"events listed, read        {client.event(events[0].id).type if events else 'none yet'}"
    for name in ("payment_intents", "refunds", "transfers", "payouts"):
        rows = getattr(client, name)(limit=3).items
        yield f"{name.replace('_', ' '):<15} listed     {len(rows)}"


def walk_with_memory(client: PaymentClient) -> Iterator[str]:
    """See that the service remembers: amounts, keys, declines, limits. Raises SmokeFailed."""
    once = new_id()
    before = client.balance().available.get("cny", 0)
    intent = client.create_payment_intent(amount_fen=1990, request_id=once, payment_method=PAYER)
    again = client.create_payment_intent(amount_fen=1990, request_id=once, payment_method=PAYER)
    _require(intent.id == again.id, "the same request id made two payments")
    yield "the same request id is the same payment"
    _refused(lambda: client.create_payment_intent(amount_fen=1991, request_id=once), PaymentKeyReused)
    yield "another content under the same request id is refused"
    client.confirm_payment_intent(intent.id, request_id=once)
    _require(client.payment_intent(intent.id).received_fen == 1990, "the confirmed amount was not received")
    client.create_refund(payment_id=intent.id, amount_fen=500, request_id=once)
    _refused(
        lambda: client.create_refund(payment_id=intent.id, amount_fen=1491, request_id=new_id()), PaymentRequestInvalid
    )
    yield "no more is refunded than was paid"
    client.create_payout(amount_fen=1490, request_id=once)
    _require(client.balance().available.get("cny", 0) == before, "1990 − 500 − 1490 fen is not nothing")
    _refused(lambda: client.create_payout(amount_fen=99_999_999, request_id=new_id()), PaymentFundsShort)
    yield "no more is paid out than is there"
    poor = client.create_payment_intent(amount_fen=1990, request_id=new_id(), payment_method=DECLINED_PAYER)
    _refused(lambda: client.confirm_payment_intent(poor.id, request_id=new_id()), PaymentDeclined)
    yield "a bank's no is told"
    _refused(lambda: client.payout("po_nobody_made_this"), PaymentUnknown)
    yield "what nobody made is unknown"


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise SmokeFailed(otherwise)


def _refused(call: Callable[[], object], error: type[PaymentFailed]) -> None:
    try:
        call()
    except error:
        return
    raise SmokeFailed(f"{error.code} was due, and the call was accepted")
