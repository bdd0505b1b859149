"""Members' accepted acts become points of the scheme, once, in the ledger, and are taken back when the act falls."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from puhui.db import Database
from rewards.points import points_of
from rewards.schemes.actions import approve, draft, end_scheme, refuse, submit
from rewards.schemes.awarding import Run, Tenure, award, simulate, take_back
from rewards.schemes.errors import (
    ReviewerIsAuthor,
    SchemeBudgetUnfit,
    SchemeDatesUnfit,
    SchemeEnded,
    SchemeVersionFixed,
    SchemeVersionNotReady,
)
from rewards.schemes.model import Span, VersionState
from rewards.schemes.queries import (
    awards_of,
    given_to,
    results_by_department,
    results_by_method,
    schemes_of_person,
    version_of,
)
from tests.factories import make_citizen
from tests.institution import make_institution
from tests.scheme import AUTHOR, NOON, REVIEWER, RIDDEN, bind, make_scheme, person_quota, publish, ride, rules

JOINED = NOON - timedelta(days=9)


def member(session: Session, rider: str) -> Tenure:
    lin = make_citizen(session)
    ride(session, rider, km="0.5", at=RIDDEN - timedelta(days=30), now=NOON - timedelta(days=29))
    bind(session, rider, lin.id)
    return Tenure(lin.id, None, JOINED, None)


def test_a_members_ride_gives_points_of_the_scheme_beside_the_citizens_own(session: Session) -> None:
    scheme, lin = make_scheme(session, make_institution(session)), member(session, "lin")
    before = points_of(session, lin.person, now=NOON)
    ride(session, "lin")
    assert award(session, scheme.id, [lin], now=NOON) == Run(1, 80_00)
    assert given_to(session, scheme.id, lin.person) == 80_00
    assert points_of(session, lin.person, now=NOON) == before + 80
    assert scheme.awarded_units == 80_00
    assert ledger.audit(session).holds


def test_an_act_gives_once_however_often_the_job_runs(session: Session) -> None:
    scheme, lin = make_scheme(session, make_institution(session)), member(session, "lin")
    ride(session, "lin")
    award(session, scheme.id, [lin], now=NOON)
    assert award(session, scheme.id, [lin], now=NOON) == Run(0, 0)
    assert award(session, scheme.id, [lin], now=NOON + timedelta(days=2), everything=True) == Run(0, 0)
    assert given_to(session, scheme.id, lin.person) == 80_00


def test_two_schemes_count_the_same_act_each_by_its_own_rules(session: Session) -> None:
    hospital, lin = make_institution(session), member(session, "lin")
    one, other = make_scheme(session, hospital), make_scheme(session, make_institution(session), grams_per_point=200)
    ride(session, "lin")
    for scheme in (one, other):
        award(session, scheme.id, [lin], now=NOON)
    assert (given_to(session, one.id, lin.person), given_to(session, other.id, lin.person)) == (80_00, 40)
    assert {scheme.id for scheme in schemes_of_person(session, lin.person)} == {one.id, other.id}


def test_only_acts_between_joining_and_leaving_count_and_what_was_earned_stays(session: Session) -> None:
    scheme, lin = make_scheme(session, make_institution(session)), member(session, "lin")
    stay = lin._replace(since=RIDDEN - timedelta(days=2), until=RIDDEN - timedelta(hours=1))
    ride(session, "lin", at=RIDDEN - timedelta(days=3))
    ride(session, "lin", at=RIDDEN - timedelta(days=1))
    ride(session, "lin", at=RIDDEN)
    assert award(session, scheme.id, [stay], now=NOON) == Run(1, 80_00)
    assert given_to(session, scheme.id, lin.person) == 80_00


def test_an_act_that_comes_late_is_found_by_the_quick_run_and_a_late_claim_by_the_full_one(session: Session) -> None:
    scheme, lin = make_scheme(session, make_institution(session)), member(session, "lin")
    award(session, scheme.id, [lin], now=NOON)
    later = NOON + timedelta(days=3)
    ride(session, "lin", now=later)
    ride(session, "other phone", at=RIDDEN + timedelta(hours=1), now=NOON - timedelta(minutes=30))
    assert award(session, scheme.id, [lin], now=later) == Run(1, 80_00)
    bind(session, "other phone", lin.person, now=later)
    assert award(session, scheme.id, [lin], now=later) == Run(0, 0)
    assert award(session, scheme.id, [lin], now=later, everything=True) == Run(1, 80_00)


def test_a_quota_holds_over_several_runs(session: Session) -> None:
    scheme = make_scheme(session, make_institution(session), quotas=person_quota(Span.DAY, 100))
    lin = member(session, "lin")
    for hour in range(3):
        ride(session, "lin", at=RIDDEN + timedelta(hours=hour / 4))
        award(session, scheme.id, [lin], now=NOON)
    assert given_to(session, scheme.id, lin.person) == 100_00
    assert sorted(one.code for one in awards_of(session, scheme.id, lin.person)) == [
        "awarded", "person_quota", "person_quota"
    ]  # fmt: skip


def test_an_act_that_falls_takes_its_points_back_by_a_reversal(session: Session) -> None:
    scheme, lin = make_scheme(session, make_institution(session)), member(session, "lin")
    fallen = ride(session, "lin")
    ride(session, "lin", at=RIDDEN + timedelta(hours=1))
    award(session, scheme.id, [lin], now=NOON)
    assert take_back(session, scheme.id, now=NOON) == Run(0, 0)
    session.execute(
        sa.text(
            "UPDATE rewards.activity SET status = 'review', counted = 0, grams = 0, points = 0,"
            " reduction_transfer = NULL, points_transfer = NULL WHERE id = :id"
        ),
        {"id": fallen},
    )
    assert take_back(session, scheme.id, now=NOON) == Run(1, 80_00)
    assert take_back(session, scheme.id, now=NOON) == Run(0, 0)
    assert given_to(session, scheme.id, lin.person) == 80_00 == scheme.awarded_units
    assert [(row.acts, row.units) for row in results_by_department(session, scheme.id)] == [(1, 80_00)]
    assert ledger.audit(session).holds


def test_results_are_numbers_by_department_and_by_method(session: Session) -> None:
    scheme, office = make_scheme(session, make_institution(session)), new_id()
    lin, jiang = (
        member(session, "lin")._replace(department=office),
        member(session, "jiang")._replace(department=office),
    )
    for rider in ("lin", "jiang"):
        ride(session, rider)
    award(session, scheme.id, [lin, jiang], now=NOON)
    (row,) = results_by_department(session, scheme.id)
    assert (row.department_id, row.people, row.acts, row.units) == (office, 2, 2, 160_00)
    assert results_by_method(session, scheme.id) == [("T02", 2, 160_00)]


def test_nothing_is_given_before_a_second_person_approves(session: Session) -> None:
    scheme, lin = make_scheme(session, make_institution(session)), member(session, "lin")
    version = draft(session, scheme.id, settings=rules(valid_from=date(2026, 6, 12)), author=AUTHOR, now=NOON)
    with pytest.raises(SchemeVersionNotReady):
        approve(session, scheme.id, version.version, reviewer=REVIEWER, now=NOON)
    submit(session, scheme.id, version.version, now=NOON)
    with pytest.raises(ReviewerIsAuthor):
        approve(session, scheme.id, version.version, reviewer=AUTHOR, now=NOON)
    refuse(session, scheme.id, version.version, reviewer=REVIEWER, reason="预算太小", now=NOON)
    assert version_of(session, scheme.id, 2).state is VersionState.REFUSED
    ride(session, "lin", at=RIDDEN + timedelta(days=3), now=NOON + timedelta(days=3))
    award(session, scheme.id, [lin], now=NOON + timedelta(days=3))
    assert {one.version for one in awards_of(session, scheme.id, lin.person)} == {1}


def test_a_submitted_version_is_never_rewritten_not_even_behind_our_back(session: Session) -> None:
    scheme = make_scheme(session, make_institution(session))
    version = draft(session, scheme.id, settings=rules(valid_from=date(2026, 6, 12)), author=AUTHOR, now=NOON)
    draft(session, scheme.id, settings=rules(valid_from=date(2026, 6, 13)), author=AUTHOR, now=NOON)
    submit(session, scheme.id, version.version, now=NOON)
    with pytest.raises(SchemeVersionFixed):
        draft(session, scheme.id, settings=rules(), author=AUTHOR, now=NOON)
    with pytest.raises(sa.exc.IntegrityError, match="never rewritten"), session.begin_nested():
        session.execute(sa.text("UPDATE rewards.scheme_version SET budget_units = 1 WHERE version = 1"))
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(sa.text("DELETE FROM rewards.scheme_version"))


def test_a_later_version_begins_after_today_and_covers_what_was_given(session: Session) -> None:
    scheme, lin = make_scheme(session, make_institution(session)), member(session, "lin")
    ride(session, "lin")
    award(session, scheme.id, [lin], now=NOON)
    today = draft(session, scheme.id, settings=rules(valid_from=date(2026, 6, 10)), author=AUTHOR, now=NOON)
    with pytest.raises(SchemeDatesUnfit):
        submit(session, scheme.id, today.version, now=NOON)
    tomorrow = date(2026, 6, 11)
    draft(session, scheme.id, settings=rules(valid_from=tomorrow, budget_units=79_00), author=AUTHOR, now=NOON)
    with pytest.raises(SchemeBudgetUnfit):
        submit(session, scheme.id, today.version, now=NOON)
    publish(session, scheme.id, rules(valid_from=tomorrow, weights={"T02": 50}))
    ride(session, "lin", at=RIDDEN + timedelta(days=2), now=NOON + timedelta(days=2))
    award(session, scheme.id, [lin], now=NOON + timedelta(days=2))
    assert given_to(session, scheme.id, lin.person) == 120_00


def test_an_ended_scheme_gives_nothing_more(session: Session) -> None:
    scheme, lin = make_scheme(session, make_institution(session)), member(session, "lin")
    end_scheme(session, scheme.id, now=NOON)
    ride(session, "lin")
    assert award(session, scheme.id, [lin], now=NOON) == Run(0, 0)
    with pytest.raises(SchemeEnded):
        draft(session, scheme.id, settings=rules(), author=AUTHOR, now=NOON)


def test_a_simulation_says_what_last_month_would_have_given_and_writes_nothing(session: Session) -> None:
    scheme, lin = make_scheme(session, make_institution(session)), member(session, "lin")
    ride(session, "lin", at=RIDDEN - timedelta(days=20))
    found = simulate(
        session, rules(quotas=person_quota(Span.DAY, 50)), [lin], first=date(2026, 5, 1), last=date(2026, 5, 31)
    )
    assert [(one.units, one.wanted, one.code) for one in found] == [
        (20_00, 20_00, "awarded"),
        (50_00, 80_00, "person_quota"),
    ]
    assert given_to(session, scheme.id, lin.person) == 0


def test_two_workers_together_give_once_and_never_pass_the_quota(own_database: Database) -> None:
    with own_database.transaction() as session:
        scheme = make_scheme(session, make_institution(session), quotas=person_quota(Span.DAY, 100)).id
        lin = member(session, "lin")
        for quarter in range(3):
            ride(session, "lin", at=RIDDEN + timedelta(minutes=15 * quarter))
    runs: list[Run] = []

    def work() -> None:
        runs.append(own_database.run(lambda session: award(session, scheme, [lin], now=NOON)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with own_database.transaction() as session:
        assert given_to(session, scheme, lin.person) == 100_00 == sum(run.units for run in runs)
        assert ledger.audit(session).holds


def test_the_books_name_no_person(session: Session) -> None:
    scheme, lin = make_scheme(session, make_institution(session)), member(session, "lin")
    ride(session, "lin")
    award(session, scheme.id, [lin], now=NOON)
    owners = set(session.scalars(sa.text("SELECT owner FROM ledger.named_account WHERE purpose = 'scheme'")))
    assert len(owners) == 1
    assert lin.person not in owners
