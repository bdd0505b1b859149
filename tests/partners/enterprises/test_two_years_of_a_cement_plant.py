"""A fictional cement plant through two compliance years: late data, a cancelled trade, a pledge, a break."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from partners.enterprises.compliance.actions import (
    complete_obligation,
    file_document,
    record_obligation,
)
from partners.enterprises.compliance.queries import carry_limit
from partners.enterprises.compliance.rules import cheapest_plan
from partners.enterprises.compliance.year import YearStatus, mrv_calendar, year_status
from partners.enterprises.holdings.costs import costs_of
from partners.enterprises.holdings.lots import movement_note
from partners.enterprises.holdings.queries import held_at, held_now
from partners.enterprises.instruments.queries import instrument_of
from partners.enterprises.parties.model import Enterprise
from partners.enterprises.pledges.actions import pledge_units, release_pledge
from partners.enterprises.pledges.errors import CertificateTaken, PledgeExceeds, ReleaseNeedsDocument
from partners.enterprises.pledges.model import Control, Pledge
from partners.enterprises.reconciliation.actions import (
    reconcile,
    record_snapshot,
    resolve_break,
    take_break,
)
from partners.enterprises.reconciliation.model import Snapshot
from partners.enterprises.records.model import MARKET_TIME, Slot
from partners.enterprises.rulebook.queries import rulebook
from tests.partners.enterprises.world import CHECKER, MAKER, book, movements, plant, trades

Rows = dict[str, str]


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T18:00:00+08:00").astimezone(UTC)


def move(number: str, what: str, units: int, day: str, **more: str) -> Rows:
    return {"流水号": number, "业务类型": what, "数量": str(units), "日期": day, "标的代码": "CEA24"} | more


def trade(number: str, side: str, units: int, day: str, price: str, **more: str) -> Rows:
    row = {"成交编号": number, "买卖方向": side, "成交量": str(units), "成交日期": day, "成交价": price}
    return row | {"标的代码": "CEA24"} | more


def owe(session: Session, cement: Enterprise, year: int, due: int, day: str) -> None:
    record_obligation(
        session,
        enterprise_id=cement.id,
        year=year,
        verified_t=due,
        due_t=due,
        notice_no=f"虚构通知-{year}",
        recorded_by=MAKER,
        now=at(day),
    )


def status_of(session: Session, cement: Enterprise, year: int, today: date) -> YearStatus:
    return year_status(session, enterprise_id=cement.id, year=year, book=rulebook(session), today=today)


def test_two_years(session: Session) -> None:
    cement = plant(session)
    _the_plant_buys_what_it_lacks(session, cement)
    _late_statements_land_at_their_business_time(session, cement)
    _costs_follow_the_stated_policy(session, cement)
    _old_units_are_carried_over(session, cement)
    _pledge(session, cement.id)
    _the_registry_shows_less(session, cement)
    _the_second_year_is_planned(session, cement)
    _papers_are_kept(session, cement)
    assert ledger.audit(session).holds


def _the_plant_buys_what_it_lacks(session: Session, cement: Enterprise) -> None:
    """It owes 50,000 t for 2024 and was allocated 48,000 t; a wrong trade is cancelled by the exchange."""
    owe(session, cement, 2024, 50_000, "2025-10-01")
    book(session, cement, movements(move("R1", "核定分配", 48_000, "2025-09-20")), now=at("2025-10-01"))
    bought = trade("T1", "买入", 9_000, "2025-11-03", "58.00", 手续费="100.00")
    wrong = trade("T2", "买入", 500, "2025-11-04", "59.00")
    book(session, cement, trades(bought, wrong), now=at("2025-11-05"))
    status = status_of(session, cement, 2024, date(2025, 11, 5))
    assert (status.gap.open_t, status.gap.eligible_t, status.gap.missing_t) == (50_000, 57_500, 0)
    assert (status.reminder, [before for before, _ in status.coming_reminders]) == (90, [30, 15])
    book(session, cement, trades(wrong | {"更正类型": "撤销"}), now=at("2025-11-06"))


def _late_statements_land_at_their_business_time(session: Session, cement: Enterprise) -> None:
    """The surrender is on file before the movement that made it possible, which arrives last."""
    year_of_2024 = {"年度": "2024", "事由": "履约", "受益方": "本厂"}
    late = [
        move("R4", "履约", 50_000, "2025-12-10", **year_of_2024),
        move("R3", "履约申请", 50_000, "2025-12-01", **year_of_2024),
    ]
    book(session, cement, movements(*late), now=at("2025-12-11"))
    found = reconcile(session, enterprise_id=cement.id, now=at("2025-12-11"))
    assert [one.code for one in found] == ["units_not_there", "units_not_there"]
    book(session, cement, movements(move("R2", "划转至登记", 9_000, "2025-11-10")), now=at("2025-12-12"))
    complete_obligation(session, enterprise_id=cement.id, year=2024, completed_on=date(2025, 12, 10))
    end_of_2025 = datetime(2025, 12, 31, 23, 59, tzinfo=MARKET_TIME)
    cea24 = instrument_of(session, "CEA24")
    assert held_at(session, cement.id, cea24, instant=end_of_2025)[Slot.REGISTRY] == 7_000
    status = status_of(session, cement, 2024, date(2025, 12, 12))
    assert (status.gap.surrendered_t, status.gap.open_t, status.penalty) == (50_000, 0, None)


def _costs_follow_the_stated_policy(session: Session, cement: Enterprise) -> None:
    """48,000 free units went first, then 2,000 bought ones at the average of 58.0111 yuan."""
    costs = costs_of(session, cement, "CEA24", until=date(2025, 12, 31))
    assert [(lot.origin, lot.units, lot.cost_fen) for lot in costs.lots] == [("purchased", 7_000, 40_607_778)]
    assert [(one.debit[:4], one.credit[:4], one.amount_fen) for one in costs.entries] == [
        ("1489", "1002", 52_210_000),
        ("6711", "1489", 11_602_222),
    ]
    note = movement_note(costs, since=date(2025, 1, 1), until=date(2025, 12, 31))
    assert [(line.name, line.units) for line in note if line.units] == [
        ("allocated_free", 48_000),
        ("purchased", 9_000),
        ("used_for_compliance", 50_000),
        ("closing", 7_000),
    ]


def _old_units_are_carried_over(session: Session, cement: Enterprise) -> None:
    """The limit is 10,000 t, but only 7,000 t are held."""
    owe(session, cement, 2023, 40_000, "2026-01-05")
    complete_obligation(session, enterprise_id=cement.id, year=2023, completed_on=date(2024, 12, 20))
    assert carry_limit(session, cement.id, book=rulebook(session), today=date(2026, 2, 1)) == 7_000
    carried = [
        move("R5", "结转申请", 7_000, "2026-03-18"),
        move("R6", "结转回收", 7_000, "2026-03-27"),
        move("R7", "结转发放", 7_000, "2026-03-30", 标的代码="CEA25"),
    ]
    book(session, cement, movements(*carried), now=at("2026-04-01"))
    assert held_now(session, cement.id)["CEA25", Slot.REGISTRY] == 7_000
    # The cost of the old lot goes over to the new one.
    (lot,) = costs_of(session, cement, "CEA25", until=date(2026, 4, 1)).lots
    assert (lot.origin, lot.units, lot.cost_fen) == ("carried", 7_000, 40_607_778)


def _the_registry_shows_less(session: Session, cement: Enterprise) -> None:
    """A break, owned, resolved with words, and never overwritten."""
    taken = Snapshot("CEA25", Slot.REGISTRY, at("2026-06-30"), 6_900)
    record_snapshot(session, enterprise_id=cement.id, snapshots=[taken], source="登记系统对账单")
    found = reconcile(session, enterprise_id=cement.id, now=at("2026-07-01"))
    ours = next(one for one in found if one.rule == 21)
    assert ours.facts == {"registry": 6_900, "mirror": 7_000, "difference": 100}
    take_break(session, enterprise_id=cement.id, break_id=ours.id, owner_id=CHECKER)
    resolve_break(
        session,
        enterprise_id=cement.id,
        break_id=ours.id,
        resolution="登记机构次日更正",
        resolved_by=CHECKER,
        now=at("2026-07-02"),
    )
    assert 21 not in {one.rule for one in reconcile(session, enterprise_id=cement.id, now=at("2026-07-03"))}
    assert held_now(session, cement.id)["CEA25", Slot.REGISTRY] == 7_000


def _the_second_year_is_planned(session: Session, cement: Enterprise) -> None:
    """45,000 t are due for 2025 and 30,000 t allocated; credits are cheaper, up to 5 %."""
    owe(session, cement, 2025, 45_000, "2026-10-01")
    allocated = move("R8", "核定分配", 30_000, "2026-09-30", 标的代码="CEA25")
    book(session, cement, movements(allocated), now=at("2026-10-02"))
    status = status_of(session, cement, 2025, date(2026, 10, 2))
    assert (status.gap.missing_t, status.offset_cap_t, status.reminder) == (8_000, 2_250, 90)
    plan = cheapest_plan(
        status.gap, offset_left_t=status.offset_cap_t, allowance_fen=9_700, credit_fen=8_600, carry_t=0
    )
    assert (plan.offset_t, plan.buy_t, plan.cost_fen) == (2_250, 5_750, 2_250 * 8_600 + 5_750 * 9_700)


def _papers_are_kept(session: Session, cement: Enterprise) -> None:
    file_document(
        session,
        enterprise_id=cement.id,
        year=2026,
        kind="annual_report",
        month=None,
        receipt_no="BG-2026-1",
        filed_on=date(2026, 3, 30),
        sha256=None,
        recorded_by=MAKER,
        request_id=new_id(),
        now=at("2026-04-01"),
    )
    tasks = {task.task: task for task in mrv_calendar(session, enterprise_id=cement.id, sector="cement", year=2026)}
    assert len(tasks) == 18
    assert tasks["annual_report"].receipt_no == "BG-2026-1"
    assert tasks["monthly_filing_01"].due_on == date(2026, 3, 12)


def _pledge(session: Session, enterprise_id: UUID) -> None:
    pledge = Pledge(
        id=new_id(),
        enterprise_id=enterprise_id,
        instrument="CEA25",
        units=5_000,
        certificate_no="虚构-0001",
        control=Control.NONE,
        lender="虚构银行",
        debt_fen=30_000_000,
        alert_percent=120,
        starts_on=date(2026, 5, 1),
        ends_on=date(2027, 4, 30),
        released_at=None,
        release_no=None,
    )
    assert pledge_units(session, pledge, made_by=MAKER, now=at("2026-05-01")) == pledge
    assert pledge_units(session, pledge, made_by=MAKER, now=at("2026-05-02")) == pledge
    with pytest.raises(PledgeExceeds) as refused:
        pledge_units(session, replace(pledge, id=new_id(), units=2_001), made_by=MAKER, now=at("2026-05-02"))
    assert refused.value.facts["available"] == 2_000
    with pytest.raises(CertificateTaken):
        pledge_units(session, replace(pledge, id=new_id(), units=10), made_by=MAKER, now=at("2026-05-02"))
    with pytest.raises(ReleaseNeedsDocument):
        release_pledge(session, enterprise_id=enterprise_id, pledge_id=pledge.id, release_no=" ", now=at("2026-06-01"))
    release_pledge(session, enterprise_id=enterprise_id, pledge_id=pledge.id, release_no="注销-1", now=at("2026-06-01"))
