"""``puhui institutions``: the real returns three years long, twice; a year's report as files."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from puhui.addresses import Addresses
from puhui.cli import main
from puhui.db import Database
from puhui.sheets import Column, Sheet, read_table, write_book
from tests.factories import SETTINGS
from tests.metered import bill, make_meter, make_metered

HEADER = ("机构代码", "机构名称", "建筑面积（m²）", "用电量（kWh）", "用水量（m³）")


@pytest.fixture(autouse=True)
def _here(own_addresses: Addresses, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands speak to the test's own database."""
    monkeypatch.setenv("PUHUI_DATABASE_URL", own_addresses.owner)
    monkeypatch.setenv("PUHUI_SECRET_KEY", SETTINGS.secret_key)
    monkeypatch.setenv("PUHUI_DATA_KEY", SETTINGS.data_key)
    monkeypatch.setenv("PUHUI_PAYMENTS_WEBHOOK_SECRET", SETTINGS.payments_webhook_secret)


def _run(*arguments: str) -> Result:
    done = CliRunner().invoke(main, ["institutions", *arguments], prog_name="puhui")
    assert done.exit_code == 0, done.output
    return done


def test_the_real_returns_are_imported_once(real_data: Path) -> None:
    files = [str(real_data / "buildings" / f"nhs_eric_{year}.csv.gz") for year in ("2013-14", "2014-15", "2015-16")]
    first = json.loads(_run("import-returns", "--json", *files).stdout.splitlines()[-1])
    assert first == {"rows": 730, "institutions": 252, "flagged": 193, "indicators": 728, "new_rows": 730}
    second = json.loads(_run("import-returns", "--json", *files).stdout.splitlines()[-1])
    assert second == {**first, "new_rows": 0}


def test_csv_gzip_and_xlsx_say_the_same(tmp_path: Path) -> None:
    rows = [("A1", "第一中学", "10000", "200000", "8000"), ("A2", "第二中学", "9000", "不适用", "7000")]
    text = "\n".join(",".join(row) for row in (HEADER, *rows)).encode()
    (tmp_path / "a-2023.csv").write_bytes(text)
    (tmp_path / "b-2024.csv.gz").write_bytes(gzip.compress(text))
    book = write_book([Sheet("报表", [Column(title) for title in HEADER], rows)])
    (tmp_path / "c-2025.xlsx").write_bytes(book)
    for path in sorted(tmp_path.iterdir()):
        totals = json.loads(_run("import-returns", "--json", str(path)).stdout.splitlines()[-1])
        assert (totals["rows"], totals["institutions"], totals["indicators"]) == (2, 2, 1), path.name


def test_a_file_that_is_none_is_refused_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "x-2025.csv").write_text("a,b\n1,2\n")
    done = CliRunner().invoke(main, ["institutions", "import-returns", str(tmp_path / "x-2025.csv")])
    assert done.exit_code == 1
    assert "returns_header_unknown" in done.output


def test_a_year_becomes_a_book_and_a_paper(own_database: Database, tmp_path: Path) -> None:
    with own_database.transaction() as session:
        institution = make_metered(session)
        bill(session, make_meter(session, institution), ["10000"] * 24, first=date(2024, 1, 1))
    done = _run("report", "--year", "2025", "--institution", str(institution), "--out", str(tmp_path))
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["赣江医院-2025-年度能源资源消费报告.pdf", "赣江医院-2025-年度能源资源消费报告.xlsx"]
    assert done.stdout.splitlines()[-1] == "1 institutions"
    content = (tmp_path / names[1]).read_bytes()
    uses = read_table(names[1], content, sheet="2 能源资源消费量")
    assert uses.rows[0][:4] == ["电", "kWh", "120000", "120000"]
    figures = read_table(names[1], content, sheet="4 能耗指标")
    assert figures.rows[0][:3] == ["单位建筑面积能耗", "kgce/m²", "1.47"]
    assert (tmp_path / names[0]).read_bytes().startswith(b"%PDF")


def test_an_unknown_institution_is_named(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["institutions", "report", "--year", "2025", "--institution", "nobody"])
    assert done.exit_code == 1
    assert "institution_unknown" in done.output
    assert not list(tmp_path.iterdir())
