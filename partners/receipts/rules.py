"""May it be paid, may it be given back, and when is a call tried again? Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from partners.payments import Payment
from partners.receipts.errors import ReceiptClosed, ReceiptEarned, ReceiptUnpaid, RefundTooLarge
from partners.receipts.model import Receipt, State

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=2)
_OPEN = frozenset({"requires_payment_method", "requires_confirmation"})


def state_of(receipt: Receipt, payment: Payment | None) -> State:
    """Answer what the receipt is; paid is only what the ledger has booked."""
    if receipt.given_up_at is not None:
        return State.GIVEN_UP
    if receipt.booked_at is not None:
        return State.PAID
    if payment is None or (payment.status in _OPEN and payment.failure_code is None):
        return State.OPEN
    return State.DECLINED if payment.status in _OPEN else State.PENDING


def check_payable(receipt: Receipt, *, now: datetime) -> None:
    """Refuse to pay for what is given up or too late. Raises ReceiptClosed."""
    if receipt.given_up_at is not None or (receipt.expires_at is not None and receipt.expires_at <= now):
        raise ReceiptClosed(receipt=receipt.id)


def check_earnable(receipt: Receipt) -> None:
    """Refuse to hand something over for money that is not here. Raises ReceiptClosed, ReceiptUnpaid."""
    if receipt.given_up_at is not None:
        raise ReceiptClosed(receipt=receipt.id)
    if receipt.booked_at is None:
        raise ReceiptUnpaid(receipt=receipt.id)


def check_refundable(receipt: Receipt, *, refunded_fen: int, amount_fen: int) -> None:
    """Refuse to give back what is not here, was handed over, or is more than is left.

    Raises ReceiptUnpaid, ReceiptEarned, RefundTooLarge.
    """
    if receipt.booked_at is None:
        raise ReceiptUnpaid(receipt=receipt.id)
    if receipt.earned_at is not None:
        raise ReceiptEarned(receipt=receipt.id)
    left = receipt.amount_fen - refunded_fen
    if not 0 < amount_fen <= left:
        raise RefundTooLarge(receipt=receipt.id, asked=amount_fen, left=left)


def pause(tries: int) -> timedelta:
    """Answer how long to wait after try number *tries*: doubling from half a minute to two hours."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(max(tries - 1, 0), 20)))
