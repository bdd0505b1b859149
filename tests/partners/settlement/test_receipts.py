"""Money that comes in: paid once, booked by the service's word alone, and given back where nothing is handed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

import ledger
from ledger.kernel.ids import new_id
from partners import payments, receipts
from partners.payments import PaymentClient, PaymentUnavailable
from partners.receipts import Purpose, ReceiptClosed, ReceiptEarned, ReceiptUnpaid, State
from partners.settlement import begin_cash_part, earn_cash_part, give_up_cash_part, refund_cash_part, undo_cash_part
from puhui import paying
from puhui.db import Database
from tests.cafe import NOON, Cafe, open_cafe
from tests.factories import make_citizen
from tests.partners.payments.conftest import Sandbox

SOON = NOON + timedelta(minutes=15)


@dataclass(frozen=True)
class Table:
    """A citizen at the café's counter who is asked for five yuan beside the coins."""

    database: Database
    cafe: Cafe
    receipt_id: UUID

    def pay(self, client: PaymentClient, payer: str = "pm_card_visa", attempt: UUID | None = None) -> State:
        return paying.pay(
            self.database, client, receipt_id=self.receipt_id, payment_method=payer, attempt_id=attempt or new_id(),
            now=NOON,
        )  # fmt: skip

    def state(self) -> State:
        with self.database.transaction() as session:
            return receipts.receipt_state(session, receipts.receipt_of(session, self.receipt_id))

    def unearned(self) -> ledger.Balance:
        with self.database.transaction() as session:
            return ledger.balance(session, receipts.unearned_account(session, self.cafe.id))

    def service(self) -> int:
        with self.database.transaction() as session:
            return ledger.balance(session, receipts.at_service(session)).posted


@pytest.fixture
def table(own_database: Database) -> Table:
    with own_database.transaction() as session:
        cafe, lin = open_cafe(session), make_citizen(session)
        receipt = begin_cash_part(
            session, merchant_id=cafe.id, citizen_id=lin.id, amount_fen=500, voucher_id=new_id(), expires_at=SOON,
            request_id=new_id(), now=NOON,
        )  # fmt: skip
        return Table(own_database, cafe, receipt.id)


def test_money_is_here_only_when_the_service_says_so(table: Table, payment_client: PaymentClient) -> None:
    assert table.state() is State.OPEN
    with table.database.transaction() as session, pytest.raises(ReceiptUnpaid):
        earn_cash_part(session, receipt_id=table.receipt_id, now=NOON)
    assert table.pay(payment_client) is State.PAID
    assert (table.unearned().posted, table.service()) == (500, 500)
    with table.database.transaction() as session:
        assert earn_cash_part(session, receipt_id=table.receipt_id, now=NOON).earned_at == NOON


def test_a_declined_payer_may_try_another_way_and_pays_once(table: Table, payment_client: PaymentClient) -> None:
    assert table.pay(payment_client, "pm_card_visa_chargeDeclinedInsufficientFunds") is State.DECLINED
    assert table.service() == 0
    attempt = new_id()
    assert table.pay(payment_client, attempt=attempt) is State.PAID
    assert table.pay(payment_client, attempt=attempt) is State.PAID
    assert table.pay(payment_client) is State.PAID
    assert (table.service(), payment_client.balance().available["cny"]) == (500, 500)


def test_an_answer_that_was_lost_is_pending_until_somebody_looks(
    table: Table, payment_client: PaymentClient, sandbox: Sandbox
) -> None:
    table.pay(payment_client, "pm_card_visa_chargeDeclined")
    sandbox.control("fault", fault="drop-after", times=4, path="/v1/payment_intents/")
    assert table.pay(payment_client) is State.PENDING
    assert table.service() == 0
    assert paying.look(table.database, payment_client, receipt_id=table.receipt_id, now=NOON) is State.PAID
    assert table.service() == 500


def test_a_crash_between_the_call_and_the_commit_is_caught_up(
    table: Table, payment_client: PaymentClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies after the service took the money and before we wrote a word of it."""
    with monkeypatch.context() as patch:
        patch.setattr(paying, "look", _die)
        with pytest.raises(KeyboardInterrupt):
            table.pay(payment_client)
    assert (table.service(), payment_client.balance().available["cny"]) == (0, 500)
    with table.database.transaction() as session:
        payments.store_missed(session, payment_client.events().items, now=NOON)
    table.database.run(lambda session: payments.process_events(session, now=NOON))
    table.database.run(lambda session: receipts.book_receipts(session, now=NOON))
    assert (table.state(), table.service()) == (State.PAID, 500)


def _die(*_: object, **__: object) -> State:
    raise KeyboardInterrupt


def test_a_service_that_is_away_leaves_the_receipt_as_it_was(
    table: Table, sandbox: Sandbox, payment_client: PaymentClient
) -> None:
    sandbox.control("fault", fault="500", times=4, path="/v1/payment_intents")
    with pytest.raises(PaymentUnavailable):
        table.pay(payment_client)
    assert table.state() is State.OPEN
    assert table.pay(payment_client) is State.PAID


def test_what_is_given_up_is_not_paid_for(table: Table, payment_client: PaymentClient) -> None:
    with table.database.transaction() as session:
        give_up_cash_part(session, receipt_id=table.receipt_id, now=NOON)
    with pytest.raises(ReceiptClosed):
        table.pay(payment_client)
    with table.database.transaction() as session, pytest.raises(ReceiptClosed):
        earn_cash_part(session, receipt_id=table.receipt_id, now=NOON)


def test_money_that_comes_too_late_goes_back_by_itself(table: Table, payment_client: PaymentClient) -> None:
    payment_id = _begun(table, payment_client)
    with table.database.transaction() as session:
        give_up_cash_part(session, receipt_id=table.receipt_id, now=NOON)
    payment_client.confirm_payment_intent(payment_id, request_id=new_id(), payment_method="pm_card_visa")
    assert paying.look(table.database, payment_client, receipt_id=table.receipt_id, now=NOON) is State.GIVEN_UP
    assert (table.unearned().posted, table.unearned().available) == (500, 0)
    assert paying.send_refunds(table.database, payment_client, now=NOON) == 1
    assert (table.unearned().posted, table.service(), payment_client.balance().available["cny"]) == (0, 0, 0)


def test_a_cancelled_payment_takes_no_money(table: Table, payment_client: PaymentClient) -> None:
    payment_id = _begun(table, payment_client)
    with table.database.transaction() as session:
        give_up_cash_part(session, receipt_id=table.receipt_id, now=NOON)
    paying.cancel(table.database, payment_client, receipt_id=table.receipt_id, now=NOON)
    assert payment_client.payment_intent(payment_id).status == "canceled"


def test_a_refund_is_held_sent_once_and_booked(table: Table, payment_client: PaymentClient, sandbox: Sandbox) -> None:
    table.pay(payment_client)
    key = new_id()
    for _ in range(2):
        with table.database.transaction() as session:
            refund_cash_part(session, receipt_id=table.receipt_id, reason="没喝", request_id=key, now=NOON)
    assert table.unearned().available == 0
    sandbox.control("fault", fault="drop-after", times=4, path="/v1/refunds")
    assert paying.send_refunds(table.database, payment_client, now=NOON) == 0
    assert paying.send_refunds(table.database, payment_client, now=NOON) == 0
    assert paying.send_refunds(table.database, payment_client, now=NOON + timedelta(minutes=1)) == 1
    assert (table.unearned().posted, payment_client.balance().available["cny"]) == (0, 0)


def test_what_was_redeemed_is_not_refunded_before_it_is_undone(table: Table, payment_client: PaymentClient) -> None:
    table.pay(payment_client)
    with table.database.transaction() as session:
        earn_cash_part(session, receipt_id=table.receipt_id, now=NOON)
        with pytest.raises(ReceiptEarned):
            refund_cash_part(session, receipt_id=table.receipt_id, reason="没喝", request_id=new_id(), now=NOON)
        undo_cash_part(session, receipt_id=table.receipt_id)
        refund = refund_cash_part(
            session, receipt_id=table.receipt_id, reason="没喝", request_id=new_id(), now=NOON, amount_fen=200
        )
        assert refund.amount_fen == 200
        with pytest.raises(receipts.RefundTooLarge):
            refund_cash_part(
                session, receipt_id=table.receipt_id, reason="没喝", request_id=new_id(), now=NOON, amount_fen=301
            )


def test_a_reservation_whose_payment_never_came_is_named_when_its_time_is_over(table: Table) -> None:
    with table.database.transaction() as session:
        assert receipts.unpaid_past_time(session, now=SOON - timedelta(seconds=1)) == []
        assert [one.id for one in receipts.unpaid_past_time(session, now=SOON)] == [table.receipt_id]


def test_a_request_id_belongs_to_one_receipt(table: Table) -> None:
    with table.database.transaction() as session:
        known = receipts.receipt_of(session, table.receipt_id)
        facts = {
            "purpose": Purpose.CASH_PART, "payee_id": known.payee_id, "payer_id": known.payer_id,
            "account": receipts.unearned_account(session, table.cafe.id), "reference": known.reference,
            "request_id": known.id, "now": NOON,
        }  # fmt: skip
        assert receipts.begin_receipt(session, amount_fen=500, **facts) is known
        with pytest.raises(receipts.ReceiptConflict):
            receipts.begin_receipt(session, amount_fen=501, **facts)


def _begun(table: Table, client: PaymentClient) -> str:
    table.pay(client, "pm_card_visa_chargeDeclined")
    with table.database.transaction() as session:
        return str(receipts.receipt_of(session, table.receipt_id).payment_id)
