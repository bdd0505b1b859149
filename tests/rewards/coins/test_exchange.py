"""Points become coins, once per request, in one posting."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger import InsufficientBalance, RequestConflict
from ledger.kernel.ids import new_id
from puhui.db import Database
from rewards.coins import (
    Exchange,
    ExchangeConflict,
    RateChanged,
    RateMissing,
    coins_of,
    exchange,
    exchanges_of,
    rate_at,
)
from rewards.points import points_of
from tests.cafe import NOON, give_points

PROPOSAL_SINCE = datetime(2024, 12, 31, 16, 0, tzinfo=UTC)


def lin(session: Session, points: int) -> UUID:
    citizen = new_id()
    give_points(session, citizen, points)
    return citizen


def swap(session: Session, citizen: UUID, points: int, request_id: UUID | None = None, at: datetime = NOON) -> Exchange:
    return exchange(
        session, citizen_id=citizen, points_units=points, rate_id=rate_at(session, at).id,
        request_id=request_id or new_id(), now=at,
    )  # fmt: skip


def add_rate(session: Session, *, takes: int, valid_from: datetime) -> None:
    session.execute(
        sa.text(
            "INSERT INTO rewards.rate"
            " (id, from_asset, to_asset, takes_units, gives_units, valid_from, standing, source)"
            " VALUES (:id, 'point', 'coin', :takes, 1, :valid_from, 'proposal', 'a test')"
        ),
        {"id": new_id(), "takes": takes, "valid_from": valid_from},
    )


def test_the_rate_is_our_own_proposal_and_says_so(session: Session) -> None:
    rate = rate_at(session, NOON)
    assert (rate.takes_units, rate.gives_units, rate.is_official) == (100, 1, False)
    assert "不是官方" in rate.source


def test_a_rate_is_in_force_from_its_instant_until_the_next(session: Session) -> None:
    add_rate(session, takes=50, valid_from=NOON)
    assert rate_at(session, PROPOSAL_SINCE).takes_units == 100
    assert rate_at(session, NOON - timedelta(microseconds=1)).takes_units == 100
    assert rate_at(session, NOON).takes_units == 50
    with pytest.raises(RateMissing):
        rate_at(session, PROPOSAL_SINCE - timedelta(microseconds=1))


def test_a_rate_cannot_be_changed_or_removed(session: Session) -> None:
    for statement in ("UPDATE rewards.rate SET takes_units = 1", "DELETE FROM rewards.rate"):
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(sa.text(statement))


def test_points_become_coins_and_the_rest_stays(session: Session) -> None:
    citizen = lin(session, 1_280)
    made = swap(session, citizen, 1_250)
    assert (made.points_units, made.coins_units) == (1_200, 12)
    assert points_of(session, citizen, now=NOON) == 80
    assert coins_of(session, citizen, now=NOON).available == 12
    assert ledger.audit(session).holds


def test_repeating_an_exchange_answers_the_same_one(session: Session) -> None:
    citizen, request_id = lin(session, 1_000), new_id()
    first = swap(session, citizen, 500, request_id)
    add_rate(session, takes=50, valid_from=NOON + timedelta(minutes=1))
    again = exchange(
        session, citizen_id=citizen, points_units=500, rate_id=first.rate_id, request_id=request_id,
        now=NOON + timedelta(hours=1),
    )  # fmt: skip
    assert again is first
    assert points_of(session, citizen, now=NOON) == 500
    assert list(exchanges_of(session, citizen)) == [first]


def test_the_same_request_with_other_points_is_a_conflict(session: Session) -> None:
    citizen, request_id = lin(session, 1_000), new_id()
    swap(session, citizen, 500, request_id)
    with pytest.raises(ExchangeConflict):
        swap(session, citizen, 600, request_id)
    assert points_of(session, citizen, now=NOON) == 500


def test_another_citizen_with_the_same_request_gets_nothing(session: Session) -> None:
    request_id, first, second = new_id(), lin(session, 100), lin(session, 100)
    swap(session, first, 100, request_id)
    with pytest.raises((ExchangeConflict, RequestConflict)), session.begin_nested():
        swap(session, second, 100, request_id)
    assert points_of(session, second, now=NOON) == 100


def test_more_points_than_there_are_move_nothing(session: Session) -> None:
    citizen = lin(session, 199)
    with pytest.raises(InsufficientBalance), session.begin_nested():
        swap(session, citizen, 200)
    assert points_of(session, citizen, now=NOON) == 199
    assert not exchanges_of(session, citizen)


def test_a_rate_that_changed_since_the_page_was_shown_is_refused(session: Session) -> None:
    citizen, shown = lin(session, 1_000), rate_at(session, NOON).id
    add_rate(session, takes=200, valid_from=NOON)
    with pytest.raises(RateChanged):
        exchange(session, citizen_id=citizen, points_units=500, rate_id=shown, request_id=new_id(), now=NOON)


def test_one_request_at_one_instant_from_many_taps_is_one_exchange(own_database: Database) -> None:
    with own_database.transaction() as session:
        citizen, request_id = lin(session, 1_000), new_id()
    start, answers = threading.Barrier(6), []

    def tap(number: int) -> None:
        start.wait()
        at = NOON + timedelta(milliseconds=number)
        answers.append(own_database.run(lambda session: swap(session, citizen, 500, request_id, at).exchanged_at))

    taps = [threading.Thread(target=tap, args=(number,)) for number in range(6)]
    for thread in taps:
        thread.start()
    for thread in taps:
        thread.join()
    assert len(answers) == 6
    assert len(set(answers)) == 1
    with own_database.transaction() as session:
        assert points_of(session, citizen, now=NOON) == 500
        assert coins_of(session, citizen, now=NOON).available == 5
        assert ledger.audit(session).holds
