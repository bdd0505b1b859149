"""``puhui methods list``: every method with its factor, caps and status."""

from __future__ import annotations

import json

import click
from rich.console import Console
from rich.table import Table

from rewards.methods import catalogue
from rewards.methods.facts import cap_text, method_facts


@click.group("methods")
def methods_command() -> None:
    """The rules that turn acts into grams."""


@methods_command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array with everything that is known.")
def list_command(*, as_json: bool) -> None:
    """List every method in its current version."""
    methods = catalogue().methods
    if as_json:
        click.echo(json.dumps([method_facts(method) for method in methods], ensure_ascii=False))
        return
    table = Table("code", "name", "unit", "g per unit", "tier", "caps", "status", show_edge=False)
    for method in methods:
        now = method.current
        grams = now.factor if now.creditable and now.factor else "–"
        caps = ", ".join(cap_text(cap) for cap in now.caps)
        table.add_row(method.code, f"{method.name_zh} {method.name_en}", method.unit, grams, now.tier, caps, now.status)
    Console().print(table)
    click.echo(f"{len(methods)} methods")
