"""``puhui institutions``: import yearly returns of many organisations, write reports of one or of all."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from uuid import UUID

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy.orm import Session

from ledger.kernel import clock
from ledger.kernel.errors import DomainError
from partners.institutions.errors import InstitutionUnknown
from partners.institutions.queries import id_of_code, institution_of
from partners.meters.indicators import Period
from partners.returns import actions, queries
from partners.returns.actions import Reading
from puhui.app import create_app
from puhui.cli import opening, settings
from puhui.db import Database
from puhui.metering.books import metered_institutions
from puhui.metering.reports import report_book, report_name, report_paper
from puhui.metering.returns import lines_of_file
from puhui.papers import PaperUnavailable

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("institutions")
def institutions_command() -> None:
    """Public institutions: yearly returns and reports."""


@institutions_command.command("import-returns")
@click.option("--year", help="The year of the returns, such as 2016 or 2013-14, where the file's name has none.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON on standard output.")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE…")
def import_returns_command(year: str | None, *, as_json: bool, files: tuple[Path, ...]) -> None:
    """Import yearly returns (.csv, .csv.gz, .xlsx) by their headers.

    A file that was imported before changes nothing; an import that was cut off goes on where it was.
    """
    try:
        with opening.database() as database:
            readings = [_read(path, year) for path in files]
            new = _import_all(database, readings)
            with database.transaction() as session:
                totals = queries.totals(session, sorted({reading.year for reading in readings}))
    except DomainError as error:
        raise click.ClickException(_told(error)) from error
    for reading in readings:
        for measure, why in reading.headers.ignored.items():
            click.echo(f"{reading.name}: {measure} is left out: {why}", err=True)
    if as_json:
        click.echo(json.dumps({**totals._asdict(), "new_rows": new}))
        return
    click.echo(f"{new:,} new rows")
    for name, count in totals._asdict().items():
        click.echo(f"{name:<14}{count:>8,}")


def _read(path: Path, year: str | None) -> Reading:
    content = path.read_bytes()
    return actions.read_file(name=path.name, content=content, lines=lines_of_file(path.name, content), year=year)


def _import_all(database: Database, readings: list[Reading]) -> int:
    """Keep every file in chunks with a bar on standard error; answers how many rows are new."""
    new = 0
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        for reading in readings:
            file = database.run(partial(actions.begin, reading=reading, by=None, now=clock.now()))
            bar = progress.add_task(reading.name, total=len(reading.returns), completed=file.rows_done)
            done = file.rows_done
            new += len(reading.returns) - done
            while done < len(reading.returns):
                done = database.run(partial(actions.keep_chunk, reading=reading, file=file, now=clock.now()))
                progress.update(bar, completed=done)
    return new


@institutions_command.command("report")
@click.option("--year", required=True, type=click.IntRange(2000, 2100))
@click.option("--institution", help="统一社会信用代码 or id; every metered institution where it is left out.")
@click.option("--out", default=".", type=click.Path(file_okay=False, path_type=Path), help="Folder for the files.")
def report_command(year: int, institution: str | None, out: Path) -> None:
    """Write the yearly report with its analysis as XLSX and PDF."""
    chosen = settings()
    with opening.database() as database:
        try:
            with database.transaction() as session:
                wanted = [_institution(session, institution)] if institution else metered_institutions(session)
        except DomainError as error:
            raise click.ClickException(_told(error)) from error
        out.mkdir(parents=True, exist_ok=True)
        app = create_app(chosen, database)
        for one in wanted:
            with app.test_request_context("/"), database.transaction() as session:
                _write(session, one, Period(year), out)
    click.echo(f"{len(wanted)} institutions")


def _write(session: Session, institution_id: UUID, period: Period, out: Path) -> None:
    name = report_name(session, institution_id, period)
    (out / f"{name}.xlsx").write_bytes(report_book(session, institution_id, period, now=clock.now()))
    click.echo(str(out / f"{name}.xlsx"))
    try:
        (out / f"{name}.pdf").write_bytes(report_paper(session, institution_id, period, now=clock.now()))
    except PaperUnavailable:
        click.echo("No PDF: this machine has no Pango (apt-get install libpango-1.0-0).", err=True)
        return
    click.echo(str(out / f"{name}.pdf"))


def _institution(session: Session, text: str) -> UUID:
    try:
        return institution_of(session, UUID(text)).id
    except ValueError:
        found = id_of_code(session, text)
    if found is None:
        raise InstitutionUnknown(credit_code=text)
    return found


def _told(error: DomainError) -> str:
    facts = json.dumps(error.facts, ensure_ascii=False, default=str)
    return f"{error.code} {facts}"
