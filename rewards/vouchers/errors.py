"""Why a voucher cannot be used. In this order: the first that applies is raised.

DomainError
├── VoucherUnknown           voucher: there is none, or it is another citizen's
├── VoucherAlreadyRedeemed   voucher, at, by, counter
├── VoucherCancelled         voucher, at
├── VoucherExpired           voucher, at
├── ScanUnknown              scan: no accepted scan of this merchant has this id
├── ScanTooOld               scan, at: the clerk must read the code again
├── ScanConflict             scan: the request id was used for another code
├── VoucherOutsideHours      voucher, offer: the counter honours the offer at other hours
├── RedemptionUnknown        scan: this scan redeemed nothing
├── RedemptionUndoTooLate    voucher, minutes
├── RedemptionPaidOut        voucher: the merchant's takings are settled already
├── OfflineBatchInvalid      most: no scans, or more than one upload may hold
└── VoucherConflict          voucher: the request id was used for another taking
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class VoucherUnknown(DomainError):
    """There is no such voucher, or it is another citizen's."""

    code = "voucher_unknown"


class VoucherAlreadyRedeemed(DomainError):
    """The voucher was used; the facts say when, by whom and at which counter."""

    code = "voucher_already_redeemed"


class VoucherCancelled(DomainError):
    """The citizen gave the voucher back."""

    code = "voucher_cancelled"


class VoucherExpired(DomainError):
    """The voucher's time is over."""

    code = "voucher_expired"


class ScanUnknown(DomainError):
    """No accepted scan of this merchant has this id."""

    code = "scan_unknown"


class ScanTooOld(DomainError):
    """The code was read too long ago to confirm now."""

    code = "scan_too_old"


class ScanConflict(DomainError):
    """The request id was used for another code."""

    code = "request_conflict"


class VoucherConflict(DomainError):
    """The request id was used for another taking."""

    code = "request_conflict"


class VoucherOutsideHours(DomainError):
    """The voucher is good, but not on this weekday or at this hour."""

    code = "voucher_outside_hours"


class RedemptionUnknown(DomainError):
    """The scan redeemed nothing, so there is nothing to undo."""

    code = "redemption_unknown"


class RedemptionUndoTooLate(DomainError):
    """The redemption is more than ten minutes old."""

    code = "redemption_undo_too_late"


class RedemptionPaidOut(DomainError):
    """The merchant's takings do not hold these coins any more: they were settled."""

    code = "redemption_paid_out"


class OfflineBatchInvalid(DomainError):
    """An upload has at least one scan and at most *most*."""

    code = "offline_batch_invalid"
