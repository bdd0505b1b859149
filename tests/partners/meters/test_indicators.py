"""The official indicators by hand, and what they say where something is missing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from partners.institutions.model import Type
from partners.meters import indicators
from partners.meters.actions import set_factor, set_target
from partners.meters.errors import FactorInvalid, TargetInvalid
from partners.meters.indicators import Factor, Figure, Period, change_percent, peer_median
from partners.meters.model import Energy
from partners.meters.queries import factors, targets_of
from puhui.metering.books import Compared, compare, keep_indicators, open_books
from rewards.methods import catalogue
from tests.metered import LIAISON, NOW, bill, make_meter, make_metered

JANUARY = date(2025, 1, 1)
Y2025 = Period(2025)


def _figures(session: Session, institution: UUID, period: Period = Y2025) -> dict[str, Figure]:
    books = open_books(session, institution, year=period.year)
    return {figure.measure: figure for figure in books.figures(period)}


def test_the_four_indicators_of_a_year_by_hand(session: Session) -> None:
    """10,000 m², 250 heads; 120,000 kWh, 12,000 m³ gas, 3,000 m³ water."""
    institution = make_metered(session)
    bill(session, make_meter(session, institution), ["10000"] * 12, first=JANUARY)
    bill(session, make_meter(session, institution, number="G-1", energy=Energy.GAS), ["1000"] * 12, first=JANUARY)
    bill(session, make_meter(session, institution, number="W-1", energy=Energy.WATER), ["250"] * 12, first=JANUARY)
    found = _figures(session, institution)
    kgce = Decimal(120_000) * Decimal("0.1229") + Decimal(12_000) * Decimal("1.33")
    assert found["energy_per_m2"].value == Decimal("3.070800") == kgce / 10_000
    assert found["energy_per_person"].value == Decimal("122.832000") == kgce / 250
    assert found["water_per_person"].value == Decimal("12.000000")
    carbon = Decimal(120_000) * Decimal("0.5836") + Decimal(12_000) * Decimal("2.16")  # In force on 31 December 2025.
    assert found["carbon_per_m2"].value == carbon / 10_000


def test_a_quarter_counts_its_three_months_and_the_factor_of_its_day(session: Session) -> None:
    institution = make_metered(session)
    bill(session, make_meter(session, institution), ["10000"] * 12, first=JANUARY)
    found = _figures(session, institution, Period(2025, 3))
    assert found["energy_per_m2"].value == Decimal(30_000) * Decimal("0.1229") / 10_000
    part = found["carbon_per_m2"].parts[0]
    assert part.factor is not None
    assert (part.factor.vintage, part.factor.value) == ("2022", Decimal("0.5752"))


def test_fuel_of_official_vehicles_counts_per_person_and_not_per_area(session: Session) -> None:
    institution = make_metered(session)
    bill(session, make_meter(session, institution), ["10000"] * 12, first=JANUARY)
    cars = make_meter(session, institution, number="F-1", energy=Energy.PETROL, for_vehicles=True)
    bill(session, cars, ["100"] * 12, first=JANUARY, price="8")
    found = _figures(session, institution)
    assert found["energy_per_m2"].value == Decimal("1.474800")
    person = found["energy_per_person"]
    assert person.value is None
    assert [(one.code, one.facts["energy"]) for one in person.missing] == [("no_factor", "petrol")]


def test_a_factor_set_with_its_source_makes_the_figure_complete(session: Session) -> None:
    institution = make_metered(session)
    bill(session, make_meter(session, institution), ["10000"] * 12, first=JANUARY)
    cars = make_meter(session, institution, number="F-1", energy=Energy.PETROL, for_vehicles=True)
    bill(session, cars, ["100"] * 12, first=JANUARY, price="8")
    petrol = Factor("coal", "petrol", "L", Decimal("1.07"), "全国", "", JANUARY, "uncertain", "测试用文件")
    set_factor(session, factor=petrol, by=LIAISON, now=NOW)
    value = _figures(session, institution)["energy_per_person"].value
    assert value == (Decimal(120_000) * Decimal("0.1229") + Decimal(1200) * Decimal("1.07")) / 250


def test_a_factor_without_source_or_of_a_wrong_unit_is_refused(session: Session) -> None:
    good = Factor("coal", "petrol", "L", Decimal(1), "全国", "", JANUARY, "uncertain", "来源")
    for bad in ({"source": " "}, {"unit": "kg"}, {"energy": "water"}, {"kind": "smoke"}, {"value": Decimal(-1)}):
        fields = {name: getattr(good, name) for name in good.__slots__}
        with pytest.raises(FactorInvalid):
            set_factor(session, factor=Factor(**{**fields, **bad}), by=LIAISON, now=NOW)


def test_a_missing_month_is_said_and_never_taken_for_zero(session: Session) -> None:
    institution = make_metered(session)
    months = ["10000"] * 12
    bill(session, make_meter(session, institution), [*months[:6], None, *months[7:]], first=JANUARY)
    figure = _figures(session, institution)["energy_per_m2"]
    assert figure.value is None
    assert [(one.code, one.facts) for one in figure.missing] == [("no_bill", {"meter": "表 E-1", "month": "2025-07"})]


def test_without_area_heads_or_meters_the_figures_say_so(session: Session) -> None:
    institution = make_metered(session)
    found = _figures(session, institution, Period(2023))
    assert {m: [one.code for one in figure.missing] for m, figure in found.items()} == {
        "energy_per_m2": ["no_floor_area", "no_meter"],
        "energy_per_person": ["no_headcount", "no_meter"],
        "water_per_person": ["no_headcount", "no_meter"],
        "carbon_per_m2": ["no_floor_area", "no_meter"],
    }


def test_a_sub_meter_and_solar_are_shown_and_not_added(session: Session) -> None:
    institution = make_metered(session)
    bill(session, make_meter(session, institution), ["10000"] * 12, first=JANUARY)
    bill(session, make_meter(session, institution, number="E-9", is_sub_meter=True), ["4000"] * 12, first=JANUARY)
    bill(session, make_meter(session, institution, number="S-1", energy=Energy.SOLAR), ["900"] * 12, first=JANUARY)
    books = open_books(session, institution, year=2025)
    assert {total.energy: total.use for total in books.totals(Y2025)} == {
        Energy.ELECTRICITY: 120_000,
        Energy.SOLAR: 10_800,
    }
    assert _figures(session, institution)["energy_per_m2"].value == Decimal("1.474800")


def test_last_year_target_and_guangdong_stand_beside_the_figure(session: Session) -> None:
    institution = make_metered(session)
    bill(session, make_meter(session, institution), ["10000"] * 12 + ["9000"] * 12, first=date(2024, 1, 1))
    set_target(
        session,
        institution_id=institution,
        year=2025,
        measure="energy_per_m2",
        value=Decimal("1.4"),
        source="本院计划",
        by=LIAISON,
        now=NOW,
    )
    area = _compared(session, institution)["energy_per_m2"]
    assert (area.before.value, area.change_percent, area.target) == (
        Decimal("1.474800"),
        Decimal("-10.0"),
        Decimal("1.400"),
    )
    assert area.guangdong == Decimal("15.88")  # 医院, Guangdong 2021: sample data, labelled so on the page.


def test_a_target_needs_a_source_and_a_known_measure(session: Session) -> None:
    institution = make_metered(session)
    for measure, source in (("energy_per_m2", ""), ("happiness", "计划")):
        with pytest.raises(TargetInvalid):
            set_target(
                session,
                institution_id=institution,
                year=2025,
                measure=measure,
                value=Decimal(1),
                source=source,
                by=LIAISON,
                now=NOW,
            )
    assert targets_of(session, institution, [2025]) == {}


def test_peers_are_of_the_same_type_and_enough_that_none_is_betrayed(session: Session) -> None:
    mine = make_metered(session)
    kinds = [Type.HOSPITAL] * 5 + [Type.SCHOOL]
    for n, kind in enumerate(kinds):
        peer = make_metered(session, name=f"同行 {n}", type=kind)
        bill(session, make_meter(session, peer), [str(1000 * (n + 1))] * 12, first=JANUARY)
        keep_indicators(session, peer, years=[2025], now=NOW)
        if n == 3:
            four = _compared(session, mine)["energy_per_m2"]
            assert (four.peers, four.peer_median) == (4, None)
    compared = _compared(session, mine)["energy_per_m2"]
    assert compared.peers == 5
    assert compared.peer_median == Decimal(36_000) * Decimal("0.1229") / 10_000


def _compared(session: Session, institution: UUID) -> dict[str, Compared]:
    books = open_books(session, institution, year=2025)
    return {one.figure.measure: one for one in compare(session, books, Y2025)}


def test_a_change_against_nothing_is_no_percentage() -> None:
    assert change_percent(Decimal(1), None) is None
    assert change_percent(Decimal(1), Decimal(0)) is None
    assert change_percent(Decimal("1.05"), Decimal(1)) == Decimal("5.0")
    assert peer_median([Decimal(1)] * 4) is None


def test_the_seeded_factors_are_those_of_the_catalogue(session: Session) -> None:
    """Values, status and sources come from the program's own factor table, which a test holds to the domain's."""
    known = {(f.kind, f.area, f.vintage, f.unit, f.status): f for f in catalogue().factors}
    kinds = {
        ("carbon", "electricity"): ("grid_average", "kgCO2/kWh"),
        ("carbon", "gas"): ("natural_gas", "kgCO2/m³"),
        ("carbon", "petrol"): ("petrol", "kgCO2/L"),
        ("carbon", "diesel"): ("diesel", "kgCO2/L"),
        ("coal", "electricity"): ("coal_equivalent_electricity", "kgce/kWh"),
        ("coal", "gas"): ("coal_equivalent_natural_gas", "kgce/m³"),
    }
    seen = 0
    for factor in factors(session):
        kind = kinds.get((factor.kind, factor.energy))
        if kind is None or factor.status == "derived":
            continue
        base = known[kind[0], factor.area, factor.vintage, kind[1], factor.status]
        assert (factor.value, factor.source) == (Decimal(base.value), base.source)
        seen += 1
    assert seen == 7
    heat = next(f for f in factors(session) if (f.kind, f.energy) == ("coal", "heat"))
    assert heat.value == (Decimal("0.1229") / Decimal("3.6") * 1000).quantize(Decimal("0.000001"))


def test_the_published_averages_are_the_domains(real_data: Path) -> None:
    assert indicators.GUANGDONG_2021["school"] == {
        "energy_per_m2": Decimal("3.28"),
        "energy_per_person": Decimal("65.30"),
        "water_per_person": Decimal("43.38"),
    }
    text = (real_data.parent / "domain" / "puhui.md").read_text()
    for kind, chinese in (("hospital", "医院"), ("venue", "场馆"), ("provincial_agency", "省级以上机关")):
        row = " | ".join(f"{value}" for value in indicators.GUANGDONG_2021[kind].values())
        assert f"| {chinese} | {row} |" in text
