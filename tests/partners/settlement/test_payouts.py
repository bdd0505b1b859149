"""From the statement to the bank and, sometimes, back: late, twice, in any order, and with crashes in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest

import ledger
from ledger.kernel.ids import new_id
from partners import payments, settlement
from partners.payments import Event, PaymentClient, store_missed
from partners.settlement import Payout, PayoutState, PayoutUnderWay, call_key
from puhui import settlement_jobs
from puhui.db import Database
from tests.cafe import open_cafe
from tests.partners.payments.conftest import Sandbox, a_client
from tests.partners.settlement.world import NIGHT, OPERATOR, Town, open_town

LATER = NIGHT + timedelta(days=1)


@dataclass(frozen=True)
class Due:
    """A payout of fifteen yuan that is prepared, and a service with enough in it."""

    database: Database
    client: PaymentClient
    cafe: UUID

    def payout(self) -> Payout:
        with self.database.transaction() as session:
            return settlement.payouts(session, merchant_id=self.cafe)[0]

    def count(self) -> int:
        return len(self.client.payouts().items)

    def send(self, *, minutes: int = 0) -> int:
        return settlement_jobs.send_payouts(self.database, self.client, now=NIGHT + timedelta(minutes=minutes))

    def hear(self) -> None:
        """Take in everything that the service has to say."""
        settlement_jobs.catch_up(self.database, self.client, at_most=100, now=LATER)

    def owed(self) -> tuple[int, int]:
        with self.database.transaction() as session:
            owed = settlement.owed(session, self.cafe, now=LATER)
            return owed.fen, owed.under_way_fen

    def open_breaks(self) -> list[str]:
        return [one.kind for one in settlement_jobs.reconcile(self.database, self.client, now=LATER)]


@pytest.fixture
def due(own_database: Database, payment_client: PaymentClient) -> Due:
    with own_database.transaction() as session:
        town = open_town(session)
        town.redeem(30)
        town.settle()
    _fill(payment_client, 1_000_000)
    return Due(own_database, payment_client, town.cafe.id)


def _fill(client: PaymentClient, fen: int) -> None:
    intent = client.create_payment_intent(amount_fen=fen, request_id=new_id())
    client.confirm_payment_intent(intent.id, request_id=new_id(), payment_method="pm_card_visa")


def test_a_payout_is_prepared_sent_and_paid(due: Due, sandbox: Sandbox) -> None:
    assert due.payout().state is PayoutState.PREPARED
    assert due.send() == 1
    sent = due.payout()
    assert (sent.state, due.owed()) == (PayoutState.SENT, (0, 1500))
    sandbox.control("payout", id=sent.payment_id, outcome="paid")
    due.hear()
    assert (due.payout().state, due.owed()) == (PayoutState.PAID, (0, 0))
    assert due.send(minutes=600) == 0


def test_what_comes_back_is_owed_again_and_can_be_paid_again(due: Due, sandbox: Sandbox) -> None:
    due.send()
    first = due.payout()
    sandbox.control("payout", id=first.payment_id, outcome="failed")
    due.hear()
    failed = due.payout()
    assert (failed.state, failed.failure_code, due.owed()) == (PayoutState.FAILED, "account_closed", (1500, 0))
    with due.database.transaction() as session:
        again = settlement.pay_again(session, payout_id=first.id, now=LATER)
        assert (again.attempt, again.amount_fen) == (2, 1500)
    with due.database.transaction() as session, pytest.raises(PayoutUnderWay):
        settlement.pay_again(session, payout_id=first.id, now=LATER)
    settlement_jobs.send_payouts(due.database, due.client, now=LATER)
    sandbox.control("payout", id=due.payout().payment_id, outcome="paid")
    due.hear()
    assert (due.payout().state, due.count(), due.owed()) == (PayoutState.PAID, 2, (0, 0))


def test_a_bank_may_send_back_what_was_paid(due: Due, sandbox: Sandbox) -> None:
    due.send()
    sandbox.control("payout", id=due.payout().payment_id, outcome="paid")
    due.hear()
    sandbox.control("payout", id=due.payout().payment_id, outcome="failed")
    due.hear()
    due.hear()
    assert (due.payout().state, due.owed()) == (PayoutState.FAILED, (1500, 0))


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_messages_may_come_twice_and_in_any_order(due: Due, sandbox: Sandbox, order: tuple[int, ...]) -> None:
    due.send()
    for outcome in ("paid", "failed"):
        sandbox.control("payout", id=due.payout().payment_id, outcome=outcome)
    told = [event for event in due.client.events().items if event.type.startswith("payout.")]
    for place in (*order, *order):
        _tell(due.database, [told[place]])
    assert (due.payout().state, due.owed()) == (PayoutState.FAILED, (1500, 0))


def _tell(database: Database, events: list[Event]) -> None:
    database.run(lambda session: store_missed(session, events, now=LATER))
    database.run(lambda session: payments.process_events(session, now=LATER))
    settlement_jobs.book_news(database, LATER)


def test_a_lost_answer_is_asked_again_and_pays_once(due: Due, sandbox: Sandbox) -> None:
    sandbox.control("fault", fault="drop-after", times=4, path="/v1/payouts")
    assert due.send() == 0
    assert due.payout().last_problem == "payment_unavailable"
    assert due.send() == 0  # Its next try is later.
    assert due.send(minutes=1) == 1
    assert (due.count(), due.payout().state) == (1, PayoutState.SENT)


def test_an_error_that_the_service_remembers_is_found_in_its_list(due: Due, sandbox: Sandbox) -> None:
    """As if our key had been forgotten: from the fourth try on the list is looked at."""
    payout = due.payout()
    due.client.create_payout(
        amount_fen=1500, destination="ba_sandbox", request_id=new_id(), metadata={"payout": str(payout.id)}
    )
    sandbox.control("fault", fault="500", times=12, path="/v1/payouts")
    for minutes in (0, 1, 3):
        assert due.send(minutes=minutes) == 0
    assert due.send(minutes=20) == 1
    assert (due.count(), due.payout().state) == (1, PayoutState.SENT)


def test_a_crash_between_the_call_and_the_commit_pays_once(due: Due, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(settlement, "note_sent", _die)
        with pytest.raises(KeyboardInterrupt):
            due.send()
    assert (due.payout().state, due.count()) == (PayoutState.PREPARED, 1)
    assert due.send(minutes=1) == 1
    assert (due.payout().state, due.count()) == (PayoutState.SENT, 1)


def _die(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_service_without_enough_is_asked_again_under_another_key(due: Due, sandbox: Sandbox) -> None:
    sandbox.control("clear")
    assert due.send() == 0
    refused = due.payout()
    assert (refused.last_problem, refused.key_number) == ("payment_funds_short", 1)
    _fill(due.client, 2000)
    assert due.send(minutes=1) == 1
    assert call_key(due.payout()) == call_key(refused)


def test_a_merchant_without_a_destination_waits(own_database: Database, payment_client: PaymentClient) -> None:
    with own_database.transaction() as session:
        town = open_town(session)
        other = Town(session, open_cafe(session), town.fund)
        other.redeem(30)
        other.settle()
    _fill(payment_client, 10_000)
    due = Due(own_database, payment_client, other.cafe.id)
    assert (due.send(), due.owed()) == (0, (0, 1500))
    with own_database.transaction() as session:
        settlement.set_payout_account(
            session, merchant_id=other.cafe.id, destination="ba_sandbox", made_by=OPERATOR, now=NIGHT
        )
    assert due.send() == 1


def test_a_destination_that_the_service_refuses_gives_the_money_back(due: Due, serve: Callable[..., str]) -> None:
    def refuse(environ: object, start: Callable[..., object]) -> list[bytes]:
        start("404 NOT FOUND", [("Content-Type", "application/json")])
        return [b'{"error": {"type": "invalid_request_error", "code": "resource_missing", "param": "destination"}}']

    assert settlement_jobs.send_payouts(due.database, a_client(serve(refuse)), now=NIGHT) == 0
    assert (due.payout().state, due.owed()) == (PayoutState.FAILED, (1500, 0))


def test_when_everything_is_paid_the_books_agree(due: Due, sandbox: Sandbox) -> None:
    due.send()
    sandbox.control("payout", id=due.payout().payment_id, outcome="paid")
    due.hear()
    with due.database.transaction() as session:
        assert ledger.audit(session).holds
    assert due.open_breaks() == ["receipt_unknown_here"]  # The test filled the service behind our back.
