"""The command line: ``puhui <noun> <verb>``. Each noun is a module of this package, imported only when it is called."""

from __future__ import annotations

import importlib
import os
import sys

import click

from puhui.settings import Settings, SettingsInvalid


def settings() -> Settings:
    """Read the settings or leave with every fault on its own line (exit code 2)."""
    try:
        return Settings.from_env(os.environ)
    except SettingsInvalid as error:
        click.echo(f"Puhui cannot start:\n{error}", err=True)
        sys.exit(2)


# The noun, and the attribute of ``puhui.cli.<module>`` that is its command: a line each, in alphabetical order.
COMMANDS = {
    "demo": "puhui.cli.demo:demo_command",
    "activities": "puhui.cli.activities:activities_command",
    "bench": "puhui.cli.bench:bench_command",
    "institutions": "puhui.cli.institutions:institutions_command",
    "ledger": "puhui.cli.ledger:ledger_command",
    "market": "puhui.cli.market:market_command",
    "methods": "puhui.cli.methods:methods_command",
    "migrate": "puhui.cli.migrate:migrate_command",
    "payments": "puhui.cli.payments:payments_command",
    "providers": "puhui.cli.providers:providers_command",
    "run": "puhui.cli.run:run_command",
    "settle": "puhui.cli.settle:settle_command",
    "worker": "puhui.cli.worker:worker_command",
}


class _Nouns(click.Group):
    """Commands imported on demand, so that a short command does not wait for the web."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # Click's signature.
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # Click's signature.
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=_Nouns, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="puhui")
def main() -> None:
    """Puhui 普惠: low-carbon acts, points, coins and coffee on a ledger that anyone can check.

    The database is PUHUI_DATABASE_URL; without it an embedded PostgreSQL is started or joined in PUHUI_DATA_DIR.
    """
