"""`puhui market` from files to a reconciled firm."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from puhui.addresses import Addresses
from puhui.cli import main
from puhui.db import Database
from tests.partners.enterprises.world import credit_code, movements, plant

Command = Callable[..., Result]
MONTHS = b"month,volume_t,amount_cny,avg_price\n2025-06,100,7000.00,70.0000\n2025-7,1,1.00,1.0000\n"


@pytest.fixture
def puhui(own_addresses: Addresses, own_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Run a command on the test's own database, which knows one fictional plant."""
    with own_database.transaction() as session:
        plant(session)
    for name in [name for name in os.environ if name.startswith("PUHUI_") and name != "PUHUI_TEST_SERVER"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PUHUI_DATABASE_URL", own_addresses.app)
    monkeypatch.setenv("PUHUI_DATABASE_OWNER_URL", own_addresses.owner)
    monkeypatch.setenv("PUHUI_DATA_DIR", str(tmp_path))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["market", *arguments], prog_name="puhui")

    return run


def test_prices_are_answered_row_by_row_and_totalled(puhui: Command, tmp_path: Path) -> None:
    path = tmp_path / "months.csv"
    path.write_bytes(MONTHS)
    shown = puhui("import-prices", "--rows", str(path)).output
    assert "1 booked, 1 rejected" in shown
    assert "3 rejected 0R:cell_unreadable" in shown
    assert "imported before" in puhui("import-prices", str(path)).output
    totals = json.loads(puhui("totals", "--year", "2025", "--json").output)
    assert (totals["volume_t"], totals["amount_cny"], totals["vwap"]) == (0, "0.00", None)


def test_a_statement_is_staged_approved_and_reconciled(puhui: Command, tmp_path: Path) -> None:
    path = tmp_path / "statement.csv"
    allocated = {"流水号": "R1", "业务类型": "核定分配", "数量": "100", "日期": "2026-03-02"}
    moved = {"流水号": "R2", "业务类型": "划转至交易", "数量": "150", "日期": "2026-03-03"}
    path.write_bytes(movements(allocated, moved, allocated | {"流水号": "R3", "数量": "0"}))
    firm = credit_code(1)
    staged = puhui("import", "--enterprise", firm, "--mapping", "movements", str(path)).output
    assert "1 rejected, 2 staged" in staged
    assert "rule 6 R quantity_below_one: 数量至少为 1。" in staged
    file_id = staged.split()[1].rstrip(":")
    refused = puhui("approve", "--enterprise", firm, "--by", str(UUID(int=0)), file_id)
    assert "second_person_needed" in refused.output
    assert "1 waiting" in puhui("approve", "--enterprise", firm, "--by", str(UUID(int=2)), file_id).output
    found = puhui("reconcile").output
    assert "rule 16 units_not_there" in found
    assert "1 enterprises, 1 open breaks" in found


def test_a_template_is_a_header_line(puhui: Command) -> None:
    assert puhui("template", "trades").output.startswith("交易账号,统一社会信用代码,标的代码")
