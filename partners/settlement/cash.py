"""The cash part of a voucher of coins and cash: reserve, pay, redeem; or give up, and everything goes back.

Whoever builds such offers calls these. None of them calls the payment service; ``puhui.paying`` does, outside any
transaction.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from partners import receipts
from partners.receipts import Purpose, Receipt, ReceiptEarned, ReceiptRefund


def begin_cash_part(
    session: Session,
    *,
    merchant_id: UUID,
    citizen_id: UUID,
    amount_fen: int,
    voucher_id: UUID,
    expires_at: datetime,
    request_id: UUID,
    now: datetime,
) -> Receipt:
    """Ask a citizen for *amount_fen* for a voucher that is reserved until *expires_at*; answer the receipt to pay.

    Call it in the transaction that reserves. The same request answers the same receipt. Raises ReceiptConflict.
    """
    return receipts.begin_receipt(
        session,
        purpose=Purpose.CASH_PART,
        payee_id=merchant_id,
        account=receipts.unearned_account(session, merchant_id),
        payer_id=citizen_id,
        amount_fen=amount_fen,
        reference=voucher_id,
        expires_at=expires_at,
        request_id=request_id,
        now=now,
    )


def earn_cash_part(session: Session, *, receipt_id: UUID, now: datetime) -> Receipt:
    """Let the merchant have earned the money: call it in the transaction that redeems. Twice changes nothing.

    Raises ReceiptUnknown, ReceiptClosed (given up), ReceiptUnpaid (the money is not here: hand nothing over).
    """
    receipt = receipts.receipt_of(session, receipt_id, lock=True)
    receipts.check_earnable(receipt)
    if receipt.earned_at is None:
        receipt.earned_at = now
        session.flush()
    return receipt


def undo_cash_part(session: Session, *, receipt_id: UUID) -> Receipt:
    """Take an earning back: call it in the transaction that undoes a redemption.

    Raises ReceiptUnknown, ReceiptEarned (settled with the merchant already).
    """
    receipt = receipts.receipt_of(session, receipt_id, lock=True)
    if receipt.statement_id is not None:
        raise ReceiptEarned(receipt=receipt_id)
    receipt.earned_at = None
    session.flush()
    return receipt


def give_up_cash_part(session: Session, *, receipt_id: UUID, now: datetime) -> Receipt:
    """Give a voucher's payment up: cancelled, expired, sold out. Call it in the transaction that releases.

    What was paid goes back, and so does what should still arrive. Raises ReceiptUnknown, ReceiptEarned.
    """
    return receipts.give_up(session, receipt_id=receipt_id, now=now)


def refund_cash_part(
    session: Session, *, receipt_id: UUID, reason: str, request_id: UUID, now: datetime, amount_fen: int | None = None
) -> ReceiptRefund:
    """Give the cash of an unused voucher back, whole or in part. The worker sends it.

    Raises ReceiptUnknown, ReceiptConflict, ReceiptUnpaid, ReceiptEarned (undo the redemption first), RefundTooLarge.
    """
    return receipts.begin_refund(
        session, receipt_id=receipt_id, amount_fen=amount_fen, reason=reason, request_id=request_id, now=now
    )
