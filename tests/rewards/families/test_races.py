"""Two phones with one code, an ending beside a spending: one happens, and every coin is somewhere."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from puhui.db import Database
from rewards import families, vouchers
from rewards.families import Family
from tests.cafe import NOON, Cafe, give_coins, open_cafe, purse
from tests.purse import at_once, charge, names, open_pay_code

KEY = b"the tests' own key of families"
ROUNDS = 5


@pytest.fixture
def cafe(own_database: Database) -> Cafe:
    with own_database.transaction() as session:
        return open_cafe(session, stock=100, per_person=100)


def _family(session: Session, units: int) -> Family:
    head = new_id()
    give_coins(session, head, units)
    made = families.found(session, head_id=head, request_id=new_id(), now=NOON)
    families.put_in(session, family_id=made.id, person_id=head, units=units, request_id=new_id(), now=NOON)
    return made


def _accept(session: Session, code: str, somebody: UUID) -> object:
    return families.accept(session, code=code, person_id=somebody, request_id=new_id(), now=NOON).id


def test_one_code_lets_one_of_many_in(own_database: Database) -> None:
    with own_database.transaction() as session:
        family = _family(session, 10)
        made = families.invite(session, family_id=family.id, by=family.head_id, key=KEY, request_id=new_id(), now=NOON)
    code = families.code_of(made.id, key=KEY)
    answers = at_once(own_database, *[lambda session: _accept(session, code, new_id())] * 4)
    assert names(answers) == ["FamilyInvitationRefused"] * 3 + ["UUID"]


def test_one_person_joins_one_of_two_families(own_database: Database) -> None:
    wang, codes = new_id(), []
    with own_database.transaction() as session:
        for _ in range(2):
            family = _family(session, 10)
            made = families.invite(
                session, family_id=family.id, by=family.head_id, key=KEY, request_id=new_id(), now=NOON
            )
            codes.append(families.code_of(made.id, key=KEY))
    answers = at_once(own_database, *[lambda session, code=code: _accept(session, code, wang) for code in codes])
    assert names(answers) == ["FamilyTaken", "UUID"]


def test_an_ending_beside_a_taking_and_a_charge_loses_nothing(own_database: Database, cafe: Cafe) -> None:
    for _ in range(ROUNDS):
        with own_database.transaction() as session:
            family = _family(session, 60)
            pay_code = open_pay_code(session, family.head_id, family_id=family.id)

        def end(session: Session, family: Family = family) -> object:
            return families.dissolve(session, family_id=family.id, by=family.head_id, now=NOON)

        def take(session: Session, family: Family = family) -> object:
            return vouchers.take_offer(
                session, offer_id=cafe.coffee, citizen_id=family.head_id, request_id=new_id(), now=NOON,
                family_id=family.id,
            ).id  # fmt: skip

        answers = at_once(own_database, end, take, lambda session, code=pay_code: charge(session, cafe, code, 20).id)
        assert names(answers) in (
            ["FamilyCoinsInUse", "UUID", "UUID"],
            ["FamilyUnknown", "FamilyUnknown", "dict"],
        )
        with own_database.transaction() as session:
            spent = names(answers).count("UUID") == 2
            assert sum(purse(session, family.id)) == (40 if spent else 0)
            assert sum(purse(session, family.head_id)) == (0 if spent else 60)
    with own_database.transaction() as session:
        assert ledger.audit(session).holds


def test_one_member_at_many_devices_puts_in_no_more_than_there_is(own_database: Database) -> None:
    with own_database.transaction() as session:
        family = _family(session, 1)
        give_coins(session, family.head_id, 25)

    def put_in(session: Session) -> object:
        return families.put_in(
            session, family_id=family.id, person_id=family.head_id, units=10, request_id=new_id(), now=NOON
        ).id

    answers = at_once(own_database, *[put_in] * 4)
    assert names(answers) == ["InsufficientBalance", "InsufficientBalance", "UUID", "UUID"]
    with own_database.transaction() as session:
        assert (purse(session, family.id), purse(session, family.head_id)) == ((21, 0), (5, 0))
