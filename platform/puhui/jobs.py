"""The timetable: what the worker does, when, and the record of each run.

A job is a function of a session and an instant; it calls the same action as a command would. Every job may run
twice without harm, and its run is claimed by (job, due time), so that two leaders do not do one run twice.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

import ledger
from ledger.kernel import clock
from partners import payments
from puhui import cash_parts
from puhui.coin_jobs import expire_coins, tell_expiring
from puhui.db import Database
from puhui.deliveries import send_due
from puhui.event_jobs import check_units, forget_guests, remind_events
from puhui.identity.forgetting import forget_expired
from puhui.identity.vault import Vault
from puhui.institution_jobs import award_scheme_points, count_campaigns, review_scheme_points
from puhui.market_jobs import reconcile_market, release_market_units, remind_market, watch_pledges
from puhui.metering.jobs import keep_all_indicators
from puhui.settings import Settings
from puhui.settlement_jobs import count_coins, move_due_money, reconcile_nightly, resume_runs, settle_yesterday
from rewards import activities

log = structlog.get_logger()
Outcome = Mapping[str, object]
BATCH = 1000
CALLS_KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the timetable: *every* is an interval, or *daily_at* an hour and minute of Asia/Shanghai."""

    name: str
    work: Callable[[Database, datetime], Outcome]
    every: timedelta | None = None
    daily_at: tuple[int, int] | None = None


class AuditFailed(Exception):
    """The nightly audit found a difference; the run's record holds the findings."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__("the audit found a difference")
        self.outcome = outcome


def expire_vouchers(database: Database, now: datetime) -> Outcome:
    """Give the coins, the stock and the cash of vouchers back whose time is over, a thousand in a transaction."""
    return {"expired": _until_done(database, lambda session: cash_parts.expire_vouchers(session, now=now, limit=BATCH))}


def give_up_unpaid(database: Database, now: datetime) -> Outcome:
    """Give up the payments of cash parts that nobody made in time; their vouchers stay good."""
    return {"given_up": _until_done(database, lambda session: cash_parts.give_up_unpaid(session, now=now, limit=BATCH))}


def expire_holds(database: Database, now: datetime) -> Outcome:
    """Release the ledger's holds whose time is over."""
    return {"expired": _until_done(database, lambda session: ledger.expire_holds(session, now=now, limit=BATCH))}


def forget_log_ins(database: Database, now: datetime) -> Outcome:
    """Delete log-ins, codes, tokens and counts of tries that no longer matter."""
    return {"log_ins": _until_done(database, lambda session: forget_expired(session, now=now, limit=BATCH))}


def forget_calls(database: Database, now: datetime) -> Outcome:
    """Drop the stored answers of providers' calls after ninety days; the acts stay, and with them the guard."""
    before = now - CALLS_KEPT
    return {
        "calls": _until_done(database, lambda session: activities.forget_calls(session, before=before, limit=BATCH))
    }


def take_payment_events(database: Database, now: datetime) -> Outcome:
    """Take in messages of the payment service that were stored and could not be taken in at once."""
    return {
        "events": _until_done(database, lambda session: payments.process_events(session, now=now, limit=BATCH)),
    }


def audit_ledger(database: Database, now: datetime) -> Outcome:  # noqa: ARG001  # Every job has the same shape.
    """Check the whole ledger. Raises AuditFailed, which the record keeps and the log tells as an incident."""
    report = database.run(ledger.audit)
    outcome = {"holds": report.holds, "findings": len(report.findings)}
    if not report.holds:
        raise AuditFailed(outcome)
    return outcome


def send_deliveries(database: Database, now: datetime) -> Outcome:
    """Send partners' programs what is due in the outbox."""
    settings = Settings.from_env(os.environ)
    vault = Vault(settings.data_key)
    return {"tried": send_due(database, vault, local_allowed=settings.is_development, now=now)}


TIMETABLE = (
    Job("expire-vouchers", expire_vouchers, every=timedelta(minutes=1)),
    Job("give-up-unpaid", give_up_unpaid, every=timedelta(minutes=1)),
    Job("expire-holds", expire_holds, every=timedelta(minutes=1)),
    Job("take-payment-events", take_payment_events, every=timedelta(minutes=1)),
    Job("send-deliveries", send_deliveries, every=timedelta(minutes=1)),
    Job("forget-log-ins", forget_log_ins, daily_at=(2, 40)),
    Job("forget-calls", forget_calls, daily_at=(2, 50)),
    Job("audit-ledger", audit_ledger, daily_at=(3, 10)),
    Job("keep-indicators", keep_all_indicators, daily_at=(3, 50)),
    Job("award-scheme-points", award_scheme_points, every=timedelta(minutes=1)),
    Job("review-scheme-points", review_scheme_points, daily_at=(3, 40)),
    Job("count-campaigns", count_campaigns, every=timedelta(minutes=5)),
    Job("count-coins", count_coins, every=timedelta(minutes=10)),
    Job("move-due-money", move_due_money, every=timedelta(minutes=1)),
    Job("resume-settlement", resume_runs, every=timedelta(minutes=1)),
    Job("settle-yesterday", settle_yesterday, daily_at=(1, 10)),
    Job("reconcile-settlement", reconcile_nightly, daily_at=(4, 10)),
    Job("expire-coins", expire_coins, daily_at=(0, 0)),
    Job("tell-expiring-coins", tell_expiring, daily_at=(9, 0)),
    Job("release-market-units", release_market_units, every=timedelta(minutes=10)),
    Job("reconcile-market", reconcile_market, daily_at=(3, 30)),
    Job("remind-market", remind_market, daily_at=(8, 30)),
    Job("watch-pledges", watch_pledges, daily_at=(16, 30)),
    Job("remind-events", remind_events, daily_at=(9, 0)),
    Job("forget-guests", forget_guests, daily_at=(3, 0)),
    Job("check-units", check_units, daily_at=(3, 20)),
)


def run_job(database: Database, job: Job, *, due_at: datetime) -> bool:
    """Run *job* once for *due_at* and record how it went; answer whether this process was the one to run it."""
    if not _claim(database, job, due_at):
        return False
    started = clock.now()
    try:
        outcome, succeeded = dict(job.work(database, started)), True
    except AuditFailed as failure:
        outcome, succeeded = dict(failure.outcome), False
        log.error("job.found_a_difference", job=job.name, **outcome)
    except Exception as error:
        outcome, succeeded = {"error": type(error).__name__}, False
        log.exception("job.failed", job=job.name)
    _record(database, job, due_at, outcome=outcome, succeeded=succeeded)
    return True


def due_at(job: Job, now: datetime) -> datetime:
    """Answer the moment that a run at *now* stands for: the interval's beginning, or the local day's appointed time."""
    if job.every is not None:
        step = int(job.every.total_seconds())
        return datetime.fromtimestamp(int(now.timestamp()) // step * step, UTC)
    return now.astimezone(UTC).replace(second=0, microsecond=0)


def _until_done(database: Database, work: Callable[[Session], int]) -> int:
    total = 0
    while done := database.run(work):
        total += done
        if done < BATCH:
            break
    return total


def _claim(database: Database, job: Job, due: datetime) -> bool:
    statement = sa.text(
        "INSERT INTO platform.job_run (job, due_at, started_at) VALUES (:job, :due, :now)"
        " ON CONFLICT DO NOTHING RETURNING job"
    )
    values = {"job": job.name, "due": due, "now": clock.now()}
    return database.run(lambda session: session.scalar(statement, values)) is not None


def _record(database: Database, job: Job, due: datetime, *, outcome: dict[str, Any], succeeded: bool) -> None:
    statement = sa.text(
        "UPDATE platform.job_run SET finished_at = :now, succeeded = :succeeded, outcome = CAST(:outcome AS jsonb)"
        " WHERE job = :job AND due_at = :due"
    )
    values = {"now": clock.now(), "succeeded": succeeded, "outcome": json.dumps(outcome), "job": job.name, "due": due}
    database.run(lambda session: session.execute(statement, values))
