"""Holds: settled whole or in part, released, expired; never spent twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from tests.ledger.conftest import NOW, Books, move, post

SOON = NOW + timedelta(minutes=15)


def held(session: Session, books: Books, units: int) -> ledger.Hold:
    """Hold units of Lin's for the café, for a quarter of an hour."""
    new = ledger.NewHold(books.lin, books.cafe, units, SOON, "voucher")
    return ledger.hold(session, [new], request_id=new_id(), now=NOW)[0]


def test_what_is_held_cannot_be_spent(session: Session, books: Books) -> None:
    post(session, move(books.issuance, books.lin, 10))
    held(session, books, 8)
    assert ledger.balance(session, books.lin, now=NOW) == ledger.Balance(10, 8, 2, 0)
    assert ledger.balance(session, books.cafe, now=NOW) == ledger.Balance(0, 0, 0, 8)
    with pytest.raises(ledger.InsufficientBalance):
        post(session, move(books.lin, books.cafe, 3))
    with pytest.raises(ledger.InsufficientBalance):
        held(session, books, 3)


def test_a_hold_is_settled_in_part_and_the_rest_given_back(session: Session, books: Books) -> None:
    post(session, move(books.issuance, books.lin, 10))
    hold = held(session, books, 8)
    request_id = new_id()
    with pytest.raises(ledger.HoldExceeded):
        ledger.settle(session, hold, units=9, request_id=request_id, now=NOW)
    posting = ledger.settle(session, hold, units=5, request_id=request_id, now=NOW)
    assert ledger.settle(session, hold, units=5, request_id=request_id, now=NOW).transfer_ids == posting.transfer_ids
    assert ledger.balance(session, books.lin, now=NOW) == ledger.Balance(5, 0, 5, 0)
    assert ledger.holds_of(session, [hold.id])[0].state == "settled"
    with pytest.raises(ledger.HoldEnded):
        ledger.release(session, hold, request_id=new_id(), now=NOW)
    assert ledger.audit(session).holds


def test_a_released_hold_gives_everything_back(session: Session, books: Books) -> None:
    post(session, move(books.issuance, books.lin, 10))
    ledger.release(session, held(session, books, 8), request_id=new_id(), now=NOW)
    assert ledger.balance(session, books.lin, now=NOW).available == 10


def test_an_expired_hold_stops_counting_at_once(session: Session, books: Books) -> None:
    post(session, move(books.issuance, books.lin, 10))
    hold = held(session, books, 8)
    assert ledger.balance(session, books.lin, now=SOON) == ledger.Balance(10, 0, 10, 0)
    with pytest.raises(ledger.HoldExpired):
        ledger.settle(session, hold, request_id=new_id(), now=SOON)
    ledger.post(session, [move(books.lin, books.cafe, 9)], request_id=new_id(), now=SOON)
    assert ledger.holds_of(session, [hold.id])[0].state == "expired"
    assert ledger.expire_holds(session, now=SOON) == 0
    assert ledger.audit(session).holds


def test_the_worker_expires_what_is_past_its_time(session: Session, books: Books) -> None:
    post(session, move(books.issuance, books.lin, 10))
    hold = held(session, books, 8)
    assert ledger.expire_holds(session, now=SOON - timedelta(seconds=1)) == 0
    assert ledger.expire_holds(session, now=SOON) == 1
    assert ledger.holds_of(session, [hold.id])[0].state == "expired"
    assert ledger.audit(session).holds


def test_a_repeated_hold_answers_the_same_hold(session: Session, books: Books) -> None:
    post(session, move(books.issuance, books.lin, 10))
    request_id = new_id()
    new = ledger.NewHold(books.lin, books.wang, 5, None, "voucher")
    first = ledger.hold(session, [new], request_id=request_id, now=NOW)
    assert ledger.hold(session, [new], request_id=request_id, now=NOW) == first
    ledger.settle(session, first[0], request_id=new_id(), now=NOW)
    assert ledger.balance(session, books.wang).posted == 5
    assert ledger.audit(session).holds


def test_a_hold_between_stripes_stops_counting_for_its_receiver_too(session: Session, books: Books) -> None:
    post(session, move(books.issuance, books.lin, 10))
    new = ledger.NewHold(books.lin, books.wang, 8, SOON, "gift")
    hold = ledger.hold(session, [new], request_id=new_id(), now=NOW)[0]
    assert ledger.balance(session, books.wang, now=NOW).incoming == 8
    assert ledger.balance(session, books.wang, now=SOON).incoming == 0
    assert ledger.balance(session, books.lin, now=SOON).available == 10
    with pytest.raises(ledger.InsufficientBalance):
        ledger.post(session, [move(books.wang, books.cafe, 1)], request_id=new_id(), now=SOON)
    assert ledger.holds_of(session, [hold.id])[0].state == "expired"


def test_a_hold_on_a_spread_account_draws_on_one_sub_account_alone(session: Session, books: Books) -> None:
    post(session, move(books.issuance, books.lin, 5), move(books.issuance, books.wang, 5))
    post(session, move(books.lin, books.cafe, 5), move(books.wang, books.cafe, 5))
    with pytest.raises(ledger.InsufficientBalance):
        ledger.hold(session, [ledger.NewHold(books.cafe, books.lin, 6, SOON, "refund")], request_id=new_id(), now=NOW)
    held = ledger.hold(
        session, [ledger.NewHold(books.cafe, books.lin, 5, SOON, "refund")], request_id=new_id(), now=NOW
    )
    ledger.settle(session, held[0], request_id=new_id(), now=NOW)
    assert ledger.balance(session, books.lin, now=NOW).posted == 5
    assert ledger.audit(session).holds
