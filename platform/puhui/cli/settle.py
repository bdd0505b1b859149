"""``puhui settle``: settle merchants through a day, and reconcile with the payment service."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import date, datetime

import click
from rich.console import Console
from rich.progress import Progress

from ledger.kernel import clock
from ledger.kernel.errors import DomainError
from partners import settlement
from partners.payments import PaymentFailed
from partners.settlement import Break
from puhui import paying, settlement_jobs
from puhui.cli import settings
from puhui.cli.opening import database
from puhui.settlement_jobs import Tally


@click.group("settle")
def settle_command() -> None:
    """Coins become yuan: a statement per merchant and day, payouts, and the comparison with the payment service."""


@settle_command.command("run")
@click.option("--date", "day", metavar="YYYY-MM-DD", help="The local day; otherwise the last that is over.")
@click.option("--json", "as_json", is_flag=True, help="Answer one JSON object.")
def run_command(day: str | None, as_json: bool) -> None:
    """Settle every merchant through a day. Safe to repeat: a merchant and a day have one statement.

    What the funds do not cover waits for the next day, and the answer says so. Payouts are prepared here; the worker
    sends them. Leaves with 1 where a merchant could not be settled.
    """
    now = clock.now()
    through = _day(day) if day else settlement.last_due_day(now)
    try:
        with database() as opened, Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
            task = bar.add_task(through.isoformat(), total=None)
            tally = settlement_jobs.run_through(
                opened, through, now=now, told=lambda done: bar.update(task, completed=done)
            )
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(_facts(through, tally)) if as_json else _words(through, tally))
    if tally.failed:
        sys.exit(1)


@settle_command.command("send")
def send_command() -> None:
    """Send payouts and refunds that are due and book what the payment service said; the worker does so every minute."""
    try:
        client = paying.client_of(settings())
    except PaymentFailed as failed:
        raise click.ClickException(str(failed)) from failed
    with database() as opened:
        told = settlement_jobs.move_money(opened, clock.now(), client=client)
    click.echo(f"{told['payouts']} payouts sent, {told['refunds']} refunds sent, {told['booked']} booked")


@settle_command.command("reconcile")
@click.option("--json", "as_json", is_flag=True, help="Answer one JSON object.")
def reconcile_command(as_json: bool) -> None:
    """Compare what was sent, what the payment service says and what the ledger holds.

    First takes in messages that never came. Leaves with 1 while breaks are open, with 2 where the service is away.
    """
    now = clock.now()
    try:
        client = paying.client_of(settings())
        with database() as opened:
            settlement_jobs.catch_up(opened, client, at_most=1000, now=now)
            breaks = settlement_jobs.reconcile(opened, client, now=now)
    except PaymentFailed as failed:
        click.echo(f"The payment service did not answer: {failed}", err=True)
        sys.exit(2)
    click.echo(json.dumps({"open_breaks": [_shown(one, now) for one in breaks]}) if as_json else _list(breaks, now))
    if breaks:
        sys.exit(1)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("a day is written as 2026-11-22", param_hint="--date") from None


def _facts(through: date, tally: Tally) -> dict[str, object]:
    return {
        "through": through.isoformat(),
        "merchants": tally.merchants,
        "statements": tally.statements,
        "net_fen": tally.net_fen,
        "waiting_lines": tally.waiting_lines,
        "waiting_fen": tally.waiting_fen,
        "failed": [str(one) for one in tally.failed],
    }


def _words(through: date, tally: Tally) -> str:
    lines = [f"{through}: {tally.merchants} merchants, {tally.statements} statements, {_yuan(tally.net_fen)} yuan owed"]
    if tally.waiting_lines:
        lines.append(f"{tally.waiting_lines} redemptions wait: the funds lack {_yuan(tally.waiting_fen)} yuan")
    lines += [f"could not be settled: {one}" for one in tally.failed]
    return "\n".join(lines)


def _shown(one: Break, now: datetime) -> dict[str, object]:
    age = one.age_days(now)
    return {"id": str(one.id), "kind": one.kind, "subject": one.subject, "age_days": age, "facts": one.facts}


def _list(breaks: Sequence[Break], now: datetime) -> str:
    rows = [
        f"{one.kind}  {one.subject}  {one.age_days(now)} days  {json.dumps(one.facts, sort_keys=True)}"
        for one in breaks
    ]
    return "\n".join([f"{len(rows)} open breaks", *rows])


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
