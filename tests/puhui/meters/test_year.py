"""赣江医院 through the whole of 2025: bills, a holiday, a gap, swapped columns, four decisions, one report."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from partners.meters.actions import note_remark, set_target
from partners.meters.bills import Line
from partners.meters.entering import enter_bill
from partners.meters.indicators import Period
from partners.meters.keeping import savings_of
from partners.meters.model import Energy, Meter, RemarkKind
from partners.meters.queries import open_findings_of
from puhui.metering.books import compare, keep_indicators, open_books
from puhui.metering.reports import report_book, year_report
from puhui.metering.savings import credit_months
from puhui.sheets import read_table
from tests.metered import LIAISON, REVIEWER, bill, make_meter, make_metered

BEFORE = [5000, 5200, 4800, 5100, 4900, 6000, 6400, 6500, 5600, 5000, 4900, 5300]
NOW_USED = [4700, 3600, 4900, 4950, 4700, 5800, 6250, 6300, 5400, 4850, 4800, 5150]
WATER = 250


def test_a_year_of_an_institution(session: Session, app: Flask) -> None:
    institution = make_metered(session)
    power = make_meter(session, institution)
    water = make_meter(session, institution, number="W-1", energy=Energy.WATER)
    bill(session, power, BEFORE, first=date(2024, 1, 1))
    bill(session, water, [WATER] * 12, first=date(2024, 1, 1), price="3")
    _set_target(session, institution)
    for month, used in enumerate(NOW_USED, start=1):
        _live(session, month, used, power, water)
        if month % 3 == 0:
            _end_quarter(session, institution, month // 3)
    _check_savings(session, institution)
    _check_figures(session, institution)
    with app.test_request_context("/"):
        _check_report(session, institution)
    assert ledger.audit(session).holds


def _at(month: int) -> datetime:
    """The tenth of the month after."""
    return datetime(2025 + month // 12, month % 12 + 1, 10, 4, tzinfo=UTC)


def _live(session: Session, month: int, used: int, power: Meter, water: Meter) -> None:
    """February is closed for the holidays, April's bill comes late, June's columns are swapped and mended."""
    if month == 2:
        note_remark(
            session,
            institution_id=power.institution_id,
            building_id=None,
            kind=RemarkKind.CLOSURE,
            first_day=date(2025, 2, 1),
            last_day=date(2025, 2, 12),
            words="春节停诊",
            by=LIAISON,
            now=_at(month),
        )
    money = Decimal(used) * Decimal("0.65")
    if month == 6:
        _enter(session, power, month, str(money), str(used))
        assert {f.code for f in open_findings_of(session, power.institution_id)} == {"columns_swapped", "gap"}
        _enter(session, power, month, str(used), f"{money:.2f}", reason="两列填反")
        assert {f.code for f in open_findings_of(session, power.institution_id)} == {"gap"}
    elif month != 4:
        _enter(session, power, month, str(used), f"{money:.2f}")
    if month == 7:
        _enter(session, power, 4, str(NOW_USED[3]), f"{NOW_USED[3] * Decimal('0.65'):.2f}")
    _enter(session, water, month, str(WATER - 10), "720")


def _enter(session: Session, meter: Meter, month: int, quantity: str, amount: str, *, reason: str = "") -> None:
    now = datetime(2026, 1, 20, tzinfo=UTC) if month == 12 else _at(month)
    line = Line(meter.number, f"2025-{month:02d}", quantity, amount, "", "", reason)
    enter_bill(
        session,
        institution_id=meter.institution_id,
        line=line,
        by=LIAISON,
        request_id=new_id(),
        now=now,
        today=now.date(),
    )


def _set_target(session: Session, institution: UUID) -> None:
    set_target(
        session,
        institution_id=institution,
        year=2025,
        measure="energy_per_m2",
        value=Decimal("0.78"),
        source="本院 2025 年节能计划",
        by=LIAISON,
        now=_at(1),
    )


def _end_quarter(session: Session, institution: UUID, quarter: int) -> None:
    credit_months(
        session, institution, year=2025, quarter=quarter, by=REVIEWER, request_id=new_id(), now=_at(3 * quarter)
    )


def _check_savings(session: Session, institution: UUID) -> None:
    kept = savings_of(session, institution, first=date(2025, 1, 1), last=date(2025, 12, 1))
    power = {row.month.month: row for row in kept if row.method == "P01"}
    assert power[2].reason == "closed_days"  # 1,600 kWh less in a closed house are no saving.
    assert power[3].reason == "no_saving"
    assert power[4].reason == "no_bill"  # Decided in July, before the bill came.
    assert {month for month, row in power.items() if row.outcome == "credited"} == {1, 5, 6, 7, 8, 9, 10, 11, 12}
    again = credit_months(session, institution, year=2025, quarter=2, by=REVIEWER, request_id=new_id(), now=_at(12))
    april = next(row for row in again if row.method == "P01" and row.month.month == 4)
    assert (april.outcome, april.saved) == ("credited", 150)
    everything = savings_of(session, institution, first=date(2025, 1, 1), last=date(2025, 12, 1))
    account = ledger.account_of(session, owner=institution, purpose="reduction", asset="reduction")
    assert ledger.balance(session, account).posted == sum(row.grams for row in everything)
    water = [row for row in everything if row.variant == "water" and row.outcome == "credited"]
    assert sum(row.grams for row in water) == 11 * 10 * 168  # February is closed for water too.


def _check_figures(session: Session, institution: UUID) -> None:
    keep_indicators(session, institution, years=[2025], now=_at(12))
    compared = compare(session, open_books(session, institution, year=2025), Period(2025))
    area = next(one for one in compared if one.figure.measure == "energy_per_m2")
    assert area.figure.value == Decimal(sum(NOW_USED)) * Decimal("0.1229") / 10_000
    assert area.target is not None
    assert area.figure.value < area.target
    assert area.change_percent == Decimal("-5.1")


def _check_report(session: Session, institution: UUID) -> None:
    content = report_book(session, institution, Period(2025), now=_at(12))
    months = read_table("x.xlsx", content, sheet="3 逐月用量").rows
    assert [row[1] for row in months] == [str(used) for used in NOW_USED]
    parts = {part.title: part for part in year_report(session, institution, Period(2025), now=_at(12)).parts}
    assert any("春节停诊" in note for note in parts["数据质量与情况说明"].notes)
    told = "".join(parts["分析"].notes)
    assert "单位建筑面积能耗为 0.75 kgce/m²，比上年下降 5.1%，已达到目标 0.78" in told
    assert "电：2025-03 比上年同月增加最多" in told
