"""``puhui demo``."""

from __future__ import annotations

import click

from puhui.cli import database, settings
from puhui.demo import build_town, is_built, log_ins


@click.command("demo")
@click.option("--small", is_flag=True, help="Three citizens instead of twelve.")
def demo_command(small: bool) -> None:
    """Build the fictional demo town, drawn from one seed, or say that it is there."""
    with database() as opened:
        with opened.transaction() as session:
            built = is_built(session)
        if built:
            click.echo("The demo town is there already; nothing was added.")
        else:
            build_town(opened, settings(), small=small)
            click.echo("The demo town 青禾市 is built: fictional people and firms, two months of acts.")
        for log_in in log_ins(opened):
            click.echo(f"  {log_in.role:<10} {log_in.name}: {log_in.how}")
