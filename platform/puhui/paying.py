"""Calling the payment service: what was written down first is called outside any transaction, then taken in.

Every function may be repeated and may die at any instant: the keys of its calls come from what is written down, so a
repeated call is the same call, and what the service did meanwhile is learned from its messages or by looking again.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

import structlog
from sqlalchemy.orm import Session

from partners import payments, receipts
from partners.payments import (
    PaymentClient,
    PaymentDeclined,
    PaymentFailed,
    PaymentInProgress,
    PaymentIntent,
    PaymentRateLimited,
    PaymentRequestInvalid,
    PaymentUnavailable,
    PaymentUnknown,
    Refund,
    Retries,
    Transport,
)
from partners.receipts import ReceiptRefund, State
from puhui.db import Database
from puhui.settings import Settings

log = structlog.get_logger()
AT_A_PAGE = Retries(attempts=2, first_seconds=0.3)
UNSURE = (PaymentUnavailable, PaymentRateLimited, PaymentInProgress)
"""After these nobody knows whether it happened, or nothing did: the same call with the same key is made again."""
OPEN = ("requires_payment_method", "requires_confirmation", "requires_capture")


def client_of(settings: Settings, *, patient: bool = True) -> PaymentClient:
    """Answer a client of the settings' service; a page is less patient than the worker. Raises PaymentKeyRefused."""
    retries = None if patient else AT_A_PAGE
    return PaymentClient(Transport(base_url=settings.payments_url, key=settings.payments_key, retries=retries))


def pay(
    database: Database, client: PaymentClient, *, receipt_id: UUID, payment_method: str, attempt_id: UUID, now: datetime
) -> State:
    """Let the payer behind the token *payment_method* pay a receipt; answer what it is then.

    PENDING where the service did not say how it ended. The same attempt is the same call. Raises ReceiptUnknown,
    ReceiptClosed and PaymentFailed's subclasses where nothing was begun.
    """
    payment_id = _begin(database, client, receipt_id, now)
    try:
        client.confirm_payment_intent(payment_id, request_id=attempt_id, payment_method=payment_method)
    except PaymentDeclined as declined:
        log.info("receipt.declined", receipt=str(receipt_id), reason=declined.facts.get("decline_code"))
    except UNSURE as unsure:
        log.warning("receipt.unsure", receipt=str(receipt_id), problem=unsure.code)
        return State.PENDING
    except PaymentRequestInvalid as invalid:
        # Also where it was paid a moment ago from another page: looking tells.
        if look(database, client, receipt_id=receipt_id, now=now) is State.OPEN:
            raise invalid from None
    return look(database, client, receipt_id=receipt_id, now=now)


def look(database: Database, client: PaymentClient, *, receipt_id: UUID, now: datetime) -> State:
    """Ask the service how a receipt stands and book what has arrived; answer what it is then. Raises ReceiptUnknown."""
    payment_id = database.run(lambda session: receipts.receipt_of(session, receipt_id).payment_id)
    answer: PaymentIntent | None = None
    try:
        answer = client.payment_intent(payment_id) if payment_id else None
    except PaymentFailed as failed:
        log.warning("receipt.not_seen", receipt=str(receipt_id), problem=failed.code)

    def take_in(session: Session) -> State:
        if answer is not None:
            payments.observe_answer(session, answer, now=now)
            receipts.book_receipts(session, now=now)
        return receipts.receipt_state(session, receipts.receipt_of(session, receipt_id))

    return database.run(take_in)


def cancel(database: Database, client: PaymentClient, *, receipt_id: UUID, now: datetime) -> None:
    """Tell the service that a receipt is given up; what it does not hear, or hears too late, is given back."""
    payment_id = database.run(lambda session: receipts.receipt_of(session, receipt_id).payment_id)
    if payment_id is None:
        return
    try:
        answer = client.cancel_payment_intent(payment_id, request_id=uuid5(receipt_id, "cancellation"))
        database.run(lambda session: payments.observe_answer(session, answer, now=now))
    except PaymentFailed as failed:
        log.warning("receipt.not_cancelled", receipt=str(receipt_id), problem=failed.code)


def send_refunds(database: Database, client: PaymentClient, *, now: datetime) -> int:
    """Call the refunds that are due; answer how many the service took. What is unsure is called again later."""
    due = database.run(
        lambda session: [(one, _payment_id(session, one)) for one in receipts.due_refunds(session, now=now)]
    )
    return sum(_send_refund(database, client, refund, payment_id, now) for refund, payment_id in due)


def _begin(database: Database, client: PaymentClient, receipt_id: UUID, now: datetime) -> str:
    """Answer the id of the service's payment for a receipt, begun where there is none: its key is the receipt's id."""

    def written(session: Session) -> tuple[str | None, int, str]:
        receipt = receipts.receipt_of(session, receipt_id)
        receipts.check_payable(receipt, now=now)
        return receipt.payment_id, receipt.amount_fen, receipt.purpose

    known, amount_fen, purpose = database.run(written)
    if known is not None:
        return known
    facts = {"receipt": str(receipt_id), "purpose": purpose}
    intent = client.create_payment_intent(amount_fen=amount_fen, request_id=receipt_id, metadata=facts)

    def write(session: Session) -> None:
        payments.observe_answer(session, intent, now=now)
        receipts.receipt_of(session, receipt_id, lock=True).payment_id = intent.id

    database.run(write)
    return intent.id


def _payment_id(session: Session, refund: ReceiptRefund) -> str:
    return str(receipts.receipt_of(session, refund.receipt_id).payment_id)


def _send_refund(
    database: Database, client: PaymentClient, refund: ReceiptRefund, payment_id: str, now: datetime
) -> int:
    facts = {"refund": str(refund.id)}
    key = uuid5(refund.id, f"call/{refund.key_number}")
    try:
        answer = client.create_refund(
            payment_id=payment_id, amount_fen=refund.amount_fen, request_id=key, metadata=facts
        )
    except UNSURE as unsure:
        log.warning("refund.unsure", refund=str(refund.id), problem=unsure.code)
        return 0
    except (PaymentRequestInvalid, PaymentUnknown) as refused:
        code = refused.code
        database.run(lambda session: _refused(session, refund, code, now))
        return 0
    except PaymentFailed as failed:
        log.warning("refund.not_sent", refund=str(refund.id), problem=failed.code)
        return 0
    database.run(lambda session: _sent(session, refund, answer, now))
    return 1


def _sent(session: Session, refund: ReceiptRefund, answer: Refund, now: datetime) -> None:
    session.get_one(ReceiptRefund, (refund.stripe, refund.id), with_for_update=True).refund_id = answer.id
    payments.observe_answer(session, answer, now=now)
    receipts.book_refunds(session, now=now)


def _refused(session: Session, refund: ReceiptRefund, code: str, now: datetime) -> None:
    row = session.get_one(ReceiptRefund, (refund.stripe, refund.id), with_for_update=True)
    if row.failed_at is None and row.refund_id is None:
        receipts.fail_refund(session, row, code=code, now=now)
