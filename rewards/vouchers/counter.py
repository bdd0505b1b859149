"""At the counter: a code is read, then what it stands for is handed over and confirmed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import ledger
from rewards import offers
from rewards.offers import Offer
from rewards.vouchers import queries, rules
from rewards.vouchers.actions import close_if_open
from rewards.vouchers.codes import CodeBook
from rewards.vouchers.errors import ScanConflict, ScanUnknown, VoucherExpired, VoucherOutsideHours
from rewards.vouchers.model import CodeKind, Refusal, Scan, Voucher

Verify = Callable[[str], UUID | None]
"""Answers the voucher whose signed static code this is, else None; whether its time is over is for the rules to say."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who reads codes where: the merchant, its counter, the clerk."""

    merchant_id: UUID
    counter_id: UUID
    clerk_id: UUID


@dataclass(frozen=True, slots=True)
class Found:
    """A scan with the voucher and the offer that it found, where it found them in the same statement."""

    scan: Scan
    voucher: Voucher | None = None
    offer: Offer | None = None


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
    verify: Verify | None = None,
) -> Scan:
    """Read a voucher's code for a clerk and record what came of it, refused or not; nothing is redeemed yet.

    *verify* reads signed static codes too. The same request answers the same scan again. Raises ScanConflict.
    """
    desk = Desk(merchant_id, counter_id, clerk_id)
    return find_by_code(session, code=code, codes=codes, desk=desk, request_id=request_id, now=now, verify=verify).scan


def find_by_code(
    session: Session,
    *,
    code: str,
    codes: CodeBook,
    desk: Desk,
    request_id: UUID,
    now: datetime,
    verify: Verify | None = None,
) -> Found:
    """Read a voucher's code as ``scan_code`` does, and answer what was found with it. Raises ScanConflict."""
    found, refusal = _find(session, code, desk, codes=codes, verify=verify, now=now)
    voucher = None
    if refusal is None:
        voucher, refusal = _judge(found, merchant_id=desk.merchant_id, now=now)
    scan = keep_scan(
        session, code=code, desk=desk, request_id=request_id, kind=CodeKind.VOUCHER, refusal=refusal, voucher=voucher,
        now=now,
    )  # fmt: skip
    is_same = voucher is not None and scan.voucher_id == voucher.id
    return Found(scan, voucher if is_same else None, found[1] if found and is_same else None)


def known_scan(session: Session, *, code: str, desk: Desk, request_id: UUID) -> Scan | None:
    """Answer the scan that this request made before, or None. Raises ScanConflict."""
    known = session.get(Scan, (ledger.stripe_of(desk.merchant_id), request_id))
    if known is not None and (known.code_hash, known.clerk_id) != (code_hash(code), desk.clerk_id):
        raise ScanConflict(scan=request_id)
    return known


def keep_scan(
    session: Session,
    *,
    code: str,
    desk: Desk,
    request_id: UUID,
    kind: CodeKind,
    refusal: Refusal | None,
    voucher: Voucher | None = None,
    now: datetime,
) -> Scan:
    """Record what a clerk read and what came of it. Failed tries are kept for the merchant and the operator.

    Where the request made a scan before, that one is answered: insert first, so that only a repeat pays for the look.
    Raises ScanConflict.
    """
    row = insert(Scan).values(
        stripe=ledger.stripe_of(desk.merchant_id), id=request_id, merchant_id=desk.merchant_id,
        counter_id=desk.counter_id, clerk_id=desk.clerk_id, scanned_at=now, code_hash=code_hash(code),
        refusal=refusal.value if refusal else None, voucher_stripe=voucher.stripe if voucher else None,
        voucher_id=voucher.id if voucher else None,
        kind=(CodeKind.PAY_CODE if kind is CodeKind.PAY_CODE else CodeKind.VOUCHER).value,
    )  # fmt: skip
    made = row.on_conflict_do_nothing().returning(Scan)
    scan = session.scalars(made).one_or_none() or known_scan(session, code=code, desk=desk, request_id=request_id)
    if scan is None:
        raise ScanConflict(scan=request_id)
    return scan


def code_hash(code: str) -> bytes:
    """Answer the SHA-256 of what was read: the code itself is not kept."""
    return hashlib.sha256(code.encode()).digest()


def redeem(session: Session, *, scan_id: UUID, merchant_id: UUID, clerk_id: UUID, now: datetime) -> Voucher:
    """Redeem the voucher of an accepted scan, once: its coins become the merchant's takings.

    Confirming the same scan again answers the same redemption. Raises ScanUnknown, ScanTooOld,
    VoucherAlreadyRedeemed, VoucherCancelled, VoucherExpired, VoucherOutsideHours, AccountClosed.
    """
    done = redeem_found(session, scan_id=scan_id, merchant_id=merchant_id, clerk_id=clerk_id, now=now)
    if done.voucher is None:
        raise ScanUnknown(scan=scan_id)
    return done.voucher


def redeem_found(session: Session, *, scan_id: UUID, merchant_id: UUID, clerk_id: UUID, now: datetime) -> Found:
    """Redeem as ``redeem`` does, and answer scan, voucher and offer. Raises what ``redeem`` raises."""
    scan, voucher, offer = queries.scan_with_voucher(session, merchant_id=merchant_id, scan_id=scan_id)
    if voucher.redemption_id == scan_id:
        return Found(scan, voucher, offer)
    rules.check_fresh(scan, now=now)
    closing = close_if_open(voucher, now=now).values(
        redeemed_at=now, redemption_id=scan_id, redeemed_by=clerk_id, counter_id=scan.counter_id
    )
    closed = session.scalars(closing.returning(Voucher), execution_options={"populate_existing": True}).one_or_none()
    if closed is None:
        session.refresh(voucher)
        if voucher.redemption_id != scan_id:
            rules.check_open(voucher, now=now)
        return Found(scan, voucher, offer)
    _check_hours(voucher, offer, now=now)
    try:
        ledger.settle(session, voucher.hold_id, request_id=scan_id, now=now)
    except ledger.HoldEnded:
        # The ledger's job ended the hold in the same moment: its clock was past the voucher's end already.
        raise VoucherExpired(voucher=voucher.id, at=voucher.expires_at) from None
    return Found(scan, voucher, offer)


def _check_hours(voucher: Voucher, offer: Offer, *, now: datetime) -> None:
    if not offers.is_usable(offer, now=now):
        raise VoucherOutsideHours(voucher=voucher.id, offer=offer.id)


def _find(
    session: Session, code: str, desk: Desk, *, codes: CodeBook, verify: Verify | None, now: datetime
) -> tuple[tuple[Voucher, Offer] | None, Refusal | None]:
    """Answer the voucher that the code stands for with its offer, and why the code is refused, if it is."""
    merchant_id, clerk_id, reading = desk.merchant_id, desk.clerk_id, codes.read(code)
    if reading is not None:
        found, tries = queries.numbered_with_offer(
            session, reading.number, merchant_id=merchant_id, clerk_id=clerk_id, now=now
        )
        return found, rules.refusal_of_code(codes, reading, wrong_tries=tries, now=now)
    tries = queries.wrong_tries(session, merchant_id=merchant_id, clerk_id=clerk_id, now=now)
    voucher_id = verify(code) if verify is not None and tries < rules.TRIES else None
    if voucher_id is not None:
        return queries.voucher_with_id(session, voucher_id), None
    return None, rules.refusal_of_code(codes, None, wrong_tries=tries, now=now)


def _judge(
    found: tuple[Voucher, Offer] | None, *, merchant_id: UUID, now: datetime
) -> tuple[Voucher | None, Refusal | None]:
    """Answer the voucher, where this merchant may know of it, and why it is refused, if it is."""
    voucher, offer = found if found is not None else (None, None)
    refusal = rules.refusal_of_voucher(voucher, merchant_id=merchant_id, now=now)
    if refusal is None and offer is not None and not offers.is_usable(offer, now=now):
        refusal = Refusal.OUTSIDE_HOURS
    return (None if refusal is Refusal.OTHER_MERCHANT else voucher), refusal
