"""Why a voucher cannot be used. In this order: the first that applies is raised.

DomainError
├── VoucherUnknown           voucher: there is none, or it is another citizen's
├── VoucherAlreadyRedeemed   voucher, at, by, counter
├── VoucherCancelled         voucher, at
├── VoucherExpired           voucher, at
├── ScanUnknown              scan: no accepted scan of this merchant has this id
├── ScanTooOld               scan, at: the clerk must read the code again
├── ScanConflict             scan: the request id was used for another code
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
