"""``puhui market``: public prices, files of enterprises, reconciliation. The registry's record is final."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click
from sqlalchemy.orm import Session

from ledger.kernel import clock
from partners.enterprises.exact import yuan
from partners.enterprises.prices.actions import PriceImport, import_prices
from partners.enterprises.prices.errors import PriceFileUnreadable
from partners.enterprises.prices.queries import CreditTotals, YearTotals, credit_totals, year_totals
from puhui.cli import database


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
