"""``puhui migrate``."""

from __future__ import annotations

import click

from puhui.cli.opening import migrated


@click.command("migrate")
def migrate_command() -> None:
    """Bring the database to the newest migration."""
    with migrated():
        click.echo("The database is at the newest migration.")
