"""The method data that comes with the program, held against the tables it was taken from."""

from __future__ import annotations

import csv
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from rewards.methods import Counts, Method, MethodDataInvalid, MethodUnknown, Period, Tier, catalogue
from rewards.methods.catalogue import load

HERE = files("rewards.methods") / "data"


def test_all_methods_and_factors_are_there() -> None:
    assert len(catalogue().methods) == 57
    assert len(catalogue().factors) == 40
    assert sum(not method.current.creditable for method in catalogue().methods) == 13
    assert sum(method.current.is_uncertain for method in catalogue().methods) == 29


@pytest.fixture
def domain(real_data: Path) -> Path:
    folder = real_data.parent / "domain"
    if not folder.is_dir():
        pytest.skip(f"no domain tables at {folder}")
    return folder


COLUMNS = [
    *("code", "name_zh", "name_en", "category_zh", "activity_unit", "formula", "factor_g_per_unit", "factor_area"),
    *("factor_vintage", "creditable", "evidence_tier", "evidence_zh", "cap_note", "status", "status_detail"),
    *("source_title", "note"),
]


def _row(method: Method) -> list[str]:
    v = method.current
    names = [method.code, method.name_zh, method.name_en, method.category_zh, method.unit, v.formula_en, v.factor or ""]
    facts = [v.factor_area, v.factor_vintage, "yes" if v.creditable else "no", v.tier.value, v.evidence_zh]
    return [*names, *facts, v.cap_note_en, v.status, v.status_detail_en, v.source, v.note_en]


def test_every_method_says_what_its_table_says(domain: Path) -> None:
    rows = csv.DictReader((domain / "behaviours.csv").read_text("utf-8").splitlines())
    table = [[row[column] for column in COLUMNS] for row in rows]
    assert sorted(_row(method) for method in catalogue().methods) == sorted(table)


def test_every_cap_of_the_table_is_a_cap_of_the_method(domain: Path) -> None:
    missing = []
    for row in csv.DictReader((domain / "behaviours.csv").read_text("utf-8").splitlines()):
        caps = {
            (cap.period, cap.limit // (1000 if cap.counts is Counts.QUANTITY else 1))
            for cap in catalogue().method(row["code"]).current.caps
        }
        wanted = [
            (period, row[f"cap_per_{period}"]) for period in (Period.DAY, Period.MONTH) if row[f"cap_per_{period}"]
        ]
        missing += [(row["code"], period, limit) for period, limit in wanted if (period, int(limit)) not in caps]
    assert missing == []


def test_every_base_factor_says_what_its_table_says(domain: Path) -> None:
    table = list(csv.reader((domain / "factors.csv").read_text("utf-8").splitlines()))
    assert list(csv.reader((HERE / "factors.csv").read_text("utf-8").splitlines())) == table


def test_a_new_grid_vintage_is_a_new_version_and_the_old_one_stays() -> None:
    method = catalogue().method("H01")
    assert [(v.version, v.factor, v.factor_vintage) for v in method.versions] == [
        (1, "575.2", "2022"),
        (2, "583.6", "2023"),
    ]
    before, after = method.on(date(2025, 12, 30)), method.on(date(2025, 12, 31))
    assert before is not None
    assert after is not None
    assert (before.version, after.version) == (1, 2)
    assert method.on(date(1999, 12, 31)) is None


def test_methods_without_a_number_wait_for_one() -> None:
    waiting = [m.code for m in catalogue().methods if m.current.awaits_factor]
    assert waiting == ["T10", "H09", "F05", "R01", "R11", "O02"]


def test_records_of_one_physical_act_share_a_group() -> None:
    for one, other in (("T05", "T06"), ("T07", "T08"), ("F03", "R09"), ("H04", "H09"), ("T11", "T12")):
        assert catalogue().method(one).group == catalogue().method(other).group


def test_search_knows_codes_names_and_sources() -> None:
    assert [m.code for m in catalogue().search("地铁")] == ["T07", "T08"]
    assert [m.code for m in catalogue().search("t02")] == ["T02"]
    assert len(catalogue().search(" ")) == 57
    with pytest.raises(MethodUnknown):
        catalogue().method("T99")


def test_the_point_rate_is_a_dated_proposal_and_self_declared_acts_count_half() -> None:
    rate = catalogue().rate_on(date(2026, 1, 1))
    assert (rate.version, rate.status, rate.grams_per_point) == (1, "proposal", 1)
    assert rate.tier_percent == {Tier.A: 100, Tier.B: 100, Tier.C: 50}


FAULTS = {
    'factor = "40"': "factor = 40.0",
    'limit = "20"': 'limit = "-1"',
    'status = "published"': 'status = "sure"',
    "version = 1": "version = 3",
    "min_seconds = 60": "min_seconds = 99999",
    'evidence_tier = "A"': 'evidence_tier = "D"',
    'unit = "km"': 'unit = "km"\ncolour = "green"',
}


@pytest.mark.parametrize(("good", "bad"), FAULTS.items())
def test_a_fault_in_the_data_refuses_to_load(good: str, bad: str, tmp_path: Path) -> None:
    for name in ("factors.csv", "points.toml"):
        (tmp_path / name).write_text((HERE / name).read_text("utf-8"))
    text = (HERE / "travel.toml").read_text("utf-8")
    head, ride = text.split('code = "T02"')
    (tmp_path / "travel.toml").write_text(head + 'code = "T02"' + ride.replace(good, bad, 1))
    with pytest.raises(MethodDataInvalid):
        load(tmp_path)
