"""Receipts: money that somebody is to pay us, booked when the payment service says that it came."""

from partners.receipts.actions import (
    begin_receipt,
    begin_refund,
    book_receipts,
    book_refunds,
    due_refunds,
    fail_refund,
    give_up,
)
from partners.receipts.books import CNY, at_service, fund_account, service_account, unearned_account
from partners.receipts.errors import (
    ReceiptClosed,
    ReceiptConflict,
    ReceiptEarned,
    ReceiptUnknown,
    ReceiptUnpaid,
    RefundTooLarge,
)
from partners.receipts.model import Purpose, Receipt, ReceiptRefund, State
from partners.receipts.queries import (
    receipt_of,
    receipt_state,
    receipts_about,
    receipts_by_payment,
    receipts_for,
    refunded_fen,
    refunds_of,
    unpaid_past_time,
)
from partners.receipts.rules import check_earnable, check_payable, pause, state_of

__all__ = [
    "CNY",
    "Purpose",
    "Receipt",
    "ReceiptClosed",
    "ReceiptConflict",
    "ReceiptEarned",
    "ReceiptRefund",
    "ReceiptUnknown",
    "ReceiptUnpaid",
    "RefundTooLarge",
    "State",
    "at_service",
    "begin_receipt",
    "begin_refund",
    "book_receipts",
    "book_refunds",
    "check_earnable",
    "check_payable",
    "due_refunds",
    "fail_refund",
    "fund_account",
    "give_up",
    "pause",
    "receipt_of",
    "receipt_state",
    "receipts_about",
    "receipts_by_payment",
    "receipts_for",
    "refunded_fen",
    "refunds_of",
    "service_account",
    "state_of",
    "unearned_account",
    "unpaid_past_time",
]
