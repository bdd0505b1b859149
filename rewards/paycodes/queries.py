"""Named reads of pay codes and charges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from rewards.limits import day_start
from rewards.paycodes.errors import ChargeUnknown, PayCodeUnknown, PayCodeWrong
from rewards.paycodes.model import Charge, PayCode
from rewards.vouchers.codes import Reading

STRIPES = 64


def pay_code_of(session: Session, *, citizen_id: UUID, pay_code_id: UUID) -> PayCode:
    """Answer the citizen's pay code. Raises PayCodeUnknown, also for another citizen's."""
    pay_code = session.get(PayCode, (ledger.stripe_of(citizen_id), pay_code_id))
    if pay_code is None or pay_code.citizen_id != citizen_id:
        raise PayCodeUnknown(pay_code=pay_code_id)
    return pay_code


def open_pay_code_of(session: Session, citizen_id: UUID, *, now: datetime) -> PayCode | None:
    """Answer the citizen's pay code that can be charged at *now*, or None."""
    query = sa.select(PayCode).where(
        PayCode.stripe == ledger.stripe_of(citizen_id),
        PayCode.citizen_id == citizen_id,
        PayCode.closed_at.is_(None),
        PayCode.expires_at > now,
    )
    return session.scalars(query).one_or_none()


def pay_code_numbered(session: Session, reading: Reading, *, locks: bool = False) -> PayCode:
    """Answer the youngest pay code of a number, kept from others until the transaction ends where *locks* says so.

    Raises PayCodeWrong.
    """
    query = (
        sa.select(PayCode)
        .where(PayCode.stripe == reading.number % STRIPES, PayCode.number == reading.number)
        .order_by(PayCode.opened_at.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    pay_code = session.scalars(query.with_for_update() if locks else query).one_or_none()
    if pay_code is None:
        raise PayCodeWrong
    return pay_code


def charge_on(session: Session, pay_code: PayCode) -> Charge | None:
    """Answer what was charged on the pay code, or None."""
    query = sa.select(Charge).where(Charge.stripe == pay_code.stripe, Charge.pay_code_id == pay_code.id)
    return session.scalars(query).one_or_none()


def charge_of(session: Session, *, citizen_id: UUID, charge_id: UUID) -> Charge:
    """Answer a charge that the citizen paid. Raises ChargeUnknown."""
    charge = session.get(Charge, (ledger.stripe_of(citizen_id), charge_id))
    if charge is None or charge.citizen_id != citizen_id:
        raise ChargeUnknown(charge=charge_id)
    return charge


def merchant_charge(session: Session, *, merchant_id: UUID, charge_id: UUID) -> Charge:
    """Answer a charge that the merchant made. Raises ChargeUnknown."""
    # The id does not say the payer's stripe; asking all of them walks the primary key, not the merchant's history.
    query = sa.select(Charge).where(
        Charge.stripe.in_(range(STRIPES)), Charge.id == charge_id, Charge.merchant_id == merchant_id
    )
    charge = session.scalars(query).one_or_none()
    if charge is None:
        raise ChargeUnknown(charge=charge_id)
    return charge


def charges_of_merchant(
    session: Session,
    *,
    merchant_id: UUID,
    counter_id: UUID | None = None,
    since: datetime,
    until: datetime | None = None,
    limit: int = 100,
) -> Sequence[Charge]:
    """Answer what the merchant charged from *since* until before *until*, undone ones too, the newest first."""
    query = sa.select(Charge).where(Charge.merchant_id == merchant_id, Charge.charged_at >= since)
    if until is not None:
        query = query.where(Charge.charged_at < until)
    if counter_id is not None:
        query = query.where(Charge.counter_id == counter_id)
    return session.scalars(query.order_by(Charge.charged_at.desc(), Charge.id.desc()).limit(limit)).all()


def charged_today(session: Session, citizen_id: UUID, *, now: datetime) -> int:
    """Answer how many coins the citizen's pay codes have paid in the local day of *now*, without what was undone."""
    query = sa.select(sa.func.coalesce(sa.func.sum(Charge.coins_units), 0).cast(sa.BigInteger)).where(
        Charge.stripe == ledger.stripe_of(citizen_id),
        Charge.citizen_id == citizen_id,
        Charge.charged_at >= day_start(now),
        Charge.undone_at.is_(None),
    )
    return session.scalars(query).one()
