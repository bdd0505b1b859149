"""At the counter: a code is read, then what it stands for is handed over and confirmed."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from rewards import offers
from rewards.vouchers import queries, rules
from rewards.vouchers.actions import close_if_open
from rewards.vouchers.codes import CodeBook
from rewards.vouchers.errors import ScanConflict, ScanUnknown, VoucherExpired, VoucherOutsideHours
from rewards.vouchers.model import Refusal, Scan, Voucher


def scan_code(
    session: Session,
    *,
    code: str,
    codes: CodeBook,
    merchant_id: UUID,
    counter_id: UUID,
    clerk_id: UUID,
    request_id: UUID,
    now: datetime,
) -> Scan:
    """Read a code for a clerk and record what came of it, refused or not; nothing is redeemed yet.

    The same request answers the same scan again. Raises ScanConflict.
    """
    code_hash = hashlib.sha256(code.encode()).digest()
    known = session.get(Scan, (ledger.stripe_of(merchant_id), request_id))
    if known is not None:
        if (known.code_hash, known.clerk_id) != (code_hash, clerk_id):
            raise ScanConflict(scan=request_id)
        return known
    tries = queries.wrong_tries(session, merchant_id=merchant_id, clerk_id=clerk_id, now=now)
    voucher, refusal = _judge(session, code, codes=codes, merchant_id=merchant_id, wrong_tries=tries, now=now)
    scan = Scan(
        stripe=ledger.stripe_of(merchant_id), id=request_id, merchant_id=merchant_id, counter_id=counter_id,
        clerk_id=clerk_id, scanned_at=now, code_hash=code_hash, refusal=refusal,
        voucher_stripe=voucher.stripe if voucher else None, voucher_id=voucher.id if voucher else None,
    )  # fmt: skip
    session.add(scan)
    session.flush()
    return scan


def redeem(session: Session, *, scan_id: UUID, merchant_id: UUID, clerk_id: UUID, now: datetime) -> Voucher:
    """Redeem the voucher of an accepted scan, once: its coins become the merchant's takings.

    Confirming the same scan again answers the same redemption. Raises ScanUnknown, ScanTooOld,
    VoucherAlreadyRedeemed, VoucherCancelled, VoucherExpired, VoucherOutsideHours, AccountClosed.
    """
    scan = queries.scan_of(session, merchant_id=merchant_id, scan_id=scan_id)
    voucher = queries.scanned_voucher(session, scan)
    if voucher is None or scan.refusal is not None:
        raise ScanUnknown(scan=scan_id)
    if voucher.redemption_id == scan_id:
        return voucher
    rules.check_fresh(scan, now=now)
    closed = session.execute(
        close_if_open(voucher, now=now)
        .values(redeemed_at=now, redemption_id=scan_id, redeemed_by=clerk_id, counter_id=scan.counter_id)
        .returning(Voucher.id)
    ).one_or_none()
    session.refresh(voucher)
    if closed is None:
        if voucher.redemption_id != scan_id:
            rules.check_open(voucher, now=now)
        return voucher
    if not offers.is_usable(offers.offer_of(session, voucher.offer_id).offer, now=now):
        raise VoucherOutsideHours(voucher=voucher.id, offer=voucher.offer_id)
    try:
        ledger.settle(session, voucher.hold_id, request_id=scan_id, now=now)
    except ledger.HoldEnded:
        # The ledger's job ended the hold in the same moment: its clock was past the voucher's end already.
        raise VoucherExpired(voucher=voucher.id, at=voucher.expires_at) from None
    return voucher


def _judge(
    session: Session, code: str, *, codes: CodeBook, merchant_id: UUID, wrong_tries: int, now: datetime
) -> tuple[Voucher | None, Refusal | None]:
    """Answer the voucher, where this merchant may know of it, and why it is refused, if it is."""
    reading = codes.read(code)
    refusal = rules.refusal_of_code(codes, reading, wrong_tries=wrong_tries, now=now)
    if reading is None or refusal is not None:
        return None, refusal
    voucher = queries.voucher_numbered(session, reading.number)
    refusal = rules.refusal_of_voucher(voucher, merchant_id=merchant_id, now=now)
    if voucher is not None and refusal is None:
        offer = offers.offer_of(session, voucher.offer_id).offer
        refusal = None if offers.is_usable(offer, now=now) else Refusal.OUTSIDE_HOURS
    return (None if refusal == Refusal.OTHER_MERCHANT else voucher), refusal
