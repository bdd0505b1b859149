"""Money that leaves: refunds, transfers, payouts; and the balance."""

from __future__ import annotations

import time

from puhui.sandbox.books import Books
from puhui.sandbox.forms import Form
from puhui.sandbox.refusals import Body, Refused
from puhui.sandbox.tokens import CLOSED_ACCOUNT

REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def create_refund(books: Books, form: Form) -> Body:
    """Give a payment back, whole or in part, never more than is left of it."""
    payment_id, asked = form.text("payment_intent"), form.maybe_amount("amount")
    reason, metadata = form.maybe_text("reason", among=REASONS), form.texts("metadata")
    form.finish()
    intent = books.one("payment_intent", payment_id)
    if intent["status"] != "succeeded":
        message = f"This PaymentIntent ({payment_id}) does not have a successful charge to refund."
        raise Refused(message, code="payment_intent_unexpected_state", param="payment_intent")
    gone = sum(refund["amount"] for refund in books.all("refund") if refund["payment_intent"] == payment_id)
    left = intent["amount_received"] - gone
    if left == 0:
        raise Refused("The charge has already been refunded.", code="charge_already_refunded", param="payment_intent")
    amount = asked or left
    if amount > left:
        raise Refused(f"Refund amount {amount} is greater than unrefunded amount {left}", param="amount")
    books.available_fen -= amount
    refund = books.add(
        "refund",
        "re",
        amount=amount,
        currency="cny",
        status="succeeded",
        payment_intent=payment_id,
        charge=intent["latest_charge"],
        reason=reason,
        metadata=metadata,
        balance_transaction=None,
        receipt_number=None,
        source_transfer_reversal=None,
        transfer_reversal=None,
    )
    books.happened("refund.created", refund)
    return refund


def create_transfer(books: Books, form: Form) -> Body:
    """Move money to a connected account."""
    amount, currency, destination = form.amount(), form.currency(), form.text("destination")
    metadata, description = form.texts("metadata"), form.maybe_text("description")
    group = form.maybe_text("transfer_group")
    form.finish()
    if not destination.startswith("acct_"):
        raise Refused(f"No such destination: '{destination}'", code="resource_missing", param="destination")
    books.take(amount)
    transfer = books.add(
        "transfer",
        "tr",
        amount=amount,
        amount_reversed=0,
        currency=currency,
        destination=destination,
        description=description,
        metadata=metadata,
        reversed=False,
        transfer_group=group,
        source_transaction=None,
        balance_transaction=None,
    )
    transfer["reversals"] = {
        "object": "list",
        "data": [],
        "has_more": False,
        "url": f"/v1/transfers/{transfer['id']}/reversals",
    }
    books.happened("transfer.created", transfer)
    return transfer


def create_payout(books: Books, form: Form) -> Body:
    """Send money to a bank account; ``arrive`` tells later how it went."""
    amount, currency = form.amount(), form.currency()
    destination, metadata = form.maybe_text("destination"), form.texts("metadata")
    description = form.maybe_text("description")
    form.finish()
    books.take(amount)
    payout = books.add(
        "payout",
        "po",
        amount=amount,
        currency=currency,
        status="pending",
        destination=destination or "ba_sandbox",
        description=description,
        metadata=metadata,
        arrival_date=int(time.time()),
        automatic=False,
        method="standard",
        type="bank_account",
        source_type="card",
        reconciliation_status="not_applicable",
        failure_code=None,
        failure_message=None,
        failure_balance_transaction=None,
        balance_transaction=None,
        statement_descriptor=None,
        original_payout=None,
        reversed_by=None,
        application_fee=None,
        application_fee_amount=None,
        trace_id=None,
        payout_method=None,
    )
    books.happened("payout.created", payout)
    return payout


def arrive(books: Books, payout: Body) -> Body:
    """Let a payout that is under way arrive, or come back where its account is the closed one."""
    if payout["status"] != "pending":
        raise Refused(f"The payout is {payout['status']}", code="payouts_not_allowed")
    if payout["destination"] == CLOSED_ACCOUNT:
        return fail(books, payout)
    payout["status"] = "paid"
    books.happened("payout.paid", payout)
    return payout


def fail(books: Books, payout: Body) -> Body:
    """Let a payout come back, even one that was paid: banks do."""
    if payout["status"] not in ("pending", "paid"):
        raise Refused(f"The payout is {payout['status']}", code="payouts_not_allowed")
    payout.update(status="failed", failure_code="account_closed", failure_message="The bank account was closed.")
    books.available_fen += payout["amount"]
    books.happened("payout.failed", payout)
    return payout


def balance(books: Books, form: Form) -> Body:
    """Answer what lies here."""
    form.finish()
    row = {"amount": books.available_fen, "currency": "cny", "source_types": {"card": books.available_fen}}
    nothing = {"amount": 0, "currency": "cny", "source_types": {"card": 0}}
    return {"object": "balance", "livemode": False, "available": [row], "pending": [nothing]}
