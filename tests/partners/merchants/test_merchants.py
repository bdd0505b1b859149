"""Opening merchants, stores and counters, and what the ledger says they are owed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from partners import merchants
from partners.merchants import CounterUnknown, MerchantExists, MerchantUnknown
from tests.cafe import COUNTY, NOON, Cafe, open_cafe


@pytest.fixture
def cafe(session: Session) -> Cafe:
    return open_cafe(session)


def open_again(session: Session, cafe: Cafe, *, name: str = "云上咖啡") -> merchants.Merchant:
    return merchants.open_merchant(
        session, merchant_id=cafe.id, name=name, name_en="Cloud Coffee", kind="cafe", county_code=COUNTY, now=NOON
    )


def test_a_merchant_is_owed_nothing_when_it_opens(session: Session, cafe: Cafe) -> None:
    takings = merchants.takings_of(session, cafe.id, now=NOON)
    assert (takings.owed_units, takings.open_units) == (0, 0)


def test_the_takings_lie_in_every_stripe_so_that_no_merchant_is_a_hot_row(session: Session, cafe: Cafe) -> None:
    account = ledger.account_of(session, owner=cafe.id, purpose="takings", asset="coin")
    assert account.spread
    assert account.floor


def test_opening_again_changes_nothing_and_with_other_facts_is_refused(session: Session, cafe: Cafe) -> None:
    assert open_again(session, cafe) is merchants.merchant_of(session, cafe.id)
    with pytest.raises(MerchantExists):
        open_again(session, cafe, name="别的咖啡")


def test_stores_and_counters_are_opened_once_and_only_for_a_merchant(session: Session, cafe: Cafe) -> None:
    (place,) = merchants.counters_of(session, cafe.id)
    facts = {"counter_id": place.counter.id, "store_id": place.store.id, "merchant_id": cafe.id, "name_en": "Counter 1"}
    assert merchants.open_counter(session, name="一号柜台", **facts) is place.counter
    with pytest.raises(MerchantExists):
        merchants.open_counter(session, name="二号柜台", **facts)
    with pytest.raises(MerchantUnknown):
        merchants.open_counter(session, name="一号柜台", **{**facts, "merchant_id": new_id()})


def test_a_counter_is_found_only_for_its_own_merchant(session: Session, cafe: Cafe) -> None:
    place = merchants.counter_of(session, cafe.counter_id, merchant_id=cafe.id)
    assert (place.store.name, place.merchant.name) == ("江边店", "云上咖啡")
    with pytest.raises(CounterUnknown):
        merchants.counter_of(session, cafe.counter_id, merchant_id=open_cafe(session).id)


def test_many_merchants_are_read_at_once_and_unknown_ones_left_out(session: Session, cafe: Cafe) -> None:
    other = open_cafe(session)
    assert set(merchants.merchants_by_id(session, [cafe.id, other.id, new_id()])) == {cafe.id, other.id}
    assert set(merchants.places_by_id(session, [cafe.counter_id, new_id()])) == {cafe.counter_id}
    assert [store.name for store in merchants.stores_of(session, cafe.id)] == ["江边店"]


def test_only_an_organisation_can_be_a_merchant(session: Session) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="merchant_id_fkey"):
        merchants.open_merchant(
            session, merchant_id=new_id(), name="无名", name_en="Nobody", kind="cafe", county_code=COUNTY, now=NOON
        )
