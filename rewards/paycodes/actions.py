"""Opening a pay code, charging it once, undoing a charge.

Locks are taken in one order everywhere: pay code, then family, then the ledger's accounts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import ledger
from ledger import NewTransfer
from rewards import families
from rewards.coins import open_coins
from rewards.limits import Name, limits_at
from rewards.paycodes import queries, rules
from rewards.paycodes.errors import ChargeConflict, ChargeUnknown, PayCodeFundsShort, PayCodeWrong
from rewards.paycodes.model import Charge, PayCode
from rewards.vouchers.codes import CodeBook, Reading

KIND = "pay_code"
TRIES = 5


def open_pay_code(
    session: Session, *, citizen_id: UUID, family_id: UUID | None = None, request_id: UUID, now: datetime
) -> PayCode:
    """Open a pay code on the citizen's coins, or the family's, and close the one that was open before.

    The same request answers the same pay code again. Raises PayCodeUnknown (the id is another citizen's),
    FamilyUnknown, FamilySpendingRefused.
    """
    key = (ledger.stripe_of(citizen_id), request_id)
    if session.get(PayCode, key) is None:
        if family_id is not None:
            families.check_spender(session, family_id=family_id, person_id=citizen_id)
        ends_at = now + timedelta(seconds=limits_at(session, now)[Name.PAY_CODE_SECONDS].units)
        row = insert(PayCode).values(
            stripe=key[0], id=request_id, number=_next_number(session, citizen_id), citizen_id=citizen_id,
            family_id=family_id, opened_at=now, expires_at=ends_at,
        )  # fmt: skip
        for _ in range(TRIES):
            # Another device may open one at the same instant; the younger of the two stays open.
            _close_others(session, citizen_id, keeps=request_id, now=now)
            if session.scalar(row.on_conflict_do_nothing().returning(PayCode.id)) or session.get(PayCode, key):
                break
    return queries.pay_code_of(session, citizen_id=citizen_id, pay_code_id=request_id)


def close_pay_code(session: Session, *, citizen_id: UUID, pay_code_id: UUID, now: datetime) -> PayCode:
    """Close a pay code, so that nothing can be charged on it. Closing twice changes nothing. Raises PayCodeUnknown."""
    pay_code = queries.pay_code_of(session, citizen_id=citizen_id, pay_code_id=pay_code_id)
    session.execute(_closing(pay_code.stripe, now).where(PayCode.id == pay_code_id))
    session.refresh(pay_code)
    return pay_code


def read_pay_code(session: Session, digits: str, *, codes: CodeBook, now: datetime) -> PayCode:
    """Answer the pay code that was just read, if it could be charged; nothing is changed.

    Raises PayCodeWrong, PayCodeTooOld, PayCodeUsed, PayCodeExpired.
    """
    reading = codes.read(digits)
    rules.step_of(codes, reading, at=now)
    pay_code = queries.pay_code_numbered(session, _known(reading))
    rules.check_payable(pay_code, read_at=now)
    return pay_code


def charge(
    session: Session,
    *,
    digits: str,
    codes: CodeBook,
    counter: UUID,
    merchant: UUID,
    coins_units: int,
    clerk: UUID,
    request_id: UUID,
    now: datetime,
    read_at: datetime | None = None,
) -> Charge:
    """Take *coins_units* on the pay code of *digits*, once: they become the merchant's takings.

    *read_at* is when our own server read the code, where the clerk typed the amount afterwards (three minutes at most).
    The same request answers the same charge again. Raises PayCodeWrong, PayCodeTooOld, ChargeConflict, PayCodeUsed,
    PayCodeExpired, ChargeInvalid, ChargeTooLarge, ChargeDayReached, FamilyUnknown, FamilySpendingRefused,
    AccountUnknown, AccountClosed, PayCodeFundsShort.
    """
    reading = _known(codes.read(digits))
    key = (reading.number % queries.STRIPES, request_id)
    asked = (merchant, counter, clerk, coins_units)
    known = session.get(Charge, key)
    if known is None:
        at = rules.instant_read(read_at, now=now)
        step = rules.step_of(codes, reading, at=at)
        pay_code = queries.pay_code_numbered(session, reading, locks=True)
        known = session.get(Charge, key)
    if known is not None:
        return _same(known, asked)
    rules.check_payable(pay_code, read_at=at)
    _check_amount(session, pay_code, coins_units, now=now)
    made = Charge(
        stripe=key[0], id=request_id, pay_code_id=pay_code.id, step=step, citizen_id=pay_code.citizen_id,
        family_id=pay_code.family_id, merchant_id=merchant, counter_id=counter, clerk_id=clerk,
        coins_units=coins_units, charged_at=now, undone_at=None, undone_by=None, undo_reason=None, undo_id=None,
        transfer_id=_pay(session, pay_code, merchant=merchant, units=coins_units, charge_id=request_id, now=now),
    )  # fmt: skip
    pay_code.closed_at = now
    session.add(made)
    session.flush()
    return made


def undo_charge(
    session: Session, *, charge_id: UUID, merchant: UUID, clerk: UUID, reason: str, request_id: UUID, now: datetime
) -> Charge:
    """Give a charge back within the dated number of minutes: the same coins, as old as they were.

    *reason* is the clerk's sentence; it stays out of the ledger. The same request answers the same undoing again.
    Raises ChargeUnknown, ChargeUndone, UndoTooLate, AccountClosed, InsufficientBalance.
    """
    query = sa.select(Charge).where(Charge.merchant_id == merchant, Charge.id == charge_id).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise ChargeUnknown(charge=charge_id)
    if found.undo_id == request_id:
        return found
    rules.check_undoable(found, limits=limits_at(session, now), now=now)
    ledger.reverse(session, [found.transfer_id], reason="charge undone", request_id=request_id, now=now)
    found.undone_at, found.undone_by, found.undo_reason, found.undo_id = now, clerk, reason, request_id
    session.flush()
    return found


def _known(reading: Reading | None) -> Reading:
    """Answer the reading of digits that are a pay code's at all. Raises PayCodeWrong."""
    if reading is None:
        raise PayCodeWrong
    return reading


def _close_others(session: Session, citizen_id: UUID, *, keeps: UUID, now: datetime) -> None:
    others = _closing(ledger.stripe_of(citizen_id), now).where(PayCode.citizen_id == citizen_id, PayCode.id != keeps)
    session.execute(others)


def _closing(stripe: int, now: datetime) -> sa.Update:
    return (
        sa.update(PayCode)
        .where(PayCode.stripe == stripe, PayCode.closed_at.is_(None))
        .values(closed_at=now)
        .execution_options(synchronize_session=False)
    )


def _check_amount(session: Session, pay_code: PayCode, coins_units: int, *, now: datetime) -> None:
    today = queries.charged_today(session, pay_code.citizen_id, now=now)
    rules.check_amount(coins_units, charged_today=today, limits=limits_at(session, now))
    if pay_code.family_id is not None:
        families.check_spender(session, family_id=pay_code.family_id, person_id=pay_code.citizen_id)


def _pay(session: Session, pay_code: PayCode, *, merchant: UUID, units: int, charge_id: UUID, now: datetime) -> int:
    takings = ledger.account_of(session, owner=merchant, purpose="takings", asset="coin")
    coins = open_coins(session, pay_code.payer_id)
    transfer = NewTransfer(coins.id, takings.id, units, now, KIND, charge_id)
    try:
        return ledger.post(session, [transfer], request_id=charge_id, now=now).transfer_ids[0]
    except ledger.InsufficientBalance:
        raise PayCodeFundsShort(pay_code=pay_code.id) from None


def _same(known: Charge, asked: tuple[UUID, UUID, UUID, int]) -> Charge:
    if (known.merchant_id, known.counter_id, known.clerk_id, known.coins_units) != asked:
        raise ChargeConflict(charge=known.id)
    return known


def _next_number(session: Session, citizen_id: UUID) -> int:
    """Answer the number of a new pay code: a serial and, in its lowest six bits, the stripe of its row."""
    serial: int = session.execute(sa.text("SELECT nextval('rewards.pay_code_serial')")).scalar_one()
    return serial * queries.STRIPES + ledger.stripe_of(citizen_id)
