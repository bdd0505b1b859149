"""Real extracts of four foreign registries, and what is wrong with three of their rows."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from partners.enterprises.findings import Finding
from partners.enterprises.registries.actions import ExtractImport, import_extract, import_projects
from partners.enterprises.registries.parsing import day_of
from partners.enterprises.registries.serials import Block, block_of, check_serials, overlaps

NOW = datetime(2026, 8, 20, 9, tzinfo=UTC)


def load(session: Session, path: Path) -> ExtractImport:
    return import_extract(session, name=path.name, content=path.read_bytes(), now=NOW)


def codes(answer: ExtractImport, severity: str) -> Counter[str]:
    return Counter(f.code for row in answer.answers for f in row.findings if f.severity == severity)


def test_every_verra_block_holds_its_quantity(session: Session, real_data: Path) -> None:
    answer = load(session, real_data / "registry" / "verra" / "transactions.csv")
    assert (answer.counts, codes(answer, "B")) == ({"booked": 200}, {})
    row = session.execute(
        sa.text("SELECT batch, first_no, last_no, units FROM partners.foreign_block WHERE serial LIKE '19381-94141%'")
    ).one()
    assert tuple(row) == ("19381", 941_412_555, 941_441_125, 28_571)
    assert load(session, real_data / "registry" / "verra" / "transactions.csv").seen_before


def test_the_three_foreign_serials_of_gold_standard_are_breaks(session: Session, real_data: Path) -> None:
    answer = load(session, real_data / "registry" / "gold-standard" / "issuances.csv")
    assert answer.counts == {"booked": 100}
    assert codes(answer, "B") == {"serial_of_another_form": 3}
    strange = [f.facts["serial"] for row in answer.answers for f in row.findings if f.severity == "B"]
    assert all(str(serial).startswith("RW-5-") for serial in strange)
    assert session.scalar(sa.text("SELECT sum(units) FROM partners.foreign_block WHERE batch IS NULL")) == 7_635
    retired = load(session, real_data / "registry" / "gold-standard" / "retirements.csv")
    assert (sum(retired.counts.values()), codes(retired, "B")) == (retired.counts["booked"], {})


@pytest.mark.parametrize("registry", ["american-carbon-registry", "climate-action-reserve"])
def test_ranges_in_words_are_blocks(session: Session, real_data: Path, registry: str) -> None:
    for name in ("cancellations.csv", "retirements.csv"):
        answer = load(session, real_data / "registry" / registry / name)
        assert set(answer.counts) <= {"booked", "duplicate"}
        assert codes(answer, "B") == {}
    assert session.scalar(sa.text("SELECT count(*) FROM partners.instrument WHERE kind = 'FOREIGN'")) > 10


def test_the_register_of_projects_is_keyed_by_page_not_by_name(session: Session, real_data: Path) -> None:
    content = (real_data / "market" / "ccer_projects.csv").read_bytes()
    answer = import_projects(session, name="ccer_projects.csv", content=content, now=NOW)
    assert answer.counts == {"booked": 344}
    registered, issued = session.execute(
        sa.text(
            """SELECT count(*) FILTER (WHERE category = '已登记项目'), sum(issued_t) FROM partners.credit_project"""
        )
    ).one()
    assert (registered, issued) == (41, 23_113_094)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-04-03", date(2026, 4, 3)),
        ("2026-04-13T12:35:58.842275", date(2026, 4, 13)),
        ("11/3/2025 7:10:41 PM", date(2025, 11, 3)),
        ("08/20/2025", date(2025, 8, 20)),
        ("", None),
    ],
)
def test_three_ways_to_write_a_day(text: str, day: date | None) -> None:
    assert day_of(text) == day


@pytest.mark.parametrize(
    ("serial", "block"),
    [
        (
            "9344-82392553-82392562-VCS-VCU-262-VER-BR-14-1686-01012017-31122017-1",
            Block("9344", 82_392_553, 82_392_562),
        ),
        # The last character is the letter O: a slip of a real sample.
        ("9344-82392553-82392562-VCS-VCU-262-VER-BR-14-1686-01012017-31122017-O", None),
        ("GS1-1-IN-GS4533-2-2020-22653-106-111", Block("GS1-1-IN-GS4533-2-2020-22653", 106, 111)),
        ("ACR-US-1185-2025-3078-1 to 85847", Block("ACR-US-1185-2025-3078", 1, 85_847)),
        ("RW-5-1463953-2-2-0-7014 - RW-5-1467609-2-2-0-7014", None),
        ("", None),
    ],
)
def test_serials_of_each_registry(serial: str, block: Block | None) -> None:
    assert block_of(serial) == block


@pytest.mark.parametrize(
    ("units", "expected"), [(6, []), (5, ["block_is_not_the_quantity"]), (7, ["block_is_not_the_quantity"])]
)
def test_a_block_is_its_quantity(units: int, expected: list[str]) -> None:
    found: list[Finding] = list(check_serials("GS1-1-IN-GS4533-2-2020-22653-106-111", units))
    assert [one.code for one in found] == expected


def test_blocks_of_a_batch_do_not_overlap() -> None:
    blocks = [(1, Block("A", 1, 10)), (2, Block("A", 11, 20)), (3, Block("B", 5, 6)), (4, Block("A", 20, 30))]
    assert [(line, one.code) for line, one in overlaps(blocks)] == [(4, "blocks_overlap")]
