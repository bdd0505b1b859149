"""Vouchers: an offer taken, shown as a code that changes, redeemed once at a counter, or given back."""

from rewards.vouchers.actions import cancel, expire_vouchers, take_offer
from rewards.vouchers.codes import CodeBook, grouped
from rewards.vouchers.counter import redeem, scan_code
from rewards.vouchers.errors import (
    ScanConflict,
    ScanTooOld,
    ScanUnknown,
    VoucherAlreadyRedeemed,
    VoucherCancelled,
    VoucherConflict,
    VoucherExpired,
    VoucherUnknown,
)
from rewards.vouchers.model import Refusal, Scan, State, Voucher
from rewards.vouchers.queries import (
    ordinals_taken,
    redeemed_at_counter,
    redeemed_total,
    scan_of,
    scanned_voucher,
    voucher_of,
    vouchers_of,
)
from rewards.vouchers.rules import day_start, refusal_now

__all__ = [
    "CodeBook",
    "Refusal",
    "Scan",
    "ScanConflict",
    "ScanTooOld",
    "ScanUnknown",
    "State",
    "Voucher",
    "VoucherAlreadyRedeemed",
    "VoucherCancelled",
    "VoucherConflict",
    "VoucherExpired",
    "VoucherUnknown",
    "cancel",
    "day_start",
    "expire_vouchers",
    "grouped",
    "ordinals_taken",
    "redeem",
    "redeemed_at_counter",
    "redeemed_total",
    "refusal_now",
    "scan_code",
    "scan_of",
    "scanned_voucher",
    "take_offer",
    "voucher_of",
    "vouchers_of",
]
