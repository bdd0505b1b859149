"""Bills: every line is checked before any is taken, a correction is a further row, and nothing is ever changed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from partners.meters.bills import Draft, Line, Refusal, month_of
from partners.meters.entering import Taken, check_bills, enter_bill, take_bills, withdraw_bill
from partners.meters.errors import BillInvalid, BillUnchanged, MeterInvalid, MeterNumberTaken
from partners.meters.model import Energy
from partners.meters.queries import bills_of, bills_of_meter, uses_of
from tests.metered import LIAISON, NOW, TODAY, bill, make_meter, make_metered, take_lines

MARCH = date(2026, 3, 1)
CASES = [
    (Line("X-9", "2026-03", "1"), "meter_unknown"),
    (Line("X-9", "nonsense", "nonsense"), "meter_unknown"),  # The meter is looked at first.
    (Line("E-1", "2026-13", "1"), "month_invalid"),
    (Line("E-1", "", "1"), "month_invalid"),
    (Line("E-1", "2026-07", "1"), "month_future"),
    (Line("E-1", "2019-12", "1"), "meter_not_there"),
    (Line("E-1", "2026-03", "-1"), "quantity_invalid"),
    (Line("E-1", "2026-03", "1.2345"), "quantity_invalid"),
    (Line("E-1", "2026-03", ""), "quantity_invalid"),
    (Line("E-1", "2026-03", "1e3"), "quantity_invalid"),
    (Line("E-1", "2026-03", "1000000000"), "quantity_too_large"),
    (Line("E-1", "2026-03", "1", "ten"), "amount_invalid"),
    (Line("E-1", "2026-03", "1", "1.005"), "amount_invalid"),
    (Line("E-1", "2026-03", "1", "1", "maybe"), "estimated_invalid"),
    (Line("E-1", "2026-03", "1", "1", "", "长" * 301), "text_too_long"),
]


@pytest.mark.parametrize(("line", "code"), CASES, ids=[f"{code}-{n}" for n, (_, code) in enumerate(CASES)])
def test_a_line_that_breaks_a_rule_says_which(session: Session, line: Line, code: str) -> None:
    institution = make_metered(session)
    make_meter(session, institution)
    answer = check_bills(session, institution_id=institution, lines=[line], today=TODAY)[0]
    assert isinstance(answer, Refusal)
    assert answer.code == code


def test_a_month_may_be_written_in_several_ways() -> None:
    ways = ("2026-03", "2026/3", "2026.03", "202603", "2026年3月", "2026-03-01")
    assert {month_of(text) for text in ways} == {MARCH}
    assert month_of("03-2026") is None
    assert month_of("2026-03-15") is None


def test_two_lines_for_one_month_are_not_both_taken(session: Session) -> None:
    institution = make_metered(session)
    make_meter(session, institution)
    lines = [Line("E-1", "2026-03", "100"), Line("E-1", "2026-03", "200")]
    first, second = check_bills(session, institution_id=institution, lines=lines, today=TODAY)
    assert isinstance(first, Draft)
    assert isinstance(second, Refusal)
    assert second.code == "row_repeated"


def test_a_bill_is_exact_and_says_who_and_how(session: Session) -> None:
    institution = make_metered(session)
    meter = make_meter(session, institution)
    take_lines(session, institution, [Line("E-1", "2026-03", "12,345.678", "8024.69", "是", "换表前")])
    kept = bills_of_meter(session, meter)[0]
    assert (kept.quantity, kept.amount_fen, kept.estimated) == (Decimal("12345.678"), 802_469, True)
    assert (kept.remark, kept.came_by, kept.entered_by, kept.revision) == ("换表前", "sheet", LIAISON, 0)


def test_a_correction_needs_a_reason_and_leaves_the_earlier_bill(session: Session) -> None:
    institution = make_metered(session)
    meter = make_meter(session, institution)
    bill(session, meter, ["1000"], first=MARCH)
    with pytest.raises(BillInvalid) as refused:
        _enter(session, meter.institution_id, Line("E-1", "2026-03", "900"))
    assert refused.value.facts["reason"] == "reason_missing"
    assert refused.value.facts["was"] == "1000"
    taken = _enter(session, institution, Line("E-1", "2026-03", "900", reason="抄错一位"))
    assert (taken.new, taken.corrected) == (0, 1)
    history = [(one.revision, one.quantity, one.reason) for one in bills_of_meter(session, meter)]
    assert history == [(1, Decimal("900.000"), "抄错一位"), (0, Decimal("1000.000"), None)]
    assert uses_of(session, institution, first=MARCH, last=MARCH)[meter.id, MARCH].quantity == 900


def test_a_bill_that_says_the_same_is_no_correction(session: Session) -> None:
    institution = make_metered(session)
    meter = make_meter(session, institution)
    bill(session, meter, ["1000"], first=MARCH, price=None)
    with pytest.raises(BillUnchanged):
        _enter(session, institution, Line("E-1", "2026-03", "1000.000"))
    again = bill(session, meter, ["1000", "1100"], first=MARCH, price=None)
    assert (again.new, again.corrected, again.same) == (1, 0, 1)


def test_the_same_request_takes_bills_once(session: Session) -> None:
    institution = make_metered(session)
    meter = make_meter(session, institution)
    answers = check_bills(session, institution_id=institution, lines=[Line("E-1", "2026-03", "5")], today=TODAY)
    drafts = [answer for answer in answers if isinstance(answer, Draft)]
    key = new_id()
    for expected in (1, 0):
        taken = take_bills(
            session,
            institution_id=institution,
            drafts=drafts,
            came_by="form",
            by=LIAISON,
            request_id=key,
            now=NOW,
        )
        assert taken.new == expected
    assert len(bills_of_meter(session, meter)) == 1


def test_a_withdrawn_bill_is_no_zero(session: Session) -> None:
    institution = make_metered(session)
    meter = make_meter(session, institution)
    bill(session, meter, ["1000"], first=MARCH)
    withdraw_bill(session, meter=meter, month=MARCH, reason="重复", by=LIAISON, request_id=new_id(), now=NOW)
    use = uses_of(session, institution, first=MARCH, last=MARCH)[meter.id, MARCH]
    assert (use.quantity, use.gap) == (None, "withdrawn")
    assert bills_of(session, institution, first=MARCH, last=MARCH) == []
    assert [one.quantity for one in bills_of_meter(session, meter)] == [None, Decimal("1000.000")]


@pytest.mark.parametrize("statement", ["UPDATE partners.bill SET quantity = 1", "DELETE FROM partners.bill"])
def test_the_database_lets_nobody_edit_a_bill(session: Session, statement: str) -> None:
    institution = make_metered(session)
    bill(session, make_meter(session, institution), ["1000"], first=MARCH)
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
        session.execute(sa.text(statement))


def test_a_meter_has_the_unit_of_its_energy_and_its_own_number(session: Session) -> None:
    institution = make_metered(session)
    make_meter(session, institution)
    with pytest.raises(MeterNumberTaken):
        make_meter(session, institution)
    with pytest.raises(MeterInvalid):
        make_meter(session, institution, number="E-2", unit="m³")
    with pytest.raises(MeterInvalid):
        make_meter(session, institution, number="E-3", for_vehicles=True)
    assert make_meter(session, institution, number="G-1", energy=Energy.GAS, unit="kWh").unit == "kWh"


def _enter(session: Session, institution: UUID, line: Line) -> Taken:
    return enter_bill(
        session,
        institution_id=institution,
        line=line,
        by=LIAISON,
        request_id=new_id(),
        now=NOW,
        today=TODAY,
    )
