"""What was sent, what the service says, what the ledger holds: agreement is silence, a difference is a break."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from partners import settlement
from partners.payments import Balance, PaymentIntent, Refund
from partners.payments import Payout as ServicePayout
from partners.settlement import SettlementBreakUnknown, Told
from tests.partners.settlement.world import NIGHT, OPERATOR, Town, open_town

PAYOUT = ServicePayout(id="po_1", status="pending", amount_fen=1500, currency="cny", failure_code=None)


@dataclass
class Desk:
    """The reconciliation desk: a payout of fifteen yuan is sent, the fund of ten thousand came in before."""

    town: Town
    told: Told

    def look(self, now: datetime = NIGHT, **told: object) -> list[tuple[str, str]]:
        found = settlement.reconcile(self.town.session, replace(self.told, **told), now=now)  # type: ignore[arg-type]  # Fields of Told.
        return [(one.kind, one.subject) for one in found]


@pytest.fixture
def desk(session: Session) -> Desk:
    town = open_town(session)
    town.redeem(30)
    town.settle()
    payout = settlement.due_payouts(session, now=NIGHT)[0]
    settlement.note_sent(session, payout_id=payout.id, answer=PAYOUT, now=NIGHT)
    balance = Balance(available={"cny": 1_000_000 - 1500}, pending={})
    return Desk(town, Told(payouts=[PAYOUT], intents=[], refunds=[], balance=balance, is_whole=True))


def test_when_all_agree_there_is_no_break(desk: Desk) -> None:
    assert desk.look() == []


def test_a_payout_that_the_service_does_not_know_is_a_break(desk: Desk) -> None:
    assert desk.look(payouts=[]) == [("payout_missing_there", "po_1")]
    assert desk.look(payouts=[], is_whole=False, now=NIGHT + timedelta(hours=1)) == []


def test_a_payout_that_we_do_not_know_is_a_break(desk: Desk) -> None:
    assert desk.look(payouts=[PAYOUT, replace(PAYOUT, id="po_2")]) == [("payout_unknown_here", "po_2")]


@pytest.mark.parametrize(
    ("change", "kind"), [({"amount_fen": 1499}, "payout_amount"), ({"status": "paid"}, "payout_state")]
)
def test_a_payout_that_differs_is_a_break(desk: Desk, change: dict[str, object], kind: str) -> None:
    assert desk.look(payouts=[replace(PAYOUT, **change)]) == [(kind, "po_1")]  # type: ignore[arg-type]  # Fields of a payout.


def test_a_payout_that_is_three_days_old_is_late(desk: Desk) -> None:
    assert [kind for kind, _ in desk.look(now=NIGHT + timedelta(days=3, seconds=1))] == ["payout_late"]


def test_money_that_came_and_is_not_ours_is_a_break(desk: Desk) -> None:
    stray = PaymentIntent(
        id="pi_1", status="succeeded", amount_fen=5, received_fen=5, capturable_fen=0, currency="cny", metadata={}
    )
    assert desk.look(intents=[stray, replace(stray, id="pi_2", status="canceled")]) == [
        ("receipt_unknown_here", "pi_1")
    ]


def test_a_refund_that_nobody_ordered_is_a_break(desk: Desk) -> None:
    stray = Refund(id="re_1", status="succeeded", amount_fen=5, currency="cny", payment="pi_1")
    assert desk.look(refunds=[stray]) == [("refund_unknown_here", "re_1")]


def test_a_balance_that_differs_is_a_break(desk: Desk) -> None:
    assert desk.look(balance=Balance(available={"cny": 1}, pending={"cny": 2})) == [("balance", "cny")]


def test_a_break_that_is_found_again_keeps_its_age(desk: Desk) -> None:
    desk.look(payouts=[])
    desk.look(payouts=[], now=NIGHT + timedelta(days=2))
    found = settlement.open_breaks(desk.town.session)
    assert [(one.found_at, one.age_days(NIGHT + timedelta(days=2))) for one in found] == [(NIGHT, 2)]


def test_what_is_gone_is_closed_and_opens_again_when_it_comes_back(desk: Desk) -> None:
    desk.look(payouts=[])
    assert desk.look(now=NIGHT + timedelta(hours=1)) == []
    assert [one.resolution for one in settlement.closed_breaks(desk.town.session)] == ["no longer found"]
    assert desk.look(payouts=[], now=NIGHT + timedelta(hours=2)) == [("payout_missing_there", "po_1")]


def test_a_break_is_closed_once_with_words_and_stays_closed(desk: Desk) -> None:
    desk.look(payouts=[])
    found = settlement.open_breaks(desk.town.session)[0]
    closed = settlement.resolve(
        desk.town.session, break_id=found.id, words="已与支付服务核实", resolved_by=OPERATOR, now=NIGHT
    )
    assert closed.resolution == "已与支付服务核实"
    assert desk.look(payouts=[], now=NIGHT + timedelta(hours=1)) == []
    for unknown in (found.id, UUID(int=1)):
        with pytest.raises(SettlementBreakUnknown):
            settlement.resolve(desk.town.session, break_id=unknown, words="再次", resolved_by=OPERATOR, now=NIGHT)
