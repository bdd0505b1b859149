"""Named reads of merchants and counters, and of what a merchant is owed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from partners.merchants.actions import COIN, TAKINGS
from partners.merchants.errors import CounterUnknown, MerchantUnknown
from partners.merchants.model import Counter, Merchant, Store

COUNTERS_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class CounterPlace:
    """A counter with the store and merchant that it stands in."""

    counter: Counter
    store: Store
    merchant: Merchant


@dataclass(frozen=True, slots=True)
class Takings:
    """Coins of a merchant: *owed_units* are redeemed and not paid out, *open_units* are held by open vouchers."""

    owed_units: int
    open_units: int


def merchant_of(session: Session, merchant_id: UUID) -> Merchant:
    """Answer the merchant. Raises MerchantUnknown."""
    merchant = session.get(Merchant, merchant_id)
    if merchant is None:
        raise MerchantUnknown(merchant=merchant_id)
    return merchant


def merchants_by_id(session: Session, ids: Collection[UUID]) -> dict[UUID, Merchant]:
    """Answer the merchants of *ids* in one statement; unknown ids are left out."""
    found = session.scalars(sa.select(Merchant).where(Merchant.id.in_(set(ids))))
    return {merchant.id: merchant for merchant in found}


def merchants_by_name(session: Session, *, after: UUID | None = None, limit: int = 20) -> Sequence[Merchant]:
    """Answer all merchants by name, from the one after *after* on. Raises MerchantUnknown."""
    query = sa.select(Merchant)
    if after is not None:
        last = merchant_of(session, after)
        query = query.where(
            sa.tuple_(Merchant.name, Merchant.id) > sa.tuple_(sa.literal(last.name), sa.literal(last.id))
        )
    return session.scalars(query.order_by(Merchant.name, Merchant.id).limit(limit)).all()


def stores_of(session: Session, merchant_id: UUID) -> Sequence[Store]:
    """Answer the merchant's open stores in the order in which they were opened, two hundred at most."""
    query = sa.select(Store).where(Store.merchant_id == merchant_id, Store.closed_at.is_(None))
    return session.scalars(query.order_by(Store.id).limit(COUNTERS_AT_MOST)).all()


def counters_of(session: Session, merchant_id: UUID) -> Sequence[CounterPlace]:
    """Answer the merchant's open counters in the order in which they were opened, two hundred at most."""
    query = _places().where(Counter.merchant_id == merchant_id, Counter.closed_at.is_(None))
    rows = session.execute(query.order_by(Counter.id).limit(COUNTERS_AT_MOST))
    return [CounterPlace(*row) for row in rows]


def counter_of(session: Session, counter_id: UUID, *, merchant_id: UUID) -> CounterPlace:
    """Answer the merchant's open counter. Raises CounterUnknown, also for a counter of another merchant."""
    query = _places().where(Counter.id == counter_id, Counter.merchant_id == merchant_id, Counter.closed_at.is_(None))
    row = session.execute(query).one_or_none()
    if row is None:
        raise CounterUnknown(counter=counter_id)
    return CounterPlace(*row)


def check_counter(session: Session, counter_id: UUID, *, merchant_id: UUID) -> None:
    """Raises CounterUnknown unless the counter is open and the merchant's; it is read from its own row alone."""
    if session.scalar(_IS_OPEN, {"counter": counter_id, "merchant": merchant_id}) is None:
        raise CounterUnknown(counter=counter_id)


def places_by_id(session: Session, ids: Collection[UUID]) -> dict[UUID, CounterPlace]:
    """Answer the counters of *ids* with their stores in one statement; unknown ids are left out."""
    rows = session.execute(_places().where(Counter.id.in_(set(ids))))
    return {place.counter.id: place for place in (CounterPlace(*row) for row in rows)}


def takings_of(session: Session, merchant_id: UUID, *, now: datetime) -> Takings:
    """Answer what the ledger holds for the merchant at *now*, over all stripes. Raises AccountUnknown."""
    account = ledger.account_of(session, owner=merchant_id, purpose=TAKINGS, asset=COIN)
    balance = ledger.balance(session, account, now=now)
    return Takings(owed_units=balance.posted, open_units=balance.incoming)


_IS_OPEN = sa.select(Counter.id).where(
    Counter.id == sa.bindparam("counter"), Counter.merchant_id == sa.bindparam("merchant"), Counter.closed_at.is_(None)
)


def _places() -> sa.Select[Counter, Store, Merchant]:
    return (
        sa.select(Counter, Store, Merchant)
        .join(Store, Store.id == Counter.store_id)
        .join(Merchant, Merchant.id == Counter.merchant_id)
    )
