"""``puhui ledger export`` and ``puhui ledger import``: books as plain text, for other people's programs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import click

import ledger
from ledger.journals import STYLES, book_journal, export_journal, read_journal
from puhui.cli.opening import database

CITY_TIME = ZoneInfo("Asia/Shanghai")
BOOKS = UUID("0199d0c5-0000-7000-8000-000000000000")
DAY = click.DateTime(["%Y-%m-%d"])


@click.command("export")
@click.option("--format", "style", type=click.Choice(sorted(STYLES)), required=True, help="How to spell the journal.")
@click.option("--from", "since", type=DAY, help="The first day (default: from the beginning).")
@click.option("--to", "until", type=DAY, help="The day before which to end (default: everything).")
def export_command(style: str, since: datetime | None, until: datetime | None) -> None:
    """Write what occurred in a period as a journal, with opening and closing balances; days are of Asia/Shanghai."""
    first, end = since and since.date(), until and until.date()
    with database() as opened, opened.transaction() as session:
        for line in export_journal(session, style=style, since=first, until=end, zone=CITY_TIME):
            click.echo(line)


@click.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--book", required=True, help="The name of the book; the same journal posted to it again posts nothing.")
def import_command(path: Path, book: str) -> None:
    """Post a journal of ledger-cli or hledger to accounts of its own."""
    try:
        with database() as opened, opened.transaction() as session:
            entries = read_journal(path.read_text(encoding="utf-8"))
            booked = book_journal(session, entries, book=uuid5(BOOKS, book), now=datetime.now(UTC), zone=CITY_TIME)
    except ledger.LedgerError as error:
        raise click.ClickException(f"{path}: {error}") from error
    click.echo(f"{booked.transfers} transfer(s) between {len(booked.accounts)} accounts")
