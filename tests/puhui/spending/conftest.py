"""A phone at the café's counter: a real browser on the application, with codes that change every three seconds."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from ledger.kernel import clock
from puhui.app import create_app
from puhui.db import Database
from puhui.identity.current import COOKIE
from tests.cafe import Cafe, give_coins, open_cafe
from tests.factories import SETTINGS, Person, log_in, make_citizen
from tests.puhui.test_browser import ARGS, PHONE

QUICK = replace(SETTINGS, code_step_seconds=3)


class Wire:
    """The way from the phone to the application, which can be cut and mended."""

    def __init__(self, app: Flask) -> None:
        self._app, self.port = app, 0
        self.mend()

    def mend(self) -> None:
        self._server = make_server("127.0.0.1", self.port, self._app, threaded=True)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def cut(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@dataclass(frozen=True, slots=True)
class Counter:
    """Lin with 90 coins, her phone's page, and the café."""

    database: Database
    address: str
    page: Page
    cafe: Cafe
    lin: Person
    wire: Wire

    def go_offline(self) -> None:
        """Let the network go: the browser says so to the page, and nothing answers (also not the service worker)."""
        self.wire.cut()
        self.page.context.set_offline(True)

    def come_back(self) -> None:
        """Let the network come back."""
        self.wire.mend()
        self.page.context.set_offline(False)


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
def counter(browser: Browser, own_database: Database) -> Iterator[Counter]:
    """Serve the application on a port of its own and log Lin in on a phone."""
    app = create_app(QUICK, own_database)
    with own_database.transaction() as session:
        lin, cafe = make_citizen(session), open_cafe(session, now=clock.now())
        give_coins(session, lin.id, 90, now=clock.now())
    wire = Wire(app)
    address = f"http://127.0.0.1:{wire.port}"
    context = browser.new_context(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai")
    cookie = log_in(app.test_client(), lin).get_cookie(COOKIE)
    assert cookie is not None
    context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": address}])
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield Counter(own_database, address, page, cafe, lin, wire)
    context.close()
    wire.cut()


def until(is_so: Callable[[], object], *, seconds: float = 15) -> None:
    """Wait until something is so; the policy of our pages forbids the browser's own way of waiting."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)
