"""``puhui ledger``: ask the books whether they are right."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

import ledger
from puhui.cli.journal import export_command, import_command
from puhui.cli.opening import database


@click.group("ledger")
def ledger_command() -> None:
    """Look after the books."""


ledger_command.add_command(export_command)
ledger_command.add_command(import_command)


@ledger_command.command("audit")
@click.option("--json", "as_json", is_flag=True, help="Answer one JSON object.")
def audit_command(as_json: bool) -> None:
    """Check every law of the ledger; leave with 0 when all hold, with 1 when one does not."""
    with database() as opened, opened.transaction() as session:
        report = ledger.audit(session)
    if as_json:
        click.echo(json.dumps(asdict(report), ensure_ascii=False))
    else:
        verdict = "all laws hold" if report.holds else "NOT in order"
        for finding in report.findings:
            click.echo(f"{finding.law}: {finding.subject}: expected {finding.expected}, found {finding.found}")
        click.echo(f"{report.transfers} transfers, {report.accounts} accounts: {verdict}")
    sys.exit(0 if report.holds else 1)
