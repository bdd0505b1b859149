"""The counter in a real browser: scan, redeem, undo; a pay code; a gap in the network, queued and uploaded."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page

import ledger
from ledger.kernel import clock
from ledger.kernel.ids import new_id
from puhui.codes import code_book_of, pay_code_book_of, voucher_signing_key_of
from puhui.demo.cast import known
from puhui.settings import Settings
from rewards import paycodes
from rewards.vouchers import Voucher
from rewards.vouchers.signature import sign_voucher
from tests.cafe import give_coins, open_offer, take
from tests.journeys.camera import film
from tests.journeys.conftest import SECRETS, Town, _refuse_errors, phone_page
from tests.journeys.test_story import CAMERA, _log_in_by_password

SETTINGS = Settings.from_env(SECRETS)


def vouchers_of_somebody(town: Town, count: int) -> list[Voucher]:
    """Let somebody take a cheap offer of the café several times."""
    with town.database.transaction() as session:
        lin, now = new_id(), clock.now()
        give_coins(session, lin, 10 * count, now=now - timedelta(days=1))
        tea = open_offer(session, known("cafe"), price=10, stock=50, per_person=50, title="乌龙茶一杯", now=now)
        return [take(session, tea, lin, now=now) for _ in range(count)]


def takings(town: Town) -> int:
    with town.database.transaction() as session:
        account = ledger.account_of(session, owner=known("cafe"), purpose="takings", asset="coin")
        return ledger.balance(session, account).posted


def type_code(page: Page, code: str) -> None:
    page.get_by_label("券码或付款码").fill(code)
    page.get_by_role("button", name="查验").click()


def scan_redeem_and_undo(page: Page, town: Town) -> None:
    page.goto(f"{town.address}/counter")
    page.get_by_role("button", name="打开摄像头扫码").click()
    page.wait_for_url("**/counter/scans/**")
    page.get_by_role("button", name="确认核销").click()
    page.locator("[data-outcome=done]").wait_for()
    page.get_by_text("做错了？").click()
    page.get_by_label("撤销原因").select_option("customer")
    page.get_by_role("button", name="撤销", exact=True).click()
    page.locator("[data-outcome=undone]").wait_for()


def charge_a_pay_code(page: Page, town: Town) -> None:
    with town.database.transaction() as session:
        lin = new_id()
        give_coins(session, lin, 50, now=clock.now() - timedelta(hours=1))
        opened = paycodes.open_pay_code(session, citizen_id=lin, request_id=new_id(), now=clock.now())
    page.goto(f"{town.address}/counter")
    type_code(page, pay_code_book_of(SETTINGS).code(opened.number, at=clock.now()))
    page.get_by_label("收取碳币").fill("12")
    page.get_by_role("button", name="确认收款").click()
    page.locator("[data-outcome=done]").wait_for()
    assert "12 碳币" in page.locator("#scan").inner_text()


def outcomes(town: Town) -> list[str]:
    with town.database.transaction() as session:
        return list(session.scalars(sa.text("SELECT outcome FROM rewards.offline_scan ORDER BY scanned_at")))


def used(town: Town, voucher: UUID) -> bool:
    with town.database.transaction() as session:
        found = sa.text("SELECT redeemed_at IS NOT NULL FROM rewards.voucher WHERE id = :id")
        return bool(session.scalar(found, {"id": voucher}))


def queue_without_a_network(page: Page, town: Town, first: Voucher, second: Voucher) -> None:
    key = voucher_signing_key_of(SETTINGS)
    with page.expect_response("**/offline-facts*"):
        page.goto(f"{town.address}/counter")
    page.context.set_offline(True)
    page.get_by_text("离线模式").wait_for()
    type_code(page, code_book_of(SETTINGS).code(first.number, at=clock.now()))
    page.get_by_text("离线时只能扫").wait_for()
    forged = sign_voucher(first, key=key)
    type_code(page, forged[:-8] + ("A" * 8 if not forged.endswith("A" * 8) else "B" * 8))
    page.get_by_text("签名不对").wait_for()
    for voucher, count in ((first, 1), (second, 2)):
        type_code(page, sign_voucher(voucher, key=key))
        page.get_by_text(f"待上传 {count} 笔").wait_for()
    type_code(page, sign_voucher(first, key=key))
    page.get_by_text("刚才已在本柜台离线记下").wait_for()
    assert outcomes(town) == []


def log_out_is_stopped(page: Page, town: Town) -> None:
    page.context.set_offline(False)
    page.route("**/api/v1/counter/**", lambda route: route.abort())
    page.goto(f"{town.address}/preferences")
    page.get_by_role("button", name=re.compile("退出")).click()
    page.get_by_text("还有 2 笔没有上传").wait_for()
    page.unroute("**/api/v1/counter/**")


@pytest.mark.browser
@pytest.mark.slow
def test_the_counter_scans_undoes_charges_and_goes_on_without_a_network(
    town: Town, open_browser: Callable[..., Browser], tmp_path: Path
) -> None:
    owed = takings(town)
    shown, first, second = vouchers_of_somebody(town, 3)
    camera = film(sign_voucher(shown, key=voucher_signing_key_of(SETTINGS)), tmp_path / "counter.y4m")
    opened = open_browser(*CAMERA, f"--use-file-for-fake-video-capture={camera}")
    clerk = phone_page(opened, permissions=["camera"])
    _log_in_by_password(clerk, town)
    scan_redeem_and_undo(clerk, town)
    assert takings(town) == owed
    charge_a_pay_code(clerk, town)
    # The browser says on its console that nobody answers; that is what is looked at.
    clerk.remove_listener("console", _refuse_errors)
    queue_without_a_network(clerk, town, first, second)
    log_out_is_stopped(clerk, town)
    clerk.goto(f"{town.address}/counter")
    clerk.get_by_text("2 笔离线核销已上传").wait_for()
    assert outcomes(town) == ["redeemed", "redeemed"]
    assert used(town, first.id)
    assert takings(town) == owed + 12 + 20
    with town.database.transaction() as session:
        assert ledger.audit(session).holds
