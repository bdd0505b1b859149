"""The timetable: each run once, recorded; one worker leads and another takes over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from puhui.addresses import Addresses
from puhui.db import Database
from puhui.jobs import TIMETABLE, AuditFailed, Job, Outcome, due_at, run_job
from puhui.worker import LOCK_ID
from tests.factories import SETTINGS

NOON = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)


def _counts(database: Database, now: datetime) -> Outcome:
    return {"databases": 1, "at": now.isoformat()}


def _breaks(database: Database, now: datetime) -> Outcome:
    raise ZeroDivisionError


def _finds_a_difference(database: Database, now: datetime) -> Outcome:
    raise AuditFailed({"holds": False, "findings": 2})


def _runs(database: Database) -> list[Any]:
    with database.transaction() as session:
        return list(
            session.execute(sa.text("SELECT job, succeeded, outcome FROM platform.job_run ORDER BY started_at"))
        )


def test_a_run_happens_once_for_its_due_time(own_database: Database) -> None:
    job = Job("count", _counts, every=timedelta(minutes=1))
    assert run_job(own_database, job, due_at=NOON)
    assert not run_job(own_database, job, due_at=NOON)
    assert run_job(own_database, job, due_at=NOON + timedelta(minutes=1))
    assert [(row.job, row.succeeded) for row in _runs(own_database)] == [("count", True), ("count", True)]


@pytest.mark.parametrize(
    ("work", "event", "outcome"),
    [
        (_breaks, "job.failed", {"error": "ZeroDivisionError"}),
        (_finds_a_difference, "job.found_a_difference", {"holds": False, "findings": 2}),
    ],
)
def test_a_failure_is_recorded_and_told(
    own_database: Database, work: Callable[[Database, datetime], Outcome], event: str, outcome: dict[str, object]
) -> None:
    with capture_logs() as logs:
        assert run_job(own_database, Job("bad", work, every=timedelta(minutes=1)), due_at=NOON)
    assert [entry["event"] for entry in logs] == [event]
    (row,) = _runs(own_database)
    assert (row.succeeded, row.outcome) == (False, outcome)


def test_every_job_of_the_timetable_runs_on_an_empty_database(own_database: Database) -> None:
    for job in TIMETABLE:
        assert run_job(own_database, job, due_at=due_at(job, NOON))
    assert [row.succeeded for row in _runs(own_database)] == [True] * len(TIMETABLE)


def test_two_leaders_in_one_interval_mean_the_same_run() -> None:
    job = Job("often", _counts, every=timedelta(minutes=1))
    assert due_at(job, NOON + timedelta(seconds=3)) == due_at(job, NOON + timedelta(seconds=58)) == NOON


@pytest.mark.slow
def test_another_worker_takes_over_from_a_killed_one(own_addresses: Addresses) -> None:
    environment = {
        **os.environ,
        "PUHUI_DATABASE_URL": own_addresses.app,
        "PUHUI_DATABASE_OWNER_URL": own_addresses.owner,
        "PUHUI_SECRET_KEY": SETTINGS.secret_key,
        "PUHUI_DATA_KEY": SETTINGS.data_key,
    }
    environment.pop("PUHUI_TEST_SERVER", None)
    command = [sys.executable, "-m", "puhui.cli", "worker"]
    workers = [subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) for _ in range(2)]
    try:
        with psycopg.connect(own_addresses.owner, autocommit=True) as connection:
            first = _leader(connection, after=None)
            _kill_the_leader(workers, connection, first)
            assert _leader(connection, after=first) != first
    finally:
        for worker in workers:
            worker.terminate()
        codes = [worker.wait(20) for worker in workers]
    assert sorted(codes) == [-signal.SIGKILL, 0]


def _leader(connection: psycopg.Connection[Any], *, after: int | None) -> int:
    """Answer the database session that holds the leader's lock, once it is another than *after*."""
    deadline = time.monotonic() + 30
    query = (
        "SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
        " WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()"
        " AND (l.classid::bigint << 32 | l.objid::bigint) = %s"
    )
    while time.monotonic() < deadline:
        row = connection.execute(query, (LOCK_ID,)).fetchone()
        if row is not None and row[0] != after:
            return int(row[0])
        time.sleep(0.05)
    raise AssertionError("nobody leads")


def _kill_the_leader(workers: list[subprocess.Popen[bytes]], connection: psycopg.Connection[Any], session: int) -> None:
    port = connection.execute("SELECT client_port FROM pg_stat_activity WHERE pid = %s", (session,)).fetchone()
    assert port is not None
    for worker in workers:
        if _has_connection(worker.pid, port[0]):
            worker.kill()
            return
    raise AssertionError("the leader is none of ours")


def _has_connection(process_id: int, port: int) -> bool:
    inodes = set()
    for descriptor in os.scandir(f"/proc/{process_id}/fd"):
        target = os.readlink(descriptor.path)
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    with open(f"/proc/{process_id}/net/tcp", encoding="ascii") as table:
        lines = [line.split() for line in table.readlines()[1:]]
    return any(line[9] in inodes and int(line[1].split(":")[1], 16) == port for line in lines)
