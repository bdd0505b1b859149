"""Opening, renaming and closing merchants' places. The caller chooses the ids, so that repeating is safe."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from partners.merchants import rules
from partners.merchants.errors import CounterUnknown, MerchantExists, MerchantUnknown, StoreUnknown
from partners.merchants.model import Counter, Merchant, Store

TAKINGS = "takings"
COIN = "coin"


def open_merchant(
    session: Session, *, merchant_id: UUID, name: str, name_en: str, kind: str, county_code: str, now: datetime
) -> Merchant:
    """Make the organisation *merchant_id* a merchant and open its takings in the ledger.

    The takings are a spread account: a sub-account in every stripe, so that no merchant is a hot row.
    Raises MerchantExists where it was opened before with other facts.
    """
    known = session.get(Merchant, merchant_id)
    if known is not None:
        if (known.name, known.name_en, known.kind, known.county_code) != (name, name_en, kind, county_code):
            raise MerchantExists(merchant=merchant_id)
        return known
    merchant = Merchant(id=merchant_id, name=name, name_en=name_en, kind=kind, county_code=county_code, joined_at=now)
    session.add(merchant)
    session.flush()
    ledger.open_account(session, owner=merchant_id, purpose=TAKINGS, asset=COIN, spread=True)
    return merchant


def open_store(
    session: Session, *, store_id: UUID, merchant_id: UUID, name: str, name_en: str, address: str, county_code: str
) -> Store:
    """Open a store of a merchant. Raises PlaceInvalid, MerchantUnknown, MerchantExists."""
    rules.check_place(name=name, name_en=name_en, address=address)
    _require_merchant(session, merchant_id)
    known = session.get(Store, store_id)
    if known is not None:
        if (known.merchant_id, known.name) != (merchant_id, name):
            raise MerchantExists(store=store_id)
        return known
    store = Store(
        id=store_id, merchant_id=merchant_id, name=name, name_en=name_en, address=address, county_code=county_code
    )
    session.add(store)
    session.flush()
    return store


def open_counter(
    session: Session, *, counter_id: UUID, store_id: UUID, merchant_id: UUID, name: str, name_en: str
) -> Counter:
    """Open a counter in a store. Raises PlaceInvalid, MerchantUnknown, StoreUnknown, MerchantExists."""
    rules.check_place(name=name, name_en=name_en)
    _require_merchant(session, merchant_id)
    store_of(session, store_id, merchant_id=merchant_id)
    known = session.get(Counter, counter_id)
    if known is not None:
        if (known.store_id, known.name) != (store_id, name):
            raise MerchantExists(counter=counter_id)
        return known
    counter = Counter(id=counter_id, store_id=store_id, merchant_id=merchant_id, name=name, name_en=name_en)
    session.add(counter)
    session.flush()
    return counter


def rename_store(
    session: Session, *, store_id: UUID, merchant_id: UUID, name: str, name_en: str, address: str
) -> Store:
    """Call a store by another name, or say where it moved. Raises PlaceInvalid, StoreUnknown."""
    rules.check_place(name=name, name_en=name_en, address=address)
    store = store_of(session, store_id, merchant_id=merchant_id)
    store.name, store.name_en, store.address = name.strip(), name_en.strip(), address.strip()
    session.flush()
    return store


def rename_counter(session: Session, *, counter_id: UUID, merchant_id: UUID, name: str, name_en: str) -> Counter:
    """Call a counter by another name. Raises PlaceInvalid, CounterUnknown."""
    rules.check_place(name=name, name_en=name_en)
    counter = _open_counter_of(session, counter_id, merchant_id)
    counter.name, counter.name_en = name.strip(), name_en.strip()
    session.flush()
    return counter


def close_store(session: Session, *, store_id: UUID, merchant_id: UUID, now: datetime) -> Store:
    """Close a store and its counters: nothing more is redeemed there; what was stays on record. Raises StoreUnknown."""
    store = store_of(session, store_id, merchant_id=merchant_id)
    store.closed_at = now
    session.execute(
        sa.update(Counter).where(Counter.store_id == store_id, Counter.closed_at.is_(None)).values(closed_at=now)
    )
    session.flush()
    return store


def close_counter(session: Session, *, counter_id: UUID, merchant_id: UUID, now: datetime) -> Counter:
    """Close a counter. Raises CounterUnknown."""
    counter = _open_counter_of(session, counter_id, merchant_id)
    counter.closed_at = now
    session.flush()
    return counter


def store_of(session: Session, store_id: UUID, *, merchant_id: UUID) -> Store:
    """Answer an open store of the merchant. Raises StoreUnknown."""
    store = session.get(Store, store_id)
    if store is None or store.merchant_id != merchant_id or store.closed_at is not None:
        raise StoreUnknown(store=store_id)
    return store


def _open_counter_of(session: Session, counter_id: UUID, merchant_id: UUID) -> Counter:
    counter = session.get(Counter, counter_id)
    if counter is None or counter.merchant_id != merchant_id or counter.closed_at is not None:
        raise CounterUnknown(counter=counter_id)
    return counter


def _require_merchant(session: Session, merchant_id: UUID) -> None:
    if session.get(Merchant, merchant_id) is None:
        raise MerchantUnknown(merchant=merchant_id)
