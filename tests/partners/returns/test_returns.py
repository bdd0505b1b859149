"""Yearly returns: columns found by their headers, what is no figure is missing with a reason, changes looked at."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from partners.returns import queries
from partners.returns.actions import Reading, begin, keep_chunk, read_file
from partners.returns.errors import ReturnsHeaderUnknown, ReturnsUnreadable, ReturnsYearUnknown
from partners.returns.headers import KWH_PER_KBTU, broken_columns, map_columns
from partners.returns.reading import Return, lines_of, year_in
from partners.returns.rules import changes_of, flags_of_year, indicators_of
from tests.metered import NOW

HEADER = "机构代码,机构名称,机构类型,建筑面积（m²）,用能人数（人）,用电量（kWh）,天然气（m³）,用水量（m³）"
TWO_YEARS = {
    "returns-2024.csv": [
        "A1,第一中学,学校,10000,500,200000,1000,8000",
        "A2,第二中学,学校,9000,450,180000,900,7000",
        "A3,撤并小学,学校,3000,100,50000,0,2000",
    ],
    "returns-2025.csv": [
        "A1,第一中学,学校,10000,500,190000,1000,7900",
        "A2,第二中学,学校,9000,450,60000,不适用,7000",
        "A4,新办小学,学校,4000,120,70000,100,2500",
    ],
}


def _read(name: str, rows: list[str], header: str = HEADER) -> Reading:
    content = "\n".join([header, *rows]).encode()
    return read_file(name=name, content=content, lines=lines_of(content))


def _import(session: Session, reading: Reading, *, chunk: int = 500) -> int:
    file = begin(session, reading, by=None, now=NOW)
    done = file.rows_done
    calls = 0
    while done < len(reading.returns):
        done = keep_chunk(session, reading, file, now=NOW, chunk=chunk)
        calls += 1
    return calls


def test_a_chinese_return_is_read_by_its_headers_wherever_they_stand(session: Session) -> None:
    del session
    turned = "用水量（吨）,机构代码,用电量（千瓦时）,机构名称"
    one = _read("2025.csv", ["8000,A1,200000,第一中学"], turned).returns[0]
    assert (one.code, one.name, one.figures["water_m3"], one.figures["electricity_kwh"]) == (
        "A1",
        "第一中学",
        Decimal(8000),
        Decimal(200_000),
    )


def test_indicators_are_the_official_ones_and_a_missing_figure_is_no_zero() -> None:
    one = _read("returns-2024.csv", TWO_YEARS["returns-2024.csv"]).returns[0]
    kgce = Decimal(200_000) * Decimal("0.1229") + Decimal(1000) * Decimal("1.33")
    assert indicators_of(one) == {
        "energy_per_m2": kgce / 10_000,
        "energy_per_person": kgce / 500,
        "water_per_person": Decimal(16),
    }
    without = replace(one, figures={k: v for k, v in one.figures.items() if k not in ("headcount", "floor_area_m2")})
    assert indicators_of(without) == {}


def test_two_years_flag_what_vanished_appeared_and_cannot_be(session: Session) -> None:
    for name, rows in TWO_YEARS.items():
        _import(session, _read(name, rows))
    flags = {(f.code, f.flag, f.measure) for f in queries.flags(session, "2025")}
    assert flags == {
        ("A2", "change_implausible", "electricity_kwh"),
        ("A3", "vanished", ""),
        ("A4", "appeared", ""),
    }
    row = next(one for one in queries.comparisons(session, "2025", "2024") if one.code == "A1")
    assert {c.measure: c.percent for c in row.changes}["electricity_kwh"] == Decimal("-5.0")
    assert row.flags == []


def test_the_same_file_again_changes_nothing(session: Session) -> None:
    reading = _read("returns-2024.csv", TWO_YEARS["returns-2024.csv"])
    assert _import(session, reading) == 1
    before = queries.totals(session, ["2024"])
    assert _import(session, reading) == 0
    assert queries.totals(session, ["2024"]) == before
    assert len(queries.files(session)) == 1


def test_an_import_that_was_cut_off_goes_on_where_it_was(session: Session) -> None:
    reading = _read("returns-2024.csv", TWO_YEARS["returns-2024.csv"])
    file = begin(session, reading, by=None, now=NOW)
    assert keep_chunk(session, reading, file, now=NOW, chunk=2) == 2
    half = queries.files(session)[0]
    assert (half.rows_done, half.finished_at) == (2, None)
    assert _import(session, reading, chunk=2) == 1
    assert queries.files(session)[0].finished_at == NOW
    assert queries.totals(session, ["2024"]).rows == 3


def test_a_supply_booked_in_another_column_is_no_saving() -> None:
    def of(year: str, grid: int, renewable: int) -> Return:
        parts = {"electricity_grid_kwh": Decimal(grid), "electricity_renewable_kwh": Decimal(renewable)}
        return Return("A1", year, 1, "医院", "医院", {**parts, "electricity_kwh": Decimal(grid + renewable)})

    flags = flags_of_year([of("2025", 0, 980_000)], {"A1": of("2024", 1_000_000, 0)})
    moved = [f for f in flags if f.flag == "moved_column"]
    assert [(f.facts["from"], f.facts["to"]) for f in moved] == [("electricity_grid_kwh", "electricity_renewable_kwh")]
    assert changes_of(of("2025", 0, 980_000), of("2024", 1_000_000, 0))[1].percent == Decimal("-2.0")


def test_columns_split_at_the_thousands_are_recognised_and_left_out() -> None:
    titles = ["code", "a (£)", "b (£)", "c (No.)", "d (Yes/No)", "e (No.)", "f (No.)", "area (m²)"]
    split = [["X", "1", "200", "3", "4", "Yes", "7", "5000"] for _ in range(25)]
    whole = [["X", "1200", "3", "4", "Yes", "7", "8", "5000"] for _ in range(25)]
    assert broken_columns(titles, split) == {1, 2, 3, 4, 5, 6} - {5} or broken_columns(titles, split) == set()
    assert broken_columns(titles, whole) == set()


def test_a_file_without_year_header_or_rows_is_refused() -> None:
    assert (year_in("nhs_eric_2013-14.csv.gz"), year_in("2016.xlsx")) == ("2013-14", "2016")
    with pytest.raises(ReturnsYearUnknown):
        year_in("returns.csv")
    with pytest.raises(ReturnsHeaderUnknown):
        map_columns([["a", "b"], ["1", "2"]])
    for broken in (b"", b"\x1f\x8bnonsense", b"one line"):
        with pytest.raises(ReturnsUnreadable):
            lines_of(broken)


@pytest.fixture
def eric(real_data: Path) -> dict[str, Reading]:
    """The three real years, each read by its own headers."""
    found = {}
    for year in ("2013-14", "2014-15", "2015-16"):
        content = (real_data / "buildings" / f"nhs_eric_{year}.csv.gz").read_bytes()
        found[year] = read_file(name=f"nhs_eric_{year}.csv.gz", content=content, lines=lines_of(content))
    return found


def test_the_real_years_are_read_though_their_columns_move(eric: dict[str, Reading]) -> None:
    places = {year: one.headers.figures["floor_area_m2"].place for year, one in eric.items()}
    assert places == {"2013-14": 48, "2014-15": 47, "2015-16": 48}
    titles = {one.headers.figures["electricity_grid_kwh"].title for one in eric.values()}
    assert titles == {"Electricity consumed - utility (kWh)", "Electricity consumed (kWh)"}
    assert {year: len(one.returns) for year, one in eric.items()} == {"2013-14": 251, "2014-15": 241, "2015-16": 238}


def test_the_real_staff_column_of_2013_is_split_and_so_not_believed(eric: dict[str, Reading]) -> None:
    """Its thousands separators became column separators, so under its title stand pieces of other figures."""
    assert eric["2013-14"].headers.ignored == {"headcount": "columns_split"}
    assert all(one.missing["headcount"] == "columns_split" for one in eric["2013-14"].returns)
    assert not any("energy_per_person" in indicators_of(one) for one in eric["2013-14"].returns)


def test_a_real_figure_is_the_one_in_the_file(eric: dict[str, Reading], real_data: Path) -> None:
    packed = (real_data / "buildings" / "nhs_eric_2013-14.csv.gz").read_bytes()
    lines = list(csv.reader(io.StringIO(gzip.decompress(packed).decode()), delimiter="$"))
    raw = next(line for line in lines if line[0] == "R1A")
    one = next(one for one in eric["2013-14"].returns if one.code == "R1A")
    assert one.figures["electricity_kwh"] == Decimal(raw[84]) + Decimal(raw[88]) + Decimal(raw[91])
    assert (one.figures["floor_area_m2"], one.figures["water_m3"]) == (Decimal(67_638), Decimal(69_330))
    barking = next(one for one in eric["2014-15"].returns if one.code == "RF4")
    assert (barking.name, barking.type) == (
        "BARKING, HAVERING AND REDBRIDGE UNIVERSITY HOSPITALS NHS TRUST",
        "ACUTE - LARGE",
    )
    moorfields = next(one for one in eric["2014-15"].returns if one.code == "RP6")
    assert moorfields.figures == {}
    assert moorfields.missing["floor_area_m2"] == "blank"


def test_the_real_years_side_by_side_flag_and_credit_nothing_implausible(
    session: Session, eric: dict[str, Reading]
) -> None:
    for reading in eric.values():
        _import(session, reading)
    totals = queries.totals(session, list(eric))
    assert (totals.rows, totals.institutions) == (730, 252)
    assert totals.flagged == 193
    assert totals.indicators == 251 + 239 + 238
    counts = {year: queries.flag_counts(session, year) for year in eric}
    assert (counts["2014-15"]["vanished"], counts["2014-15"]["appeared"], counts["2015-16"]["vanished"]) == (11, 1, 3)
    moved = [f.code for f in queries.flags(session, "2014-15", flag="moved_column", limit=100)]
    assert {"R1A", "RA4", "RCX"} <= set(moved)
    for row in queries.comparisons(session, "2014-15", "2013-14", limit=1000):
        flagged = {flag.measure for flag in row.flags}
        for change in row.changes:
            large = change.percent is not None and abs(change.percent) > 67
            if large and change.measure in ("electricity_kwh", "gas_kwh") and (change.before or 0) > 100_000:
                assert change.measure in flagged, (row.code, change)


def test_the_order_of_import_makes_no_difference(session: Session, eric: dict[str, Reading]) -> None:
    for reading in reversed(eric.values()):
        _import(session, reading)
    assert queries.totals(session, list(eric)).flagged == 193


def test_the_real_buildings_of_seattle_reproduce_the_citys_own_emissions(real_data: Path) -> None:
    """GHG kg = 6.9714 × electricity + 53.11 × gas + 77.188 × steam in MMBtu, within 5.3 kg (the data's own README)."""
    content = (real_data / "buildings" / "seattle_2016_benchmarking.csv.gz").read_bytes()
    lines = lines_of(content)
    reading = read_file(name="seattle_2016_benchmarking.csv.gz", content=content, lines=lines)
    title = lines[0].index("TotalGHGEmissions")
    heat = KWH_PER_KBTU * 1000
    # The city turned its kilowatt-hours into MMBtu by 0.003412; heat comes in kBtu and goes back as it came.
    factors = {
        "electricity_kwh": Decimal("6.9714") * Decimal("0.003412"),
        "gas_kwh": Decimal("53.11") / heat,
        "steam_kwh": Decimal("77.188") / heat,
    }
    checked = 0
    for one in reading.returns:
        stated = lines[one.line - 1][title].replace(",", "")
        if not stated or not all(energy in one.figures for energy in factors):
            continue
        kg = sum((one.figures[energy] * factor for energy, factor in factors.items()), Decimal(0))
        assert abs(kg - Decimal(stated) * 1000) < max(Decimal(6), kg / 100_000), one.code  # A rounding apart.
        checked += 1
    assert (len(reading.returns), checked) == (3376, 3367)
    flags = flags_of_year(reading.returns, None)
    assert [f.code for f in flags if (f.flag, f.measure) == ("negative", "electricity_kwh")] != []
