"""Suspending a merchant on every floor: offers off show, open vouchers given back, the ledger's account closed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from partners import merchants
from partners.merchants import Suspension
from puhui.cash_parts import give_up_cash_of
from puhui.identity.model import Role
from puhui.notices import Notice, staff_of, tell_many
from rewards import offers, vouchers


def suspend_merchant(
    session: Session, *, suspension_id: UUID, merchant_id: UUID, reason: str, by: UUID, now: datetime
) -> Suspension:
    """Let the merchant take no coins until it is lifted. What it is owed stays; citizens get held coins back.

    Raises MerchantUnknown, MerchantSuspended, AccountInUse (an open payment holds coins).
    """
    merchant = merchants.merchant_of(session, merchant_id)
    offers.withhold_offers(session, merchant_id=merchant_id, now=now)
    released = vouchers.release_vouchers_of(session, merchant_id=merchant_id, now=now)
    give_up_cash_of(session, [one.id for one in released], now=now)
    suspension = merchants.suspend(
        session, suspension_id=suspension_id, merchant_id=merchant_id, reason=reason, began_by=by, now=now
    )
    facts = {"name": merchant.name}
    words = [
        Notice(
            one.citizen_id, "voucher_withheld", f"/vouchers/{one.id}", f"withheld-{one.id}",
            {**facts, "coins": one.coins_units},
        )
        for one in released
    ]  # fmt: skip
    words += [
        Notice(person, "merchant_suspended", "/merchant", f"suspended-{suspension.id}", {**facts, "reason": reason})
        for person in staff_of(session, merchant_id, [Role.MANAGER])
    ]
    tell_many(session, words, now=now)
    return suspension


def lift_suspension(session: Session, *, merchant_id: UUID, by: UUID, now: datetime) -> Suspension:
    """Let the merchant take coins again, with its offers as they were. Raises MerchantUnknown, MerchantNotSuspended."""
    suspension = merchants.lift(session, merchant_id=merchant_id, lifted_by=by, now=now)
    offers.restore_offers(session, merchant_id=merchant_id)
    merchant = merchants.merchant_of(session, merchant_id)
    words = [
        Notice(person, "merchant_restored", "/merchant", f"restored-{suspension.id}", {"name": merchant.name})
        for person in staff_of(session, merchant_id, [Role.MANAGER])
    ]
    tell_many(session, words, now=now)
    return suspension
