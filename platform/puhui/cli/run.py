"""``puhui run``."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from urllib.parse import urlsplit

import click
import psycopg

from puhui import supervisor
from puhui.addresses import Addresses
from puhui.cli import settings
from puhui.demo.cast import LogIn, known, log_ins
from puhui.migration import migrate
from puhui.postgres import EmbeddedPostgres, Server
from puhui.settings import Settings

HAS_PERSONS_AND_TOWN = """
SELECT EXISTS (SELECT FROM platform.person), EXISTS (SELECT FROM platform.organisation WHERE id = %s)
"""


@click.command("run")
@click.option("--empty", is_flag=True, help="Do not fill an empty database with the demo town.")
def run_command(empty: bool) -> None:
    """Start PostgreSQL, the demo town, web server, worker and payment sandbox; print the address and log-ins.

    An external database (PUHUI_DATABASE_URL) is migrated; only in development is an empty one filled with the demo.
    """
    chosen = settings()
    stopped = supervisor.stop_on_signals()
    _refuse_a_taken_port(chosen)
    with ExitStack() as stack:
        running = _Running(chosen, stack)
        where = running.addresses()
        migrate(where.owner)
        shown = [] if empty else _demo_log_ins(chosen, where)
        _say_where(chosen, shown)
        supervisor.supervise(running.children(where), stopped=stopped, keep_database=running.keep_database)
    click.echo("Puhui has stopped.")


class _Running:
    """The database of a run: external, or the embedded server that is revived when it dies."""

    def __init__(self, chosen: Settings, stack: ExitStack) -> None:
        self.settings = chosen
        self.embedded: EmbeddedPostgres | None = None
        self.server: Server | None = None
        if chosen.database_url is None:
            self.embedded = EmbeddedPostgres(chosen.data_dir)
            self.server = stack.enter_context(self.embedded.joined())

    def addresses(self) -> Addresses:
        if self.server is not None:
            return Addresses(app=self.server.url("puhui_app"), owner=self.server.url("puhui_owner"))
        app = self.settings.database_url or ""
        return Addresses(app=app, owner=self.settings.database_owner_url or app)

    def children(self, where: Addresses) -> list[supervisor.Child]:
        environment = _environment(self.settings, where)
        web = supervisor.web_server(
            host=self.settings.host,
            port=self.settings.port,
            workers=self.settings.web_workers,
            environment=environment,
        )
        sandbox = [supervisor.payment_sandbox(environment)] if _may_start_sandbox(self.settings) else []
        return [web, supervisor.worker(environment), *sandbox]

    def keep_database(self) -> None:
        """Revive the embedded server on its old port, so that the children need only connect again."""
        if self.embedded is not None and not self.embedded.is_running():
            self.server = self.embedded.ensure_running()


def _environment(chosen: Settings, where: Addresses) -> dict[str, str]:
    """Answer the environment of a process that uses the database that we keep."""
    return {
        **os.environ,
        "PUHUI_DATABASE_URL": where.app,
        "PUHUI_DATABASE_OWNER_URL": where.owner,
        "PUHUI_DATA_DIR": str(chosen.data_dir),
    }


def _refuse_a_taken_port(chosen: Settings) -> None:
    if not _is_free(chosen.host, chosen.port):
        click.echo(f"Port {chosen.port} on {chosen.host} is in use; choose another with PUHUI_PORT.", err=True)
        sys.exit(1)


def _may_start_sandbox(chosen: Settings) -> bool:
    """Whether the payment sandbox is ours to start: in development, for a free port of this machine."""
    where = urlsplit(chosen.payments_url)
    if not chosen.is_development or where.scheme != "http":
        return False
    port = where.port or 80
    if _is_free("127.0.0.1", port):
        return True
    click.echo(f"Port {port} is in use: no payment sandbox is started, and what answers there is used instead.")
    click.echo("To have one of its own, give this Puhui another port with PUHUI_PAYMENTS_URL.")
    return False


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _demo_log_ins(chosen: Settings, where: Addresses) -> list[LogIn]:
    if not chosen.is_development:
        return []
    with psycopg.connect(where.owner) as connection:
        row = connection.execute(HAS_PERSONS_AND_TOWN, (known("operator"),)).fetchone()
    has_persons, has_town = row or (False, False)
    if not has_persons:
        click.echo("Building the demo town (fictional people and firms) ...")
        # In a process of its own: a start that finds the town need not load what builds it.
        subprocess.run(
            [sys.executable, "-m", "puhui.cli", "demo", "--quiet"], env=_environment(chosen, where), check=True
        )
    return log_ins() if has_town or not has_persons else []


def _say_where(chosen: Settings, entries: list[LogIn]) -> None:
    click.echo(f"\nPuhui 普惠 is at http://{chosen.host}:{chosen.port}   (Ctrl-C stops it)\n")
    if entries:
        click.echo("Demo log-ins (fictional):")
        for log_in in entries:
            click.echo(f"  {log_in.role:<10} {log_in.name}: {log_in.how}")
        click.echo("")
