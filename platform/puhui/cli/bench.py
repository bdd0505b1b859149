"""``puhui bench``: measure, beside a yardstick."""

from __future__ import annotations

import json

import click

from puhui.addresses import addresses
from puhui.bench import counter as counter_bench
from puhui.bench import ledger as ledger_bench
from puhui.bench import market as market_bench
from puhui.cli import settings


@click.group("bench")
def bench_command() -> None:
    """Measure what this machine makes of Puhui."""


@bench_command.command("ledger")
@click.option("--quick", is_flag=True, help="Less than a minute, with a short history.")
@click.option("--json", "as_json", is_flag=True, help="Print nothing but the JSON object.")
def ledger_command(quick: bool, as_json: bool) -> None:
    """Measure the ledger beside the yardstick, in a database of its own that is dropped afterwards.

    The last line is a JSON object: {"yardstick_8": …, "yardstick_32": …, "cases": […], …}; a case has the keys case,
    per_s, p50_ms, p99_ms and ratio (to the yardstick).
    """
    plan = ledger_bench.QUICK if quick else ledger_bench.FULL
    with addresses(settings()) as where:
        report = ledger_bench.run(where, plan, lambda line: None if as_json else click.echo(line, err=True))
    click.echo(json.dumps(report))


@bench_command.command("market")
@click.option("--rows", type=click.IntRange(1_000, 1_000_000), default=200_000, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object.")
def market_bench_command(rows: int, as_json: bool) -> None:
    """Measure trade rows through every rule into the ledger, in a database of its own that is dropped afterwards."""
    with addresses(settings()) as where:
        report = market_bench.run(where, rows=rows, yardstick_seconds=5, tell=lambda line: click.echo(line, err=True))
    if as_json:
        click.echo(json.dumps(report))


@bench_command.command("counter")
@click.option("--rate", type=click.IntRange(1, 500), default=50, show_default=True, help="Scans a second.")
@click.option("--seconds", type=click.IntRange(2, 300), default=15, show_default=True, help="Of each part.")
@click.option("--workers", type=click.IntRange(1, 16), default=2, show_default=True, help="Web processes.")
@click.option("--json", "as_json", is_flag=True, help="Print nothing but the JSON object.")
def counter_command(rate: int, seconds: int, workers: int, as_json: bool) -> None:
    """Measure scans at a counter over HTTP, alone and beside a bulk intake, in a database of its own.

    The last line is a JSON object with p50_ms, p95_ms and p99_ms of a whole scan (verify and redeem) under "alone" and
    "beside_intake", and "ratio", the scans a second that eight clerks can make as a share of the yardstick.
    """
    plan = counter_bench.Plan(rate=rate, seconds=seconds, workers=workers)
    with addresses(settings()) as where:
        report = counter_bench.run(where, plan, lambda line: None if as_json else click.echo(line, err=True))
    click.echo(json.dumps(report))
