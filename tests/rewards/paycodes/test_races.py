"""Two counters, two phones, retries and the last instant: a pay code pays once, a day pays what a day may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from partners.merchants import takings_of
from puhui.db import Database
from rewards.paycodes import PayCode
from tests.cafe import NOON, Cafe, give_coins, open_cafe, purse, take
from tests.purse import at_once, charge, digits_of, names, open_pay_code, undo

ROUNDS = 6


@pytest.fixture
def cafe(own_database: Database) -> Cafe:
    with own_database.transaction() as session:
        return open_cafe(session)


@pytest.fixture
def lin(own_database: Database) -> UUID:
    citizen = new_id()
    with own_database.transaction() as session:
        give_coins(session, citizen, 450)
    return citizen


def _charge(
    cafe: Cafe, pay_code: PayCode, units: int, *, request_id: UUID | None = None, now: datetime = NOON
) -> Callable[[Session], object]:
    chosen, shown = request_id or new_id(), digits_of(pay_code, now=now)
    return lambda session: charge(session, cafe, pay_code, units, request_id=chosen, digits=shown, now=now).id


def _books(database: Database, cafe: Cafe, lin: UUID) -> tuple[int, int]:
    with database.transaction() as session:
        assert ledger.audit(session).holds
        return sum(purse(session, lin)), takings_of(session, cafe.id, now=NOON).owed_units


def test_two_counters_with_one_code_take_once(own_database: Database, cafe: Cafe, lin: UUID) -> None:
    for _ in range(ROUNDS):
        pay_code = own_database.run(lambda session: open_pay_code(session, lin))
        answers = at_once(own_database, *[_charge(cafe, pay_code, 10) for _ in range(3)])
        assert names(answers) == ["PayCodeUsed", "PayCodeUsed", "UUID"]
    assert _books(own_database, cafe, lin) == (450 - 10 * ROUNDS, 10 * ROUNDS)


def test_many_retries_of_one_request_take_once(own_database: Database, cafe: Cafe, lin: UUID) -> None:
    pay_code, request_id = own_database.run(lambda session: open_pay_code(session, lin)), new_id()
    answers = at_once(own_database, *[_charge(cafe, pay_code, 10, request_id=request_id) for _ in range(6)])
    assert set(answers) == {request_id}
    assert _books(own_database, cafe, lin) == (440, 10)


def test_two_phones_of_one_person_cannot_pass_the_day(own_database: Database, cafe: Cafe, lin: UUID) -> None:
    def open_and_charge(session: Session) -> object:
        return charge(session, cafe, open_pay_code(session, lin), 180).id

    answers = at_once(own_database, *[open_and_charge] * 4)
    assert names(answers).count("UUID") == 2
    assert set(names(answers)) == {"ChargeDayReached", "UUID"}
    assert _books(own_database, cafe, lin) == (90, 360)


def test_coins_go_to_a_voucher_or_to_the_counter_but_not_to_both(own_database: Database, cafe: Cafe, lin: UUID) -> None:
    poor = new_id()
    with own_database.transaction() as session:
        give_coins(session, poor, 30)
        pay_code = open_pay_code(session, poor)
    answers = at_once(own_database, _charge(cafe, pay_code, 30), lambda session: take(session, cafe.coffee, poor).id)
    assert names(answers) in (["InsufficientBalance", "UUID"], ["PayCodeFundsShort", "UUID"])


def test_at_the_last_instant_a_charge_is_whole_or_nothing(own_database: Database, cafe: Cafe, lin: UUID) -> None:
    for _ in range(ROUNDS):
        pay_code = own_database.run(lambda session: open_pay_code(session, lin))
        end = pay_code.expires_at
        works = [_charge(cafe, pay_code, 1, now=end - timedelta(microseconds=1)), _charge(cafe, pay_code, 1, now=end)]
        answers = at_once(own_database, *works)
        assert names(answers)[-1] == "UUID"
        assert names(answers)[0] in ("PayCodeExpired", "PayCodeUsed")
    assert _books(own_database, cafe, lin) == (450 - ROUNDS, ROUNDS)


def test_a_charge_undone_by_two_clerks_is_undone_once(own_database: Database, cafe: Cafe, lin: UUID) -> None:
    made = own_database.run(lambda session: charge(session, cafe, open_pay_code(session, lin), 25))
    answers = at_once(own_database, *[lambda session: undo(session, cafe, made).id] * 3)
    assert names(answers) == ["ChargeUndone", "ChargeUndone", "UUID"]
    assert _books(own_database, cafe, lin) == (450, 0)
