"""The liaison in a real browser: a sheet with errors, its answer sheet mended, and the indicators that come of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from puhui.identity.current import COOKIE
from puhui.sheets import Column, Sheet, read_table, write_book
from tests.factories import log_in
from tests.puhui.meters.test_pages import TITLES, Cast, cast
from tests.puhui.test_browser import PHONE, address, browser

__all__ = ["address", "browser", "cast"]
pytestmark = pytest.mark.browser


def _open(browser: Browser, app: Flask, address: str, cast: Cast, **more: object) -> Page:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **more)  # type: ignore[arg-type]  # Playwright's own keywords.
    cookie = log_in(app.test_client(), cast.liaison).get_cookie(COOKIE)
    assert cookie is not None
    context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": address}])
    return context.new_page()


def _sheet(path: Path, rows: list[list[str]]) -> Path:
    path.write_bytes(write_book([Sheet("账单", [Column(title) for title in TITLES], rows)]))
    return path


def test_a_sheet_with_errors_comes_back_is_mended_and_makes_the_year_whole(
    browser: Browser, app: Flask, address: str, cast: Cast, tmp_path: Path
) -> None:
    page = _open(browser, app, address, cast, viewport=PHONE, java_script_enabled=False, accept_downloads=True)
    page.goto(f"{address}/institution/indicators?period=2025")
    assert page.get_by_text("表 E-1 缺 2025-11").first.is_visible()
    page.get_by_role("link", name="账单", exact=True).click()
    rows = [["E-1", "2025-11", "4800", "3120", "否", "", ""], ["E-1", "2025-13", "5200", "3380", "否", "", ""]]
    page.get_by_label("账单表格（XLSX 或 CSV）").set_input_files(_sheet(tmp_path / "bills.xlsx", rows))
    page.get_by_role("button", name="核对并写入").click()
    assert page.get_by_text("第 3 行：月份“2025-13”看不懂").is_visible()
    with page.expect_download() as coming:
        page.get_by_role("link", name="下载核对结果（XLSX）").click()
    answers = read_table("answers.xlsx", Path(coming.value.path()).read_bytes())
    assert "月份" in answers.rows[1][answers.header.index("错误原因")]
    mended = [row[: len(TITLES)] for row in answers.rows]
    mended[1][1] = "2025-12"
    page.get_by_label("账单表格（XLSX 或 CSV）").set_input_files(_sheet(tmp_path / "mended.xlsx", mended))
    page.get_by_role("button", name="核对并写入").click()
    assert "已写入 2 张新账单" in page.get_by_role("status").inner_text()
    page.goto(f"{address}/institution/indicators?period=2025")
    assert page.get_by_text("0.78 kgce/m²").is_visible()
    page.context.close()


def test_charts_are_drawn_by_the_server_and_answer_the_pointer_on_a_desk(
    browser: Browser, app: Flask, address: str, cast: Cast
) -> None:
    for width, drawn in ((390, "svg"), (1440, "canvas")):
        page = _open(browser, app, address, cast, viewport={"width": width, "height": 900})
        heard: list[str] = []
        page.on("console", lambda message, heard=heard: heard.append(message.text))
        page.goto(f"{address}/institution/indicators?period=2025", wait_until="networkidle")
        assert page.locator(f".chart {drawn}").count() == 2
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert heard == []
        page.context.close()
