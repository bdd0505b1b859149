"""A suspended merchant takes no coins: the ledger itself refuses. What it is owed stays, citizens get theirs back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

import ledger
from ledger import NewHold, NewTransfer
from ledger.kernel.ids import new_id
from partners.merchants import MerchantNotSuspended, MerchantSuspended, takings_of
from puhui.db import Database
from puhui.merchants import lift_suspension, suspend_merchant
from puhui.notices import notices_of
from rewards import offers
from rewards.offers import OfferNotOpen, OfferState
from rewards.vouchers import State, VoucherCancelled
from tests.cafe import NOON, Cafe, give_coins, left, open_cafe, purse, redeem, scan, take
from tests.puhui.merchants.conftest import Town, send
from tests.rewards.vouchers.test_races import at_once, check_conserved


def suspend(session: Session, cafe: Cafe, *, by: UUID | None = None) -> None:
    suspend_merchant(
        session, suspension_id=new_id(), merchant_id=cafe.id, reason="投诉核查", by=by or new_id(), now=NOON
    )


@pytest.fixture
def cafe(session: Session) -> Cafe:
    return open_cafe(session)


@pytest.fixture
def lin(session: Session) -> UUID:
    citizen = new_id()
    give_coins(session, citizen, 100)
    return citizen


def test_the_ledger_itself_refuses_a_suspended_merchant(session: Session, cafe: Cafe, lin: UUID) -> None:
    redeem(session, cafe, scan(session, cafe, take(session, cafe.coffee, lin)))
    suspend(session, cafe)
    coins = ledger.account_of(session, owner=lin, purpose="coins", asset="coin")
    takings = ledger.account_of(session, owner=cafe.id, purpose="takings", asset="coin")
    for move in (
        lambda: ledger.post(
            session, [NewTransfer(coins.id, takings.id, 1, NOON, "direct")], request_id=new_id(), now=NOON
        ),
        lambda: ledger.post(
            session, [NewTransfer(takings.id, coins.id, 1, NOON, "direct")], request_id=new_id(), now=NOON
        ),
        lambda: ledger.hold(session, [NewHold(coins.id, takings.id, 1, None, "direct")], request_id=new_id(), now=NOON),
    ):
        with pytest.raises(ledger.AccountClosed):
            move()
    assert takings_of(session, cafe.id, now=NOON).owed_units == 30
    assert ledger.audit(session).holds


def test_open_vouchers_go_back_and_their_citizens_are_told(session: Session, cafe: Cafe, lin: UUID) -> None:
    voucher = take(session, cafe.coffee, lin)
    scanned = scan(session, cafe, voucher)
    suspend(session, cafe)
    session.refresh(voucher)
    assert voucher.state(now=NOON) is State.CANCELLED
    assert (purse(session, lin), left(session, cafe.coffee)) == ((100, 0), 10)
    with pytest.raises(VoucherCancelled):
        redeem(session, cafe, scanned)
    with pytest.raises(OfferNotOpen):
        take(session, cafe.coffee, lin)
    assert [notice.kind for notice in notices_of(session, lin)] == ["voucher_withheld"]


def test_lifting_brings_back_what_was_before(session: Session, cafe: Cafe, lin: UUID) -> None:
    offers.pause_offer(session, offer_id=cafe.coffee, merchant_id=cafe.id, now=NOON)
    suspend(session, cafe)
    with pytest.raises(MerchantSuspended):
        suspend(session, cafe)
    lift_suspension(session, merchant_id=cafe.id, by=new_id(), now=NOON)
    with pytest.raises(MerchantNotSuspended):
        lift_suspension(session, merchant_id=cafe.id, by=new_id(), now=NOON)
    session.expire_all()
    assert offers.offer_of(session, cafe.coffee).offer.state(now=NOON) is OfferState.PAUSED
    offers.resume_offer(session, offer_id=cafe.coffee, merchant_id=cafe.id, now=NOON)
    redeem(session, cafe, scan(session, cafe, take(session, cafe.coffee, lin)))
    assert takings_of(session, cafe.id, now=NOON).owed_units == 30


def test_the_operator_suspends_and_lifts_through_the_page(town: Town) -> None:
    path = f"/operator/merchants/{town.cafe.id}"
    assert "请写明暂停的原因" in send(town.operator, f"{path}/suspensions", reason="").text
    assert "投诉核查" in send(town.operator, f"{path}/suspensions", reason="投诉核查").text
    assert "投诉核查" in town.manager.get("/merchant").text
    assert "已恢复营业" in send(town.operator, f"{path}/restoration").text
    assert town.manager.get(path).status_code == 403
    with town.database.transaction() as session:
        assert ledger.audit(session).holds


def test_a_busy_counter_and_a_suspension_at_one_instant_lose_nothing(own_database: Database) -> None:
    with own_database.transaction() as session:
        cafe = open_cafe(session, stock=100, per_person=100)
        people = [new_id() for _ in range(4)]
        for citizen in people:
            give_coins(session, citizen, 300)
    done = threading.Event()

    def shop(citizen: UUID) -> Callable[[Session], object]:
        def visit(_: Session) -> object:
            count = 0
            while not done.is_set() and count < 8:
                try:
                    own_database.run(lambda session: _visit(session, cafe, citizen))
                except (OfferNotOpen, VoucherCancelled, ledger.AccountClosed):
                    break
                count += 1
            return count

        return visit

    at_once(own_database, *[shop(citizen) for citizen in people], lambda session: suspend(session, cafe))
    done.set()
    with own_database.transaction() as session:
        takings = takings_of(session, cafe.id, now=NOON)
        assert takings.open_units == 0
        assert sum(sum(purse(session, citizen)) for citizen in people) + takings.owed_units == 1_200
    check_conserved(own_database, cafe, now=NOON)


def _visit(session: Session, cafe: Cafe, citizen: UUID) -> None:
    redeem(session, cafe, scan(session, cafe, take(session, cafe.coffee, citizen)))
