"""From a ride to a coffee, as Lin and the café's clerk live it: two phones, a camera, one ledger."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import ledger
from puhui.demo.cast import CITIZENS, MERCHANTS, PASSWORD, known
from tests.journeys.camera import film
from tests.journeys.conftest import Town, phone_page

LIN = CITIZENS[0]
CAMERA = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
CLERK = MERCHANTS[0].staff[0]


def _log_in_by_phone(page: Page, town: Town) -> None:
    page.goto(f"{town.address}/log-in")
    page.get_by_label("手机号", exact=True).fill(LIN.phone[3:])
    page.get_by_role("button", name="获取验证码").click()
    shown = re.search(r"验证码是 (\d{6})", page.locator("main").inner_text())
    assert shown is not None, "the development log-in shows the code"
    page.get_by_label("验证码", exact=True).fill(shown[1])
    page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()
    page.get_by_text(f"{LIN.name}，您好").wait_for()


def _log_in_by_password(page: Page, town: Town) -> None:
    page.goto(f"{town.address}/log-in/staff")
    page.get_by_label("手机号", exact=True).fill(CLERK.phone[3:])
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "/log-in" not in url)


def _takings(town: Town) -> int:
    with town.database.transaction() as session:
        account = ledger.account_of(session, owner=known("cafe"), purpose="takings", asset="coin")
        return ledger.balance(session, account).posted


def _ask_how_a_ride_was_computed(page: Page, town: Town) -> None:
    page.goto(f"{town.address}/activities")
    page.get_by_text("共享单车骑行").first.click()
    main = page.locator("main")
    main.get_by_text("T02").first.wait_for()
    words = main.inner_text()
    for word in ("公里", "40", "人民日报 2024"):
        assert word in words


def _turn_points_into_coins(page: Page, town: Town) -> None:
    page.goto(f"{town.address}/exchange")
    page.get_by_label("用多少积分").fill("3000")
    page.get_by_role("button", name="试算").click()
    page.get_by_role("button", name=re.compile("用 3,000 积分 换 30 碳币")).click()
    page.wait_for_url("**/exchanges/**")


def _take_a_coffee(page: Page, town: Town) -> str:
    page.goto(f"{town.address}/offers")
    page.get_by_text("热拿铁一杯").click()
    page.get_by_role("button", name=re.compile("兑")).click()
    page.wait_for_url("**/vouchers/**")
    page.locator("#voucher .qr svg").wait_for()
    code = page.locator("#voucher .digits").get_attribute("data-code")
    assert code is not None
    assert re.fullmatch(r"\d{18}", code)
    return code


def _scan_and_hand_over(page: Page, town: Town) -> None:
    page.goto(f"{town.address}/counter")
    page.get_by_role("button", name="打开摄像头扫码").click()
    page.wait_for_url("**/counter/scans/**")
    assert "热拿铁一杯" in page.locator(".hand-over").inner_text()
    page.get_by_role("button", name="确认核销").click()
    page.locator("[data-outcome=done]").wait_for()


@pytest.mark.browser
@pytest.mark.slow
def test_lin_rides_and_drinks_a_coffee(town: Town, open_browser: Callable[..., Browser], tmp_path: Path) -> None:
    owed = _takings(town)
    lin = phone_page(open_browser())
    _log_in_by_phone(lin, town)
    _ask_how_a_ride_was_computed(lin, town)
    _turn_points_into_coins(lin, town)
    camera = film(_take_a_coffee(lin, town), tmp_path / "counter.y4m")
    clerk = phone_page(open_browser(*CAMERA, f"--use-file-for-fake-video-capture={camera}"), permissions=["camera"])
    _log_in_by_password(clerk, town)
    _scan_and_hand_over(clerk, town)
    clerk.goto(f"{town.address}/counter/takings")
    assert f"{owed + 30:,}" in clerk.locator("main").inner_text()
    lin.locator("#voucher[data-state=redeemed]").wait_for()
    assert "禾里咖啡" in lin.locator("#voucher").inner_text()
    assert _takings(town) == owed + 30
    with town.database.transaction() as session:
        assert ledger.audit(session).holds
