"""``puhui demo``."""

from __future__ import annotations

import click

from puhui.cli import settings
from puhui.cli.opening import database
from puhui.demo.cast import log_ins
from puhui.demo.town import build_town, is_built


@click.command("demo")
@click.option("--small", is_flag=True, help="Three citizens instead of twelve.")
@click.option("--quiet", is_flag=True, help="Print nothing.")
def demo_command(small: bool, quiet: bool) -> None:
    """Build the fictional demo town, drawn from one seed, or say that it is there."""
    with database() as opened:
        with opened.transaction() as session:
            built = is_built(session)
        if not built:
            build_town(opened, settings(), small=small)
    if quiet:
        return
    if built:
        click.echo("The demo town is there already; nothing was added.")
    else:
        click.echo("The demo town 青禾市 is built: fictional people and firms, two months of acts.")
    for log_in in log_ins():
        click.echo(f"  {log_in.role:<10} {log_in.name}: {log_in.how}")
