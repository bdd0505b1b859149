"""Instruments of every kind, and what may not be added."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from partners.enterprises.instruments.actions import open_instrument
from partners.enterprises.instruments.errors import InstrumentExists, InstrumentInvalid, InstrumentUnknown, KindsDiffer
from partners.enterprises.instruments.model import Instrument, Kind, Quantity
from partners.enterprises.instruments.queries import instrument_of, instruments_by_code
from partners.enterprises.instruments.rules import amount_fen, check_instrument, shown, total

NOW = datetime(2026, 8, 20, tzinfo=UTC)
CREDIT = Instrument(
    code="CCER-A210027-2024",
    kind=Kind.CCER,
    name="虚构海上风电 2024",
    name_en="Offshore wind 2024",
    unit="t",
    decimals=0,
    price_basis="per_unit",
    term_years=None,
    vintage=2024,
    project_code="A210027",
    methodology="CCER-01-002-V01",
    pollutant=None,
    registry="全国温室气体自愿减排注册登记系统",
    venue="北京绿色交易所",
    counts_for=("ets_offset",),
    first_quoted_on=None,
    last_quoted_on=None,
    valid_from=None,
    valid_until=None,
    source="测试",
)
POLLUTION = replace(
    CREDIT, code="PDR-SO2-5", kind=Kind.PDR, unit="t/a", price_basis="per_unit_year", term_years=5, pollutant="SO2"
)
CERTIFICATE = replace(CREDIT, code="GEC-2025", kind=Kind.GEC, unit="MWh", vintage=None, project_code=None)
SINK = replace(CREDIT, code="FCS-1", kind=Kind.FCS, unit="kg", project_code=None)
WATER = replace(CREDIT, code="WUR-1", kind=Kind.WUR, unit="m3", project_code=None)
ENERGY = replace(CREDIT, code="EUR-2025", kind=Kind.EUR, unit="tce", project_code=None)


@pytest.mark.parametrize("instrument", [CREDIT, POLLUTION, CERTIFICATE, SINK, WATER, ENERGY])
def test_every_kind_is_opened_once(session: Session, instrument: Instrument) -> None:
    assert open_instrument(session, instrument, now=NOW) == instrument
    assert open_instrument(session, instrument, now=NOW) == instrument
    with pytest.raises(InstrumentExists):
        open_instrument(session, replace(instrument, name="别名"), now=NOW)


@pytest.mark.parametrize(
    ("instrument", "reason"),
    [
        (replace(CREDIT, unit="kg"), "unit_differs"),
        (replace(CREDIT, vintage=None), "vintage_missing"),
        (replace(CREDIT, project_code="210027"), "project_code_missing"),
        (replace(POLLUTION, pollutant=None), "pollutant_missing"),
        (replace(POLLUTION, price_basis="per_unit"), "price_basis_differs"),
        (replace(POLLUTION, term_years=None), "term_missing"),
        (replace(CREDIT, kind=Kind.INDEX), "index_is_no_instrument"),
    ],
)
def test_facts_make_an_instrument_of_its_kind(instrument: Instrument, reason: str) -> None:
    with pytest.raises(InstrumentInvalid) as refused:
        check_instrument(instrument)
    assert refused.value.facts["reason"] == reason


def test_tonnes_megawatt_hours_and_cubic_metres_have_no_sum() -> None:
    assert total([Quantity(CREDIT, 3), Quantity(replace(CREDIT, code="CCER-A210027-2025"), 4)]) == 7
    with pytest.raises(KindsDiffer):
        total([Quantity(CREDIT, 3), Quantity(CERTIFICATE, 4)])
    with pytest.raises(KindsDiffer):
        total([Quantity(POLLUTION, 3), Quantity(replace(POLLUTION, pollutant="NOx"), 4)])


def test_a_pollution_right_costs_its_price_for_every_year() -> None:
    assert amount_fen(POLLUTION, units=96, price_fen=38_900) == 18_672_000
    assert shown(Quantity(replace(SINK, decimals=3), 1_234)) == "1.234"


def test_the_vintages_and_the_index_are_there_from_the_start(session: Session) -> None:
    vintages = instruments_by_code(session, kind=Kind.CEA)
    assert list(vintages) == ["CEA", "CEA21", "CEA22", "CEA23", "CEA24", "CEA25"]
    assert not instrument_of(session, "COMCEA").is_tradable
    with pytest.raises(InstrumentUnknown):
        instrument_of(session, "CEA99")
