"""``puhui worker``."""

from __future__ import annotations

import click

from puhui.cli.opening import database
from puhui.worker import run_worker


@click.command("worker")
def worker_command() -> None:
    """Run the timed jobs: expiry of holds and vouchers, the nightly audit. Of several workers one leads."""
    with database() as opened:
        run_worker(opened)
