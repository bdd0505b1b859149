"""``puhui market``: public prices, files of enterprises, reconciliation. The registry's record is final."""

from __future__ import annotations

import json
from collections import Counter
from functools import partial
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy.orm import Session

from ledger.kernel import clock
from ledger.kernel.errors import DomainError
from ledger.kernel.ids import new_id
from partners.enterprises.exact import yuan
from partners.enterprises.parties.model import Enterprise
from partners.enterprises.parties.queries import enterprise_by_code, enterprise_of
from partners.enterprises.parties.rules import credit_code
from partners.enterprises.prices.actions import PriceImport, import_prices
from partners.enterprises.prices.errors import PriceFileUnreadable
from partners.enterprises.prices.queries import CreditTotals, YearTotals, credit_totals, year_totals
from partners.enterprises.reconciliation.actions import reconcile
from partners.enterprises.reconciliation.model import Break
from partners.enterprises.reconciliation.queries import enterprise_ids, waiting_records
from partners.enterprises.records.actions import mapping_of, save_mapping
from partners.enterprises.records.files import Staged
from partners.enterprises.records.mapping import Mapping
from partners.enterprises.records.templates import TEMPLATES, template
from partners.enterprises.registries.actions import ExtractImport, import_extract, import_projects
from partners.enterprises.statements.actions import approve, bring
from partners.enterprises.statements.checks import SHEETS
from puhui.cli.opening import database
from puhui.identity.providers import client_of, create_client
from puhui.sheets import SheetUnreadable
from puhui.web.enterprises.tables import table_of
from puhui.web.market.sentences import sentence_of_finding


@click.group("market")
def market_command() -> None:
    """Mirror the carbon market: prices, holdings, reconciliation. 以注册登记系统记录为准。"""


@market_command.command("import-prices")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rows", "show_rows", is_flag=True, help="Print the answer to every row, not only the counts.")
def import_prices_command(files: tuple[Path, ...], show_rows: bool) -> None:
    """Import public price FILES (recognised by their header): every row answered, nothing overwritten."""
    with database() as opened:
        for path in files:
            try:
                answer = opened.run(lambda session: _import(session, path))  # noqa: B023  # Run before the next turn.
            except PriceFileUnreadable as error:
                raise click.ClickException(f"{path.name}: {error}") from error
            _say_import(path.name, answer, show_rows=show_rows)


def _import(session: Session, path: Path) -> PriceImport:
    return import_prices(session, name=path.name, content=path.read_bytes(), now=clock.now())


def _say_import(name: str, answer: PriceImport, *, show_rows: bool) -> None:
    counts = ", ".join(f"{count} {outcome}" for outcome, count in answer.counts.items())
    if answer.seen_before:
        click.echo(f"{name}: these bytes were imported before, nothing booked ({counts})")
        return
    click.echo(f"{name}: {answer.content}, {counts}")
    remarks = Counter((f.rule, f.severity.value, f.code) for row in answer.answers for f in row.findings)
    for (rule, severity, code), count in sorted(remarks.items()):
        click.echo(f"  rule {rule:>2} {severity} {code}: {count}")
    if show_rows:
        for row in answer.answers:
            codes = " ".join(f"{f.rule}{f.severity.value}:{f.code}" for f in row.findings)
            click.echo(f"  {row.line} {row.outcome.value} {codes}".rstrip())


@market_command.command("totals")
@click.option("--year", required=True, type=click.IntRange(2021, 2100))
@click.option("--market", type=click.Choice(["cea", "ccer"]), default="cea", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def totals_command(year: int, market: str, as_json: bool) -> None:
    """Print a year's volume, amount and average price; the composite is not added to the vintages."""
    with database() as opened, opened.transaction() as session:
        totals = year_totals(session, year) if market == "cea" else credit_totals(session, year)
    facts = _facts(totals)
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        for name, fact in facts.items():
            click.echo(f"{name:<16} {fact}")


def _facts(totals: YearTotals | CreditTotals) -> dict[str, object]:
    facts: dict[str, object] = {
        "year": totals.year,
        "days": totals.days,
        "volume_t": totals.volume_t,
        "amount_cny": yuan(totals.amount_fen),
        "vwap": totals.vwap,
    }
    if isinstance(totals, YearTotals):
        facts |= {f"{method.name.lower()}_t": total.volume_t for method, total in sorted(totals.by_method.items())}
        facts["last_close"] = yuan(totals.last_close_fen) if totals.last_close_fen else None
        facts["highest_close"] = yuan(totals.highest[1]) if totals.highest else None
        facts["lowest_close"] = yuan(totals.lowest[1]) if totals.lowest else None
    return facts


@market_command.command("import-extract")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--projects", is_flag=True, help="The FILES are the public register of voluntary projects.")
def import_extract_command(files: tuple[Path, ...], projects: bool) -> None:
    """Import extracts of foreign registries, or the public register of voluntary projects."""
    load = import_projects if projects else import_extract
    with database() as opened:
        for path in files:
            try:
                answer = opened.run(partial(load, name=path.name, content=path.read_bytes(), now=clock.now()))
            except DomainError as error:
                raise click.ClickException(f"{path.name}: {error}") from error
            _say_extract(path.name, answer)


def _say_extract(name: str, answer: ExtractImport) -> None:
    counts = ", ".join(f"{count} {outcome}" for outcome, count in answer.counts.items())
    click.echo(f"{name}: {'these bytes were imported before, nothing booked' if answer.seen_before else counts}")
    for row in answer.answers:
        for finding in row.findings:
            if finding.severity in ("B", "R"):
                sentence = sentence_of_finding(finding.code, finding.facts)
                click.echo(f"  line {row.line} rule {finding.rule} {finding.severity} {finding.code}: {sentence}")


@market_command.command("template")
@click.argument("name", type=click.Choice(sorted(TEMPLATES)))
def template_command(name: str) -> None:
    """Print the header line of an import file: trade confirmations or registry movements."""
    click.echo(template(name), nl=False)


@market_command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--enterprise", required=True, help="Credit code or id of the enterprise.")
@click.option("--mapping", required=True, help="Saved mapping, template, or a JSON file to save and use.")
@click.option("--by", "staged_by", type=click.UUID, default=UUID(int=0), help="Person who brings the file.")
@click.option("--rows", "show_rows", is_flag=True, help="Print the answer to every line, not only to strange ones.")
def import_command(file: Path, enterprise: str, mapping: str, staged_by: UUID, show_rows: bool) -> None:
    """Check all lines of FILE (CSV or XLSX) and stage those that pass; another person approves them."""
    with database() as opened:
        try:
            staged = opened.run(lambda session: _stage(session, file, enterprise, mapping, staged_by))
        except (DomainError, SheetUnreadable) as error:
            raise click.ClickException(str(error)) from error
    counts = ", ".join(f"{count} {outcome}" for outcome, count in staged.counts.items())
    if staged.seen_before:
        click.echo(f"These bytes were brought before as file {staged.file_id}; nothing booked ({counts}).")
        return
    click.echo(f"File {staged.file_id}: {counts}. Nothing is booked before a second person approves.")
    for answer in staged.answers:
        if answer.findings or show_rows:
            click.echo(f"  line {answer.line} {answer.outcome}")
            for finding in answer.findings:
                sentence = sentence_of_finding(finding.code, finding.facts)
                click.echo(f"    rule {finding.rule} {finding.severity} {finding.code}: {sentence}")


def _stage(session: Session, file: Path, enterprise: str, mapping: str, staged_by: UUID) -> Staged:
    owner = _enterprise(session, enterprise)
    path = Path(mapping)
    if path.suffix == ".json" and path.is_file():
        saved = Mapping(**json.loads(path.read_text()))
        save_mapping(session, enterprise_id=owner.id, name=path.stem, mapping=saved, now=clock.now())
    content = file.read_bytes()
    name = path.stem if path.suffix == ".json" else mapping
    if name not in SHEETS:
        mapping_of(session, enterprise_id=owner.id, name=name)
    return bring(
        session,
        enterprise_id=owner.id,
        what=name,
        name=file.name,
        content=content,
        table=table_of(file.name, content),
        staged_by=staged_by,
        request_id=new_id(),
        now=clock.now(),
    )


def _enterprise(session: Session, text: str) -> Enterprise:
    code = credit_code(text)
    return enterprise_by_code(session, code) if code is not None else enterprise_of(session, UUID(text))


@market_command.command("approve")
@click.argument("file_id", type=click.UUID)
@click.option("--enterprise", required=True, help="Credit code or id of the enterprise.")
@click.option("--by", "approved_by", required=True, type=click.UUID, help="Person who approves, not who brought it.")
def approve_command(file_id: UUID, enterprise: str, approved_by: UUID) -> None:
    """Let the staged lines of a file in; then say what waits for units that are not there yet."""
    with database() as opened:
        try:
            what, held = opened.run(lambda session: _approve(session, enterprise, file_id, approved_by))
        except DomainError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{what} approved; {held} waiting")


def _approve(session: Session, enterprise: str, file_id: UUID, by: UUID) -> tuple[str, int]:
    owner = _enterprise(session, enterprise)
    what = approve(session, enterprise_id=owner.id, file_id=file_id, approved_by=by, now=clock.now())
    return what, len(waiting_records(session, owner.id))


@market_command.command("open-client")
@click.option("--enterprise", required=True, help="Credit code or id of the enterprise.")
@click.option("--client", required=True, help="The id that the program logs in with.")
@click.option("--write", is_flag=True, help="It may also bring statements; approving stays with people.")
def open_client_command(enterprise: str, client: str, write: bool) -> None:
    """Give a program of an enterprise an id and a secret for the API. The secret is shown this once."""
    scopes = ["market:read", *(["market:write"] if write else [])]
    with database() as opened, opened.transaction() as session:
        if client_of(session, client) is not None:
            raise click.ClickException(f"the client {client} is there already")
        code = _enterprise(session, enterprise).credit_code.lower()
        _, secret = create_client(session, client_id=client, provider_code=code, scopes=scopes, now=clock.now())
    click.echo(f"client_id={client}\nclient_secret={secret}")


@market_command.command("reconcile")
@click.option("--enterprise", help="Credit code or id; all enterprises where it is left out.")
def reconcile_command(enterprise: str | None) -> None:
    """Compare the books with what registry and exchange say; print open breaks. 以注册登记系统记录为准。"""
    with database() as opened:
        with opened.transaction() as session:
            ids = [_enterprise(session, enterprise).id] if enterprise else enterprise_ids(session)
        total = 0
        for one in ids:
            found = opened.run(partial(reconcile, enterprise_id=one, now=clock.now()))
            total += len(found)
            for difference in found:
                click.echo(f"{one} {_told(difference)}")
    click.echo(f"{len(ids)} enterprises, {total} open breaks")


def _told(one: Break) -> str:
    return f"rule {one.rule} {one.code} {one.subject}: {sentence_of_finding(one.code, one.facts)}"
