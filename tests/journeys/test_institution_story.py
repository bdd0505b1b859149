"""Two stories of 青禾市机关事务中心 in a real browser: two people publish a scheme; a member joins and checks in."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from puhui.demo.cast import CITIZENS, OFFICES, PASSWORD, SMALL, known
from puhui.demo.institutions import STAFF
from tests.journeys.conftest import Town, phone_page

pytestmark = pytest.mark.browser
AGENCY = next(firm for firm in OFFICES if firm.key == "agency")
REVIEWER = next(employee for employee, seat in STAFF if seat is None)


def staff(page: Page, town: Town, phone: str) -> None:
    page.goto(f"{town.address}/log-in/staff")
    page.get_by_label("手机号").fill(phone[3:])
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("main form").get_by_role("button", name="登录").click()
    page.wait_for_url(re.compile("/institution$"))


def citizen(page: Page, town: Town, phone: str, back: str) -> None:
    page.goto(f"{town.address}/log-in?next={back}")
    page.get_by_label("手机号").fill(phone[3:])
    page.locator("main form").get_by_role("button").first.click()
    code = page.locator(".development strong").inner_text()
    page.get_by_label("验证码").fill(code)
    page.locator("main form").get_by_role("button", name="登录").click()


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()


def test_a_liaison_drafts_and_a_reviewer_publishes(town: Town, open_browser: Callable[..., Browser]) -> None:
    opened = open_browser()
    wan, xiong = phone_page(opened), phone_page(opened)
    staff(wan, town, AGENCY.staff[0].phone)
    wan.goto(f"{town.address}/institution/schemes")
    wan.get_by_label("名称").fill("节能宣传月积分")
    press(wan, "开设")
    wan.get_by_label("目的").fill("宣传月里少开一天车")
    wan.get_by_label("积分预算（分）").fill("800")
    wan.get_by_label("每人每日最多（分，可空）").fill("5")
    wan.get_by_label("共享单车骑行", exact=True).fill("100")
    press(wan, "保存草稿")
    assert "每人每日最多 5 分。" in wan.content()
    wan.get_by_role("link", name="用上月数据试算").click()
    assert wan.get_by_text("会发出").is_visible()
    wan.go_back()
    press(wan, "提交审核")
    address = wan.url
    staff(xiong, town, REVIEWER.phone)
    xiong.goto(address)
    press(xiong, "通过并发布")
    wan.goto(address)
    assert wan.get_by_role("heading", name="已发布").is_visible()


def test_a_member_joins_by_link_and_checks_in_by_code(town: Town, open_browser: Callable[..., Browser]) -> None:
    opened = open_browser()
    wan, lin = phone_page(opened), phone_page(opened)
    staff(wan, town, AGENCY.staff[0].phone)
    wan.goto(f"{town.address}/institution/invitations")
    press(wan, "生成")
    link = wan.locator("#link").inner_text()
    citizen(lin, town, CITIZENS[SMALL - 1].phone, link.removeprefix(town.address))
    assert lin.get_by_text("同事默认看不到您的姓名").is_visible()
    press(lin, "加入")
    assert lin.get_by_role("heading", name="我的单位").is_visible()
    assert CITIZENS[0].name not in lin.content()
    wan.goto(f"{town.address}/institution/campaigns/{known('agency/campaign')}/places/{known('agency/screen')}")
    digits = wan.locator(".digits").inner_text()
    lin.goto(f"{town.address}/check-ins/{digits.replace(' ', '')}")
    press(lin, "签到")
    assert lin.get_by_text("已在“一楼大厅”签到").is_visible()
    press(lin, "领取证书")
    assert lin.get_by_text("证书有效").is_visible()
