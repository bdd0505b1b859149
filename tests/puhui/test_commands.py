"""Every command says what it does, and the ones without arguments run from an empty data folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from puhui.cli import COMMANDS, main


def _puhui(*arguments: str, data_dir: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PUHUI_")}
    environment["PUHUI_DATA_DIR"] = str(data_dir)
    return subprocess.run(
        [sys.executable, "-m", "puhui.cli", *arguments], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("noun", sorted(COMMANDS))
def test_a_command_says_what_it_does(noun: str) -> None:
    shown = CliRunner().invoke(main, [noun, "--help"], prog_name="puhui")
    assert shown.exit_code == 0, shown.output
    assert f"Usage: puhui {noun}" in shown.output


def test_an_empty_data_folder_becomes_an_audited_town(tmp_path: Path) -> None:
    assert "newest migration" in _puhui("migrate", data_dir=tmp_path).stdout
    first = _puhui("demo", "--small", data_dir=tmp_path)
    assert "is built" in first.stdout, first.stderr
    assert "nothing was added" in _puhui("demo", "--small", data_dir=tmp_path).stdout
    audit = _puhui("ledger", "audit", "--json", data_dir=tmp_path)
    assert audit.returncode == 0, audit.stderr
    assert json.loads(audit.stdout.splitlines()[-1])["holds"] is True


def test_a_setting_that_is_none_is_refused_before_anything_starts(tmp_path: Path) -> None:
    environment = {**os.environ, "PUHUI_DATA_DIR": str(tmp_path), "PUHUI_PROT": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "puhui.cli", "migrate"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "PUHUI_PROT is not a setting of Puhui" in done.stderr
    assert not list(tmp_path.iterdir())
