"""What may go wrong with money that is to come in.

DomainError
├── ReceiptUnknown    receipt: no such receipt
├── ReceiptConflict   receipt: the request id was used for another receipt or refund
├── ReceiptClosed     receipt: given up, or its time is over
├── ReceiptUnpaid     receipt: the money is not here
├── ReceiptEarned     receipt: redeemed already (or, for an undo, settled already)
└── RefundTooLarge    receipt, asked, left: more than is left of it
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class ReceiptUnknown(DomainError):
    """No receipt has this id."""

    code = "receipt_unknown"


class ReceiptConflict(DomainError):
    """The request id belongs to another receipt or refund."""

    code = "request_conflict"


class ReceiptClosed(DomainError):
    """The receipt was given up or its time is over: nothing may be paid for it any more."""

    code = "receipt_closed"


class ReceiptUnpaid(DomainError):
    """The money of the receipt is not here."""

    code = "receipt_unpaid"


class ReceiptEarned(DomainError):
    """The voucher of this cash part was redeemed, or what was redeemed is settled: it cannot be given back."""

    code = "receipt_earned"


class RefundTooLarge(DomainError):
    """More is asked back than is left of the receipt."""

    code = "refund_too_large"
