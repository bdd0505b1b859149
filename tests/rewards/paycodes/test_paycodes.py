"""A pay code is charged once, in time, within its limits, and can be given back for a while."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.errors import DomainError
from ledger.kernel.ids import new_id
from partners.merchants import takings_of
from rewards import paycodes
from rewards.paycodes import PayCode
from tests.cafe import CODES, NOON, Cafe, give_coins, open_cafe, purse, take
from tests.purse import PAY_CODES, charge, digits_of, open_pay_code, undo


@pytest.fixture
def cafe(session: Session) -> Cafe:
    return open_cafe(session)


@pytest.fixture
def lin(session: Session) -> UUID:
    citizen = new_id()
    give_coins(session, citizen, 600)
    return citizen


def test_a_clerk_takes_an_amount_once(session: Session, cafe: Cafe, lin: UUID) -> None:
    pay_code = open_pay_code(session, lin)
    made = charge(session, cafe, pay_code, 18)
    assert purse(session, lin) == (582, 0)
    assert takings_of(session, cafe.id, now=NOON).owed_units == 18
    assert paycodes.charge_on(session, pay_code) is made
    with pytest.raises(paycodes.PayCodeUsed):
        charge(session, cafe, pay_code, 18)
    assert ledger.audit(session).holds


def test_pay_codes_and_voucher_codes_are_told_apart(session: Session, cafe: Cafe, lin: UUID) -> None:
    shown = digits_of(open_pay_code(session, lin))
    assert shown.startswith("71")
    assert len(shown) == 18
    assert CODES.read(shown) is None
    voucher = CODES.code(take(session, cafe.coffee, lin).number, at=NOON)
    assert PAY_CODES.read(voucher) is None
    with pytest.raises(paycodes.PayCodeWrong):
        charge(session, cafe, open_pay_code(session, lin), 5, digits=voucher)


def test_the_same_request_answers_the_same_charge_however_late(session: Session, cafe: Cafe, lin: UUID) -> None:
    pay_code, request_id = open_pay_code(session, lin), new_id()
    shown = digits_of(pay_code)
    made = charge(session, cafe, pay_code, 18, request_id=request_id, digits=shown)
    later = NOON + timedelta(hours=1)
    assert charge(session, cafe, pay_code, 18, request_id=request_id, digits=shown, now=later) is made
    assert purse(session, lin) == (582, 0)
    with pytest.raises(paycodes.ChargeConflict):
        charge(session, cafe, pay_code, 19, request_id=request_id, digits=shown, now=later)


@pytest.mark.parametrize(
    ("seconds", "answer"),
    [(0, None), (30, None), (60, paycodes.PayCodeTooOld), (599, paycodes.PayCodeTooOld), (700, paycodes.PayCodeWrong)],
)
def test_a_shown_code_is_good_for_this_step_and_the_next(
    session: Session, cafe: Cafe, lin: UUID, seconds: int, answer: type[DomainError] | None
) -> None:
    pay_code = open_pay_code(session, lin)
    pay_code.expires_at = NOON + timedelta(hours=1)
    shown, later = digits_of(pay_code), NOON + timedelta(seconds=seconds)
    if answer is None:
        assert charge(session, cafe, pay_code, 5, digits=shown, now=later).coins_units == 5
        return
    with pytest.raises(answer):
        charge(session, cafe, pay_code, 5, digits=shown, now=later)


def test_a_clerk_who_scans_first_has_three_minutes_to_type(session: Session, cafe: Cafe, lin: UUID) -> None:
    shown = digits_of(open_pay_code(session, lin))
    assert paycodes.read_pay_code(session, shown, codes=PAY_CODES, now=NOON).citizen_id == lin
    late = NOON + timedelta(minutes=3, seconds=1)
    with pytest.raises(paycodes.PayCodeTooOld):
        charge(session, cafe, open_pay_code(session, lin), 5, digits=shown, now=late, read_at=NOON)
    pay_code = open_pay_code(session, lin)
    typed = NOON + timedelta(minutes=2, seconds=50)
    made = charge(session, cafe, pay_code, 5, digits=digits_of(pay_code), now=typed, read_at=NOON)
    assert made.charged_at == typed


def test_a_pay_code_is_over_at_its_end_and_not_a_moment_before(session: Session, cafe: Cafe, lin: UUID) -> None:
    pay_code = open_pay_code(session, lin)
    assert pay_code.expires_at == NOON + timedelta(minutes=5)
    with pytest.raises(paycodes.PayCodeExpired):
        charge(session, cafe, pay_code, 5, now=pay_code.expires_at)
    last = pay_code.expires_at - timedelta(microseconds=1)
    assert charge(session, cafe, pay_code, 5, now=last).charged_at == last


def test_a_new_pay_code_closes_the_one_before(session: Session, cafe: Cafe, lin: UUID) -> None:
    first, second = open_pay_code(session, lin), open_pay_code(session, lin)
    with pytest.raises(paycodes.PayCodeUsed):
        charge(session, cafe, first, 5)
    assert paycodes.open_pay_code_of(session, lin, now=NOON) is second


def test_opening_again_by_the_same_request_is_the_same_pay_code(session: Session, lin: UUID) -> None:
    request_id = new_id()
    assert open_pay_code(session, lin, request_id=request_id) is open_pay_code(session, lin, request_id=request_id)
    with pytest.raises(paycodes.PayCodeUnknown):
        paycodes.pay_code_of(session, citizen_id=new_id(), pay_code_id=request_id)


def test_a_closed_pay_code_pays_nothing(session: Session, cafe: Cafe, lin: UUID) -> None:
    pay_code = open_pay_code(session, lin)
    paycodes.close_pay_code(session, citizen_id=lin, pay_code_id=pay_code.id, now=NOON)
    with pytest.raises(paycodes.PayCodeUsed):
        charge(session, cafe, pay_code, 5)


@pytest.mark.parametrize(
    ("units", "refusal"),
    [(0, paycodes.ChargeInvalid), (-3, paycodes.ChargeInvalid), (201, paycodes.ChargeTooLarge)],
)
def test_a_charge_has_its_least_and_its_most(
    session: Session, cafe: Cafe, lin: UUID, units: int, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        charge(session, cafe, open_pay_code(session, lin), units)
    assert purse(session, lin) == (600, 0)


def test_a_day_has_its_most_and_what_was_undone_counts_no_more(session: Session, cafe: Cafe, lin: UUID) -> None:
    made = [charge(session, cafe, open_pay_code(session, lin), units) for units in (200, 200)]
    with pytest.raises(paycodes.ChargeDayReached) as refused:
        charge(session, cafe, open_pay_code(session, lin), 101)
    assert refused.value.facts["left"] == 100
    undo(session, cafe, made[0])
    charge(session, cafe, open_pay_code(session, lin), 101)
    tomorrow = NOON + timedelta(days=1)
    charge(session, cafe, open_pay_code(session, lin, now=tomorrow), 200, now=tomorrow)


def test_a_later_limit_holds_from_its_date_on(session: Session, cafe: Cafe, lin: UUID) -> None:
    tomorrow = NOON + timedelta(days=1)
    session.execute(
        sa.text("INSERT INTO rewards.spending_limit VALUES ('charge', :at, 10, 'operator', '测试')"), {"at": tomorrow}
    )
    charge(session, cafe, open_pay_code(session, lin), 11)
    with pytest.raises(paycodes.ChargeTooLarge):
        charge(session, cafe, open_pay_code(session, lin, now=tomorrow), 11, now=tomorrow)


def test_too_few_coins_are_refused_without_telling_how_few(session: Session, cafe: Cafe) -> None:
    poor = new_id()
    give_coins(session, poor, 4)
    pay_code = open_pay_code(session, poor)
    with pytest.raises(paycodes.PayCodeFundsShort) as refused:
        charge(session, cafe, pay_code, 5)
    assert set(refused.value.facts) == {"pay_code"}
    assert charge(session, cafe, pay_code, 4).coins_units == 4


def test_coins_that_a_voucher_holds_do_not_pay(session: Session, cafe: Cafe) -> None:
    wang = new_id()
    give_coins(session, wang, 40)
    take(session, cafe.coffee, wang)
    with pytest.raises(paycodes.PayCodeFundsShort):
        charge(session, cafe, open_pay_code(session, wang), 11)


def test_a_charge_is_undone_within_ten_minutes_once(session: Session, cafe: Cafe, lin: UUID) -> None:
    made, request_id = charge(session, cafe, open_pay_code(session, lin), 18), new_id()
    last = NOON + timedelta(minutes=10)
    undone = undo(session, cafe, made, now=last, request_id=request_id)
    assert (undone.undone_at, undone.undo_reason) == (last, "收错了")
    assert undo(session, cafe, made, now=last, request_id=request_id) is undone
    assert purse(session, lin) == (600, 0)
    assert takings_of(session, cafe.id, now=last).owed_units == 0
    with pytest.raises(paycodes.ChargeUndone):
        undo(session, cafe, made)
    late = charge(session, cafe, open_pay_code(session, lin), 18)
    with pytest.raises(paycodes.UndoTooLate):
        undo(session, cafe, late, now=last + timedelta(seconds=1))


def test_another_merchant_finds_no_such_charge(session: Session, cafe: Cafe, lin: UUID) -> None:
    made, other = charge(session, cafe, open_pay_code(session, lin), 18), open_cafe(session)
    with pytest.raises(paycodes.ChargeUnknown):
        undo(session, other, made)
    with pytest.raises(paycodes.ChargeUnknown):
        paycodes.merchant_charge(session, merchant_id=other.id, charge_id=made.id)
    assert list(paycodes.charges_of_merchant(session, merchant_id=cafe.id, since=NOON)) == [made]


def test_a_closed_merchant_is_refused_by_the_ledger_itself(session: Session, cafe: Cafe, lin: UUID) -> None:
    takings = ledger.account_of(session, owner=cafe.id, purpose="takings", asset="coin")
    ledger.close_account(session, takings, request_id=new_id(), now=NOON)
    with pytest.raises(ledger.AccountClosed):
        charge(session, cafe, open_pay_code(session, lin), 5)
    assert purse(session, lin) == (600, 0)


def test_undoing_gives_back_coins_as_old_as_they_were(session: Session, cafe: Cafe) -> None:
    old, zhao = NOON - timedelta(days=200), new_id()
    give_coins(session, zhao, 30, now=old)
    give_coins(session, zhao, 20)
    account = ledger.account_of(session, owner=zhao, purpose="coins", asset="coin")
    cohort_end = old + timedelta(days=1)
    made = charge(session, cafe, open_pay_code(session, zhao), 40)
    assert ledger.expiring_units(session, [account], cohort_end=cohort_end, now=NOON) == {account.id: 0}
    undo(session, cafe, made)
    assert ledger.expiring_units(session, [account], cohort_end=cohort_end, now=NOON) == {account.id: 30}


def test_postgresql_itself_allows_one_charge_of_a_pay_code(session: Session, cafe: Cafe, lin: UUID) -> None:
    pay_code = open_pay_code(session, lin)
    charge(session, cafe, pay_code, 5)
    session.execute(sa.update(PayCode).where(PayCode.id == pay_code.id).values(closed_at=None))
    with pytest.raises(sa.exc.IntegrityError, match="charge_once"), session.begin_nested():
        charge(session, cafe, pay_code, 5)
