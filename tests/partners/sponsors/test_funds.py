"""Funds: money in by the service's word alone, back as far as it is not spent, and how far it reaches."""

from __future__ import annotations

from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

import ledger
from ledger import NewTransfer
from ledger.kernel.ids import new_id
from partners import receipts, sponsors
from partners.payments import Observation, observe
from partners.receipts import Receipt, RefundTooLarge
from partners.sponsors import Fund, FundExists, FundUnknown, Worth, coverage, is_backed
from tests.cafe import NOON

SPONSOR = UUID(int=8 << 64)


@pytest.fixture
def fund(session: Session) -> Fund:
    return sponsors.open_fund(session, fund_id=new_id(), name="绿行基金", name_en="Green Way", now=NOON)


def _top_up(session: Session, fund: Fund, fen: int, *, arrives: bool = True) -> Receipt:
    made = sponsors.begin_top_up(
        session, fund_id=fund.id, payer_id=SPONSOR, amount_fen=fen, request_id=new_id(), now=NOON
    )
    made.payment_id = f"pi_{made.id}"
    status, settled = ("succeeded", fen) if arrives else ("requires_payment_method", 0)
    observe(
        session,
        Observation(made.payment_id, "payment_intent", status, fen, settled, None, None, NOON),
        now=NOON,
    )
    receipts.book_receipts(session, now=NOON)
    return made


def _left(session: Session, fund: Fund) -> int:
    return sponsors.fund_figures(session, [fund])[0].available_fen


def test_a_top_up_counts_when_it_has_arrived_and_once(session: Session, fund: Fund) -> None:
    _top_up(session, fund, 700, arrives=False)
    assert _left(session, fund) == 0
    _top_up(session, fund, 500)
    receipts.book_receipts(session, now=NOON)
    figures = sponsors.fund_figures(session, [fund])[0]
    assert (figures.given_fen, figures.left_fen, figures.spent_fen) == (500, 500, 0)


def test_a_sponsor_gets_back_what_is_not_spent(session: Session, fund: Fund) -> None:
    made = _top_up(session, fund, 500)
    back = sponsors.return_top_up(
        session, receipt_id=made.id, amount_fen=200, reason="活动取消", request_id=new_id(), now=NOON
    )
    assert (_left(session, fund), back.amount_fen) == (300, 200)
    with pytest.raises(RefundTooLarge):
        sponsors.return_top_up(
            session, receipt_id=made.id, amount_fen=301, reason="活动取消", request_id=new_id(), now=NOON
        )
    _spend(session, fund, 250)
    with pytest.raises(ledger.InsufficientBalance):
        sponsors.return_top_up(
            session, receipt_id=made.id, amount_fen=None, reason="活动取消", request_id=new_id(), now=NOON
        )
    figures = sponsors.fund_figures(session, [fund])[0]
    assert (figures.given_fen, figures.returned_fen, figures.spent_fen, figures.held_fen) == (500, 0, 250, 200)


def _spend(session: Session, fund: Fund, fen: int) -> None:
    payable = ledger.open_account(session, owner=new_id(), purpose="payable", asset="cny")
    move = NewTransfer(receipts.fund_account(session, fund.id).id, payable.id, fen, NOON, "settlement")
    ledger.post(session, [move], request_id=new_id(), now=NOON)


def test_postgresql_lets_no_fund_fall_below_zero(session: Session, fund: Fund) -> None:
    _top_up(session, fund, 500)
    with pytest.raises(ledger.InsufficientBalance):
        _spend(session, fund, 501)


def test_a_fund_has_one_name_and_its_name_one_fund(session: Session, fund: Fund) -> None:
    same = sponsors.open_fund(session, fund_id=fund.id, name=fund.name, name_en="Green Way", now=NOON)
    assert same is fund
    with pytest.raises(FundExists):
        sponsors.open_fund(session, fund_id=new_id(), name=fund.name, name_en="Other", now=NOON)
    with pytest.raises(FundExists):
        sponsors.open_fund(session, fund_id=fund.id, name="别的基金", name_en="Other", now=NOON)


def test_only_an_open_fund_takes_money(session: Session, fund: Fund) -> None:
    with pytest.raises(FundUnknown):
        _top_up(session, Fund(id=new_id()), 500)
    fund.closed_at = NOON
    with pytest.raises(FundUnknown):
        _top_up(session, fund, 500)


@given(st.integers(0, 10**9), st.integers(1, 10**6), st.integers(1, 60), st.integers(1, 500))
def test_coverage_is_rounded_down_and_agrees_with_the_rule(fen: int, coins: int, per: int, price: int) -> None:
    worth = Worth(per, price)
    shown = coverage(available_fen=fen, unpaid_coins=coins, worth=worth)
    exact = Fraction(fen * 10_000 * per, coins * price)
    assert shown is not None
    assert shown <= exact < shown + 1
    assert is_backed(available_fen=fen, unpaid_coins=coins, worth=worth, basis_points=shown)
    assert not is_backed(available_fen=fen, unpaid_coins=coins, worth=worth, basis_points=shown + 1)
    assert worth.cost_fen(worth.coins_for(fen)) <= fen


def test_without_open_coins_there_is_nothing_to_cover() -> None:
    assert coverage(available_fen=5, unpaid_coins=0, worth=Worth(1, 50)) is None
