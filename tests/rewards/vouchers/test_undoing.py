"""A redemption can be taken back for ten minutes, once, whatever happens beside it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

import ledger
from ledger import NewAccount, NewTransfer
from ledger.kernel.ids import new_id
from partners.merchants import takings_of
from puhui.db import Database
from rewards.vouchers import (
    RedemptionPaidOut,
    RedemptionUndoTooLate,
    RedemptionUnknown,
    Refusal,
    ScanUnknown,
    State,
    Undoing,
    Voucher,
    redeemed_total,
    undo_redemption,
    vouchers_of,
)
from tests.cafe import NOON, Cafe, give_coins, left, open_cafe, purse, redeem, scan, take
from tests.rewards.vouchers.test_races import at_once, check_conserved

LIMIT = timedelta(minutes=10)
TICK = timedelta(microseconds=1)


def undo(session: Session, cafe: Cafe, voucher: Voucher, *, after: timedelta = timedelta(minutes=1)) -> Undoing:
    assert voucher.redemption_id is not None
    return undo_redemption(
        session, scan_id=voucher.redemption_id, merchant_id=cafe.id, clerk_id=cafe.clerk.person.id,
        reason="wrong_item", now=NOON + after,
    )  # fmt: skip


@pytest.fixture
def cafe(session: Session) -> Cafe:
    return open_cafe(session)


@pytest.fixture
def lin(session: Session) -> UUID:
    citizen = new_id()
    give_coins(session, citizen, 100)
    return citizen


@pytest.fixture
def used(session: Session, cafe: Cafe, lin: UUID) -> Voucher:
    return redeem(session, cafe, scan(session, cafe, take(session, cafe.coffee, lin)))


def test_undoing_gives_coins_and_stock_back(session: Session, cafe: Cafe, lin: UUID, used: Voucher) -> None:
    done = undo(session, cafe, used)
    assert done.is_new
    assert done.voucher.state(now=NOON + LIMIT) is State.UNDONE
    assert (done.voucher.undo_reason, done.voucher.undone_by) == ("wrong_item", cafe.clerk.person.id)
    assert purse(session, lin) == (100, 0)
    assert left(session, cafe.coffee) == 10
    assert takings_of(session, cafe.id, now=NOON).owed_units == 0
    assert redeemed_total(session, merchant_id=cafe.id, since=NOON).count == 0
    assert list(vouchers_of(session, lin, state=State.REDEEMED, now=NOON)) == []
    assert list(vouchers_of(session, lin, state=State.UNDONE, now=NOON)) == [used]
    assert ledger.audit(session).holds


def test_an_undone_voucher_is_over_and_frees_the_limit(session: Session, cafe: Cafe, lin: UUID, used: Voucher) -> None:
    undo(session, cafe, used)
    assert scan(session, cafe, used).refusal == Refusal.UNDONE
    for _ in range(2):
        take(session, cafe.coffee, lin)


def test_the_tenth_minute_is_the_last(session: Session, cafe: Cafe, used: Voucher) -> None:
    with pytest.raises(RedemptionUndoTooLate) as refused:
        undo(session, cafe, used, after=LIMIT + TICK)
    assert refused.value.facts["minutes"] == 10
    assert undo(session, cafe, used, after=LIMIT).is_new


def test_undoing_again_changes_nothing_also_much_later(session: Session, cafe: Cafe, lin: UUID, used: Voucher) -> None:
    undo(session, cafe, used)
    again = undo(session, cafe, used, after=timedelta(days=1))
    assert not again.is_new
    assert again.voucher.undone_at == NOON + timedelta(minutes=1)
    assert purse(session, lin) == (100, 0)


def test_only_the_scan_that_redeemed_can_be_undone_and_only_by_its_merchant(
    session: Session, cafe: Cafe, lin: UUID, used: Voucher
) -> None:
    idle = scan(session, cafe, take(session, cafe.coffee, lin))
    with pytest.raises(RedemptionUnknown):
        undo_redemption(
            session, scan_id=idle.id, merchant_id=cafe.id, clerk_id=cafe.clerk.person.id, reason="x", now=NOON
        )
    with pytest.raises(ScanUnknown):
        undo(session, open_cafe(session), used)


def test_coins_that_were_settled_cannot_be_undone(session: Session, cafe: Cafe, lin: UUID, used: Voucher) -> None:
    settle_all(session, cafe)
    with pytest.raises(RedemptionPaidOut), session.begin_nested():
        undo(session, cafe, used)
    session.refresh(used)
    assert used.state(now=NOON) is State.REDEEMED
    assert purse(session, lin) == (70, 0)


def settle_all(session: Session, cafe: Cafe) -> int:
    """Move whatever the merchant is owed out of its takings, as a settlement does."""
    (paid,) = ledger.open_accounts(
        session, [NewAccount(ledger.SYSTEM, "paid_out_by_test", "coin", floor=False, spread=True)]
    )
    takings = ledger.account_of(session, owner=cafe.id, purpose="takings", asset="coin")
    units = ledger.balance(session, takings).posted
    if units:
        ledger.post(
            session, [NewTransfer(takings.id, paid.id, units, NOON, "settlement")], request_id=new_id(), now=NOON
        )
    return units


def test_of_many_undoings_at_one_instant_one_gives_back(own_database: Database) -> None:
    with own_database.transaction() as session:
        cafe, lin = open_cafe(session), new_id()
        give_coins(session, lin, 30)
        used = redeem(session, cafe, scan(session, cafe, take(session, cafe.coffee, lin)))
    answers = at_once(own_database, *[lambda session: undo(session, cafe, used).is_new for _ in range(6)])
    assert sorted(answers) == [False] * 5 + [True]  # type: ignore[type-var]  # All are flags.
    with own_database.transaction() as session:
        assert purse(session, lin) == (30, 0)
        assert left(session, cafe.coffee) == 10
    check_conserved(own_database, cafe, now=NOON)


def test_of_undoing_and_settling_at_one_instant_the_books_say_who_won(own_database: Database) -> None:
    with own_database.transaction() as session:
        cafe, lin = open_cafe(session, stock=100, per_person=100), new_id()
        give_coins(session, lin, 30)
    paid = 0
    for _ in range(8):
        with own_database.transaction() as session:
            if purse(session, lin)[0] < 30:
                give_coins(session, lin, 30)
            used = redeem(session, cafe, scan(session, cafe, take(session, cafe.coffee, lin)))
        answers = at_once(
            own_database,
            lambda session, voucher=used: undo(session, cafe, voucher).is_new,
            lambda session: settle_all(session, cafe),
        )
        undone = answers[0] is True
        assert undone or isinstance(answers[0], RedemptionPaidOut)
        settled = answers[1] if isinstance(answers[1], int) else 0
        assert settled == (0 if undone else 30)
        paid += settled
    with own_database.transaction() as session:
        assert takings_of(session, cafe.id, now=NOON).owed_units == 0
        assert ledger.audit(session).holds
        assert paid % 30 == 0
