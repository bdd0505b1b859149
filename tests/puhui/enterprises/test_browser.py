"""A maker and a checker at their desks: a workbook with errors is corrected, approved, held and reported."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from puhui.identity.current import COOKIE
from puhui.sheets import Column, Sheet, read_table, write_book
from tests.factories import Staff
from tests.puhui.enterprises.conftest import Plant

pytestmark = pytest.mark.browser
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
GOOD = {"登记账号": "DJ-0001", "标的代码": "CEA25", "通知编号": "FP1", "业务类型": "核定分配", "数量": "4200"}
GOOD |= {"日期": "2026-03-02", "年度": "2025"}


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Debian's Chromium; the test is skipped, with a word, where it is absent."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium; install it with: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
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


def desk_of(browser: Browser, firm: Plant, who: Staff, address: str, size: dict[str, int]) -> Page:
    """Open a browser window that *who* is logged in on."""
    context = browser.new_context(viewport=size, locale="zh-CN", accept_downloads=True)  # type: ignore[arg-type]  # A size.
    cookie = firm.browse(who).get_cookie(COOKIE)
    assert cookie is not None
    context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": address}])
    page = context.new_page()
    page.set_default_timeout(20_000)
    return page


def filled(template: Path, name: Path, *rows: dict[str, str]) -> Path:
    """Fill a template that was downloaded."""
    header = read_table("t.xlsx", template.read_bytes()).header
    lines = [[row.get(title, "") for title in header] for row in rows]
    name.write_bytes(write_book([Sheet("通知", [Column(title) for title in header], lines)]))
    return name


def downloaded(page: Page, word: str) -> Path:
    """Follow a link that sends a file."""
    with page.expect_download() as download:
        page.get_by_role("link", name=word, exact=True).first.click()
    return Path(download.value.path())


def send(page: Page, address: str, book: Path) -> None:
    """Hand a workbook in as allocation notices."""
    page.goto(f"{address}/enterprise/files")
    page.get_by_label("内容").select_option("allocations")
    page.get_by_label("文件（XLSX 或 CSV）").set_input_files(book)
    page.get_by_role("button", name="校验").click()


def test_a_workbook_with_errors_is_corrected_approved_and_reported(
    browser: Browser, firm: Plant, address: str, tmp_path: Path
) -> None:
    maker = desk_of(browser, firm, firm.maker, address, DESK)
    maker.goto(f"{address}/enterprise/files")
    template = downloaded(maker, "下载模板：配额分配与调整通知")
    wrong = GOOD | {"数量": "四千二百"}
    send(maker, address, filled(template, tmp_path / "错误.xlsx", wrong))
    assert maker.get_by_text("“数量”列：不是整数或两位小数的数字：四千二百").is_visible()
    answers = read_table("a.xlsx", downloaded(maker, "下载逐行结果（XLSX）").read_bytes())
    assert answers.rows[0][-4:-1] == ["已退回", "6", "R"]
    send(maker, address, filled(template, tmp_path / "更正.xlsx", GOOD))
    assert maker.get_by_text("每一行都通过").is_visible()
    assert maker.get_by_text("须由另一人复核。").is_visible()
    checker = desk_of(browser, firm, firm.checker, address, PHONE)
    checker.goto(maker.url)
    checker.get_by_role("button", name="复核入账").click()
    checker.get_by_text("已复核入账。").wait_for()
    maker.goto(f"{address}/enterprise")
    assert maker.get_by_text("4,200 t").first.is_visible()
    held = read_table("h.xlsx", downloaded(maker, "XLSX").read_bytes())
    assert held.rows[-1][3] == "4200"
    paper = maker.request.get(f"{address}/enterprise?as=pdf")
    assert paper.body().startswith(b"%PDF-")
    for page in (maker, checker):
        page.goto(f"{address}/enterprise/pledges")
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]  # It has one.
