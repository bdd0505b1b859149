"""May it be redeemed, may it be cancelled, and is this code good?"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from rewards.vouchers.codes import CodeBook, Reading
from rewards.vouchers.errors import (
    RedemptionUndoTooLate,
    ScanTooOld,
    VoucherAlreadyRedeemed,
    VoucherCancelled,
    VoucherExpired,
)
from rewards.vouchers.model import Refusal, Scan, State, Voucher

CITY_TIME = ZoneInfo("Asia/Shanghai")
ACCEPTED_STEPS = 2
"""The current and the previous step: a code is good for at least one step after it was shown."""
KNOWN_STEPS = 20
"""A code of one of these steps is called too old rather than wrong, so that the clerk asks for a fresh one."""
CONFIRM_WITHIN = timedelta(minutes=10)
TRIES, TRIES_WITHIN = 20, timedelta(minutes=10)
"""Twenty wrong codes in ten minutes and the clerk has to wait: six digits are not to be guessed."""

UNDO_WITHIN = timedelta(minutes=10)
"""Long enough to notice a mistake at the counter, short enough that nobody counts on it."""

_REFUSED = {
    State.REDEEMED: Refusal.REDEEMED,
    State.UNDONE: Refusal.UNDONE,
    State.CANCELLED: Refusal.CANCELLED,
    State.EXPIRED: Refusal.EXPIRED,
}


def refusal_of_code(codes: CodeBook, reading: Reading | None, *, wrong_tries: int, now: datetime) -> Refusal | None:
    """Answer why the code itself is not good, before any voucher is looked at; None where it is."""
    if wrong_tries >= TRIES:
        return Refusal.TOO_MANY_TRIES
    if reading is None:
        return Refusal.NOT_A_VOUCHER_CODE
    age = codes.age(reading, at=now, steps=KNOWN_STEPS)
    if age is None:
        return Refusal.CODE_WRONG
    return Refusal.CODE_TOO_OLD if age >= ACCEPTED_STEPS else None


def refusal_of_voucher(voucher: Voucher | None, *, merchant_id: UUID, now: datetime) -> Refusal | None:
    """Answer why the voucher cannot be redeemed by the merchant now; None where it can."""
    if voucher is None:
        return Refusal.CODE_WRONG
    if voucher.merchant_id != merchant_id:
        return Refusal.OTHER_MERCHANT
    return _REFUSED.get(voucher.state(now=now))


def refusal_now(scan: Scan, voucher: Voucher | None, *, now: datetime) -> Refusal | None:
    """Answer why nothing may be handed over for the scan now; None where it may, or where this scan redeemed it."""
    if scan.refusal is not None:
        return Refusal(scan.refusal)
    if voucher is not None and voucher.redemption_id == scan.id:
        return None
    refusal = refusal_of_voucher(voucher, merchant_id=scan.merchant_id, now=now)
    if refusal is None and now - scan.scanned_at > CONFIRM_WITHIN:
        return Refusal.SCAN_TOO_OLD
    return refusal


def check_open(voucher: Voucher, *, now: datetime) -> None:
    """Refuse a voucher that is not open. Raises VoucherAlreadyRedeemed, VoucherCancelled, VoucherExpired.

    PostgreSQL says it again: the conditional updates of the actions and the constraint ``ends_once``.
    """
    match voucher.state(now=now):
        case State.REDEEMED:
            raise VoucherAlreadyRedeemed(
                voucher=voucher.id, at=voucher.redeemed_at, by=voucher.redeemed_by, counter=voucher.counter_id
            )
        case State.CANCELLED | State.UNDONE:
            raise VoucherCancelled(voucher=voucher.id, at=voucher.released_at)
        case State.EXPIRED:
            raise VoucherExpired(voucher=voucher.id, at=voucher.expires_at)
        case State.OPEN:
            return


def check_fresh(scan: Scan, *, now: datetime) -> None:
    """Refuse to confirm what was read more than ten minutes ago. Raises ScanTooOld."""
    if now - scan.scanned_at > CONFIRM_WITHIN:
        raise ScanTooOld(scan=scan.id, at=scan.scanned_at)


def check_undoable(voucher: Voucher, *, now: datetime) -> None:
    """Refuse to undo what was redeemed more than ten minutes ago. Raises RedemptionUndoTooLate."""
    if voucher.redeemed_at is None or now - voucher.redeemed_at > UNDO_WITHIN:
        raise RedemptionUndoTooLate(voucher=voucher.id, minutes=int(UNDO_WITHIN.total_seconds()) // 60)


def is_undoable(voucher: Voucher, *, now: datetime) -> bool:
    """Whether the redemption of *voucher* can still be undone, as far as time goes."""
    return voucher.undone_at is None and voucher.redeemed_at is not None and now - voucher.redeemed_at <= UNDO_WITHIN


def day_start(now: datetime) -> datetime:
    """Answer when the day of *now* began in town: a counter's list is of its local day."""
    return datetime.combine(now.astimezone(CITY_TIME).date(), time.min, CITY_TIME)
