"""``puhui ledger export`` and ``import``: from one book into another and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from beancount import loader
from click.testing import CliRunner

from puhui.addresses import Addresses
from puhui.cli import main

LUNCH = "2026/03/01 lunch\n  food  5.50 EUR\n  cash\n"


@pytest.fixture
def command_line(own_addresses: Addresses, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command line on the test's own database."""
    monkeypatch.setenv("PUHUI_DATABASE_URL", own_addresses.app)
    monkeypatch.setenv("PUHUI_DATABASE_OWNER_URL", own_addresses.owner)
    monkeypatch.setenv("PUHUI_DATA_KEY", "a data key of the tests, thirty-two characters")
    monkeypatch.setenv("PUHUI_SECRET_KEY", "a secret key of the tests, thirty-two characters")
    return CliRunner()


def test_a_journal_goes_in_once_and_comes_out_balanced(command_line: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "lunch.journal"
    path.write_text(LUNCH, encoding="utf-8")
    for _ in range(2):
        done = command_line.invoke(main, ["ledger", "import", str(path), "--book", "lunch"])
        assert (done.exit_code, done.output) == (0, "1 transfer(s) between 2 accounts\n")
    period = ["--from", "2026-03-01", "--to", "2026-03-02"]
    text = command_line.invoke(main, ["ledger", "export", "--format", "beancount", *period]).output
    assert text.count("5.5 EUR") == 4
    assert loader.load_string(text)[1] == []
    before = command_line.invoke(main, ["ledger", "export", "--format", "hledger", "--to", "2026-03-01"])
    assert "EUR" not in before.output
    assert command_line.invoke(main, ["ledger", "audit"]).exit_code == 0


def test_a_journal_that_is_wrong_is_refused_with_its_line(command_line: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "lunch.journal"
    path.write_text(LUNCH.replace("cash", "cash  -5 EUR"), encoding="utf-8")
    done = command_line.invoke(main, ["ledger", "import", str(path), "--book", "lunch"])
    assert done.exit_code == 1
    assert "journal_invalid {'line': 1, 'problem': 'out of balance'" in done.output
