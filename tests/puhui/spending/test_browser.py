"""At the counter with a phone: the code changes by itself, offline the signed one shows, a payment is seen at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from puhui.codes import pay_code_book_of, voucher_signing_key_of
from rewards import paycodes, vouchers
from rewards.vouchers.actions import close_if_open
from rewards.vouchers.signature import key_id_of, verify_static_code
from tests.puhui.spending.conftest import QUICK, Counter, until

pytestmark = pytest.mark.browser
PUBLIC = voucher_signing_key_of(QUICK).public_key()
KEPT = "async (path) => Boolean(await caches.match(path, {ignoreVary: true}))"
NAMES = "async () => (await caches.keys()).filter((name) => name.startsWith('vouchers-'))"


def test_a_voucher_is_taken_shown_and_shown_offline(counter: Counter) -> None:
    page = counter.page
    page.goto(f"{counter.address}/offers/{counter.cafe.coffee}")
    page.get_by_role("button", name="用 30 碳币 兑换").click()
    first = page.locator("[data-code]").get_attribute("data-code")
    page.evaluate("document.title = 'not reloaded'")
    until(lambda: page.locator("[data-code]").get_attribute("data-code") != first)
    assert page.title() == "not reloaded"
    voucher_id = page.url.rsplit("/", 1)[1]
    until(lambda: page.evaluate(KEPT, f"/vouchers/{voucher_id}/copy"))

    counter.go_offline()
    expect(page.locator(".offline")).to_have_text(re.compile(r"^离线，截至 \d\d:\d\d$"))
    page.get_by_text("看码的文字").click()
    read = verify_static_code(page.locator("[data-static-code]").inner_text(), {key_id_of(PUBLIC): PUBLIC}, clock.now())
    assert (str(read.voucher_id), read.merchant_id) == (voucher_id, counter.cafe.id)
    assert page.locator(".qr").evaluate("(box) => getComputedStyle(box).backgroundColor") == "rgb(255, 255, 255)"
    page.goto(f"{counter.address}/vouchers")
    expect(page.locator(".cell-title")).to_have_text("美式咖啡一杯")

    counter.come_back()
    page.goto(f"{counter.address}/preferences")
    page.get_by_role("button", name="退出登录").click()
    until(lambda: page.evaluate(NAMES) == [])


def test_another_persons_vouchers_are_forgotten_on_one_phone(counter: Counter) -> None:
    page = counter.page
    page.goto(f"{counter.address}/vouchers")
    until(lambda: page.evaluate(KEPT, "/vouchers/copies"))
    page.evaluate("caches.open('vouchers-of-another').then((cache) => cache.put('/vouchers', new Response('x')))")
    page.goto(f"{counter.address}/vouchers")
    until(lambda: len(page.evaluate(NAMES)) == 1)
    assert page.evaluate(NAMES) != ["vouchers-of-another"]


def test_a_pay_code_is_charged_and_the_phone_shows_it_at_once(counter: Counter) -> None:
    page, cafe = counter.page, counter.cafe
    page.goto(f"{counter.address}/pay-codes")
    page.get_by_role("button", name="打开付款码").click()
    shown = page.locator("[data-code]").get_attribute("data-code")
    assert shown is not None
    made = counter.database.run(
        lambda session: paycodes.charge(
            session, digits=shown, codes=pay_code_book_of(QUICK), counter=cafe.counter_id, merchant=cafe.id,
            clerk=cafe.clerk.person.id, coins_units=18, request_id=new_id(), now=clock.now(),
        )
    )  # fmt: skip
    expect(page.locator(".stamp")).to_have_text("已付款", timeout=5_000)
    page.get_by_role("link", name="查看凭据").click()
    expect(page.get_by_text(str(made.transfer_id))).to_be_visible()


def test_the_service_worker_is_asked_for_anew_each_time(counter: Counter) -> None:
    answer = counter.page.request.get(f"{counter.address}/sw.js")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"].startswith("text/javascript")


def test_a_used_voucher_says_so_without_a_reload(counter: Counter) -> None:
    page, cafe = counter.page, counter.cafe
    page.goto(f"{counter.address}/offers/{cafe.coffee}")
    page.get_by_role("button", name="用 30 碳币 兑换").click()
    expect(page.locator("[data-code]")).to_be_visible()
    with counter.database.transaction() as session:
        (voucher,) = vouchers.vouchers_of(session, counter.lin.id, now=clock.now())
        session.execute(
            close_if_open(voucher, now=clock.now()).values(
                redeemed_at=clock.now(), redemption_id=new_id(), redeemed_by=cafe.clerk.person.id,
                counter_id=cafe.counter_id,
            )
        )  # fmt: skip
    expect(page.locator("#voucher .stamp")).to_have_text("已使用", timeout=10_000)
