"""A voucher is taken, given back, or expires; coins and stock follow it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger import InsufficientBalance
from ledger.kernel.ids import new_id
from rewards import vouchers
from rewards.offers import OfferLimitReached, OfferNotOpen, OfferSoldOut, OfferUnknown
from rewards.vouchers import (
    State,
    VoucherAlreadyRedeemed,
    VoucherConflict,
    VoucherExpired,
    VoucherUnknown,
    cancel,
    expire_vouchers,
    vouchers_of,
)
from tests.cafe import NOON, Cafe, give_coins, left, open_cafe, open_offer, purse, redeem, scan, take

TICK = timedelta(microseconds=1)


@pytest.fixture
def cafe(session: Session) -> Cafe:
    return open_cafe(session)


@pytest.fixture
def lin(session: Session) -> UUID:
    citizen = new_id()
    give_coins(session, citizen, 100)
    return citizen


def test_taking_an_offer_holds_its_coins_and_reserves_one(session: Session, cafe: Cafe, lin: UUID) -> None:
    voucher = take(session, cafe.coffee, lin)
    assert purse(session, lin) == (70, 30)
    assert left(session, cafe.coffee) == 9
    assert voucher.state(now=NOON) is State.OPEN
    assert voucher.number % 64 == ledger.stripe_of(lin) == voucher.stripe


def test_taking_again_with_the_same_request_answers_the_same_voucher(session: Session, cafe: Cafe, lin: UUID) -> None:
    request_id = new_id()
    first = take(session, cafe.coffee, lin, request_id=request_id)
    assert take(session, cafe.coffee, lin, request_id=request_id, now=NOON + timedelta(days=3)) is first
    assert purse(session, lin) == (70, 30)
    assert left(session, cafe.coffee) == 9


def test_the_same_request_for_another_offer_is_a_conflict(session: Session, cafe: Cafe, lin: UUID) -> None:
    request_id = new_id()
    take(session, cafe.coffee, lin, request_id=request_id)
    with pytest.raises(VoucherConflict):
        take(session, open_offer(session, cafe.id, price=5), lin, request_id=request_id)


def test_what_cannot_be_taken_takes_nothing(session: Session, cafe: Cafe, lin: UUID) -> None:
    cases = [
        (new_id(), NOON, OfferUnknown),
        (cafe.coffee, NOON + timedelta(days=30), OfferNotOpen),
        (open_offer(session, cafe.id, stock=0), NOON, OfferSoldOut),
        (open_offer(session, cafe.id, price=101), NOON, InsufficientBalance),
    ]
    for offer_id, at, error in cases:
        with pytest.raises(error), session.begin_nested():
            take(session, offer_id, lin, now=at)
    assert purse(session, lin) == (100, 0)
    assert left(session, cases[3][0]) == 10


def test_one_person_takes_as_many_as_one_may_until_one_is_given_back(session: Session, cafe: Cafe, lin: UUID) -> None:
    first, second = take(session, cafe.coffee, lin), take(session, cafe.coffee, lin)
    with pytest.raises(OfferLimitReached), session.begin_nested():
        take(session, cafe.coffee, lin)
    cancel(session, voucher_id=first.id, citizen_id=lin, now=NOON)
    assert (first.ordinal, second.ordinal) == (1, 2)
    assert take(session, cafe.coffee, lin).ordinal == 1


def test_a_used_voucher_counts_towards_the_limit(session: Session, lin: UUID) -> None:
    cafe = open_cafe(session, per_person=1)
    redeem(session, cafe, scan(session, cafe, take(session, cafe.coffee, lin)))
    with pytest.raises(OfferLimitReached):
        take(session, cafe.coffee, lin)


def test_cancelling_gives_coins_and_stock_back_once(session: Session, cafe: Cafe, lin: UUID) -> None:
    voucher = take(session, cafe.coffee, lin)
    for _ in range(2):
        assert cancel(session, voucher_id=voucher.id, citizen_id=lin, now=NOON).state(now=NOON) is State.CANCELLED
        assert purse(session, lin) == (100, 0)
        assert left(session, cafe.coffee) == 10


def test_a_used_voucher_cannot_be_cancelled(session: Session, cafe: Cafe, lin: UUID) -> None:
    voucher = redeem(session, cafe, scan(session, cafe, take(session, cafe.coffee, lin)))
    with pytest.raises(VoucherAlreadyRedeemed):
        cancel(session, voucher_id=voucher.id, citizen_id=lin, now=NOON)
    assert purse(session, lin) == (70, 0)


def test_nobody_cancels_or_sees_another_citizens_voucher(session: Session, cafe: Cafe, lin: UUID) -> None:
    voucher = take(session, cafe.coffee, lin)
    same_stripe = UUID(int=new_id().int >> 6 << 6 | voucher.stripe)
    for stranger in (new_id(), same_stripe):
        with pytest.raises(VoucherUnknown):
            cancel(session, voucher_id=voucher.id, citizen_id=stranger, now=NOON)


def test_a_voucher_is_expired_at_its_instant_before_any_job_has_run(session: Session, cafe: Cafe, lin: UUID) -> None:
    voucher = take(session, cafe.coffee, lin)
    end = voucher.expires_at
    assert voucher.state(now=end - TICK) is State.OPEN
    assert voucher.state(now=end) is State.EXPIRED
    assert purse(session, lin, now=end - TICK) == (70, 30)
    assert purse(session, lin, now=end) == (100, 0)
    assert [row.id for row in vouchers_of(session, lin, state=State.EXPIRED, now=end)] == [voucher.id]
    assert not vouchers_of(session, lin, state=State.OPEN, now=end)
    with pytest.raises(VoucherExpired):
        cancel(session, voucher_id=voucher.id, citizen_id=lin, now=end)


def test_the_coins_of_an_expired_voucher_can_be_spent_at_once(session: Session, cafe: Cafe) -> None:
    citizen = new_id()
    give_coins(session, citizen, 30)
    end = take(session, cafe.coffee, citizen).expires_at
    with pytest.raises(InsufficientBalance), session.begin_nested():
        take(session, cafe.coffee, citizen, now=end - TICK)
    take(session, cafe.coffee, citizen, now=end)


def test_the_job_gives_the_stock_back_once(session: Session, cafe: Cafe, lin: UUID) -> None:
    kept = take(session, cafe.coffee, lin, now=NOON + timedelta(days=1))
    gone = take(session, cafe.coffee, lin)
    assert expire_vouchers(session, now=gone.expires_at - TICK, limit=10) == 0
    assert expire_vouchers(session, now=gone.expires_at, limit=10) == 1
    assert expire_vouchers(session, now=gone.expires_at, limit=10) == 0
    session.refresh(gone)
    assert gone.released_at == gone.expires_at
    assert kept.state(now=gone.expires_at) is State.OPEN
    assert left(session, cafe.coffee) == 9


def test_the_job_takes_no_more_than_its_limit_and_the_oldest_first(session: Session, cafe: Cafe, lin: UUID) -> None:
    tea = open_offer(session, cafe.id, price=1, per_person=9)
    first = take(session, tea, lin, now=NOON)
    for day in (1, 2):
        take(session, tea, lin, now=NOON + timedelta(days=day))
    later = NOON + timedelta(days=20)
    assert expire_vouchers(session, now=later, limit=1) == 1
    session.refresh(first)
    assert first.released_at == later
    assert expire_vouchers(session, now=later, limit=5) == 2
    assert left(session, tea) == 10


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rewards.offer_stock SET left_units = -1",
        "UPDATE rewards.offer_stock SET left_units = stock_units + 1",
        "UPDATE rewards.voucher SET redeemed_at = taken_at",
        "UPDATE rewards.voucher SET redeemed_at = expires_at, redemption_id = id, redeemed_by = id, counter_id = id",
        "UPDATE rewards.voucher SET cancelled_at = taken_at",
        "UPDATE rewards.voucher SET number = number + 1",
        "INSERT INTO rewards.voucher SELECT stripe, gen_random_uuid(), number + 64, citizen_id, offer_id, merchant_id,"
        " ordinal, coins_units, hold_id, taken_at, expires_at FROM rewards.voucher",
    ],
)
def test_postgresql_itself_refuses_what_the_rules_refuse(
    session: Session, cafe: Cafe, lin: UUID, statement: str
) -> None:
    take(session, cafe.coffee, lin)
    with pytest.raises(sa.exc.IntegrityError):
        session.execute(sa.text(statement))


def test_lists_show_the_newest_first_and_go_on_below_a_voucher(session: Session, cafe: Cafe, lin: UUID) -> None:
    tea = open_offer(session, cafe.id, price=1, per_person=9)
    taken = [take(session, tea, lin, now=NOON + timedelta(hours=n), request_id=uuid4()).id for n in range(3)]
    rows = vouchers_of(session, lin, now=NOON, limit=2)
    assert [row.id for row in rows] == taken[:0:-1]
    assert [row.id for row in vouchers_of(session, lin, now=NOON, after=rows[-1].id)] == taken[:1]
    assert not vouchers.vouchers_of(session, new_id(), now=NOON)
