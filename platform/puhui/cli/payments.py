"""``puhui payments``: the sandbox that stands in for the payment service, and a smoke test of any service."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from urllib.parse import urlsplit

import click

from ledger.kernel import clock
from partners.payments import PaymentClient, PaymentFailed, Retries, Transport, every, process_events, store_missed
from puhui.cli import settings
from puhui.cli.opening import database
from puhui.sandbox.app import Application
from puhui.sandbox.control import is_local
from puhui.sandbox.deliveries import Listener
from puhui.sandbox.recalling import known_payments, recall
from puhui.sandbox.server import HOST, open_server
from puhui.sandbox.smoke import SmokeFailed, walk, walk_with_memory
from puhui.settings import Settings

WEBHOOK_PATH = "/api/v1/webhooks/payments"
PORT = 12111
PART = 500


@click.group("payments")
def payments_command() -> None:
    """Payments in yuan: a sandbox to develop against, and a smoke test. No card data ever touches us."""


@payments_command.command("sandbox")
@click.option("--port", type=click.IntRange(1, 65535), help="Port; otherwise that of PUHUI_PAYMENTS_URL.")
@click.option("--webhook-url", help="Where events are sent; otherwise to the web server of the settings.")
@click.option("--payout-seconds", type=click.FloatRange(0, 3600), default=2.0, show_default=True)
def sandbox_command(port: int | None, webhook_url: str | None, payout_seconds: float) -> None:
    """Run the sandbox until it is stopped: in memory, on this machine alone, shaped like Stripe.

    With PUHUI_DATABASE_URL, as `puhui run` starts it, it recalls the payments that the platform knows.
    """
    chosen = settings()
    number = port or urlsplit(chosen.payments_url).port or PORT
    target = webhook_url or _webhook_url(chosen)
    if not is_local(target):
        raise click.ClickException("The sandbox sends its events to this machine only.")
    application = Application(payout_seconds=payout_seconds)
    if chosen.database_url is not None:
        recall(application.sandbox.books, known_payments(chosen.database_url))
    application.sandbox.deliveries.listen("settings", Listener(target, chosen.payments_webhook_secret))
    try:
        server = open_server(application, port=number)
    except (OSError, SystemExit):  # Werkzeug leaves the program where a port is taken.
        click.echo(f"Port {number} on {HOST} is in use; choose another with PUHUI_PAYMENTS_URL.", err=True)
        sys.exit(1)
    click.echo(f"The payment sandbox is at http://{HOST}:{number}; events go to {target}")
    with suppress(KeyboardInterrupt):
        server.serve_forever()
    server.server_close()


@payments_command.command("smoke")
@click.option("--sandbox", "own", is_flag=True, help="Start a sandbox for the test, and see that it remembers.")
@click.option("--base-url", help="A running service: stripe-mock, the sandbox of `puhui run`, Stripe's test mode.")
def smoke_command(own: bool, base_url: str | None) -> None:
    """Make every call of the payment client once and tell how it went; leave with 1 where one fails."""
    if own == bool(base_url):
        raise click.UsageError("Give either --sandbox or --base-url URL.")
    try:
        if base_url:
            _tell(walk(_client(base_url)))
            return
        with _own_sandbox() as url:
            _tell(walk(_client(url)))
            _tell(walk_with_memory(_client(url)))
    except (PaymentFailed, SmokeFailed) as error:
        click.echo(f"FAILED  {error}", err=True)
        sys.exit(1)


@payments_command.command("catch-up")
@click.option(
    "--at-most", type=click.IntRange(1, 10_000), default=1000, show_default=True, help="How many events back."
)
def catch_up_command(at_most: int) -> None:
    """Ask the service for its newest events and take in those that no message told us: after a time off, or daily."""
    chosen = settings()
    try:
        client = PaymentClient(Transport(base_url=chosen.payments_url, key=chosen.payments_key))
        events = list(every(client.events, at_most=at_most))
    except PaymentFailed as error:
        raise click.ClickException(str(error)) from error
    stored = 0
    with database() as opened:
        for start in range(0, len(events), PART):
            part = events[start : start + PART]
            stored += opened.run(partial(store_missed, events=part, now=clock.now()))
        while opened.run(partial(process_events, now=clock.now(), limit=PART)) == PART:
            pass
    click.echo(f"{len(events)} events read, {stored} of them were new")


def _tell(lines: Iterator[str]) -> None:
    for line in lines:
        click.echo(f"ok  {line}")


def _client(url: str) -> PaymentClient:
    key = settings().payments_key or "sk_test_puhui"
    if "_live_" in key:
        raise click.ClickException("A smoke test moves money: it takes a test key only.")
    return PaymentClient(Transport(base_url=url, key=key, retries=Retries(attempts=3, first_seconds=0.2)))


@contextmanager
def _own_sandbox() -> Iterator[str]:
    server = open_server(Application(payout_seconds=None), port=0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _webhook_url(chosen: Settings) -> str:
    host = "127.0.0.1" if chosen.host in ("0.0.0.0", "::") else chosen.host  # noqa: S104  # Compared, not bound.
    return f"http://{host}:{chosen.port}{WEBHOOK_PATH}"
