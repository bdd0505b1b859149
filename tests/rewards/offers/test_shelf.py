"""An offer's life: drafted, on show, paused, on show again, ended; its stock and words change with a trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from puhui.db import Database
from rewards import offers
from rewards.offers import (
    Deal,
    Offer,
    OfferFilter,
    OfferInvalid,
    OfferNotOpen,
    OfferState,
    OfferStateUnfit,
    OfferTermsFixed,
    OfferUnknown,
    Plan,
    StockConflict,
    StockTooLow,
    Terms,
    Texts,
    is_usable,
)
from rewards.offers.rules import CITY_TIME, STEPS
from tests.cafe import COUNTY, NOON, Cafe, give_coins, left, open_cafe, take
from tests.rewards.vouchers.test_races import at_once

WORDS = Texts("手冲一杯", "A pour-over", "豆子任选", "Any beans")
PLAN = Plan(
    kind="drink", county_code=COUNTY, texts=WORDS, coins_units=30, per_person=2, voucher_days=7,
    valid_from=NOON - timedelta(days=1), valid_until=NOON + timedelta(days=30),
)  # fmt: skip
ACTIONS: dict[str, Callable[..., Offer]] = {
    "published": offers.publish_offer,
    "paused": offers.pause_offer,
    "resumed": offers.resume_offer,
    "ended": offers.end_offer,
}
WAYS: dict[OfferState, tuple[str, ...]] = {
    OfferState.DRAFT: (),
    OfferState.ON_SHOW: ("published",),
    OfferState.PAUSED: ("published", "paused"),
    OfferState.ENDED: ("published", "ended"),
}
AFTER = {
    "published": OfferState.ON_SHOW,
    "paused": OfferState.PAUSED,
    "resumed": OfferState.ON_SHOW,
    "ended": OfferState.ENDED,
}


@pytest.fixture
def cafe(session: Session) -> Cafe:
    return open_cafe(session)


def draft(session: Session, cafe: Cafe, plan: Plan = PLAN, *, stock: int = 5) -> Offer:
    return offers.draft_offer(session, offer_id=new_id(), merchant_id=cafe.id, plan=plan, stock_units=stock)


def in_state(session: Session, cafe: Cafe, state: OfferState) -> Offer:
    offer = draft(session, cafe)
    for step in WAYS[state]:
        ACTIONS[step](session, offer_id=offer.id, merchant_id=cafe.id, now=NOON)
    if state is OfferState.WITHHELD:
        offers.withhold_offers(session, merchant_id=cafe.id, now=NOON)
    return offer


@pytest.mark.parametrize("state", list(WAYS))
@pytest.mark.parametrize("step", list(ACTIONS))
def test_every_step_leads_on_from_the_states_that_the_table_names_and_from_no_other(
    session: Session, cafe: Cafe, state: OfferState, step: str
) -> None:
    offer = in_state(session, cafe, state)
    assert offer.state(now=NOON) is state
    if state in STEPS[step]:
        ACTIONS[step](session, offer_id=offer.id, merchant_id=cafe.id, now=NOON)
        assert offer.state(now=NOON) is AFTER[step]
        return
    with pytest.raises(OfferStateUnfit):
        ACTIONS[step](session, offer_id=offer.id, merchant_id=cafe.id, now=NOON)
    assert offer.state(now=NOON) is state


@pytest.mark.parametrize("state", list(WAYS))
def test_only_what_is_on_show_is_listed_and_can_be_taken(session: Session, cafe: Cafe, state: OfferState) -> None:
    offer, lin = in_state(session, cafe, state), new_id()
    give_coins(session, lin, 100)
    listed = {row.offer.id for row in offers.open_offers(session, now=NOON, wanted=OfferFilter(), limit=500)}
    assert (offer.id in listed) == (state is OfferState.ON_SHOW)
    if state is OfferState.ON_SHOW:
        assert take(session, offer.id, lin).offer_version == 1
        return
    with pytest.raises(OfferNotOpen):
        take(session, offer.id, lin)


def test_an_offer_is_over_after_its_last_day_whatever_else_was_said(session: Session, cafe: Cafe) -> None:
    offer = in_state(session, cafe, OfferState.PAUSED)
    assert offer.state(now=PLAN.valid_until) is OfferState.ENDED
    with pytest.raises(OfferStateUnfit):
        offers.resume_offer(session, offer_id=offer.id, merchant_id=cafe.id, now=PLAN.valid_until)


def test_another_merchant_changes_nothing(session: Session, cafe: Cafe) -> None:
    offer, other = draft(session, cafe), open_cafe(session)
    for action in ACTIONS.values():
        with pytest.raises(OfferUnknown):
            action(session, offer_id=offer.id, merchant_id=other.id, now=NOON)


def test_a_draft_changes_freely_and_what_was_promised_does_not(session: Session, cafe: Cafe) -> None:
    offer = draft(session, cafe)
    dearer = replace(PLAN, coins_units=45, texts=replace(WORDS, title="手冲两杯"))
    offers.revise_draft(session, offer_id=offer.id, merchant_id=cafe.id, plan=dearer, now=NOON)
    assert (offer.coins_units, offer.title, offer.text_version) == (45, "手冲两杯", 1)
    offers.publish_offer(session, offer_id=offer.id, merchant_id=cafe.id, now=NOON)
    with pytest.raises(OfferTermsFixed):
        offers.revise_draft(session, offer_id=offer.id, merchant_id=cafe.id, plan=PLAN, now=NOON)


def test_vouchers_keep_the_words_under_which_they_were_taken(session: Session, cafe: Cafe) -> None:
    offer, lin = in_state(session, cafe, OfferState.ON_SHOW), new_id()
    give_coins(session, lin, 100)
    before = take(session, offer.id, lin)
    again = replace(WORDS, title="手冲大杯")
    offers.reword_offer(session, offer_id=offer.id, merchant_id=cafe.id, texts=again)
    offers.reword_offer(session, offer_id=offer.id, merchant_id=cafe.id, texts=again)
    after = take(session, offer.id, lin)
    assert (before.offer_version, after.offer_version, offer.text_version) == (1, 2, 2)
    texts = offers.texts_by_version(session, {(offer.id, 1), (offer.id, 2)})
    assert [texts[offer.id, n].title for n in (1, 2)] == ["手冲一杯", "手冲大杯"]


def test_stock_moves_with_a_reason_and_never_below_what_is_out(session: Session, cafe: Cafe) -> None:
    offer, lin, by = in_state(session, cafe, OfferState.ON_SHOW), new_id(), new_id()
    give_coins(session, lin, 100)
    take(session, offer.id, lin)
    request = new_id()

    def change(units: int, request_id: UUID) -> None:
        offers.change_stock(
            session, offer_id=offer.id, merchant_id=cafe.id, units=units, reason="到货", changed_by=by,
            request_id=request_id, now=NOON,
        )  # fmt: skip

    change(7, request)
    change(7, request)
    assert left(session, offer.id) == 11
    with pytest.raises(StockConflict):
        change(8, request)
    with pytest.raises(StockTooLow) as refused:
        change(-12, new_id())
    assert refused.value.facts["left"] == 11
    change(-11, new_id())
    assert left(session, offer.id) == 0
    with pytest.raises(OfferInvalid):
        change(0, new_id())
    assert sorted(row.units for row in offers.stock_changes_of(session, offer.id)) == [-11, 7]


def test_takers_and_a_manager_who_takes_stock_out_never_pass_zero(own_database: Database) -> None:
    with own_database.transaction() as session:
        cafe = open_cafe(session)
        offer = in_state(session, cafe, OfferState.ON_SHOW)
        people = [new_id() for _ in range(6)]
        for citizen in people:
            give_coins(session, citizen, 30)

    def remove(session: Session) -> object:
        return offers.change_stock(
            session, offer_id=offer.id, merchant_id=cafe.id, units=-2, reason="损坏", changed_by=new_id(),
            request_id=new_id(), now=NOON,
        ).units  # fmt: skip

    works = [(lambda session, who=citizen: take(session, offer.id, who).id) for citizen in people]
    answers = at_once(own_database, *works, remove, remove)
    taken = sum(isinstance(answer, UUID) for answer in answers)
    removed = sum(answer == -2 for answer in answers)
    with own_database.transaction() as session:
        row = offers.offer_of(session, offer.id)
        assert (row.left_units, row.stock_units) == (5 - taken - 2 * removed, 5 - 2 * removed)
        assert row.left_units >= 0


def test_of_pausing_and_taking_at_one_instant_the_offer_says_who_won(own_database: Database) -> None:
    with own_database.transaction() as session:
        cafe, lin = open_cafe(session), new_id()
        offer = in_state(session, cafe, OfferState.ON_SHOW)
        give_coins(session, lin, 60)
    answers = at_once(
        own_database,
        lambda session: take(session, offer.id, lin).id,
        lambda session: offers.pause_offer(session, offer_id=offer.id, merchant_id=cafe.id, now=NOON).id,
    )
    assert answers[1] == offer.id
    assert isinstance(answers[0], UUID | OfferNotOpen)
    with own_database.transaction() as session, pytest.raises(OfferNotOpen):
        take(session, offer.id, lin)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (Terms(deal=Deal.COINS_CASH), "cash_fen"),
        (Terms(cash_fen=500), "cash_fen"),
        (Terms(deal=Deal.DISCOUNT), "discount"),
        (Terms(deal=Deal.DISCOUNT, discount_percent=20, discount_fen=100), "discount"),
        (Terms(deal=Deal.DISCOUNT, discount_percent=100), "discount"),
        (Terms(deal=Deal.GIFT, discount_fen=100), "discount"),
        (Terms(weekdays=0), "weekdays"),
        (Terms(opens_minute=600, closes_minute=600), "hours"),
        (Terms(least_spend_fen=-1), "least_spend_fen"),
    ],
)
def test_a_deal_that_does_not_add_up_is_refused_by_us_and_by_the_database(
    session: Session, cafe: Cafe, terms: Terms, field: str
) -> None:
    with pytest.raises(OfferInvalid) as refused:
        draft(session, cafe, replace(PLAN, terms=terms))
    assert refused.value.facts["fields"] == [field]
    good = draft(session, cafe)
    values = {name: getattr(terms, name) for name in Terms.__dataclass_fields__}
    with pytest.raises((sa.exc.IntegrityError, sa.exc.DataError)), session.begin_nested():
        session.execute(sa.update(Offer).where(Offer.id == good.id).values(values))


@pytest.mark.parametrize(
    "terms",
    [
        Terms(deal=Deal.COINS_CASH, cash_fen=990),
        Terms(deal=Deal.DISCOUNT, discount_percent=20, least_spend_fen=5_000),
        Terms(deal=Deal.DISCOUNT, discount_fen=500),
        Terms(deal=Deal.GIFT, least_spend_fen=10_000),
        Terms(weekdays=0b0011111, opens_minute=14 * 60, closes_minute=17 * 60),
    ],
)
def test_every_kind_of_deal_is_kept_as_it_was_said(session: Session, cafe: Cafe, terms: Terms) -> None:
    offer = draft(session, cafe, replace(PLAN, terms=terms))
    session.expire(offer)
    assert {name: getattr(offer, name) for name in Terms.__dataclass_fields__} == {
        name: getattr(terms, name) for name in Terms.__dataclass_fields__
    }


@given(
    weekdays=st.integers(1, 127),
    hours=st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda pair: pair[0] < pair[1]),
    at=st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # Hypothesis adds the zone.
)
def test_an_offer_is_usable_on_its_weekdays_in_its_hours_of_the_town(
    weekdays: int, hours: tuple[int, int], at: datetime
) -> None:
    offer = Offer(weekdays=weekdays, opens_minute=hours[0], closes_minute=hours[1])
    local = at.astimezone(CITY_TIME)
    day_fits = local.weekday() in {day for day in range(7) if weekdays & 2**day}
    begins = datetime.combine(local.date(), time.min, CITY_TIME) + timedelta(minutes=hours[0])
    ends = datetime.combine(local.date(), time.min, CITY_TIME) + timedelta(minutes=hours[1])
    assert is_usable(offer, now=at) == (day_fits and begins <= local < ends)


def test_the_shelf_goes_on_where_it_ended(session: Session, cafe: Cafe) -> None:
    made = {draft(session, cafe).id for _ in range(4)} | {cafe.coffee}
    first = offers.shelf_of(session, cafe.id, limit=3)
    rest = offers.shelf_of(session, cafe.id, after=first[-1].offer.id, limit=3)
    assert {row.offer.id for row in [*first, *rest]} == made
