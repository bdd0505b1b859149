"""Stores and counters are added, renamed and closed; what happened there stays."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from partners import merchants
from partners.merchants import CounterUnknown, PlaceInvalid, StoreUnknown
from tests.cafe import NOON, Cafe, open_cafe


@pytest.fixture
def cafe(session: Session) -> Cafe:
    return open_cafe(session)


def test_a_store_and_a_counter_are_renamed_by_their_merchant_alone(session: Session, cafe: Cafe) -> None:
    (place,) = merchants.counters_of(session, cafe.id)
    merchants.rename_store(
        session, store_id=place.store.id, merchant_id=cafe.id, name="江心店", name_en="Island", address="新址"
    )
    merchants.rename_counter(session, counter_id=cafe.counter_id, merchant_id=cafe.id, name="二号", name_en="Two")
    (place,) = merchants.counters_of(session, cafe.id)
    assert (place.store.name, place.store.address, place.counter.name) == ("江心店", "新址", "二号")
    other = open_cafe(session)
    with pytest.raises(StoreUnknown):
        merchants.close_store(session, store_id=place.store.id, merchant_id=other.id, now=NOON)
    with pytest.raises(CounterUnknown):
        merchants.rename_counter(session, counter_id=cafe.counter_id, merchant_id=other.id, name="x", name_en="x")
    with pytest.raises(PlaceInvalid):
        merchants.rename_counter(session, counter_id=cafe.counter_id, merchant_id=cafe.id, name=" ", name_en="x")


def test_a_closed_store_takes_its_counters_with_it(session: Session, cafe: Cafe) -> None:
    (place,) = merchants.counters_of(session, cafe.id)
    merchants.close_store(session, store_id=place.store.id, merchant_id=cafe.id, now=NOON)
    assert merchants.counters_of(session, cafe.id) == []
    assert merchants.stores_of(session, cafe.id) == []
    with pytest.raises(CounterUnknown):
        merchants.counter_of(session, cafe.counter_id, merchant_id=cafe.id)
    assert merchants.places_by_id(session, [cafe.counter_id])[cafe.counter_id].counter.name == "一号柜台"
