"""Reading, redeeming, charging and undoing at a counter, each with its line in the audit trail."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from puhui.cash_parts import return_cash_part, take_cash_part
from puhui.identity.audit import record_act
from puhui.notices import tell
from puhui.redeeming.kinds import kind_of
from rewards import paycodes, vouchers
from rewards.paycodes import Charge
from rewards.vouchers import CodeBook, CodeKind, Refusal, Scan
from rewards.vouchers.counter import (
    Desk,
    Found,
    Verify,
    code_hash,
    find_by_code,
    keep_scan,
    known_scan,
    redeem_found,
)
from rewards.vouchers.queries import wrong_tries
from rewards.vouchers.rules import TRIES

_PAY_REFUSALS: dict[type[Exception], Refusal] = {
    paycodes.PayCodeWrong: Refusal.CODE_WRONG,
    paycodes.PayCodeTooOld: Refusal.CODE_TOO_OLD,
    paycodes.PayCodeUsed: Refusal.PAY_CODE_USED,
    paycodes.PayCodeExpired: Refusal.PAY_CODE_EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Who acts where: merchant, counter, clerk with their role, and from which address."""

    merchant_id: UUID
    counter_id: UUID | None
    clerk_id: UUID
    role: str
    address: str | None = None

    @property
    def desk(self) -> Desk:
        """The same for the floor below. Raises LookupError where no counter was named."""
        if self.counter_id is None:
            raise LookupError("codes are read at a counter")
        return Desk(self.merchant_id, self.counter_id, self.clerk_id)


@dataclass(frozen=True, slots=True)
class Books:
    """What reads codes: the book of vouchers, the book of pay codes, and who checks signed static codes."""

    vouchers: CodeBook
    pay_codes: CodeBook
    verify: Verify


def read_code(session: Session, *, code: str, books: Books, place: Place, request_id: UUID, now: datetime) -> Found:
    """Read any code for a clerk and keep what came of it; nothing is handed over yet. Raises ScanConflict."""
    kind = kind_of(code)
    if kind is CodeKind.PAY_CODE or kind is CodeKind.CHECK_IN:
        known = known_scan(session, code=code, desk=place.desk, request_id=request_id)
        if known is not None:
            return Found(known)
        is_pay_code = kind is CodeKind.PAY_CODE
        refusal = _refusal_of_pay_code(session, code, books, place, now) if is_pay_code else Refusal.CHECK_IN_CODE
        return Found(
            keep_scan(session, code=code, desk=place.desk, request_id=request_id, kind=kind, refusal=refusal, now=now)
        )
    return find_by_code(
        session, code=code, codes=books.vouchers, desk=place.desk, request_id=request_id, now=now, verify=books.verify
    )


def redeem_at_counter(
    session: Session, *, scan_id: UUID, place: Place, now: datetime, told: str | None = None
) -> Found:
    """Redeem the voucher of an accepted scan, once, with its cash part, and record it.

    *told* is what the clerk's page said of the cash. Raises what ``vouchers.redeem`` and ``take_cash_part`` raise.
    """
    done = redeem_found(session, scan_id=scan_id, merchant_id=place.merchant_id, clerk_id=place.clerk_id, now=now)
    voucher = done.voucher
    if voucher is not None and voucher.redeemed_at == now and voucher.redeemed_by == place.clerk_id:
        if done.offer is not None:
            take_cash_part(session, voucher, done.offer, told=told, now=now)
        at = replace(place, counter_id=voucher.counter_id)
        _record(session, at, "voucher.redeemed", scan_id, now, coins=voucher.coins_units)
    return done


def charge_at_counter(
    session: Session, *, scan_id: UUID, code: str, coins_units: int, books: Books, place: Place, now: datetime
) -> Charge:
    """Take coins on the pay code that the scan read; the charge has the scan's id, so a second tap is the same charge.

    Raises ScanUnknown, ScanConflict (another code than was read) and what ``paycodes.charge`` raises.
    """
    scan = vouchers.scan_of(session, merchant_id=place.merchant_id, scan_id=scan_id)
    if scan.kind != CodeKind.PAY_CODE or scan.refusal is not None:
        raise vouchers.ScanUnknown(scan=scan_id)
    if scan.code_hash != code_hash(code):
        raise vouchers.ScanConflict(scan=scan_id)
    charge = paycodes.charge(
        session, digits=code, codes=books.pay_codes, counter=scan.counter_id, merchant=place.merchant_id,
        coins_units=coins_units, clerk=place.clerk_id, request_id=scan_id, now=now, read_at=scan.scanned_at,
    )  # fmt: skip
    if charge.charged_at == now:
        _record(session, place, "pay_code.charged", scan_id, now, coins=coins_units)
    return charge


def undo_at_counter(session: Session, *, scan_id: UUID, reason: str, place: Place, now: datetime) -> None:
    """Undo what the scan led to, a redemption or a charge, tell the citizen and record it.

    Raises ScanUnknown, RedemptionUnknown, RedemptionUndoTooLate, RedemptionPaidOut, ReceiptEarned, AccountClosed, and
    what ``paycodes.undo_charge`` raises.
    """
    scan = vouchers.scan_of(session, merchant_id=place.merchant_id, scan_id=scan_id)
    if scan.kind == CodeKind.PAY_CODE:
        _undo_charge(session, scan, reason, place, now)
        return
    undone = vouchers.undo_redemption(
        session, scan_id=scan_id, merchant_id=place.merchant_id, clerk_id=place.clerk_id, reason=reason, now=now
    )
    if not undone.is_new:
        return
    voucher = undone.voucher
    return_cash_part(session, voucher.id, now=now)
    tell(
        session, person=voucher.citizen_id, kind="redemption_undone", link=f"/vouchers/{voucher.id}",
        key=f"undone-{voucher.id}", now=now, facts={"coins": voucher.coins_units},
    )  # fmt: skip
    _record(session, place, "voucher.undone", scan_id, now, coins=voucher.coins_units, reason=reason)


def _undo_charge(session: Session, scan: Scan, reason: str, place: Place, now: datetime) -> None:
    charge = paycodes.undo_charge(
        session, charge_id=scan.id, merchant=place.merchant_id, clerk=place.clerk_id, reason=reason,
        request_id=uuid5(scan.id, "undoing"), now=now,
    )  # fmt: skip
    if charge.undone_at != now:
        return
    tell(
        session, person=charge.citizen_id, kind="redemption_undone", link=f"/charges/{charge.id}",
        key=f"undone-{charge.id}", now=now, facts={"coins": charge.coins_units},
    )  # fmt: skip
    _record(session, place, "pay_code.undone", scan.id, now, coins=charge.coins_units, reason=reason)


def _refusal_of_pay_code(session: Session, code: str, books: Books, place: Place, now: datetime) -> Refusal | None:
    if wrong_tries(session, merchant_id=place.merchant_id, clerk_id=place.clerk_id, now=now) >= TRIES:
        return Refusal.TOO_MANY_TRIES
    try:
        paycodes.read_pay_code(session, "".join(code.split()), codes=books.pay_codes, now=now)
    except tuple(_PAY_REFUSALS) as error:
        return _PAY_REFUSALS[type(error)]
    return None


def _record(session: Session, place: Place, action: str, scan_id: UUID, now: datetime, **facts: str | int) -> None:
    record_act(
        session, person_id=place.clerk_id, organisation_id=place.merchant_id, role=place.role, action=action,
        subject=str(scan_id), now=now, facts={"counter": str(place.counter_id), **facts}, address=place.address,
    )  # fmt: skip
