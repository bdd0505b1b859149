"""The house as its users meet it: a real web server on a real database with the small demo town, and a real browser."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, sync_playwright

from puhui.addresses import Addresses
from puhui.db import Database
from puhui.demo.town import build_town
from puhui.settings import Settings
from puhui.supervisor import web_server

SECRETS = {
    "PUHUI_SECRET_KEY": "the journeys' own secret, long enough",
    "PUHUI_DATA_KEY": "the journeys' own data key, long enough",
}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True, slots=True)
class Town:
    """The demo town behind a running web server."""

    address: str
    database: Database


def free_port() -> int:
    """Answer a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def town(own_addresses: Addresses, own_database: Database, tmp_path: Path) -> Iterator[Town]:
    """The small demo town, served by gunicorn in a process of its own."""
    environment = {**SECRETS, "PUHUI_DATABASE_URL": own_addresses.app, "PUHUI_DATA_DIR": str(tmp_path)}
    build_town(own_database, Settings.from_env(environment), small=True)
    port = free_port()
    server = web_server(host="127.0.0.1", port=port, workers=1, environment=environment)
    server.start()
    address = f"http://127.0.0.1:{port}"
    _wait_for(address)
    yield Town(address, own_database)
    server.stop()
    server.wait(time.monotonic() + 10)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            requests.get(f"{address}/", timeout=5).raise_for_status()
        except requests.RequestException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def open_browser() -> Iterator[Callable[..., Browser]]:
    """A function that opens Debian's Chromium with further arguments; a machine without it cannot run these tests."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is missing; install it with: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright, ExitStack() as stack:

        def launch(*more: str) -> Browser:
            opened = playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS, *more])
            stack.callback(opened.close)
            return opened

        yield launch


def phone_page(opened: Browser, *, permissions: list[str] | None = None) -> Page:
    """Open a page the size of a phone; an error on its console fails the test."""
    context = opened.new_context(
        viewport=PHONE,
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        permissions=permissions or [],
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.on("console", _refuse_errors)
    page.on("pageerror", _refuse_page_errors)
    return page


def _refuse_errors(message: object) -> None:
    if getattr(message, "type", "") == "error":
        raise AssertionError(getattr(message, "text", ""))


def _refuse_page_errors(error: object) -> None:
    raise AssertionError(str(error))
