"""``puhui activities import``: a provider's files become activities, ten thousand rows to a transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy.orm import Session

from ledger.kernel import clock
from ledger.kernel.errors import DomainError
from partners.providers import Reader, Report, open_format, provider_of, riders_of
from puhui.cli import opening, settings
from puhui.db import Database
from puhui.identity.vault import Vault
from puhui.intake import Refused, Tally, rider_key, take_in, tally_of
from puhui.intake.taking import NO_ROWS

ROWS_PER_TRANSACTION = 10_000
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("activities")
def activities_command() -> None:
    """Acts that providers report."""


@activities_command.command("import")
@click.option("--provider", required=True, help="The provider's code, such as demo-bike.")
@click.option("--format", "format_name", required=True, help="The format of the files, such as mibici.")
@click.option("--stations", type=FILE, help="The file of stations, where the format needs one.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON on standard output.")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE…")
def import_command(
    provider: str, format_name: str, stations: Path | None, *, as_json: bool, files: tuple[Path, ...]
) -> None:
    """Import a provider's files. What was imported before counts as duplicate, so it is safe to repeat."""
    key = rider_key(Vault(settings().data_key))
    try:
        with opening.database() as database:
            tally = import_files(database, provider, format_name, stations, list(files), key=key)
    except DomainError as error:
        raise click.ClickException(
            f"{error.code} {json.dumps(error.facts, ensure_ascii=False, default=str)}"
        ) from error
    _show(tally, as_json=as_json)


def import_files(
    database: Database, provider: str, format_name: str, stations: Path | None, files: list[Path], *, key: bytes
) -> Tally:
    """Import *files* in order, a transaction for every ten thousand rows, with a bar on standard error.

    Raises ProviderUnknown, FormatUnknown, FileUnreadable, RiderKeyChanged.
    """
    with database.transaction() as session:
        reader = open_format(format_name, provider=provider_of(session, provider), stations=stations)
    tally = NO_ROWS
    with _progress() as progress:
        bar = progress.add_task("files", total=len(files), rows=0)
        for file in files:
            for chunk in _chunks(_rows(reader, file)):
                tally += database.run(partial(_take, provider=provider, rows=chunk, key=key))
                progress.update(bar, rows=tally.rows)
            progress.advance(bar)
    return tally


def _take(session: Session, *, provider: str, rows: list[Report | Refused], key: bytes) -> Tally:
    riders = riders_of(session, provider, key=key)
    answers = take_in(session, provider=provider_of(session, provider), riders=riders, rows=rows, now=clock.now())
    return tally_of(answers)


def _rows(reader: Reader, file: Path) -> Iterator[Report | Refused]:
    return (Refused(row) if isinstance(row, str) else row for row in reader.read(file))


def _chunks(rows: Iterable[Report | Refused]) -> Iterator[list[Report | Refused]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, ROWS_PER_TRANSACTION)):
        yield chunk


def _progress() -> Progress:
    columns = (
        TextColumn("{task.description}"),
        MofNCompleteColumn(),
        BarColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=Console(stderr=True))


def _show(tally: Tally, *, as_json: bool) -> None:
    table = Table("", "rows", show_edge=False)
    for name in ("rows", "accepted", "duplicate", "capped", "review"):
        table.add_row(name, f"{getattr(tally, name):,}")
    for code, count in tally.rejected.items():
        table.add_row(f"rejected: {code}", f"{count:,}")
    for name in ("grams", "points"):
        table.add_row(name, f"{getattr(tally, name):,}")
    table.columns[1].justify = "right"
    Console().print(table)
    if tally.duplicate and not (tally.accepted or tally.capped):
        click.echo("Nothing new: these acts were received before, and nothing was posted.")
    if as_json:
        click.echo(json.dumps(tally._asdict(), ensure_ascii=False))
