"""A clerk reads a code, hands over, confirms; a refused code says why to the clerk alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from partners.merchants import takings_of
from rewards.vouchers import (
    Refusal,
    ScanConflict,
    ScanTooOld,
    ScanUnknown,
    State,
    Voucher,
    VoucherAlreadyRedeemed,
    VoucherCancelled,
    VoucherExpired,
    cancel,
    day_start,
    redeemed_at_counter,
    redeemed_total,
    refusal_now,
    scanned_voucher,
)
from rewards.vouchers.rules import TRIES
from tests.cafe import CODES, NOON, Cafe, give_coins, open_cafe, purse, redeem, scan, take

SECOND, TICK = timedelta(seconds=1), timedelta(microseconds=1)


@pytest.fixture
def cafe(session: Session) -> Cafe:
    return open_cafe(session)


@pytest.fixture
def lin(session: Session) -> UUID:
    citizen = new_id()
    give_coins(session, citizen, 100)
    return citizen


@pytest.fixture
def voucher(session: Session, cafe: Cafe, lin: UUID) -> Voucher:
    return take(session, cafe.coffee, lin)


def test_reading_a_code_says_what_to_hand_over_and_redeems_nothing(
    session: Session, cafe: Cafe, lin: UUID, voucher: Voucher
) -> None:
    scanned = scan(session, cafe, voucher)
    found = scanned_voucher(session, scanned)
    assert scanned.refusal is None
    assert found is voucher
    assert found.state(now=NOON) is State.OPEN
    assert purse(session, lin) == (70, 30)


def test_confirming_moves_the_coins_to_the_merchant(session: Session, cafe: Cafe, lin: UUID, voucher: Voucher) -> None:
    used = redeem(session, cafe, scan(session, cafe, voucher), now=NOON + SECOND)
    assert used.state(now=NOON) is State.REDEEMED
    assert (used.redeemed_at, used.redeemed_by, used.counter_id) == (
        NOON + SECOND, cafe.clerk.person.id, cafe.counter_id,
    )  # fmt: skip
    assert purse(session, lin) == (70, 0)
    takings = takings_of(session, cafe.id, now=NOON)
    assert (takings.owed_units, takings.open_units) == (30, 0)
    assert redeemed_at_counter(session, merchant_id=cafe.id, since=day_start(NOON)) == [used]
    total = redeemed_total(session, merchant_id=cafe.id, since=day_start(NOON))
    assert (total.count, total.coins_units) == (1, 30)
    tomorrow = day_start(NOON + timedelta(days=1))
    assert redeemed_total(session, merchant_id=cafe.id, since=tomorrow).count == 0


def test_an_open_voucher_is_shown_to_the_merchant_as_held(session: Session, cafe: Cafe, voucher: Voucher) -> None:
    takings = takings_of(session, cafe.id, now=NOON)
    assert (takings.owed_units, takings.open_units) == (0, voucher.coins_units)


def test_confirming_again_answers_the_same_redemption(session: Session, cafe: Cafe, voucher: Voucher) -> None:
    scanned = scan(session, cafe, voucher)
    first = redeem(session, cafe, scanned)
    assert redeem(session, cafe, scanned, now=NOON + timedelta(days=2)) is first
    assert first.redeemed_at == NOON
    assert takings_of(session, cafe.id, now=NOON).owed_units == 30


def test_a_second_scan_of_a_used_voucher_is_refused_with_when_and_where(
    session: Session, cafe: Cafe, voucher: Voucher
) -> None:
    earlier = scan(session, cafe, voucher)
    redeem(session, cafe, scan(session, cafe, voucher))
    with pytest.raises(VoucherAlreadyRedeemed) as refused:
        redeem(session, cafe, earlier, now=NOON + SECOND)
    assert refused.value.facts == {
        "voucher": voucher.id, "at": NOON, "by": cafe.clerk.person.id, "counter": cafe.counter_id,
    }  # fmt: skip
    again = scan(session, cafe, voucher, now=NOON + SECOND)
    assert again.refusal == Refusal.REDEEMED


def test_the_current_and_the_previous_code_are_good_and_older_ones_are_called_too_old(
    session: Session, cafe: Cafe, voucher: Voucher
) -> None:
    shown = CODES.code(voucher.number, at=NOON)
    answers = {
        after: scan(session, cafe, voucher, code=shown, now=NOON + timedelta(seconds=after)).refusal
        for after in (0, 29, 30, 59, 60, 599)
    }
    assert answers == {0: None, 29: None, 30: None, 59: None, 60: Refusal.CODE_TOO_OLD, 599: Refusal.CODE_TOO_OLD}
    assert scan(session, cafe, voucher, code=shown, now=NOON + timedelta(minutes=10)).refusal == Refusal.CODE_WRONG


@pytest.mark.parametrize("code", ["", "hello", "101234567890123456", "70123456789012345678", "https://example.org/x"])
def test_what_is_not_a_voucher_code_is_called_so(session: Session, cafe: Cafe, voucher: Voucher, code: str) -> None:
    assert scan(session, cafe, voucher, code=code or " ").refusal == Refusal.NOT_A_VOUCHER_CODE


def test_one_wrong_digit_is_a_wrong_code_that_names_no_voucher(session: Session, cafe: Cafe, voucher: Voucher) -> None:
    code = CODES.code(voucher.number, at=NOON)
    for place in range(2, 18):
        wrong = code[:place] + str((int(code[place]) + 1) % 10) + code[place + 1 :]
        scanned = scan(session, cafe, voucher, code=wrong)
        assert (scanned.refusal, scanned.voucher_id) == (Refusal.CODE_WRONG, None)


def test_another_merchants_voucher_is_refused_and_stays_hidden(session: Session, cafe: Cafe, voucher: Voucher) -> None:
    scanned = scan(session, open_cafe(session), voucher)
    assert (scanned.refusal, scanned.voucher_id) == (Refusal.OTHER_MERCHANT, None)


def test_another_merchant_cannot_confirm_a_scan(session: Session, cafe: Cafe, voucher: Voucher) -> None:
    scanned = scan(session, cafe, voucher)
    with pytest.raises(ScanUnknown):
        redeem(session, open_cafe(session), scanned)


def test_a_refused_scan_cannot_be_confirmed(session: Session, cafe: Cafe, voucher: Voucher) -> None:
    refused = scan(session, cafe, voucher, code="701234567890123456")
    with pytest.raises(ScanUnknown):
        redeem(session, cafe, refused)


def test_a_cancelled_voucher_is_refused_also_after_it_was_scanned(
    session: Session, cafe: Cafe, lin: UUID, voucher: Voucher
) -> None:
    scanned = scan(session, cafe, voucher)
    cancel(session, voucher_id=voucher.id, citizen_id=lin, now=NOON)
    assert refusal_now(scanned, voucher, now=NOON) is Refusal.CANCELLED
    with pytest.raises(VoucherCancelled):
        redeem(session, cafe, scanned)
    assert scan(session, cafe, voucher).refusal == Refusal.CANCELLED


def test_a_voucher_can_be_used_until_the_last_moment_before_its_end(
    session: Session, cafe: Cafe, voucher: Voucher
) -> None:
    end = voucher.expires_at
    late = scan(session, cafe, voucher, now=end - SECOND)
    with pytest.raises(VoucherExpired):
        redeem(session, cafe, late, now=end)
    assert scan(session, cafe, voucher, now=end).refusal == Refusal.EXPIRED
    assert redeem(session, cafe, late, now=end - TICK).redeemed_at == end - TICK


def test_a_scan_must_be_confirmed_within_ten_minutes(session: Session, cafe: Cafe, voucher: Voucher) -> None:
    scanned, limit = scan(session, cafe, voucher), NOON + timedelta(minutes=10)
    assert refusal_now(scanned, voucher, now=limit + TICK) is Refusal.SCAN_TOO_OLD
    with pytest.raises(ScanTooOld):
        redeem(session, cafe, scanned, now=limit + TICK)
    assert redeem(session, cafe, scanned, now=limit).redeemed_at == limit


def test_reading_the_same_code_again_by_the_same_request_answers_the_same_scan(
    session: Session, cafe: Cafe, voucher: Voucher
) -> None:
    request_id = new_id()
    first = scan(session, cafe, voucher, request_id=request_id)
    code = CODES.code(voucher.number, at=NOON)
    assert scan(session, cafe, voucher, request_id=request_id, code=code, now=NOON + timedelta(hours=1)) is first
    with pytest.raises(ScanConflict):
        scan(session, cafe, voucher, request_id=request_id, code="701234567890123456")


def test_who_guesses_too_often_has_to_wait(session: Session, cafe: Cafe, voucher: Voucher) -> None:
    for _ in range(TRIES):
        assert scan(session, cafe, voucher, code="70" + "1" * 16).refusal == Refusal.CODE_WRONG
    assert scan(session, cafe, voucher).refusal == Refusal.TOO_MANY_TRIES
    assert scan(session, cafe, voucher, now=NOON + timedelta(minutes=10)).refusal is None


def test_a_guessing_clerk_does_not_stop_a_colleague(session: Session, cafe: Cafe, voucher: Voucher) -> None:
    for _ in range(TRIES):
        scan(session, cafe, voucher, code="70" + "1" * 16)
    colleague = open_cafe(session).clerk.person
    clerk = replace(cafe.clerk, person=colleague)
    assert scan(session, replace(cafe, clerk=clerk), voucher).refusal is None
