"""Pages in a real browser: the policy blocks nothing, everyone can read and reach everything, no script is needed."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from puhui.db import Database
from puhui.identity.current import COOKIE
from puhui.web.preferences.choices import COOKIES
from tests.factories import Person, Staff, log_in, make_citizen, make_hospital_liaison, make_merchant_clerk

pytestmark = pytest.mark.browser

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).parents[2] / "platform" / "assets" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = {"width": 390, "height": 844}
LOOKS = [
    {"language": "zh", "theme": "light", "size": "normal"},
    {"language": "en", "theme": "dark", "size": "normal"},
    {"language": "zh", "theme": "dark", "size": "elder"},
    {"language": "en", "theme": "light", "size": "elder"},
]
TARGETS = """(least) => [...document.querySelectorAll('button, .weui-btn, .tool, .sections a, .cell-link, .input')]
  .filter((e) => e.checkVisibility()).map((e) => [e, e.getBoundingClientRect()])
  .filter(([, box]) => Math.round(box.height) < least).map(([e, box]) => `${e.outerHTML.slice(0, 80)} ${box.height}`)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; the test is skipped, with a word, where it is absent."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium; install it with: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield launched
        launched.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def _open(browser: Browser, app: Flask, address: str, who: Person | Staff | None, **more: object) -> BrowserContext:
    context = browser.new_context(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai", **more)  # type: ignore[arg-type]  # Playwright's own keywords.
    if who is not None:
        cookie = log_in(app.test_client(), who).get_cookie(COOKIE)
        assert cookie is not None
        context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": address}])
    return context


def _look(context: BrowserContext, address: str, look: dict[str, str]) -> None:
    context.add_cookies([{"name": COOKIES[name], "value": value, "url": address} for name, value in look.items()])


def _cast(database: Database) -> dict[str, Person | Staff]:
    with database.transaction() as session:
        return {
            "citizen": make_citizen(session),
            "clerk": make_merchant_clerk(session),
            "liaison": make_hospital_liaison(session),
        }


VISITS = [
    (None, "/"),
    (None, "/log-in"),
    (None, "/log-in/staff"),
    (None, "/preferences"),
    (None, "/privacy"),
    (None, "/developers"),
    (None, "/nowhere"),
    ("citizen", "/"),
    ("citizen", "/preferences"),
    ("citizen", "/account"),
    ("citizen", "/acting-as"),
    ("clerk", "/"),
    ("liaison", "/"),
]


def test_everyone_can_read_and_reach_every_page(
    browser: Browser, app: Flask, address: str, own_database: Database
) -> None:
    """Axe finds nothing, nothing is wider than the phone, and what is touched is large enough."""
    cast, faults = _cast(own_database), []
    for who in (None, "citizen", "clerk", "liaison"):
        context = _open(browser, app, address, cast[who] if who else None, bypass_csp=True)
        page = context.new_page()
        for look in LOOKS:
            _look(context, address, look)
            for path in [path for visitor, path in VISITS if visitor == who]:
                page.goto(address + path)
                faults += [f"{who} {path} {look}: {fault}" for fault in _faults(page, look)]
        context.close()
    assert faults == []


def _faults(page: Page, look: dict[str, str]) -> list[str]:
    page.evaluate(AXE.read_text())
    report = page.evaluate("(tags) => axe.run({runOnly: {type: 'tag', values: tags}})", RULES)
    assert len(report["passes"]) > 15
    found = report["violations"]
    faults = [f"{one['id']} {one['nodes'][0]['html'][:120]} {one['nodes'][0]['any'][:1]}" for one in found]
    if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
        faults.append("wider than the phone")
    return faults + page.evaluate(TARGETS, 60 if look["size"] == "elder" else 44)


def test_the_policy_blocks_nothing_of_ours(browser: Browser, app: Flask, address: str, own_database: Database) -> None:
    context = _open(browser, app, address, _cast(own_database)["citizen"])
    page, heard = context.new_page(), []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    for _, path in VISITS:
        if path != "/nowhere":
            page.goto(address + path)
            assert page.evaluate("typeof htmx") == "object"
    context.close()
    assert heard == []


def test_a_citizen_joins_and_turns_to_english_without_javascript(browser: Browser, app: Flask, address: str) -> None:
    context = _open(browser, app, address, None, java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("link", name="登录 / 加入").click()
    page.get_by_label("手机号").fill("13800138000")
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("验证码").fill(page.locator("[data-code]").inner_text())
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="同意并加入").click()
    assert page.get_by_role("status").inner_text() == "欢迎加入普惠！"
    page.get_by_role("button", name="English").click()
    assert page.get_by_role("heading", name="Hello").is_visible()
    page.get_by_role("button", name="Large text").click()
    assert page.locator("html").get_attribute("data-size") == "elder"
    context.close()


def test_the_citizens_home_is_light(browser: Browser, app: Flask, address: str, own_database: Database) -> None:
    """The first load stays under 90 kB, as it travels."""
    context = _open(browser, app, address, _cast(own_database)["citizen"])
    page, sizes = context.new_page(), []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto(address, wait_until="networkidle")
    context.close()
    assert 20_000 < sum(sizes) < 90_000
