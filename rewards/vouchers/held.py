"""Named reads for the catalogue and for what a citizen keeps for times without a network."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from rewards.vouchers.model import Voucher


def taken_of(session: Session, *, citizen_id: UUID, offer_ids: Collection[UUID]) -> dict[UUID, int]:
    """Answer how many vouchers of each offer the citizen has or used, as the limit per person counts them."""
    if not offer_ids:
        return {}
    rows = session.execute(
        sa.select(Voucher.offer_id, sa.func.count())
        .where(
            Voucher.stripe == ledger.stripe_of(citizen_id),
            Voucher.citizen_id == citizen_id,
            Voucher.offer_id.in_(set(offer_ids)),
            Voucher.released_at.is_(None),
        )
        .group_by(Voucher.offer_id)
    )
    return {row[0]: row[1] for row in rows}


def vouchers_by_id(session: Session, *, citizen_id: UUID, ids: Collection[UUID]) -> dict[UUID, Voucher]:
    """Answer those of the citizen's vouchers that are named, in one statement."""
    query = sa.select(Voucher).where(
        Voucher.stripe == ledger.stripe_of(citizen_id), Voucher.citizen_id == citizen_id, Voucher.id.in_(set(ids))
    )
    return {voucher.id: voucher for voucher in session.scalars(query)}


def soonest_open(session: Session, citizen_id: UUID, *, now: datetime, limit: int) -> Sequence[Voucher]:
    """Answer the citizen's open vouchers, what ends first first."""
    query = sa.select(Voucher).where(
        Voucher.stripe == ledger.stripe_of(citizen_id),
        Voucher.citizen_id == citizen_id,
        Voucher.redeemed_at.is_(None),
        Voucher.released_at.is_(None),
        Voucher.expires_at > now,
    )
    return session.scalars(query.order_by(Voucher.expires_at, Voucher.id).limit(limit)).all()
