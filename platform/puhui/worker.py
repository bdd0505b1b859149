"""The worker: one process among however many is the leader and runs the timetable.

The leader holds an advisory lock on a connection of its own. It looks at that connection every three seconds and
leaves at once when it is gone; the supervisor starts it again, and another process may have taken over meanwhile.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable

import sqlalchemy as sa
import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from ledger.kernel import clock
from puhui.db import Database
from puhui.jobs import TIMETABLE, Job, due_at, run_job

log = structlog.get_logger()
LOCK_ID = 7_236_401_853
ZONE = "Asia/Shanghai"
HEARTBEAT_SECONDS = 3.0


def run_worker(database: Database) -> None:
    """Wait for leadership, run the timetable, leave on SIGTERM or when the leader's lock is lost."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if _became_leader(connection, stopped):
                log.info("worker.leads")
                _lead(database, connection, stopped)
    except sa.exc.DBAPIError:
        log.warning("worker.lost_its_lock")
        raise SystemExit(1) from None


def _became_leader(connection: sa.Connection, stopped: threading.Event) -> bool:
    while not stopped.is_set():
        if connection.scalar(sa.text("SELECT pg_try_advisory_lock(:id)"), {"id": LOCK_ID}):
            return True
        stopped.wait(1)
    return False


def _lead(database: Database, connection: sa.Connection, stopped: threading.Event) -> None:
    scheduler = BackgroundScheduler(
        timezone=ZONE, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 30}
    )
    for job in TIMETABLE:
        scheduler.add_job(_runner(database, job), _trigger(job), id=job.name, replace_existing=True)
    scheduler.start()
    try:
        while not stopped.wait(HEARTBEAT_SECONDS):
            connection.scalar(sa.text("SELECT 1"))
    finally:
        scheduler.shutdown(wait=stopped.is_set())


def _runner(database: Database, job: Job) -> Callable[[], None]:
    def run() -> None:
        run_job(database, job, due_at=due_at(job, clock.now()))

    return run


def _trigger(job: Job) -> BaseTrigger:
    if job.every is not None:
        return IntervalTrigger(seconds=int(job.every.total_seconds()), timezone=ZONE)
    if job.daily_at is None:
        raise ValueError(f"the job {job.name} has neither an interval nor a time of day")
    return CronTrigger(hour=job.daily_at[0], minute=job.daily_at[1], timezone=ZONE)
