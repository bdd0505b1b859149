"""Rows per second of a batch call over HTTP and of the import of the real files, beside the yardstick of the same run.

``make bench`` runs it, or: ``python -m pytest -q -s tests/bench/test_intake.py -o norecursedirs=.hypothesis``.
"""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import psycopg
import pytest
from werkzeug.serving import make_server

import ledger
from partners.providers import Report
from puhui.addresses import Addresses
from puhui.app import create_app
from puhui.bench.yardstick import SCHEMA, transactions_per_second
from puhui.cli.activities import import_files
from puhui.db import Database
from puhui.intake import rider_key
from puhui.migration import migrate
from puhui.postgres import EmbeddedPostgres
from tests.factories import SETTINGS, VAULT, make_token

ROWS, CALLS, RIDERS, PORT = 10_000, 12, 20_000, 18_471


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """A server of its own with durable settings; the other tests' server does without fsync."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("bench")).joined() as server:
        migrate(server.url("puhui_owner"))
        with psycopg.connect(server.url("puhui_owner"), autocommit=True) as connection:
            connection.execute(SCHEMA.encode())
        yield Addresses(app=server.url("puhui_app"), owner=server.url("puhui_owner"))


def bodies() -> Iterator[bytes]:
    """NDJSON bodies of rides by 20,000 riders, half of whom ride in each call; no ride fails."""
    start = datetime(2025, 1, 1, 6)  # noqa: DTZ001  # Provider-local, as providers send it.
    for call in range(CALLS):
        at = start + timedelta(hours=3 * call)
        yield b"\n".join(
            msgspec.json.encode(
                Report(
                    id=f"b{call}-{n}",
                    rider=f"rider-{(2 * n + call) % RIDERS}",
                    method="T02",
                    quantity="2.345",
                    unit="km",
                    started_at=at + timedelta(seconds=n % 3000),
                    ended_at=at + timedelta(seconds=n % 3000 + 700),
                )
            )
            for n in range(ROWS)
        )


def call(token: str, body: bytes, key: str) -> dict[str, object]:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Content-Type": "application/x-ndjson"}
    connection.request("POST", "/api/v1/activities/batches", body, headers)
    answer = msgspec.json.decode(connection.getresponse().read())
    connection.close()
    assert isinstance(answer, dict)
    return answer


def test_batch_calls_over_http(where: Addresses) -> None:
    database = Database(where.app)
    with database.transaction() as session:
        token = make_token(session)
    server = make_server("127.0.0.1", PORT, create_app(SETTINGS, database), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    rates = []
    for n, body in enumerate(bodies()):
        began = time.perf_counter()
        answer = call(token, body, f"bench-{n}")
        rates.append(ROWS / (time.perf_counter() - began))
        assert answer["accepted"] == ROWS, answer["rejected"]
    server.shutdown()
    thread.join()
    with database.transaction() as session:
        assert ledger.audit(session).holds
    database.dispose()
    show("batch of 10,000 over HTTP", statistics.median(rates), where, first=rates[0], last=rates[-1])


def test_import_of_the_real_files(where: Addresses, real_data: Path) -> None:
    trips, database = real_data / "trips", Database(where.app)
    files = [trips / f"mibici_2015_0{month}.csv.gz" for month in (1, 2, 3)]
    for word in ("import", "import again"):
        began = time.perf_counter()
        tally = import_files(
            database, "demo-bike", "mibici", trips / "mibici_stations_2023_05.csv", files, key=rider_key(VAULT)
        )
        show(word, tally.rows / (time.perf_counter() - began), where)
        assert (tally.rows, tally.accepted + tally.duplicate) == (101_027, 90_841)
    database.dispose()


def show(word: str, rate: float, where: Addresses, **more: float) -> None:
    """Print rows per second, and as multiples of the yardstick with 8 and 32 clients."""
    sticks = {clients: transactions_per_second(where.owner, clients=clients, seconds=6) for clients in (8, 32)}
    parts = [f"{word}: {rate:,.0f} rows/s"]
    parts += [f"{rate / stick:.2f} x yardstick_{clients} ({stick:,.0f}/s)" for clients, stick in sticks.items()]
    parts += [f"{name} {value:,.0f}" for name, value in more.items()]
    print("\n" + " | ".join(parts))
