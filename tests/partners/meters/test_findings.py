"""What is strange in the figures is found, explained by its figures, and waits for the liaison."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from partners.meters.actions import confirm_finding
from partners.meters.bills import Line
from partners.meters.entering import enter_bill, look_again
from partners.meters.errors import FindingUnknown
from partners.meters.model import Energy
from partners.meters.queries import open_findings_of
from tests.metered import LIAISON, NOW, TODAY, bill, make_meter, make_metered

JANUARY = date(2025, 1, 1)
YEAR = ["5000", "5200", "4800", "5100", "4900", "6000", "6400", "6500", "5600", "5000", "4900", "5300"]


def _open(session: Session, institution: UUID) -> list[tuple[str, str]]:
    return sorted((f.code, f"{f.month:%Y-%m}") for f in open_findings_of(session, institution))


def _year(**changed: object) -> list[object]:
    months = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    return [changed.get(month, value) for month, value in zip(months, YEAR, strict=True)]


def _bill_2025(session: Session, quantities: list[object]) -> UUID:
    """Bill a meter for 2025 and go on as usual in 2026."""
    institution = make_metered(session)
    bill(session, make_meter(session, institution), [*quantities, *YEAR[:5]], first=JANUARY)
    return institution


def test_an_ordinary_year_with_a_summer_says_nothing(session: Session) -> None:
    assert _open(session, _bill_2025(session, list(YEAR))) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"may": None}, "gap"), ({"may": "0"}, "zero"), ({"may": "49000"}, "spike"), ({"may": "490"}, "drop")],
)
def test_a_month_out_of_the_row_is_found(session: Session, changed: dict[str, object], code: str) -> None:
    assert _open(session, _bill_2025(session, _year(**changed))) == [(code, "2025-05")]


def test_a_spike_says_how_many_times_the_usual_month_it_is(session: Session) -> None:
    institution = _bill_2025(session, _year(may="49000"))
    finding = open_findings_of(session, institution)[0]
    assert finding.facts == {"quantity": "49000", "usual": "5100", "unit": "kWh", "times": "9.6"}


def test_a_winter_as_high_as_last_winter_is_no_spike(session: Session) -> None:
    institution = make_metered(session)
    heating = make_meter(session, institution, number="G-1", energy=Energy.GAS)
    two_years = ["900", "850", "400", "100", "100", "100", "100", "100", "100", "120", "500", "880"] * 2
    bill(session, heating, two_years, first=date(2024, 1, 1), price=None)
    found = [month for code, month in _open(session, institution) if month >= "2025"]
    assert found == ["2026-01", "2026-02", "2026-03", "2026-04"]  # Not billed yet, and nothing else.


def test_kilowatt_hours_and_yuan_in_each_others_column_are_found_as_such(session: Session) -> None:
    institution = _bill_2025(session, list(YEAR))
    line = Line("E-1", "2025-05", "3185", "4900", reason="补录")
    enter_bill(session, institution_id=institution, line=line, by=LIAISON, request_id=new_id(), now=NOW, today=TODAY)
    assert _open(session, institution) == [("columns_swapped", "2025-05")]
    facts = open_findings_of(session, institution)[0].facts
    assert (facts["price"], facts["usual"]) == ("1.54", "0.65")


def test_two_meters_whose_figures_were_exchanged_are_found_both(session: Session) -> None:
    institution = make_metered(session)
    large, small = make_meter(session, institution), make_meter(session, institution, number="E-2")
    bill(session, large, [*YEAR[:4], "510", *YEAR[5:], *YEAR[:5]], first=JANUARY)
    tenth = [str(int(value) // 10) for value in YEAR]
    bill(session, small, [*tenth[:4], "4900", *tenth[5:], *tenth[:5]], first=JANUARY)
    assert _open(session, institution) == [("meters_swapped", "2025-05"), ("meters_swapped", "2025-05")]


def test_an_odd_price_is_found(session: Session) -> None:
    institution = _bill_2025(session, list(YEAR))
    line = Line("E-1", "2025-05", "4900", "31850", reason="补录")
    enter_bill(session, institution_id=institution, line=line, by=LIAISON, request_id=new_id(), now=NOW, today=TODAY)
    assert _open(session, institution) == [("price_odd", "2025-05")]


def test_three_estimates_in_a_row_are_found_at_the_third(session: Session) -> None:
    institution = make_metered(session)
    meter = make_meter(session, institution)
    bill(session, meter, YEAR[:3], first=JANUARY, estimated="是")
    bill(session, meter, [*YEAR[3:], *YEAR[:5]], first=date(2025, 4, 1))
    assert _open(session, institution) == [("estimated_long", "2025-03")]


def test_a_confirmed_finding_stays_confirmed_until_the_figures_change(session: Session) -> None:
    institution = _bill_2025(session, _year(may="49000"))
    finding = open_findings_of(session, institution)[0]
    confirm_finding(
        session, institution_id=institution, finding_id=finding.id, explanation="设备调试", by=LIAISON, now=NOW
    )
    look_again(session, institution_id=institution, now=NOW)
    assert _open(session, institution) == []
    with pytest.raises(FindingUnknown):
        confirm_finding(
            session, institution_id=institution, finding_id=finding.id, explanation="再次", by=LIAISON, now=NOW
        )
    line = Line("E-1", "2025-05", "59000", "38350", reason="又改")
    enter_bill(session, institution_id=institution, line=line, by=LIAISON, request_id=new_id(), now=NOW, today=TODAY)
    assert _open(session, institution) == [("spike", "2025-05")]


def test_a_correction_settles_the_finding(session: Session) -> None:
    institution = _bill_2025(session, _year(may="49000"))
    line = Line("E-1", "2025-05", "4900", "3185", reason="多一位零")
    enter_bill(session, institution_id=institution, line=line, by=LIAISON, request_id=new_id(), now=NOW, today=TODAY)
    assert _open(session, institution) == []


def test_a_finding_of_another_institution_is_unknown(session: Session) -> None:
    institution = _bill_2025(session, _year(may="0"))
    other = make_metered(session, name="别的医院")
    finding = open_findings_of(session, institution)[0]
    with pytest.raises(FindingUnknown):
        confirm_finding(session, institution_id=other, finding_id=finding.id, explanation="?", by=LIAISON, now=NOW)
