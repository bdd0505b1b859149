"""The counter's benchmark: scans over HTTP at a fixed rate, verified and redeemed, beside a running bulk intake.

A real web server in processes of its own, a real log-in with cookie and CSRF token, durable commits. A scan is two
calls, as a clerk's two taps: read the code, then redeem. Its time is counted from the instant at which it was due, so
that a stall is charged to every scan that waited behind it.
"""

from __future__ import annotations

import http.client
import math
import multiprocessing
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import msgspec
import psycopg
from psycopg import sql

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from puhui import migration
from puhui.addresses import Addresses
from puhui.bench.shop import Shop, open_shop
from puhui.bench.yardstick import SCHEMA, transactions_per_second
from puhui.codes import code_book_of
from puhui.db import Database
from puhui.settings import Settings
from puhui.supervisor import web_server
from rewards.vouchers import CodeBook

Tell = Callable[[str], None]
ROWS = 10_000
CLERKS = 12


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to measure and how fast: scans a second, seconds of each part, web processes."""

    rate: int = 50
    seconds: int = 15
    full_seconds: int = 3
    yardstick_seconds: int = 5
    workers: int = 2


@dataclass(frozen=True, slots=True)
class Timed:
    """What one scan took, in seconds: both calls, and each by itself from when it was sent."""

    whole: float
    verify: float
    redeem: float


def run(where: Addresses, plan: Plan, tell: Tell) -> dict[str, object]:
    """Measure scans alone, beside the intake, and as many as the server can do; answers the report."""
    with _own_database(where) as (owner, app):
        with psycopg.connect(owner) as connection:
            connection.execute(SCHEMA.encode())
        yardstick = transactions_per_second(owner, clients=8, seconds=plan.yardstick_seconds)
        tell(f"yardstick, 8 clients: {yardstick:,.0f} a second")
        environment = _environment(app)
        settings = Settings.from_env(environment)
        vouchers = plan.rate * (2 * plan.seconds + 2) + 100 * plan.full_seconds
        tell(f"taking {vouchers:,} vouchers")
        database = Database(app)
        shop = open_shop(database, settings, vouchers=vouchers, clerks=CLERKS)
        database.dispose()
        with _server(environment, plan.workers) as port:
            report = _measure(port, shop, settings, plan, tell)
        per_s = report["scans_per_s_8"]
        ratio = round(per_s / yardstick, 4) if isinstance(per_s, float) else None
        return {"yardstick_8": round(yardstick, 1), **report, "ratio": ratio}


def _measure(port: int, shop: Shop, settings: Settings, plan: Plan, tell: Tell) -> dict[str, object]:
    codes, numbers = code_book_of(settings), iter(shop.numbers)
    clerks = [Clerk(port, cookie, shop, codes) for cookie in shop.cookies]
    _at_rate(clerks, numbers, rate=plan.rate, seconds=2)
    report: dict[str, object] = {"rate": plan.rate, "workers": plan.workers, "load_before": os.getloadavg()[0]}
    report["alone"] = _summary(_at_rate(clerks, numbers, rate=plan.rate, seconds=plan.seconds))
    tell(f"alone: {report['alone']}")
    with _intake(port, shop.token) as count:
        time.sleep(1)
        before, began = count(), time.perf_counter()
        report["beside_intake"] = _summary(_at_rate(clerks, numbers, rate=plan.rate, seconds=plan.seconds))
        report["intake_rows_per_s"] = round((count() - before) / (time.perf_counter() - began))
    tell(f"beside the intake: {report['beside_intake']}, {report['intake_rows_per_s']} rows a second taken in")
    per_s = _as_many(clerks[:8], numbers, seconds=plan.full_seconds)
    tell(f"as many as 8 clerks can: {per_s:,.0f} scans a second")
    return {**report, "scans_per_s_8": round(per_s, 1)}


class Clerk:
    """A clerk's program: one connection kept open, a cookie, a CSRF token."""

    def __init__(self, port: int, cookie: str, shop: Shop, codes: CodeBook) -> None:
        self.shop, self.codes = shop, codes
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Cookie": f"puhui_log_in={cookie}", "Content-Type": "application/json"}
        self.connection.request("GET", "/preferences", headers=self.headers)
        answer = self.connection.getresponse()
        page = answer.read().decode()
        state = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        self.headers["Cookie"] += f"; {state}"
        self.headers["X-CSRFToken"] = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]

    def scan(self, number: int, due: float) -> Timed:
        """Read and redeem the voucher *number*, which was due at *due*. Raises RuntimeError where it is refused."""
        scan_id = str(new_id())
        code = self.codes.code(number, at=clock.now())
        body = {"request_id": scan_id, "counter_id": str(self.shop.counter_id), "code": code}
        sent = time.perf_counter()
        read = self._post("/api/v1/counter/scans", body)
        between = time.perf_counter()
        done = self._post(f"/api/v1/counter/scans/{scan_id}/redemption", {})
        ended = time.perf_counter()
        if read.get("refusal") is not None or done.get("is_redeemed_by_this") is not True:
            raise RuntimeError(f"a scan was refused: {read} {done}")
        return Timed(ended - due, between - sent, ended - between)

    def _post(self, path: str, body: Mapping[str, str]) -> dict[str, object]:
        content = msgspec.json.encode(body)
        try:
            self.connection.request("POST", path, content, self.headers)
            answer = self.connection.getresponse()
        except ConnectionError:
            # The server had closed an idle connection. The request ids make sending again the same act.
            self.connection.close()
            self.connection.request("POST", path, content, self.headers)
            answer = self.connection.getresponse()
        told = answer.read()
        if answer.status != 201:
            raise RuntimeError(f"{answer.status}: {told.decode()}")
        found: dict[str, object] = msgspec.json.decode(told)
        return found


def _at_rate(clerks: list[Clerk], numbers: Iterator[int], *, rate: int, seconds: int) -> list[Timed]:
    """Scan at a fixed rate, each at its due instant whether the one before is done or not."""
    count, begin = rate * seconds, time.perf_counter() + 0.05
    work = [(begin + place / rate, next(numbers)) for place in range(count)]
    return _share(clerks, lambda clerk, mine: clerk.scan(mine[1], _wait(mine[0])), work)


def _as_many(clerks: list[Clerk], numbers: Iterator[int], *, seconds: int) -> float:
    """Scan one after the other on each connection and answer scans per second."""
    work, lock, done = list(numbers), threading.Lock(), [0]
    began = time.perf_counter()

    def loop(clerk: Clerk) -> None:
        while time.perf_counter() < began + seconds:
            with lock:
                if not work:
                    return
                number = work.pop()
            clerk.scan(number, 0)
            with lock:
                done[0] += 1

    _all(clerks, loop)
    return done[0] / (time.perf_counter() - began)


def _share(
    clerks: list[Clerk], do: Callable[[Clerk, tuple[float, int]], Timed], work: list[tuple[float, int]]
) -> list[Timed]:
    found: list[Timed] = []
    waiting, lock = iter(work), threading.Lock()

    def loop(clerk: Clerk) -> None:
        while True:
            with lock:
                mine = next(waiting, None)
            if mine is None:
                return
            found.append(do(clerk, mine))

    _all(clerks, loop)
    if len(found) != len(work):
        raise RuntimeError(f"{len(work) - len(found)} scans failed")
    return found


def _all(clerks: list[Clerk], loop: Callable[[Clerk], None]) -> None:
    threads = [threading.Thread(target=loop, args=(clerk,)) for clerk in clerks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _wait(due: float) -> float:
    pause = due - time.perf_counter()
    if pause > 0:
        time.sleep(pause)
    return due


def _summary(found: list[Timed]) -> dict[str, float]:
    """Answer milliseconds: of the whole scan from when it was due, and the 95th of each call."""
    whole = sorted(one.whole for one in found)
    return {
        "scans": len(found),
        "p50_ms": _at(whole, 0.5),
        "p95_ms": _at(whole, 0.95),
        "p99_ms": _at(whole, 0.99),
        "verify_p95_ms": _at(sorted(one.verify for one in found), 0.95),
        "redeem_p95_ms": _at(sorted(one.redeem for one in found), 0.95),
    }


def _at(ordered: list[float], share: float) -> float:
    return round(1000 * ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)], 1)


@contextmanager
def _intake(port: int, token: str) -> Iterator[Callable[[], int]]:
    """Send batches of 10,000 rides one after the other from a process of its own; yields how to ask for the count."""
    context = multiprocessing.get_context("spawn")
    rows = context.Value("q", 0)
    process = context.Process(target=_send_batches, args=(port, token, rows), daemon=True)
    process.start()
    while rows.value == 0 and process.is_alive():
        time.sleep(0.1)
    try:
        yield lambda: int(rows.value)
    finally:
        process.terminate()
        process.join()


def _send_batches(port: int, token: str, rows: object) -> None:
    start = clock.now().replace(tzinfo=None) - timedelta(days=3)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    call = 0
    while True:
        body = b"\n".join(
            msgspec.json.encode(
                {
                    "id": f"b{call}-{n}", "rider": f"rider-{n}-{call % 4}", "method": "T02", "quantity": "2.345",
                    "unit": "km", "started_at": (start + timedelta(minutes=20 * call, seconds=n % 600)).isoformat(),
                    "ended_at": (start + timedelta(minutes=20 * call, seconds=n % 600 + 700)).isoformat(),
                }
            )
            for n in range(ROWS)
        )  # fmt: skip
        connection.request("POST", "/api/v1/activities/batches", body, {**headers, "Idempotency-Key": f"bench-{call}"})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{answer.status}: {content[:500]!r}")
        rows.value += ROWS  # type: ignore[attr-defined]  # A shared counter of multiprocessing.
        call += 1


def _environment(app: str) -> dict[str, str]:
    return {
        "PUHUI_DATABASE_URL": app,
        "PUHUI_SECRET_KEY": secrets.token_hex(24),
        "PUHUI_DATA_KEY": secrets.token_hex(24),
    }


@contextmanager
def _server(environment: Mapping[str, str], workers: int) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = web_server(host="127.0.0.1", port=port, workers=workers, environment=environment)
    server.start()
    try:
        _wait_for(port)
        yield port
    finally:
        server.stop()
        server.wait(time.monotonic() + 15)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/api/v1/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        if time.monotonic() > deadline:
            raise RuntimeError("the web server did not come up")
        time.sleep(0.1)


@contextmanager
def _own_database(where: Addresses) -> Iterator[tuple[str, str]]:
    """Make a migrated database and answer the owner's address and the program's."""
    name = f"bench_{secrets.token_hex(6)}"
    owner, app = where.owner.rsplit("/", 1)[0], where.app.rsplit("/", 1)[0]
    with psycopg.connect(where.owner, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            migration.migrate(f"{owner}/{name}")
            yield f"{owner}/{name}", f"{app}/{name}"
        finally:
            _drop(connection, name)


def _drop(connection: psycopg.Connection[object], name: str) -> None:
    """Drop the database once the last call that the server was serving has ended; 60 seconds at most."""
    deadline = time.monotonic() + 60
    while True:
        try:
            # Without FORCE, which an owner may not use on an autovacuum worker; waiting sends the worker away.
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
        except psycopg.errors.ObjectInUse:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)
        else:
            return
