"""Clerks, takers, cancellers and the job at the same instant: one wins, nothing is lost or doubled."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.errors import DomainError
from ledger.kernel.ids import new_id
from partners.merchants import takings_of
from puhui.db import Database
from rewards.vouchers import (
    Scan,
    VoucherAlreadyRedeemed,
    VoucherCancelled,
    VoucherExpired,
    cancel,
    expire_vouchers,
    voucher_of,
)
from tests.cafe import NOON, Cafe, give_coins, left, open_cafe, open_offer, purse, redeem, scan, take
from tests.factories import make_merchant_clerk

ROUNDS = 12


def at_once(database: Database, *works: Callable[[Session], object]) -> list[object]:
    """Run each work in a thread and transaction of its own, all beginning together; answer results and refusals."""
    start, answers = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[Session], object]) -> None:
        start.wait()
        try:
            answers[place] = database.run(work)
        except DomainError as error:
            answers[place] = error

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def citizens(session: Session, count: int, coins: int) -> Sequence[UUID]:
    made = [new_id() for _ in range(count)]
    for citizen in made:
        give_coins(session, citizen, coins)
    return made


def check_conserved(database: Database, cafe: Cafe, *, now: datetime) -> None:
    """Held coins are open vouchers, takings are redeemed ones, the stock is what nobody has; the books balance."""
    with database.transaction() as session:
        open_units, used_units = session.execute(
            sa.text(
                "SELECT coalesce(sum(coins_units) FILTER (WHERE redeemed_at IS NULL AND released_at IS NULL"
                " AND expires_at > :now), 0), coalesce(sum(coins_units) FILTER (WHERE redeemed_at IS NOT NULL"
                " AND undone_at IS NULL), 0)"
                " FROM rewards.voucher WHERE merchant_id = :merchant"
            ),
            {"now": now, "merchant": cafe.id},
        ).one()
        takings = takings_of(session, cafe.id, now=now)
        assert (takings.open_units, takings.owed_units) == (open_units, used_units)
        stray = session.scalar(
            sa.text(
                "SELECT count(*) FROM rewards.offer_stock s WHERE s.left_units <> s.stock_units - (SELECT count(*)"
                " FROM rewards.voucher v WHERE v.offer_id = s.offer_id AND v.released_at IS NULL)"
            )
        )
        assert stray == 0
        assert ledger.audit(session).holds


@pytest.fixture
def cafe(own_database: Database) -> Cafe:
    with own_database.transaction() as session:
        return open_cafe(session, stock=100, per_person=100)


def test_two_clerks_at_one_instant_redeem_once(own_database: Database, cafe: Cafe) -> None:
    with own_database.transaction() as session:
        other = replace(cafe, clerk=replace(cafe.clerk, person=make_merchant_clerk(session, name="小吴").person))
        (lin,) = citizens(session, 1, 30 * ROUNDS)
    for _ in range(ROUNDS):
        with own_database.transaction() as session:
            voucher = take(session, cafe.coffee, lin)
            scans = [(desk, scan(session, desk, voucher)) for desk in (cafe, other)]
        answers = at_once(own_database, *[_confirm(desk, scanned) for desk, scanned in scans])
        refused = [answer for answer in answers if isinstance(answer, VoucherAlreadyRedeemed)]
        assert len(refused) == 1
        assert refused[0].facts["by"] in {cafe.clerk.person.id, other.clerk.person.id}
    with own_database.transaction() as session:
        assert purse(session, lin) == (0, 0)
        assert takings_of(session, cafe.id, now=NOON).owed_units == 30 * ROUNDS
    check_conserved(own_database, cafe, now=NOON)


def test_one_clerk_tapping_many_times_redeems_once_and_always_hears_yes(own_database: Database, cafe: Cafe) -> None:
    with own_database.transaction() as session:
        (lin,) = citizens(session, 1, 30)
        scanned = scan(session, cafe, take(session, cafe.coffee, lin))
    answers = at_once(own_database, *[_confirm(cafe, scanned, NOON + timedelta(seconds=n)) for n in range(6)])
    assert len(set(answers)) == 1
    assert isinstance(answers[0], datetime)
    check_conserved(own_database, cafe, now=NOON)


def test_of_cancelling_and_redeeming_at_one_instant_one_wins(own_database: Database, cafe: Cafe) -> None:
    with own_database.transaction() as session:
        (lin,) = citizens(session, 1, 30)
    redeemed = 0
    for _ in range(ROUNDS):
        with own_database.transaction() as session:
            if purse(session, lin)[0] < 30:
                give_coins(session, lin, 30)
            voucher = take(session, cafe.coffee, lin)
            scanned = scan(session, cafe, voucher)
        works = [_confirm(cafe, scanned), _cancel(voucher.id, lin)]
        random.shuffle(works)
        answers = at_once(own_database, *works)
        refused = [answer for answer in answers if isinstance(answer, DomainError)]
        assert len(refused) == 1
        assert isinstance(refused[0], VoucherCancelled | VoucherAlreadyRedeemed)
        redeemed += isinstance(refused[0], VoucherAlreadyRedeemed)
    with own_database.transaction() as session:
        assert takings_of(session, cafe.id, now=NOON).owed_units == 30 * redeemed
    check_conserved(own_database, cafe, now=NOON)


def test_the_job_and_a_clerk_at_the_last_second_agree(own_database: Database, cafe: Cafe) -> None:
    with own_database.transaction() as session:
        (lin,) = citizens(session, 1, 30)
    end = NOON
    for _ in range(ROUNDS):
        with own_database.transaction() as session:
            if purse(session, lin, now=end)[0] < 30:
                give_coins(session, lin, 30)
            voucher = take(session, cafe.coffee, lin)
            end = voucher.expires_at
            before = end - timedelta(microseconds=1)
            scanned = scan(session, cafe, voucher, now=before)
        answers = at_once(
            own_database,
            _confirm(cafe, scanned, before),
            _job(expire_vouchers, end),
            _job(ledger.expire_holds, end),
        )
        assert isinstance(answers[0], datetime | VoucherExpired)
        with own_database.transaction() as session:
            expire_vouchers(session, now=end, limit=10)
            ledger.expire_holds(session, now=end, limit=10)
    check_conserved(own_database, cafe, now=end)


def test_stock_never_goes_below_zero_with_many_takers(own_database: Database, cafe: Cafe) -> None:
    with own_database.transaction() as session:
        last = open_offer(session, cafe.id, price=1, stock=3, per_person=1)
        people = citizens(session, 10, 5)
    answers = at_once(own_database, *[_take(last, citizen) for citizen in people])
    assert sorted(type(answer).__name__ for answer in answers) == ["OfferSoldOut"] * 7 + ["UUID"] * 3
    with own_database.transaction() as session:
        assert left(session, last) == 0
    check_conserved(own_database, cafe, now=NOON)


def test_one_citizen_at_many_devices_stays_within_the_limit(own_database: Database, cafe: Cafe) -> None:
    with own_database.transaction() as session:
        limited = open_offer(session, cafe.id, price=1, stock=50, per_person=2)
        (lin,) = citizens(session, 1, 50)
    answers = at_once(own_database, *[_take(limited, lin) for _ in range(8)])
    assert sorted(type(answer).__name__ for answer in answers) == ["OfferLimitReached"] * 6 + ["UUID"] * 2
    check_conserved(own_database, cafe, now=NOON)


def test_one_citizen_cannot_hold_the_same_coins_for_two_offers(own_database: Database, cafe: Cafe) -> None:
    with own_database.transaction() as session:
        menu = [open_offer(session, cafe.id, price=30) for _ in range(4)]
        (lin,) = citizens(session, 1, 50)
    answers = at_once(own_database, *[_take(offer, lin) for offer in menu])
    assert sorted(type(answer).__name__ for answer in answers) == ["InsufficientBalance"] * 3 + ["UUID"]
    check_conserved(own_database, cafe, now=NOON)


def test_one_request_from_many_taps_is_one_voucher(own_database: Database, cafe: Cafe) -> None:
    with own_database.transaction() as session:
        (lin,) = citizens(session, 1, 300)
    request_id = new_id()
    answers = at_once(own_database, *[_take(cafe.coffee, lin, request_id) for _ in range(6)])
    assert set(answers) == {request_id}
    with own_database.transaction() as session:
        assert purse(session, lin) == (270, 30)
    check_conserved(own_database, cafe, now=NOON)


def test_a_busy_hour_of_everything_loses_and_doubles_nothing(own_database: Database, cafe: Cafe) -> None:
    with own_database.transaction() as session:
        people = citizens(session, 4, 200)
        menu = [cafe.coffee, open_offer(session, cafe.id, price=7, stock=6, per_person=9)]
    seed = random.randrange(10**6)
    print("seed", seed)
    at_once(own_database, *[_visit(own_database, cafe, citizen, menu, seed + n) for n, citizen in enumerate(people)])
    with own_database.transaction() as session:
        kept = sum(sum(purse(session, citizen)) for citizen in people)
        assert kept + takings_of(session, cafe.id, now=NOON).owed_units == 800
    check_conserved(own_database, cafe, now=NOON)


def _confirm(desk: Cafe, scanned: Scan, now: datetime = NOON) -> Callable[[Session], object]:
    return lambda session: redeem(session, desk, scanned, now=now).redeemed_at


def _job(work: Callable[..., int], now: datetime) -> Callable[[Session], object]:
    return lambda session: work(session, now=now, limit=10)


def _cancel(voucher_id: UUID, citizen: UUID) -> Callable[[Session], object]:
    return lambda session: cancel(session, voucher_id=voucher_id, citizen_id=citizen, now=NOON).cancelled_at


def _take(offer_id: UUID, citizen: UUID, request_id: UUID | None = None) -> Callable[[Session], object]:
    chosen = request_id or new_id()
    return lambda session: take(session, offer_id, citizen, request_id=chosen).id


def _visit(
    database: Database, cafe: Cafe, citizen: UUID, menu: Sequence[UUID], seed: int
) -> Callable[[Session], object]:
    chance = random.Random(seed)

    def visit(_: Session) -> None:
        for _ in range(12):
            try:
                voucher_id = database.run(_take(chance.choice(menu), citizen))
            except DomainError:
                continue
            if not isinstance(voucher_id, UUID) or chance.random() < 0.3:
                continue
            if chance.random() < 0.4:
                database.run(_cancel(voucher_id, citizen))
                continue
            scanned = database.run(lambda session, made=voucher_id: _scan(session, cafe, citizen, made))
            database.run(_confirm(cafe, scanned))

    return visit


def _scan(session: Session, cafe: Cafe, citizen: UUID, voucher_id: UUID) -> Scan:
    return scan(session, cafe, voucher_of(session, citizen_id=citizen, voucher_id=voucher_id))
