"""A counter without a network queues signed codes; the upload answers each once, within the caps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from partners.merchants import takings_of
from puhui.db import Database
from rewards import offers
from rewards.offers import Terms
from rewards.vouchers import (
    OfflineBatchInvalid,
    OfflineScan,
    Outcome,
    QueuedScan,
    Refusal,
    Voucher,
    cancel,
    mark_seen,
    offline_rule_at,
    offline_scans_of,
    release_vouchers_of,
    revoked_ids,
    scan_of,
    undo_redemption,
    upload_scans,
)
from rewards.vouchers.counter import scan_code
from rewards.vouchers.offline import MOST_ITEMS
from rewards.vouchers.signature import StaticCodeRefused, key_id_of, sign_voucher, verify_static_code
from tests.cafe import CODES, COUNTY, NOON, Cafe, give_coins, open_cafe, open_offer, purse, redeem, scan, take
from tests.rewards.vouchers.test_races import at_once, check_conserved

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
LATER = NOON + timedelta(hours=1)


def verify(code: str) -> UUID | None:
    keys = {key_id_of(KEY.public_key()): KEY.public_key()}
    try:
        return verify_static_code(code, keys, NOON - timedelta(days=900)).voucher_id
    except StaticCodeRefused:
        return None


def item(cafe: Cafe, voucher: Voucher, **other: object) -> QueuedScan:
    facts: dict[str, object] = {
        "nonce": new_id(), "code": sign_voucher(voucher, key=KEY), "scanned_at": NOON, "clerk_id": cafe.clerk.person.id,
    }  # fmt: skip
    return QueuedScan(**{**facts, **other})  # type: ignore[arg-type]  # The table of cases names the fields.


def upload(session: Session, cafe: Cafe, *items: QueuedScan, counter: UUID | None = None) -> list[OfflineScan]:
    return upload_scans(
        session, items=items, verify=verify, merchant_id=cafe.id, counter_id=counter or cafe.counter_id, now=LATER
    )


def outcomes(rows: list[OfflineScan]) -> list[str]:
    return [row.outcome for row in rows]


@pytest.fixture
def cafe(session: Session) -> Cafe:
    return open_cafe(session, stock=100, per_person=50)


@pytest.fixture
def lin(session: Session) -> UUID:
    citizen = new_id()
    give_coins(session, citizen, 5_000)
    return citizen


def test_a_queued_scan_is_redeemed_under_its_nonce_and_can_be_undone(session: Session, cafe: Cafe, lin: UUID) -> None:
    voucher = take(session, cafe.coffee, lin)
    (row,) = upload(session, cafe, item(cafe, voucher))
    assert (row.outcome, row.coins_units, row.scanned_at) == (Outcome.REDEEMED, 30, NOON)
    session.refresh(voucher)
    assert (voucher.redeemed_at, voucher.redemption_id, voucher.counter_id) == (LATER, row.id, cafe.counter_id)
    assert takings_of(session, cafe.id, now=LATER).owed_units == 30
    assert scan_of(session, merchant_id=cafe.id, scan_id=row.id).scanned_at == NOON
    undo_redemption(
        session, scan_id=row.id, merchant_id=cafe.id, clerk_id=cafe.clerk.person.id, reason="other", now=LATER
    )
    assert takings_of(session, cafe.id, now=LATER).owed_units == 0


def test_the_same_nonce_answers_the_same_outcome_and_counts_once(session: Session, cafe: Cafe, lin: UUID) -> None:
    voucher, other = take(session, cafe.coffee, lin), take(session, cafe.coffee, lin)
    queued = item(cafe, voucher)
    first = upload(session, cafe, queued, queued)
    assert outcomes(first) == outcomes(upload(session, cafe, queued)) * 2 == ["redeemed", "redeemed"]
    assert takings_of(session, cafe.id, now=LATER).owed_units == 30
    stolen = item(cafe, other, nonce=queued.nonce)
    assert outcomes(upload(session, cafe, stolen)) == [Outcome.NONCE_USED]
    assert len(offline_scans_of(session, cafe.id)) == 1


def test_every_conflict_has_its_reason_and_waits_for_the_manager(session: Session, cafe: Cafe, lin: UUID) -> None:
    used, given_back, undone, good = (take(session, cafe.coffee, lin) for _ in range(4))
    redeem(session, cafe, scan(session, cafe, used))
    cancel(session, voucher_id=given_back.id, citizen_id=lin, now=NOON)
    redeem(session, cafe, scan(session, cafe, undone))
    undo_redemption(
        session, scan_id=undone.redemption_id or new_id(), merchant_id=cafe.id, clerk_id=cafe.clerk.person.id,
        reason="other", now=NOON,
    )  # fmt: skip
    forged = sign_voucher(good, key=Ed25519PrivateKey.from_private_bytes(b"f" * 32))
    elsewhere = open_cafe(session)
    rows = upload(
        session, cafe, item(cafe, used), item(cafe, given_back), item(cafe, undone), item(cafe, good, code=forged),
        item(cafe, take(session, elsewhere.coffee, lin)), item(cafe, good, code=CODES.code(good.number, at=NOON)),
        item(cafe, good, scanned_at=LATER - timedelta(hours=73)),
        item(cafe, good, scanned_at=LATER + timedelta(hours=1)),
    )  # fmt: skip
    assert outcomes(rows) == [
        Refusal.REDEEMED, Refusal.CANCELLED, Refusal.UNDONE, Refusal.CODE_WRONG, Refusal.OTHER_MERCHANT,
        Refusal.CODE_WRONG, Outcome.TOO_LATE, Outcome.TOO_LATE,
    ]  # fmt: skip
    assert rows[4].voucher_id is None
    assert len(offline_scans_of(session, cafe.id, only_conflicts=True)) == 8
    mark_seen(session, rows[0], by=cafe.clerk.person.id, now=LATER)
    assert len(offline_scans_of(session, cafe.id, only_conflicts=True)) == 7


def test_a_voucher_that_expired_before_the_upload_is_a_conflict(session: Session, cafe: Cafe, lin: UUID) -> None:
    voucher = take(session, cafe.coffee, lin)
    late = voucher.expires_at + timedelta(minutes=1)
    queued = item(cafe, voucher, scanned_at=voucher.expires_at - timedelta(minutes=1))
    (row,) = upload_scans(
        session, items=[queued], verify=verify, merchant_id=cafe.id, counter_id=cafe.counter_id, now=late
    )
    assert row.outcome == Refusal.EXPIRED


def test_hours_are_those_of_the_scan_and_not_of_the_upload(session: Session, cafe: Cafe, lin: UUID) -> None:
    noon_only = offers.open_offer(
        session, offer_id=new_id(), merchant_id=cafe.id, county_code=COUNTY, kind="drink", title="午间咖啡",
        title_en="Noon coffee", description="", description_en="", coins_units=10, stock_units=9, per_person=9,
        voucher_days=7, valid_from=NOON - timedelta(days=1), valid_until=NOON + timedelta(days=9),
        terms=Terms(opens_minute=12 * 60, closes_minute=12 * 60 + 30),
    )  # fmt: skip
    first, second = (take(session, noon_only.id, lin) for _ in range(2))
    rows = upload(session, cafe, item(cafe, first), item(cafe, second, scanned_at=NOON + timedelta(minutes=40)))
    assert outcomes(rows) == ["redeemed", Refusal.OUTSIDE_HOURS]


def test_the_caps_of_the_rule_hold_per_voucher_and_per_counter_and_day(session: Session, cafe: Cafe, lin: UUID) -> None:
    rule = offline_rule_at(session, NOON)
    assert (rule.voucher_units, rule.counter_day_units, rule.standing) == (100, 500, "proposal")
    dear, most = (open_offer(session, cafe.id, price=price, stock=50, per_person=50) for price in (101, 100))
    vouchers = [take(session, most, lin) for _ in range(7)]
    rows = upload(session, cafe, item(cafe, take(session, dear, lin)), *[item(cafe, one) for one in vouchers[:6]])
    assert outcomes(rows) == [Outcome.OVER_VOUCHER_CAP, *["redeemed"] * 5, Outcome.OVER_DAY_CAP]
    yesterday = item(cafe, vouchers[6], scanned_at=NOON - timedelta(days=1))
    assert outcomes(upload(session, cafe, yesterday)) == ["redeemed"]


def test_an_upload_is_neither_empty_nor_endless(session: Session, cafe: Cafe, lin: UUID) -> None:
    queued = item(cafe, take(session, cafe.coffee, lin))
    for items in ([], [queued] * (MOST_ITEMS + 1)):
        with pytest.raises(OfflineBatchInvalid):
            upload(session, cafe, *items)


def test_a_suspended_merchant_gets_nothing_for_what_it_queued(session: Session, cafe: Cafe, lin: UUID) -> None:
    voucher = take(session, cafe.coffee, lin)
    release_vouchers_of(session, merchant_id=cafe.id, now=NOON)
    account = ledger.account_of(session, owner=cafe.id, purpose="takings", asset="coin")
    ledger.close_account(session, account, request_id=new_id(), now=NOON)
    assert outcomes(upload(session, cafe, item(cafe, voucher))) == [Refusal.CANCELLED]
    assert purse(session, lin) == (5_000, 0)


def test_what_is_over_before_its_time_is_on_the_list_that_counters_fetch(
    session: Session, cafe: Cafe, lin: UUID
) -> None:
    used, given_back, still_open = (take(session, cafe.coffee, lin) for _ in range(3))
    redeem(session, cafe, scan(session, cafe, used))
    cancel(session, voucher_id=given_back.id, citizen_id=lin, now=NOON)
    assert set(revoked_ids(session, merchant_id=cafe.id, now=NOON)) == {used.id, given_back.id}
    assert list(revoked_ids(session, merchant_id=cafe.id, now=still_open.expires_at)) == []


def test_a_static_code_is_read_online_too(session: Session, cafe: Cafe, lin: UUID) -> None:
    voucher = take(session, cafe.coffee, lin)
    scanned = scan_code(
        session, code=sign_voucher(voucher, key=KEY), codes=CODES, merchant_id=cafe.id, counter_id=cafe.counter_id,
        clerk_id=cafe.clerk.person.id, request_id=new_id(), now=NOON, verify=verify,
    )  # fmt: skip
    assert (scanned.refusal, scanned.voucher_id) == (None, voucher.id)


def test_two_phones_that_upload_one_queue_at_one_instant_redeem_once_and_keep_the_cap(own_database: Database) -> None:
    with own_database.transaction() as session:
        cafe, lin = open_cafe(session, stock=100, per_person=50), new_id()
        give_coins(session, lin, 5_000)
        most = open_offer(session, cafe.id, price=100, stock=50, per_person=50)
        queue = [item(cafe, take(session, most, lin)) for _ in range(4)]
        other = [item(cafe, take(session, most, lin)) for _ in range(4)]

    def send(items: list[QueuedScan]) -> Callable[[Session], object]:
        return lambda session: outcomes(upload(session, cafe, *items))

    answers = at_once(own_database, send(queue), send(queue), send(other))
    assert answers[0] == answers[1]
    with own_database.transaction() as session:
        assert takings_of(session, cafe.id, now=LATER).owed_units == 500
    check_conserved(own_database, cafe, now=LATER)
