"""Suspending a merchant: its account in the ledger is closed, so that the ledger itself refuses; what is owed stays."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from partners.merchants.actions import COIN, TAKINGS
from partners.merchants.errors import MerchantNotSuspended, MerchantSuspended, MerchantUnknown
from partners.merchants.model import Merchant, Suspension


def suspend(
    session: Session, *, suspension_id: UUID, merchant_id: UUID, reason: str, began_by: UUID, now: datetime
) -> Suspension:
    """Close the merchant's takings. What its open vouchers hold must be released before.

    The same request answers the same suspension. Raises MerchantUnknown, MerchantSuspended, AccountInUse.
    """
    _lock_merchant(session, merchant_id)
    known = session.get(Suspension, suspension_id)
    if known is not None and known.merchant_id == merchant_id:
        return known
    running = running_suspension(session, merchant_id)
    if running is not None:
        raise MerchantSuspended(merchant=merchant_id, at=running.began_at)
    suspension = Suspension(
        id=suspension_id, merchant_id=merchant_id, reason=reason, began_at=now, began_by=began_by, lifted_at=None,
        lifted_by=None,
    )  # fmt: skip
    session.add(suspension)
    session.flush()
    takings = ledger.account_of(session, owner=merchant_id, purpose=TAKINGS, asset=COIN)
    ledger.close_account(session, takings, request_id=uuid5(suspension_id, "closure"), now=now)
    return suspension


def lift(session: Session, *, merchant_id: UUID, lifted_by: UUID, now: datetime) -> Suspension:
    """Open the merchant's takings again. Raises MerchantUnknown, MerchantNotSuspended."""
    _lock_merchant(session, merchant_id)
    suspension = running_suspension(session, merchant_id)
    if suspension is None:
        raise MerchantNotSuspended(merchant=merchant_id)
    suspension.lifted_at, suspension.lifted_by = now, lifted_by
    session.flush()
    takings = ledger.account_of(session, owner=merchant_id, purpose=TAKINGS, asset=COIN)
    ledger.reopen_account(session, takings, request_id=uuid5(suspension.id, "reopening"), now=now)
    return suspension


def running_suspension(session: Session, merchant_id: UUID) -> Suspension | None:
    """Answer the suspension that runs, or None."""
    query = sa.select(Suspension).where(Suspension.merchant_id == merchant_id, Suspension.lifted_at.is_(None))
    return session.scalars(query).one_or_none()


def suspended(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """Answer which of the merchants of *ids* are suspended, in one statement."""
    running = sa.select(Suspension.merchant_id).where(Suspension.lifted_at.is_(None))
    return set(session.scalars(running.where(Suspension.merchant_id.in_(set(ids)))))


def suspensions_of(session: Session, merchant_id: UUID, *, limit: int = 50) -> Sequence[Suspension]:
    """Answer the merchant's suspensions, the newest first."""
    query = sa.select(Suspension).where(Suspension.merchant_id == merchant_id)
    return session.scalars(query.order_by(Suspension.began_at.desc(), Suspension.id).limit(limit)).all()


def _lock_merchant(session: Session, merchant_id: UUID) -> None:
    query = sa.select(Merchant.id).where(Merchant.id == merchant_id).with_for_update()
    if session.scalars(query).one_or_none() is None:
        raise MerchantUnknown(merchant=merchant_id)
