"""Coins and cash: the cash is paid online or at the till, never twice, and goes back where nothing is handed over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import ledger
from ledger.kernel import clock
from ledger.kernel.ids import new_id
from partners import receipts, settlement
from partners.payments import PaymentClient
from partners.receipts import Receipt, State
from puhui import cash_parts, jobs, paying, settlement_jobs
from puhui.app import create_app
from puhui.codes import code_book_of, voucher_signing_key_of
from puhui.db import Database
from puhui.merchants.suspending import suspend_merchant
from rewards import offers
from rewards.offers import Deal, Terms
from rewards.vouchers import Voucher
from rewards.vouchers.signature import sign_voucher
from tests.cafe import COUNTY, give_coins, take
from tests.factories import SETTINGS, csrf_token, log_in, make_citizen
from tests.partners.payments.conftest import Sandbox, a_client
from tests.partners.settlement.world import OPERATOR, Town, open_town
from tests.puhui.merchants.conftest import send

FEN = 990
CODES = code_book_of(SETTINGS)


@dataclass(frozen=True)
class Table:
    """Lin with a voucher for a cake of 15 coins and 9.90 yuan, the café's clerk, and the payment service."""

    database: Database
    town: Town
    lin_id: UUID
    voucher: Voucher
    lin: FlaskClient
    clerk: FlaskClient
    service: PaymentClient

    def begin(self) -> str:
        """Tap the button; answers the path of the receipt's page."""
        return send(self.lin, f"/vouchers/{self.voucher.id}/payment").request.path

    def pay(self, payer: str = "pm_card_visa") -> TestResponse:
        return send(self.lin, f"{self.begin()}/payment", payment_method=payer)

    def shown(self) -> str:
        return self.lin.get(f"/vouchers/{self.voucher.id}").text

    def scan(self) -> TestResponse:
        code = CODES.code(self.voucher.number, at=clock.now())
        return send(self.clerk, "/counter/scans", counter=self.town.cafe.counter_id, code=code)

    def redeem(self, scanned: TestResponse, cash: str) -> TestResponse:
        path = f"{scanned.request.path}/redemption?cash={cash}"
        assert path in scanned.text
        return send(self.clerk, path)

    def cancel(self) -> TestResponse:
        return send(self.lin, f"/vouchers/{self.voucher.id}/cancellation")

    def receipt(self) -> Receipt:
        with self.database.transaction() as session:
            return receipts.receipts_about(session, [self.voucher.id])[self.voucher.id]

    def unearned(self) -> ledger.Balance:
        with self.database.transaction() as session:
            return ledger.balance(session, receipts.unearned_account(session, self.town.cafe.id))

    def look(self) -> State:
        return paying.look(self.database, self.service, receipt_id=self.receipt().id, now=clock.now())

    def is_refunded(self) -> bool:
        """Send what is due back, and answer whether all of it arrived and nothing stays behind."""
        settlement_jobs.move_money(self.database, clock.now(), client=self.service)
        with self.database.transaction() as session:
            back = [one.amount_fen for one in receipts.refunds_of(session, [self.receipt().id]) if one.booked_at]
            assert ledger.audit(session).holds
        return back == [FEN] and self.unearned().posted == 0


@pytest.fixture
def table(own_database: Database, sandbox: Sandbox) -> Table:
    now = clock.now()
    with own_database.transaction() as session:
        town, lin = open_town(session), make_citizen(session)
        cake = offers.open_offer(
            session, offer_id=new_id(), merchant_id=town.cafe.id, county_code=COUNTY, kind="food", title="蛋糕",
            title_en="Cake", description="一块", description_en="One piece", coins_units=15, stock_units=5,
            per_person=2, voucher_days=7, valid_from=now - timedelta(days=1), valid_until=now + timedelta(days=30),
            terms=Terms(deal=Deal.COINS_CASH, cash_fen=FEN),
        )  # fmt: skip
        give_coins(session, lin.id, 15, now=now)
        voucher = take(session, cake.id, lin.id, now=now)
    app = create_app(replace(SETTINGS, payments_url=sandbox.url, payments_key="sk_test_of_the_tests"), own_database)
    browsers = [log_in(app.test_client(), who) for who in (lin, town.cafe.clerk)]  # type: ignore[arg-type]  # Both log in.
    return Table(own_database, town, lin.id, voucher, *browsers, a_client(sandbox.url))


def test_what_is_paid_online_is_redeemed_and_settled(table: Table) -> None:
    assert "在线支付 ¥9.90" in table.shown()
    assert "已记入账本" in table.pay().text
    assert "已在线支付，到店不用再付" in table.shown()
    scanned = table.scan()
    assert "已在线支付 ¥9.90，不再收现金" in scanned.text
    assert 'data-outcome="done"' in table.redeem(scanned, "online").text
    now = clock.now()
    day = (now + timedelta(hours=8)).date()
    with table.database.transaction() as session:
        made = settlement.settle_merchant(
            session, merchant_id=table.town.cafe.id, through=day, now=now + timedelta(days=2)
        )
        assert made is not None
        assert (made.cash_fen, made.settled_coins) == (FEN, 15)
        assert ledger.audit(session).holds
    assert table.unearned().posted == 0
    late = send(table.clerk, f"{scanned.request.path}/undoing", reason="other").text
    assert "不能" in late
    assert table.receipt().earned_at is not None


def test_a_declined_payment_is_taken_at_the_till_and_cannot_be_made_afterwards(table: Table) -> None:
    assert "换一种付款方式" in table.pay("pm_card_visa_chargeDeclined").text
    scanned = table.scan()
    assert "未在线支付，请收现金 ¥9.90" in scanned.text
    assert "现金 ¥9.90 在店里收取" in table.redeem(scanned, "till").text
    with pytest.raises(receipts.ReceiptClosed):
        paying.pay(
            table.database, table.service, receipt_id=table.receipt().id, payment_method="pm_card_visa",
            attempt_id=new_id(), now=clock.now(),
        )  # fmt: skip
    assert "这张券已使用" in send(table.lin, f"/vouchers/{table.voucher.id}/payment").text
    assert table.unearned().posted == 0


def test_a_voucher_can_be_redeemed_without_a_word_about_paying_online(table: Table) -> None:
    assert 'data-outcome="done"' in table.redeem(table.scan(), "till").text


def test_cancelling_gives_the_cash_back(table: Table) -> None:
    table.pay()
    assert "原路退回" in table.shown()
    assert "¥9.90 原路退回" in table.cancel().text
    assert table.is_refunded()


def test_money_that_comes_after_cancelling_goes_back(table: Table, sandbox: Sandbox) -> None:
    table.pay("pm_card_visa_chargeDeclined")
    sandbox.control("fault", fault="drop-after", times=2, path="/v1/payment_intents/")
    table.pay()
    table.cancel()
    assert table.unearned().posted == 0
    assert table.look() is State.GIVEN_UP
    assert table.is_refunded()


def test_a_payment_under_way_stops_the_redemption_until_it_is_known(table: Table, sandbox: Sandbox) -> None:
    path = table.begin()
    with table.database.transaction() as session:
        cash = cash_parts.CashPart(FEN, receipts.receipt_of(session, UUID(path.split("/")[-1])), State.OPEN)
    assert not cash.is_pending
    scanned = table.scan()
    sandbox.control("fault", fault="drop-after", times=2, path="/v1/payment_intents/")
    assert "还没有说结果" in table.pay().text
    assert "现在不要收现金" in table.clerk.get(scanned.request.path).text
    refused = send(table.clerk, f"{scanned.request.path}/redemption")
    assert "正在支付，请稍候" in refused.text
    assert 'data-outcome="open"' in refused.text
    assert table.look() is State.PAID
    assert 'data-outcome="done"' in table.redeem(table.clerk.get(scanned.request.path), "online").text


def test_a_clerk_who_was_told_to_take_cash_is_told_anew(table: Table) -> None:
    scanned = table.scan()
    table.pay()
    told = table.redeem(scanned, "till")
    assert "刚刚变了" in told.text
    assert "不再收现金" in told.text
    assert 'data-outcome="done"' in table.redeem(told, "online").text


def test_undoing_gives_the_cash_back_too(table: Table) -> None:
    table.pay()
    done = table.redeem(table.scan(), "online")
    undone = send(table.clerk, f"{done.request.path}/undoing", reason="other")
    assert "由支付服务原路退回" in undone.text
    send(table.clerk, f"{done.request.path}/undoing", reason="other")
    assert table.is_refunded()


def test_two_taps_and_two_pages_lead_to_one_payment(table: Table) -> None:
    request_id = str(new_id())
    paths = {
        send(table.lin, f"/vouchers/{table.voucher.id}/payment", request_id=key).request.path
        for key in (request_id, request_id, str(new_id()))
    }
    assert len(paths) == 1
    table.pay()
    table.pay()
    assert {table.begin()} == paths
    assert table.unearned().posted == FEN


def test_an_unpaid_payment_is_given_up_and_the_voucher_stays_good(table: Table) -> None:
    first = table.begin()
    later = clock.now() + timedelta(minutes=16)
    assert jobs.give_up_unpaid(table.database, later) == {"given_up": 1}
    assert jobs.give_up_unpaid(table.database, later) == {"given_up": 0}
    assert "在线支付 ¥9.90" in table.shown()
    assert table.begin() != first
    table.pay()
    assert jobs.give_up_unpaid(table.database, later) == {"given_up": 0}


def test_an_expired_voucher_gives_its_cash_back(table: Table) -> None:
    table.pay()
    with time_machine.travel(table.voucher.expires_at + timedelta(minutes=1), tick=False):
        assert jobs.expire_vouchers(table.database, clock.now()) == {"expired": 1}
        assert table.is_refunded()


def test_the_cash_of_a_suspended_merchants_vouchers_goes_back(table: Table) -> None:
    table.pay()
    with table.database.transaction() as session:
        suspend_merchant(
            session, suspension_id=new_id(), merchant_id=table.town.cafe.id, reason="停业", by=OPERATOR,
            now=clock.now(),
        )  # fmt: skip
    assert table.is_refunded()


@pytest.mark.parametrize("is_paid_first", [True, False])
def test_offline_only_what_was_paid_before_the_reading_is_the_merchants(table: Table, is_paid_first: bool) -> None:
    code = sign_voucher(table.voucher, key=voucher_signing_key_of(SETTINGS))
    read_at = clock.now()
    table.pay()
    assert "¥9.90 已在线支付" in table.lin.get(f"/vouchers/{table.voucher.id}/copy").text
    if is_paid_first:
        read_at = clock.now()
    item = {
        "nonce": str(new_id()), "code": code, "scanned_at": read_at.isoformat(),
        "clerk_id": str(table.town.cafe.clerk.person.id),
    }  # fmt: skip
    answer = table.clerk.post(
        "/api/v1/counter/offline-scans",
        json={"counter_id": str(table.town.cafe.counter_id), "items": [item]},
        headers={"X-CSRFToken": csrf_token(table.clerk)},
    )
    assert [one["outcome"] for one in answer.json["items"]] == ["redeemed"]
    assert (table.receipt().earned_at is not None) is is_paid_first
    assert is_paid_first or table.is_refunded()


def test_a_program_at_the_counter_reads_what_to_take(table: Table) -> None:
    def read() -> tuple[int, bool]:
        answer = table.clerk.post(
            "/api/v1/counter/scans",
            json={
                "request_id": str(new_id()), "counter_id": str(table.town.cafe.counter_id),
                "code": CODES.code(table.voucher.number, at=clock.now()),
            },
            headers={"X-CSRFToken": csrf_token(table.clerk)},
        )  # fmt: skip
        return answer.json["cash_fen"], answer.json["is_cash_paid"]

    assert read() == (FEN, False)
    table.pay()
    assert read() == (FEN, True)


def test_nobody_pays_for_a_strangers_voucher_or_one_of_coins_alone(table: Table) -> None:
    with table.database.transaction() as session:
        give_coins(session, table.lin_id, 30, now=clock.now())
        coffee = take(session, table.town.cafe.coffee, table.lin_id, now=clock.now())
    assert "没有现金部分" in send(table.lin, f"/vouchers/{coffee.id}/payment").text
    assert send(table.lin, f"/vouchers/{new_id()}/payment").status_code == 404
