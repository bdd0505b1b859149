"""``puhui bench``: measure, beside a yardstick."""

from __future__ import annotations

import json

import click

from puhui.bench import ledger as ledger_bench
from puhui.cli import settings
from puhui.db import addresses


@click.group("bench")
def bench_command() -> None:
    """Measure what this machine makes of Puhui."""


@bench_command.command("ledger")
@click.option("--quick", is_flag=True, help="Less than a minute, with a short history.")
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object.")
def ledger_command(quick: bool, as_json: bool) -> None:
    """Measure the ledger beside the yardstick, in a database of its own that is dropped afterwards."""
    plan = ledger_bench.QUICK if quick else ledger_bench.FULL
    with addresses(settings()) as where:
        report = ledger_bench.run(where, plan, lambda line: click.echo(line, err=True))
    if as_json:
        click.echo(json.dumps(report))
