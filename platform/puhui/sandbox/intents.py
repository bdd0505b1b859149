"""Payment intents: created, confirmed, captured, cancelled."""

from __future__ import annotations

import secrets
import time

from puhui.sandbox.books import Books
from puhui.sandbox.forms import Form
from puhui.sandbox.refusals import Body, Refused
from puhui.sandbox.tokens import DECLINED, break_if_asked, require_known

KIND = "payment_intent"
REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")


def create(books: Books, form: Form) -> Body:
    """Begin a payment, and confirm it where that is asked for."""
    amount, currency = form.amount(), form.currency()
    token, metadata = form.maybe_text("payment_method"), form.texts("metadata")
    capture = form.maybe_text("capture_method", among=("automatic", "automatic_async", "manual")) or "automatic"
    methods = form.listed("payment_method_types") or ["card"]
    description, confirms = form.maybe_text("description"), form.flag("confirm")
    form.finish()
    require_known(token)
    intent = books.add(
        KIND,
        "pi",
        amount=amount,
        amount_received=0,
        amount_capturable=0,
        currency=currency,
        status="requires_confirmation" if token else "requires_payment_method",
        payment_method=token,
        payment_method_types=methods,
        capture_method=capture,
        confirmation_method="automatic",
        metadata=metadata,
        description=description,
        latest_charge=None,
        last_payment_error=None,
        canceled_at=None,
        cancellation_reason=None,
        customer=None,
    )
    intent["client_secret"] = f"{intent['id']}_secret_{secrets.token_hex(12)}"
    books.happened("payment_intent.created", intent)
    return _take(books, intent) if confirms else intent


def confirm(books: Books, form: Form, object_id: str) -> Body:
    """Take the money, or reserve it where capture is manual."""
    token = form.maybe_text("payment_method")
    form.finish()
    intent = books.one(KIND, object_id)
    _require(intent, "confirm", "requires_payment_method", "requires_confirmation")
    require_known(token)
    intent["payment_method"] = token or intent["payment_method"]
    return _take(books, intent)


def capture(books: Books, form: Form, object_id: str) -> Body:
    """Take what was reserved; what is not taken goes back to the payer."""
    asked = form.maybe_amount("amount_to_capture")
    form.finish()
    intent = books.one(KIND, object_id)
    _require(intent, "capture", "requires_capture")
    amount = asked or intent["amount_capturable"]
    if amount > intent["amount_capturable"]:
        raise Refused(
            "amount_to_capture is more than can be captured", code="amount_too_large", param="amount_to_capture"
        )
    return _receive(books, intent, amount)


def cancel(books: Books, form: Form, object_id: str) -> Body:
    """Give a payment up."""
    reason = form.maybe_text("cancellation_reason", among=REASONS)
    form.finish()
    intent = books.one(KIND, object_id)
    _require(intent, "cancel", "requires_payment_method", "requires_confirmation", "requires_capture")
    intent.update(status="canceled", canceled_at=int(time.time()), cancellation_reason=reason, amount_capturable=0)
    books.happened("payment_intent.canceled", intent)
    return intent


def _require(intent: Body, verb: str, *statuses: str) -> None:
    if intent["status"] not in statuses:
        message = f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}."
        raise Refused(message, code="payment_intent_unexpected_state", payment_intent=intent)


def _take(books: Books, intent: Body) -> Body:
    token = intent["payment_method"]
    if token is None:
        message = "You cannot confirm this PaymentIntent because it's missing a payment method."
        raise Refused(message, code="payment_intent_unexpected_state", payment_intent=intent)
    break_if_asked(token)
    if token in DECLINED:
        raise _declined(books, intent, token)
    intent.update(last_payment_error=None, latest_charge=f"ch_{secrets.token_hex(12)}")
    if intent["capture_method"] != "manual":
        return _receive(books, intent, intent["amount"])
    intent.update(status="requires_capture", amount_capturable=intent["amount"])
    books.happened("payment_intent.amount_capturable_updated", intent)
    return intent


def _receive(books: Books, intent: Body, fen: int) -> Body:
    intent.update(status="succeeded", amount_received=fen, amount_capturable=0)
    books.available_fen += fen
    books.happened("payment_intent.succeeded", intent)
    return intent


def _declined(books: Books, intent: Body, token: str) -> Refused:
    code, reason = DECLINED[token]
    message = "Your card was declined."
    error = {"type": "card_error", "code": code, "decline_code": reason, "message": message}
    intent.update(status="requires_payment_method", payment_method=None, last_payment_error=error)
    books.happened("payment_intent.payment_failed", intent)
    return Refused(message, status=402, kind="card_error", code=code, decline_code=reason, payment_intent=dict(intent))
