"""A saving is what is comparable and less; an empty building, a gap or a mild winter is not sold as one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from partners.meters.actions import confirm_finding, note_remark, set_target
from partners.meters.errors import SavingUnknown, SecondPersonMissing
from partners.meters.keeping import SavingRow
from partners.meters.model import Energy, Meter, RemarkKind
from partners.meters.queries import open_findings_of
from partners.meters.savings import Decision
from puhui.metering.savings import credit_months, proposals, reverse_saving
from rewards.activities import activity_of
from tests.metered import LIAISON, NOW, REVIEWER, bill, give_year, make_meter, make_metered

YEAR_BEFORE = date(2025, 1, 1)
USE_2025 = ["5000", "5200", "4800", "5100", "4900", "6000", "6400", "6500", "5600", "5000", "4900", "5300"]


def _institution(session: Session, use_2026: list[object]) -> tuple[UUID, Meter]:
    """An institution whose one meter used so much from January 2026 on, after the usual 2025."""
    institution = make_metered(session)
    meter = make_meter(session, institution)
    bill(session, meter, [*USE_2025, *use_2026], first=YEAR_BEFORE)
    return institution, meter


def _decided(session: Session, institution: UUID, month: str = "2026-01", method: str = "P01") -> Decision:
    found = proposals(session, institution, year=2026, now=NOW)
    return next(
        one.decision for one in found if f"{one.decision.month:%Y-%m}" == month and one.decision.kind.method == method
    )


def _reason(session: Session, institution: UUID, month: str = "2026-01") -> str:
    return _decided(session, institution, month).reason


def test_less_than_the_same_month_last_year_is_a_saving(session: Session) -> None:
    institution, _ = _institution(session, ["4600", "5300"])
    january, february = (_decided(session, institution, month) for month in ("2026-01", "2026-02"))
    assert (january.reason, january.baseline, january.used, january.saved) == ("credited", 5000, 4600, 400)
    assert (february.reason, february.saved) == ("no_saving", -100)


def test_a_month_without_a_bill_or_without_one_last_year_is_not_credited(session: Session) -> None:
    institution, _ = _institution(session, [None, "5000"])
    assert _decided(session, institution).facts == {"meters": "表 E-1", "at": "2026-01"}
    assert _reason(session, institution) == "no_bill"
    first_year = make_metered(session, name="新医院")
    bill(session, make_meter(session, first_year), ["4600"], first=date(2026, 1, 1))
    assert _reason(session, first_year) == "no_bill_before"


def test_an_estimate_is_no_proof(session: Session) -> None:
    institution, meter = _institution(session, [])
    bill(session, meter, ["4600"], first=date(2026, 1, 1), estimated="是")
    assert _reason(session, institution) == "estimated"


def test_an_open_question_stops_the_credit_and_its_answer_frees_it_only_if_it_is_no_emptying(session: Session) -> None:
    institution, _ = _institution(session, ["490", "4700"])
    assert _reason(session, institution) == "finding_open"
    finding = open_findings_of(session, institution)[-1]
    assert finding.code == "drop"
    confirm_finding(session, institution_id=institution, finding_id=finding.id, explanation="搬迁", by=LIAISON, now=NOW)
    assert _reason(session, institution) == "empty"


@pytest.mark.parametrize(
    ("kind", "day", "reason"),
    [
        (RemarkKind.CLOSURE, date(2026, 1, 20), "closed_days"),
        (RemarkKind.CLOSURE, date(2025, 1, 20), "closed_days"),
        (RemarkKind.MILDER_WEATHER, date(2026, 1, 20), "weather"),
        (RemarkKind.HARSHER_WEATHER, date(2025, 1, 20), "weather"),
        (RemarkKind.HARSHER_WEATHER, date(2026, 1, 20), "credited"),
        (RemarkKind.OTHER, date(2026, 1, 20), "credited"),
        (RemarkKind.CLOSURE, date(2026, 2, 1), "credited"),
    ],
)
def test_closed_days_and_kind_weather_are_no_saving(session: Session, kind: RemarkKind, day: date, reason: str) -> None:
    institution, _ = _institution(session, ["4600"])
    note_remark(
        session,
        institution_id=institution,
        building_id=None,
        kind=kind,
        first_day=day,
        last_day=day,
        words="说明",
        by=LIAISON,
        now=NOW,
    )
    assert _reason(session, institution) == reason


def test_a_smaller_house_is_no_saving(session: Session) -> None:
    institution, _ = _institution(session, ["4600"])
    give_year(session, institution, year=2026, area="9000")
    assert _reason(session, institution) == "area_smaller"


def test_a_load_moved_to_another_meter_is_no_saving(session: Session) -> None:
    institution, _ = _institution(session, ["1000"])
    other = make_meter(session, institution, number="E-2", opened_on=date(2025, 12, 1))
    bill(session, other, ["100", "4000"], first=date(2025, 12, 1))
    assert _reason(session, institution) == "meters_changed"


def test_a_quota_below_last_year_is_the_baseline(session: Session) -> None:
    institution, _ = _institution(session, ["4600"])
    for value in ("80000", "57600"):  # A generous quota changes nothing; 57,600 a year are 4,800 a month.
        set_target(
            session,
            institution_id=institution,
            year=2026,
            measure="quota_electricity",
            value=Decimal(value),
            source="定额文件",
            by=LIAISON,
            now=NOW,
        )
        decision = _decided(session, institution)
        expected = 5000 if value == "80000" else 4800
        assert (decision.baseline, decision.saved) == (expected, expected - 4600)


def test_a_roof_is_credited_for_what_it_gives_and_not_as_less_use(session: Session) -> None:
    institution, _ = _institution(session, ["4000"])
    roof = make_meter(session, institution, number="S-1", energy=Energy.SOLAR, opened_on=date(2026, 1, 1))
    bill(session, roof, ["900"], first=date(2026, 1, 1), price=None)
    assert _decided(session, institution).saved == 100
    given = _decided(session, institution, method="P04")
    assert (given.reason, given.saved) == ("credited", 900)


def test_generation_that_is_claimed_elsewhere_is_not_credited_again(session: Session) -> None:
    institution, _ = _institution(session, ["4600"])
    roof = make_meter(session, institution, number="S-1", energy=Energy.SOLAR, claimed_for="绿证")
    bill(session, roof, ["900"], first=date(2026, 1, 1), price=None)
    assert _decided(session, institution, method="P04").reason == "claimed_elsewhere"


def _credit(session: Session, institution: UUID, *, year: int = 2026, quarter: int = 1) -> list[SavingRow]:
    return credit_months(session, institution, year=year, quarter=quarter, by=REVIEWER, request_id=new_id(), now=NOW)


def _balance(session: Session, institution: UUID) -> int:
    account = ledger.account_of(session, owner=institution, purpose="reduction", asset="reduction")
    return ledger.balance(session, account).posted


def test_savings_become_acts_of_the_institution_in_the_ledger_once(session: Session) -> None:
    institution, _ = _institution(session, ["4600", "5300", "4700"])
    rows = {row.month: row for row in _credit(session, institution)}
    january, march = rows[date(2026, 1, 1)], rows[date(2026, 3, 1)]
    assert january.grams == 400 * 5836 // 10  # 江西 2023, in force since 2025-12-31.
    assert rows[date(2026, 2, 1)].reason == "no_saving"
    assert january.activity_id is not None
    act = activity_of(session, institution, january.activity_id)
    assert (act.method, act.quantity, f"{act.day:%Y-%m}") == ("P01", 400_000, "2026-01")
    assert _balance(session, institution) == january.grams + march.grams
    assert {row.month: row.id for row in _credit(session, institution)} == {m: row.id for m, row in rows.items()}
    assert _balance(session, institution) == january.grams + march.grams


def test_a_month_before_the_new_factor_has_the_old_one(session: Session) -> None:
    institution = make_metered(session)
    bill(session, make_meter(session, institution), ["5000"] * 12 + ["4900"] * 12, first=date(2024, 1, 1))
    december = next(r for r in _credit(session, institution, year=2025, quarter=4) if r.month == date(2025, 12, 1))
    assert december.grams == 100 * 5752 // 10  # 江西 2022 vintage until 2025-12-30.


def test_water_and_gas_are_credited_by_their_own_factors(session: Session) -> None:
    institution = make_metered(session)
    water = make_meter(session, institution, number="W-1", energy=Energy.WATER)
    gas = make_meter(session, institution, number="G-1", energy=Energy.GAS)
    for meter in (water, gas):
        bill(session, meter, ["500"] * 12 + ["490"], first=YEAR_BEFORE, price="3")
    rows = {row.variant: row for row in _credit(session, institution) if row.month == date(2026, 1, 1)}
    assert (rows["water"].unit, rows["water"].grams) == ("t", 10 * 168)
    assert (rows["gas"].unit, rows["gas"].grams) == ("m³", 10 * 2160)


def test_who_entered_the_bills_does_not_credit_them(session: Session) -> None:
    institution, _ = _institution(session, ["4600"])
    with pytest.raises(SecondPersonMissing):
        credit_months(session, institution, year=2026, quarter=1, by=LIAISON, request_id=new_id(), now=NOW)


def test_a_saving_absurdly_large_is_refused_by_the_intake_and_says_so(session: Session) -> None:
    institution = make_metered(session)
    bill(session, make_meter(session, institution), ["400000"] * 12 + ["200000"], first=YEAR_BEFORE)
    row = next(r for r in _credit(session, institution) if r.month == date(2026, 1, 1))
    assert (row.outcome, row.reason, row.grams) == ("not_credited", "quantity_absurd", 0)


def test_a_correction_after_the_credit_is_seen_taken_back_and_decided_anew(session: Session) -> None:
    institution, meter = _institution(session, ["4600"])
    first = next(r for r in _credit(session, institution) if r.outcome == "credited")
    bill(session, meter, ["4900"], first=date(2026, 1, 1), reason="抄错")
    proposal = next(p for p in proposals(session, institution, year=2026, now=NOW) if p.stands)
    assert proposal.differs
    reverse_saving(session, institution, first.id, reason="账单更正", request_id=new_id(), now=NOW)
    assert _balance(session, institution) == 0
    with pytest.raises(SavingUnknown):
        reverse_saving(session, institution, first.id, reason="再次", request_id=new_id(), now=NOW)
    again = next(r for r in _credit(session, institution) if r.month == date(2026, 1, 1))
    assert (again.revision, again.grams) == (1, 100 * 5836 // 10)
    assert _balance(session, institution) == again.grams
    assert ledger.audit(session).holds
