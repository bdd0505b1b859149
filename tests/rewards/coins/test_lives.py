"""Coins live as long as the dated rule says, expire at a local midnight, oldest first, and never grow young."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from rewards import coins
from rewards.coins import Cohort, CoinLife, Expiring
from tests.cafe import NOON, give_coins, open_cafe, purse, redeem, scan, take

TOWN = ZoneInfo("Asia/Shanghai")
SPRING, AUTUMN = datetime(2026, 3, 5, 4, tzinfo=UTC), datetime(2026, 9, 5, 4, tzinfo=UTC)
NEW_YEAR, JULY = datetime(2027, 1, 1, tzinfo=TOWN), datetime(2027, 7, 1, tzinfo=TOWN)


def midnight(year: int, month: int, day: int = 1) -> datetime:
    return datetime(year, month, day, tzinfo=TOWN)


def life(start: date, months: int, keeps: int) -> CoinLife:
    begins = datetime(start.year, start.month, start.day, tzinfo=TOWN)
    return CoinLife(valid_from=begins, cohort_months=months, keeps_months=keeps, standing="operator", source="测试")


@pytest.fixture
def lin(session: Session) -> UUID:
    """Lin got 42 coins in spring and 20 in autumn."""
    citizen = new_id()
    give_coins(session, citizen, 42, now=SPRING)
    give_coins(session, citizen, 20, now=AUTUMN)
    return citizen


def account_of(session: Session, owner: UUID) -> ledger.Account:
    return ledger.account_of(session, owner=owner, purpose="coins", asset="coin")


def expire(session: Session, now: datetime) -> int:
    run = 0
    while coins.expire_coins(session, now=now, run=run):
        run += 1
    return run


def test_a_half_year_of_coins_expires_half_a_year_after_it_ended() -> None:
    found = coins.cohorts([life(date(2025, 1, 1), 6, 6)], until=NOON)
    assert found[-2:] == [
        Cohort(midnight(2026, 7, 1), midnight(2027, 1, 1)),
        Cohort(midnight(2027, 1, 1), midnight(2027, 7, 1)),
    ]
    assert coins.due([life(date(2025, 1, 1), 6, 6)], now=NOON) == Cohort(midnight(2026, 1, 1), midnight(2026, 7, 1))


def test_a_later_rule_begins_at_its_date_and_older_coins_never_outlive_younger_ones() -> None:
    rules = [life(date(2025, 1, 1), 12, 12), life(date(2026, 4, 1), 3, 1)]
    found = coins.cohorts(rules, until=midnight(2026, 8, 1))
    assert [cohort.end for cohort in found] == [
        midnight(2026, 1, 1), midnight(2026, 4, 1), midnight(2026, 7, 1), midnight(2026, 10, 1),
    ]  # fmt: skip
    assert [cohort.expires_at for cohort in found] == [
        midnight(2027, 1, 1), midnight(2028, 1, 1), midnight(2028, 1, 1), midnight(2028, 1, 1),
    ]  # fmt: skip


def test_no_rule_means_that_nothing_expires() -> None:
    assert coins.due([], now=NOON) is None
    assert coins.coming([], now=NOON) == []


def test_what_expires_is_told_by_its_midnight(session: Session, lin: UUID) -> None:
    found = coins.expiring_of(session, account_of(session, lin), now=NOON)
    assert found == [Expiring(42, NEW_YEAR), Expiring(20, JULY)]


def test_coins_expire_at_the_stated_midnight_and_not_a_moment_before(session: Session, lin: UUID) -> None:
    assert expire(session, NEW_YEAR - timedelta(microseconds=1)) == 0
    assert purse(session, lin, now=NEW_YEAR) == (62, 0)
    assert expire(session, NEW_YEAR) == 1
    assert purse(session, lin, now=NEW_YEAR) == (20, 0)
    expired = ledger.account_of(session, owner=ledger.SYSTEM, purpose="expired", asset="coin")
    assert ledger.balance(session, expired).posted == 42
    assert ledger.audit(session).holds


def test_a_days_expiry_is_done_once(session: Session, lin: UUID) -> None:
    assert coins.expire_coins(session, now=NEW_YEAR, run=0) == 1
    assert coins.expire_coins(session, now=NEW_YEAR + timedelta(minutes=1), run=0) == 1
    assert purse(session, lin, now=NEW_YEAR) == (20, 0)


def test_the_oldest_coins_are_spent_first(session: Session, lin: UUID) -> None:
    cafe = open_cafe(session)
    redeem(session, cafe, scan(session, cafe, take(session, cafe.coffee, lin)))
    assert coins.expiring_of(session, account_of(session, lin), now=NOON) == [
        Expiring(12, NEW_YEAR), Expiring(20, JULY),
    ]  # fmt: skip


def test_held_coins_expire_only_when_they_come_back(session: Session, lin: UUID) -> None:
    now = NEW_YEAR - timedelta(days=3)
    cafe = open_cafe(session, now=now)
    voucher = take(session, cafe.coffee, lin, now=now)
    assert expire(session, NEW_YEAR) == 1
    assert purse(session, lin, now=NEW_YEAR) == (20, 30)
    after = voucher.expires_at + timedelta(hours=1)
    ledger.expire_holds(session, now=after, limit=10)
    assert expire(session, after) == 1
    assert purse(session, lin, now=after) == (20, 0)


def test_a_part_given_back_is_as_old_as_it_was(session: Session, lin: UUID) -> None:
    cafe = open_cafe(session)
    redeem(session, cafe, scan(session, cafe, take(session, cafe.coffee, lin)))
    takings = ledger.account_of(session, owner=cafe.id, purpose="takings", asset="coin")
    back = ledger.NewTransfer(takings.id, account_of(session, lin).id, 10, NOON, "refund")
    ledger.post(session, [back], request_id=new_id(), now=NOON)
    found = coins.expiring_of(session, account_of(session, lin), now=NOON)
    assert found == [Expiring(22, NEW_YEAR), Expiring(20, JULY)]


def test_moved_coins_stay_as_old_as_they_are(session: Session, lin: UUID) -> None:
    other = new_id()
    source, target = account_of(session, lin), coins.open_coins(session, other)
    coins.move_aged(
        session, source=source, target=target, units=50, kind="family", reference=other, request_id=new_id(), now=NOON
    )
    assert coins.expiring_of(session, target, now=NOON) == [Expiring(42, NEW_YEAR), Expiring(8, JULY)]
    assert coins.expiring_of(session, source, now=NOON) == [Expiring(12, JULY)]
    assert ledger.audit(session).holds


def test_pieces_are_cut_by_age_oldest_first() -> None:
    ends = [midnight(2026, 7, 1), midnight(2027, 1, 1)]
    eve = ends[0] - timedelta(microseconds=1)
    assert coins.pieces(5, ends=ends, older=[3, 9], now=NOON) == [(3, eve), (2, NOON)]
    assert coins.pieces(2, ends=ends, older=[3, 9], now=NOON) == [(2, eve)]
    assert coins.pieces(12, ends=ends, older=[0, 9], now=NOON) == [(9, NOON), (3, NOON)]


def test_holders_are_found_a_page_at_a_time(session: Session, lin: UUID) -> None:
    wang = new_id()
    give_coins(session, wang, 7, now=AUTUMN)
    cohort = coins.coming(coins.coin_lives(session), now=NOON)[0]
    first = coins.holders(session, cohort_end=cohort.end, now=NOON, limit=1)
    rest = coins.holders(session, cohort_end=cohort.end, now=NOON, after=first[0].account_id, limit=100)
    assert {holder.owner: holder.units for holder in [*first, *rest]} == {lin: 42, wang: 0}


def test_a_published_rule_of_the_life_of_coins_cannot_be_changed(session: Session) -> None:
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(sa.text("UPDATE rewards.coin_life SET keeps_months = 1"))


def test_an_entry_is_its_owners_alone(session: Session, lin: UUID) -> None:
    history = coins.history_of(session, lin)
    assert history is not None
    assert [(line.kind, line.change, line.balance) for line in history.lines] == [("gift", 20, 62), ("gift", 42, 42)]
    entry = coins.entry_of(session, lin, history.lines[0].transfer_id)
    assert (entry.change, entry.kind) == (20, "gift")
    with pytest.raises(coins.EntryUnknown):
        coins.entry_of(session, new_id(), entry.transfer_id)
    wang = new_id()
    give_coins(session, wang, 1)
    with pytest.raises(coins.EntryUnknown):
        coins.entry_of(session, wang, entry.transfer_id)
