"""Opening merchants, stores and counters. The caller chooses the ids, so that repeating is safe."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from partners.merchants.errors import MerchantExists, MerchantUnknown
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
    """Open a store of a merchant. Raises MerchantUnknown, MerchantExists."""
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
    """Open a counter in a store. Raises MerchantUnknown, MerchantExists."""
    _require_merchant(session, merchant_id)
    known = session.get(Counter, counter_id)
    if known is not None:
        if (known.store_id, known.name) != (store_id, name):
            raise MerchantExists(counter=counter_id)
        return known
    counter = Counter(id=counter_id, store_id=store_id, merchant_id=merchant_id, name=name, name_en=name_en)
    session.add(counter)
    session.flush()
    return counter


def _require_merchant(session: Session, merchant_id: UUID) -> None:
    if session.get(Merchant, merchant_id) is None:
        raise MerchantUnknown(merchant=merchant_id)
