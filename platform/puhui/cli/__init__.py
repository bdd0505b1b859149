"""The command line: ``puhui <noun> <verb>``. Each module of this package adds its nouns."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from puhui.db import Addresses, Database, addresses
from puhui.migration import migrate
from puhui.settings import Settings, SettingsInvalid


def settings() -> Settings:
    """Read the settings or leave with every fault on its own line (exit code 2)."""
    try:
        return Settings.from_env(os.environ)
    except SettingsInvalid as error:
        click.echo(f"Puhui cannot start:\n{error}", err=True)
        sys.exit(2)


@contextmanager
def migrated() -> Iterator[Addresses]:
    """Start or join the database and bring it to the newest migration."""
    with addresses(settings()) as where:
        migrate(where.owner)
        yield where


@contextmanager
def database() -> Iterator[Database]:
    """Open the database for a command: started or joined, migrated, closed at the end."""
    with migrated() as where:
        opened = Database(where.app, pool_size=2)
        try:
            yield opened
        finally:
            opened.dispose()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="puhui")
def main() -> None:
    """Puhui 普惠: low-carbon acts, points, coins and coffee on a ledger that anyone can check.

    The database is PUHUI_DATABASE_URL; without it an embedded PostgreSQL is started or joined in PUHUI_DATA_DIR.
    """


@main.command("migrate")
def migrate_command() -> None:
    """Bring the database to the newest migration."""
    with migrated():
        click.echo("The database is at the newest migration.")
