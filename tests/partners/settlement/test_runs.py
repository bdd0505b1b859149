"""Settling the café: once a day, whatever was taken and undone, as far as the fund reaches."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from partners import receipts, settlement, sponsors
from partners.receipts import Purpose
from partners.settlement import Cycle, PayoutState, SettlementDayOpen, SettlementRateMissing, Statement
from partners.settlement.model import StatementLine
from tests.cafe import NOON, give_coins, open_cafe
from tests.factories import make_citizen
from tests.partners.settlement.world import NIGHT, OPERATOR, TODAY, Town, charge, fill_fund, open_fund, open_town

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.fixture
def town(session: Session) -> Town:
    return open_town(session)


def _made(statement: Statement | None) -> Statement:
    assert statement is not None
    return statement


def test_a_day_becomes_a_statement_and_money_that_is_owed(town: Town) -> None:
    charge(town.session, basis_points=60, fixed_fen=20)
    town.redeem(30)
    town.redeem(12, kind="payment")
    made = _made(town.settle())
    assert (made.taken_coins, made.settled_coins, made.closing_coins, made.lines) == (42, 42, 0, 2)
    assert (made.gross_fen, made.fee_fen, made.net_fen) == (2100, 32, 2068)
    assert town.owed() == 2068
    assert town.balance(town.fund, "fund") == 1_000_000 - 2100
    assert town.balance(ledger.SYSTEM, "fees") == 32
    assert town.balance(town.cafe.id, "takings", "coin") == 0
    assert sponsors.unpaid_coins(town.session) == 0


def test_a_day_is_settled_once(town: Town) -> None:
    town.redeem(30)
    first = _made(town.settle())
    town.redeem(30)
    assert town.settle() is first
    assert (town.owed(), town.balance(town.cafe.id, "takings", "coin")) == (1500, 30)


def test_what_is_undone_in_time_costs_nothing_and_is_shown(town: Town) -> None:
    town.redeem(30)
    town.undo(town.redeem(20))
    late = town.redeem(10, now=NIGHT - timedelta(hours=1, minutes=1))
    town.undo(late, now=NIGHT - timedelta(minutes=55))
    made = _made(town.settle())
    assert (made.taken_coins, made.undone_coins, made.settled_coins, made.gross_fen) == (60, 30, 30, 1500)
    assert [line.fen for line in settlement.lines_of(town.session, made.id)] == [1000, -1000, 500, -500, 1500]


def test_what_is_taken_after_midnight_is_the_next_days(town: Town) -> None:
    town.redeem(30)
    undone = town.redeem(7, now=NIGHT)
    town.undo(undone, now=NIGHT)
    town.redeem(5, now=NIGHT)
    assert _made(town.settle()).settled_coins == 30
    assert town.settle(TOMORROW, now=NIGHT + timedelta(days=1)).settled_coins == 5  # type: ignore[union-attr]  # The test fails where it is None.
    assert town.owed() == 1750


def test_a_scan_that_is_uploaded_later_comes_onto_the_next_statement(town: Town) -> None:
    town.redeem(30)
    _made(town.settle())
    town.redeem(8, now=NOON + timedelta(hours=1))
    later = _made(town.settle(TOMORROW))
    assert (later.settled_coins, later.lines) == (8, 1)


def test_a_day_that_is_not_over_is_not_settled(town: Town) -> None:
    town.redeem(30)
    with pytest.raises(SettlementDayOpen):
        town.settle(now=NIGHT - timedelta(minutes=31))


def test_without_a_price_nothing_is_settled(session: Session) -> None:
    cafe, fund = open_cafe(session), open_fund(session, fen=100)
    town = Town(session, cafe, fund)
    town.redeem(3)
    with pytest.raises(SettlementRateMissing):
        town.settle()


def test_nothing_taken_is_no_statement(town: Town) -> None:
    assert town.settle() is None


def test_no_run_pays_more_than_the_fund_holds_and_the_rest_waits_its_turn(session: Session) -> None:
    town = open_town(session, fen=1600)
    for minute, coins in enumerate((20, 10, 15, 1)):
        town.redeem(coins, now=NOON + timedelta(minutes=minute))
    first = _made(town.settle())
    assert (first.settled_coins, first.gross_fen) == (30, 1500)
    assert (first.closing_coins, first.waiting_lines, first.waiting_fen) == (16, 2, 800)
    assert town.balance(town.fund, "fund") == 100
    fill_fund(session, town.fund, 10_000)
    second = _made(town.settle(TOMORROW))
    assert (second.opening_coins, second.taken_coins, second.settled_coins, second.closing_coins) == (16, 0, 16, 0)
    assert town.balance(town.fund, "fund") == 10_100 - 800


def test_an_empty_fund_leaves_a_statement_that_says_so(session: Session) -> None:
    town = open_town(session, fen=0)
    town.redeem(30)
    made = _made(town.settle())
    assert (made.lines, made.net_fen, made.waiting_lines, made.waiting_fen) == (0, 0, 1, 1500)
    assert settlement.payouts(session, merchant_id=town.cafe.id) == []


def test_several_funds_pay_in_the_order_in_which_they_were_opened(town: Town) -> None:
    second = open_fund(town.session, fen=10_000, name="碳惠基金", now=NOON)
    account = receipts.fund_account(town.session, town.fund)
    _drain(town, leave=400)
    town.redeem(30)
    made = _made(town.settle())
    assert settlement.funding_of(town.session, made.id) == {town.fund: 400, second: 1100}
    assert ledger.balance(town.session, account).posted == 0


def _drain(town: Town, *, leave: int) -> None:
    account, service = receipts.fund_account(town.session, town.fund), receipts.at_service(town.session)
    units = ledger.balance(town.session, account).posted - leave
    move = ledger.NewTransfer(account.id, service.id, units, NOON, "refund")
    ledger.post(town.session, [move], request_id=new_id(), now=NOON)


def test_a_correction_after_settlement_goes_back_at_what_was_paid(town: Town) -> None:
    """A redemption of one citizen is reversed a day later; coins of the same stripe are there again."""
    lin = make_citizen(town.session)
    give_coins(town.session, lin.id, 100)
    transfer = town.redeem(30, citizen=lin.id)
    _made(town.settle())
    town.redeem(50, citizen=lin.id, now=NOON + timedelta(days=1))
    town.undo(transfer, now=NOON + timedelta(days=1))
    second = _made(town.settle(TOMORROW))
    assert (second.taken_coins, second.undone_coins, second.settled_coins, second.gross_fen) == (50, 30, 20, 1000)
    assert town.owed() == 2500


def test_more_gone_back_than_taken_waits_for_the_next_day(town: Town) -> None:
    lin = make_citizen(town.session)
    give_coins(town.session, lin.id, 100)
    transfer = town.redeem(30, citizen=lin.id)
    _made(town.settle())
    town.redeem(30, citizen=lin.id, now=NIGHT)
    town.undo(transfer, now=NIGHT)
    assert town.settle(TOMORROW, now=NIGHT + timedelta(days=1)).gross_fen == 0  # type: ignore[union-attr]  # The test fails where it is None.
    assert town.owed() == 1500


def test_without_other_takings_what_was_settled_can_no_longer_be_undone(town: Town) -> None:
    transfer = town.redeem(30)
    _made(town.settle())
    with pytest.raises(ledger.InsufficientBalance):
        town.undo(transfer, now=NIGHT)


def test_what_leaves_in_parts_is_one_line(town: Town) -> None:
    """What leaves the takings is drawn from as many of their parts as it takes: the statement knows whole transfers."""
    small = [town.redeem(3) for _ in range(4)]
    big = town.redeem(8)
    town.undo(big)
    town.undo(small[0])
    made = _made(town.settle())
    assert (made.lines, made.taken_coins, made.undone_coins, made.gross_fen) == (7, 20, 11, 450)


def test_a_monthly_merchant_gets_one_statement_a_month(town: Town) -> None:
    settlement.choose_cycle(town.session, merchant_id=town.cafe.id, cycle=Cycle.MONTH, made_by=OPERATOR, now=NOON)
    town.redeem(30)
    assert town.settle() is None
    town.redeem(12, now=NOON + timedelta(days=5))
    made = _made(town.settle(date(2026, 11, 30)))
    assert (made.cycle, made.settled_coins) == ("month", 42)


def test_an_earlier_day_is_left_alone_once_a_later_one_is_settled(town: Town) -> None:
    town.redeem(30)
    _made(town.settle(TOMORROW))
    town.redeem(30)
    assert town.settle() is None


def test_the_cash_part_of_redeemed_vouchers_is_on_the_statement(town: Town) -> None:
    paid = [_paid_cash(town, 500) for _ in range(2)]
    settlement.earn_cash_part(town.session, receipt_id=paid[0], now=NOON)
    town.redeem(10)
    made = _made(town.settle())
    assert (made.gross_fen, made.cash_fen, made.net_fen) == (500, 500, 1000)
    assert [one.id for one in settlement.cash_of(town.session, made.id, town.cafe.id)] == [paid[0]]
    assert town.balance(town.cafe.id, "unearned") == 500
    with pytest.raises(receipts.ReceiptEarned):
        settlement.undo_cash_part(town.session, receipt_id=paid[0])


def _paid_cash(town: Town, fen: int) -> object:
    lin = make_citizen(town.session)
    made = receipts.begin_receipt(
        town.session, purpose=Purpose.CASH_PART, payee_id=town.cafe.id, payer_id=lin.id, amount_fen=fen,
        account=receipts.unearned_account(town.session, town.cafe.id), request_id=new_id(), now=NOON,
    )  # fmt: skip
    move = ledger.NewTransfer(receipts.at_service(town.session).id, made.account_id, fen, NOON, "cash_part", made.id)
    ledger.post(town.session, [move], request_id=new_id(), now=NOON)
    made.booked_at = NOON
    town.session.flush()
    return made.id


def test_the_payout_is_prepared_with_the_statement_and_held(town: Town) -> None:
    town.redeem(30)
    made = _made(town.settle())
    payout = settlement.payouts_of(town.session, [made.id])[made.id]
    assert (payout.state, payout.amount_fen) == (PayoutState.PREPARED, 1500)
    owed = settlement.owed(town.session, town.cafe.id, now=NIGHT)
    assert (owed.fen, owed.under_way_fen, owed.coins) == (0, 1500, 0)


def test_statements_cannot_be_rewritten(town: Town) -> None:
    town.redeem(30)
    made = _made(town.settle())
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), town.session.begin_nested():
        town.session.execute(sa.update(Statement).where(Statement.id == made.id).values(net_fen=1))
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), town.session.begin_nested():
        town.session.execute(sa.delete(StatementLine).where(StatementLine.statement_id == made.id))


@pytest.mark.parametrize("redemptions", [1, 120])
def test_the_number_of_statements_does_not_grow_with_the_redemptions(town: Town, redemptions: int) -> None:
    lin = make_citizen(town.session)
    give_coins(town.session, lin.id, redemptions)
    for _ in range(redemptions):
        town.redeem(1, citizen=lin.id)
    count = 0

    def add(*_: object) -> None:
        nonlocal count
        count += 1

    engine = town.session.get_bind().engine
    sa.event.listen(engine, "before_cursor_execute", add)
    try:
        assert _made(town.settle()).settled_coins == redemptions
    finally:
        sa.event.remove(engine, "before_cursor_execute", add)
    assert count <= 45


def test_every_coin_is_somewhere(town: Town) -> None:
    lin = make_citizen(town.session)
    give_coins(town.session, lin.id, 500)
    town.redeem(30, citizen=lin.id)
    town.redeem(25, citizen=lin.id, now=NIGHT)
    _made(town.settle())
    figures = sponsors.count_coins(town.session, now=NIGHT)
    assert (figures.issued, figures.outstanding, figures.taken, figures.settled) == (500, 445, 25, 30)
    assert figures.unpaid == sponsors.unpaid_coins(town.session)
