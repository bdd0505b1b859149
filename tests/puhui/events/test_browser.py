"""A small meeting in a real browser: few clicks for the organiser, a phone for the guest, the code for the public."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from werkzeug.serving import make_server

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from puhui.db import Database
from puhui.identity.current import COOKIE
from puhui.identity.model import Role
from puhui.identity.people import create_person, join
from puhui.pool import POOL
from rewards import units
from tests.factories import VAULT, Staff, a_phone, log_in, make_hospital_liaison
from tests.puhui.test_browser import ARGS

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


@pytest.fixture
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium; install it with: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield launched
        launched.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def cast(database: Database) -> tuple[Staff, Staff]:
    """Make Wan, who organises, Tu, who reviews, and a pool of a hundred kilograms."""
    with database.transaction() as session:
        wan = make_hospital_liaison(session)
        person = create_person(session, vault=VAULT, phone=a_phone(), name="涂主任", now=clock.now())
        tu = join(session, person=person, organisation=wan.organisation, role=Role.REVIEWER, now=clock.now())
        new = units.NewIssue(
            kind=units.UnitKind.PUHUI, registry="示范登记簿", first_serial="JX-001", last_serial="JX-100",
            grams_per_unit=1_000, holder=POOL, project="青禾公交", year=2026, source="示范文件",
        )  # fmt: skip
        issue = units.enter_issue(session, new, issue_id=new_id(), by=new_id(), now=clock.now())
        units.approve_issue(session, issue_id=issue.id, by=new_id(), now=clock.now())
        return wan, Staff(person, wan.organisation, tu)


def come_in(browser: Browser, app: Flask, address: str, who: Staff | None, size: dict[str, int]) -> BrowserContext:
    context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]  # Playwright's own type of a size.
    context.set_default_timeout(60_000)
    if who is not None:
        cookie = log_in(app.test_client(), who).get_cookie(COOKIE)
        assert cookie is not None
        context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": address}])
    return context


def test_a_small_meeting_from_three_clicks_to_the_public_check(
    browser: Browser, app: Flask, address: str, own_database: Database
) -> None:
    wan, tu = cast(own_database)
    organiser = come_in(browser, app, address, wan, DESK).new_page()
    organiser.goto(f"{address}/event-desk")
    organiser.get_by_role("link", name="小型会议：三分钟").click()
    for label, value in (("会议名称", "节能例会"), ("地点", "302 室"), ("时长（小时）", "2"), ("人数", "12")):
        organiser.get_by_label(label, exact=True).fill(value)
    organiser.get_by_label("不印纸质材料，扫码看文件").check()
    organiser.get_by_label("会议用电：每人每小时千瓦时").fill("0.25")
    organiser.get_by_label("来源").first.fill("会议室分表")
    organiser.get_by_role("button", name="算一算").click()
    organiser.get_by_role("heading", name="节能例会").wait_for()
    work = organiser.url
    organiser.goto(f"{work}/screen")
    link = organiser.locator("[data-sign-in]").get_attribute("href")
    assert link is not None

    guest = come_in(browser, app, address, None, PHONE).new_page()
    guest.goto(link)
    guest.get_by_label("姓名").fill("林晓")
    guest.get_by_label("您怎么来的").select_option("metro")
    guest.get_by_label("单程多少公里（大致即可）").fill("4.5")
    guest.get_by_role("button", name="签到").click()
    assert guest.get_by_text("签到成功").first.is_visible()

    organiser.goto(work)
    organiser.get_by_role("button", name="提交审核").click()
    reviewer = come_in(browser, app, address, tu, DESK).new_page()
    reviewer.goto(f"{address}/event-reviews")
    reviewer.get_by_role("link", name="节能例会").click()
    reviewer.get_by_role("button", name="通过").click()
    reviewer.get_by_role("link", name="查看证书").click()
    code = reviewer.url.rsplit("/", 1)[1]

    guest.goto(f"{address}/certificates")
    guest.get_by_label("核验码（12 位）").fill(code.lower())
    guest.get_by_role("button", name="核验").click()
    assert guest.get_by_text("证书有效").is_visible()
    assert guest.get_by_text("JX-001").is_visible()
    assert guest.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
