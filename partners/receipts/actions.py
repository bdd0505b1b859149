"""Asking for money, booking it when the service says that it came, and giving it back.

Nothing here calls the service: what is to be called is written down and committed first, then called outside the
transaction, and what it answered is taken in by ``partners.payments``. So a crash at any instant loses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import ledger
from ledger import NewHold, NewTransfer
from ledger.kernel.ids import new_id
from partners.payments import Payment
from partners.receipts import queries, rules
from partners.receipts.books import at_service
from partners.receipts.errors import ReceiptConflict
from partners.receipts.model import Purpose, Receipt, ReceiptRefund

LATE = "arrived after it was given up"
BATCH = 100


def begin_receipt(
    session: Session,
    *,
    purpose: Purpose,
    payee_id: UUID,
    account: ledger.Account,
    payer_id: UUID,
    amount_fen: int,
    request_id: UUID,
    now: datetime,
    reference: UUID | None = None,
    expires_at: datetime | None = None,
) -> Receipt:
    """Write down that money is to come, until *expires_at*. The same request answers the same receipt again.

    Raises ReceiptConflict.
    """
    new = insert(Receipt).values(
        stripe=ledger.stripe_of(request_id), id=request_id, purpose=purpose.value, payee_id=payee_id,
        payer_id=payer_id, account_id=account.id, amount_fen=amount_fen, reference=reference, begun_at=now,
        expires_at=expires_at,
    )  # fmt: skip
    session.execute(new.on_conflict_do_nothing())
    known = queries.receipt_of(session, request_id)
    facts = (purpose.value, payee_id, payer_id, amount_fen, reference)
    if (known.purpose, known.payee_id, known.payer_id, known.amount_fen, known.reference) != facts:
        raise ReceiptConflict(receipt=request_id)
    return known


def give_up(session: Session, *, receipt_id: UUID, now: datetime) -> Receipt:
    """Ask for the money no more. What is here goes back, and so does what should come in spite of it.

    Raises ReceiptUnknown, ReceiptEarned.
    """
    receipt = queries.receipt_of(session, receipt_id, lock=True)
    if receipt.given_up_at is None:
        if receipt.booked_at is not None:
            _give_back_rest(session, receipt, now=now)
        receipt.given_up_at = now
        session.flush()
    return receipt


def book_receipts(session: Session, *, now: datetime, limit: int = BATCH) -> Sequence[Receipt]:
    """Book what the service says has arrived, each receipt once; answer what was booked.

    Money that came for something given up is booked too, and goes back at once.
    """
    arrived = (
        sa.select(Receipt, Payment)
        .join(Payment, Payment.id == Receipt.payment_id)
        .where(Receipt.booked_at.is_(None), Payment.status == "succeeded", Payment.settled_fen == Receipt.amount_fen)
        .order_by(Receipt.begun_at, Receipt.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Receipt)
    )
    found = [row[0] for row in session.execute(arrived)]
    if not found:
        return []
    service = at_service(session)
    transfers = [NewTransfer(service.id, one.account_id, one.amount_fen, now, one.purpose, one.id) for one in found]
    ledger.post(session, transfers, request_id=new_id(), now=now)
    for one in found:
        one.booked_at = now
    session.flush()
    for one in found:
        if one.given_up_at is not None:
            _give_back_rest(session, one, now=now)
    return found


def begin_refund(
    session: Session, *, receipt_id: UUID, amount_fen: int | None, reason: str, request_id: UUID, now: datetime
) -> ReceiptRefund:
    """Hold money (all that is left where no amount is said) to give it back to whoever paid.

    The same request answers the same refund. Raises ReceiptUnknown, ReceiptConflict, ReceiptUnpaid, ReceiptEarned,
    RefundTooLarge, InsufficientBalance (a fund that has spent it).
    """
    receipt = queries.receipt_of(session, receipt_id, lock=True)
    known = session.get(ReceiptRefund, (receipt.stripe, request_id))
    if known is not None:
        if known.receipt_id != receipt_id or amount_fen not in (None, known.amount_fen):
            raise ReceiptConflict(receipt=receipt_id)
        return known
    gone = queries.refunded_fen(session, receipt_id)
    asked = receipt.amount_fen - gone if amount_fen is None else amount_fen
    rules.check_refundable(receipt, refunded_fen=gone, amount_fen=asked)
    held = NewHold(receipt.account_id, at_service(session).id, asked, None, "refund", receipt.id)
    hold = ledger.hold(session, [held], request_id=uuid5(request_id, "hold"), now=now)[0]
    made = ReceiptRefund(
        stripe=receipt.stripe, id=request_id, receipt_id=receipt_id, amount_fen=asked, reason=reason, hold_id=hold.id,
        begun_at=now, tries=0, next_try_at=now, key_number=0, refund_id=None, booked_at=None, failed_at=None,
        failure_code=None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def book_refunds(session: Session, *, now: datetime, limit: int = BATCH) -> int:
    """Book how refunds ended: gone for good, or back where they were; answer how many."""
    ended = (
        sa.select(ReceiptRefund, Payment)
        .join(Payment, Payment.id == ReceiptRefund.refund_id)
        .where(ReceiptRefund.booked_at.is_(None), ReceiptRefund.failed_at.is_(None))
        .where(Payment.status.in_(("succeeded", "failed", "canceled")))
        .order_by(ReceiptRefund.begun_at, ReceiptRefund.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=ReceiptRefund)
    )
    found = session.execute(ended).all()
    for refund, payment in found:
        if payment.status == "succeeded":
            ledger.settle(session, refund.hold_id, request_id=uuid5(refund.id, "booked"), now=now)
            refund.booked_at = now
        else:
            fail_refund(session, refund, code=payment.failure_code or payment.status, now=now)
    session.flush()
    return len(found)


def fail_refund(session: Session, refund: ReceiptRefund, *, code: str, now: datetime) -> None:
    """Let the money of a refund that cannot be made lie where it was."""
    ledger.release(session, refund.hold_id, request_id=uuid5(refund.id, "failed"), now=now)
    refund.failed_at, refund.failure_code = now, code
    session.flush()


def due_refunds(session: Session, *, now: datetime, limit: int = BATCH) -> Sequence[ReceiptRefund]:
    """Answer refunds that are to be called now and put their next try off, so that nobody else calls them meanwhile."""
    due = (
        sa.select(ReceiptRefund)
        .where(ReceiptRefund.refund_id.is_(None), ReceiptRefund.failed_at.is_(None), ReceiptRefund.next_try_at <= now)
        .order_by(ReceiptRefund.next_try_at, ReceiptRefund.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = session.scalars(due).all()
    for one in found:
        one.tries += 1
        one.next_try_at = now + rules.pause(one.tries)
    session.flush()
    return found


def _give_back_rest(session: Session, receipt: Receipt, *, now: datetime) -> None:
    if receipt.amount_fen > queries.refunded_fen(session, receipt.id):
        key = uuid5(receipt.id, "given up")
        begin_refund(session, receipt_id=receipt.id, amount_fen=None, reason=LATE, request_id=key, now=now)
