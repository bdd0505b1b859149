"""Snapshots, notices, openings, pledges and obligations come as sheets, through the one door."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from partners.enterprises.compliance.queries import obligations_of
from partners.enterprises.holdings.costs import costs_of
from partners.enterprises.holdings.queries import held_now
from partners.enterprises.parties.model import Enterprise
from partners.enterprises.pledges.queries import pledges_of
from partners.enterprises.reconciliation.actions import reconcile
from partners.enterprises.records.errors import FileDecided, RecordFileUnreadable, SecondPersonNeeded
from partners.enterprises.records.files import Staged
from partners.enterprises.records.model import Slot
from partners.enterprises.records.templates import TEMPLATES
from partners.enterprises.statements.actions import approve, bring, preview
from partners.enterprises.statements.checks import SHEETS
from tests.partners.enterprises.world import CHECKER, MAKER, NOW, book, credit_code, movements, plant, trades


def rows(what: str, *lines: dict[str, str]) -> list[list[str]]:
    kind = SHEETS.get(what) or TEMPLATES[what]
    columns = SHEETS[what].columns if what in SHEETS else TEMPLATES[what].mapping.columns
    return [kind.titles, *([{**kind.sample, **line}.get(name, "") for name in columns] for line in lines)]


def hand_in(session: Session, firm: Enterprise, what: str, *lines: dict[str, str]) -> Staged:
    table = rows(what, *lines)
    return bring(
        session,
        enterprise_id=firm.id,
        what=what,
        name=f"{what}.xlsx",
        content=repr(table).encode(),
        table=table,
        staged_by=MAKER,
        request_id=new_id(),
        now=NOW,
    )


def let_in(session: Session, firm: Enterprise, what: str, *lines: dict[str, str]) -> None:
    staged = hand_in(session, firm, what, *lines)
    assert staged.counts == {"staged": len(lines)}, [answer.findings for answer in staged.answers]
    approve(session, enterprise_id=firm.id, file_id=staged.file_id, approved_by=CHECKER, now=NOW)


def codes(staged: Staged) -> list[list[str]]:
    return [[f"{one.rule}{one.severity}:{one.code}" for one in answer.findings] for answer in staged.answers]


@pytest.mark.parametrize(
    ("what", "lines", "held"),
    [
        ("allocations", [{"number": "FP1", "kind": "预分配", "units": "300"}], {Slot.REGISTRY: 1_300}),
        ("allocations", [{"number": "FP2", "kind": "缴回", "units": "300"}], {Slot.REGISTRY: 700}),
        ("surrenders", [{"kind": "履约申请", "units": "400"}], {Slot.REGISTRY: 600, Slot.PENDING_SURRENDER: 400}),
        ("freezes", [{"kind": "司法冻结", "units": "100"}], {Slot.REGISTRY: 900, Slot.FROZEN: 100}),
        ("openings", [{"units": "50"}], {Slot.REGISTRY: 1_050}),
    ],
)
def test_notices_are_sheets_of_their_own(
    session: Session, what: str, lines: list[dict[str, str]], held: dict[Slot, int]
) -> None:
    firm = plant(session)
    allocated = {"流水号": "R1", "业务类型": "核定分配", "数量": "1000", "日期": "2026-03-01"}
    book(session, firm, movements(allocated))
    let_in(session, firm, what, *lines)
    assert {slot: units for (_, slot), units in held_now(session, firm.id).items() if units} == held
    assert ledger.audit(session).holds


def test_carried_units_leave_and_come_back_as_the_new_vintage(session: Session) -> None:
    firm = plant(session)
    let_in(session, firm, "openings", {"instrument": "CEA24", "day": "2025-01-01", "units": "500", "amount": "100.00"})
    steps = [
        ("结转申请", "2026-03-18", "CEA24"),
        ("结转回收", "2026-03-27", "CEA24"),
        ("结转发放", "2026-03-30", "CEA25"),
    ]
    told = [
        {"number": f"JZ{place}", "kind": kind, "day": day, "instrument": code, "units": "500"}
        for place, (kind, day, code) in enumerate(steps)
    ]
    staged = hand_in(session, firm, "carry_overs", *told)
    # Nobody knows yet that the years before were surrendered in time, so the limit is nothing.
    assert codes(staged)[0] == ["26R:carry_over_limit"]


def test_opening_balances_bring_their_cost(session: Session) -> None:
    firm = plant(session)
    let_in(session, firm, "openings", {"units": "1000", "amount": "58000.00"})
    (lot,) = costs_of(session, firm, "CEA25", until=date(2026, 8, 1)).lots
    assert (lot.origin, lot.units, lot.cost_fen) == ("other", 1_000, 5_800_000)


def test_a_snapshot_is_compared_and_never_booked(session: Session) -> None:
    firm = plant(session)
    let_in(session, firm, "openings", {"units": "7000"})
    let_in(session, firm, "snapshot", {})
    assert held_now(session, firm.id)["CEA25", Slot.REGISTRY] == 7_000
    (found,) = reconcile(session, enterprise_id=firm.id, now=NOW)
    assert (found.rule, found.facts["registry"], found.facts["mirror"]) == (21, 6_900, 7_000)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"total": "6901"}, ["34R:states_do_not_add_up"]),
        ({"taken_at": "2027-01-01"}, ["2R:day_to_come"]),
        ({"taken_at": ""}, ["2R:cell_missing"]),
        ({"instrument": "COMCEA"}, ["5R:index_is_no_instrument"]),
        ({"account_no": "XX"}, ["4R:account_not_of_enterprise"]),
        ({"credit_code": credit_code(2)}, ["3R:another_enterprise"]),
        ({Slot.REGISTRY.value: "-1"}, ["6R:number_unreadable", "34R:states_do_not_add_up"]),
        ({Slot.REGISTRY.value: "", Slot.TRADING.value: "", "total": ""}, ["2R:snapshot_says_nothing"]),
    ],
)
def test_a_snapshot_is_checked(session: Session, cells: dict[str, str], expected: list[str]) -> None:
    assert codes(hand_in(session, plant(session), "snapshot", cells)) == [expected]


def test_a_pledge_comes_in_stays_alone_and_is_released(session: Session) -> None:
    firm = plant(session)
    let_in(session, firm, "openings", {"units": "1500"})
    let_in(session, firm, "pledges", {"certificate_no": "C-1"})
    twice = [{"certificate_no": "C-2", "units": "501"}, {"certificate_no": "C-1", "units": "1"}]
    assert codes(hand_in(session, firm, "pledges", *twice)) == [["30R:pledge_over_free"], ["30R:certificate_used"]]
    # Each fits alone, not both: the second of one file is refused.
    both = [{"certificate_no": "C-3", "units": "300"}, {"certificate_no": "C-4", "units": "300"}]
    assert codes(hand_in(session, firm, "pledges", *both)) == [[], ["30R:pledge_over_free"]]
    assert codes(hand_in(session, firm, "releases", {"certificate_no": "C-9"})) == [["30R:pledge_not_open"]]
    let_in(session, firm, "releases", {"certificate_no": "C-1"})
    assert pledges_of(session, firm.id) == []


def test_an_obligation_is_let_in_by_a_second_person(session: Session) -> None:
    firm = plant(session)
    staged = hand_in(session, firm, "obligations", {"completed_on": "2026-08-01"})
    assert obligations_of(session, firm.id) == []
    with pytest.raises(SecondPersonNeeded):
        approve(session, enterprise_id=firm.id, file_id=staged.file_id, approved_by=MAKER, now=NOW)
    for _ in range(2):
        approve(session, enterprise_id=firm.id, file_id=staged.file_id, approved_by=CHECKER, now=NOW)
    with pytest.raises(FileDecided):
        approve(session, enterprise_id=firm.id, file_id=staged.file_id, approved_by=MAKER, now=NOW)
    (owed,) = obligations_of(session, firm.id)
    assert (owed.year, owed.due_t, owed.completed_on) == (2025, 50_000, date(2026, 8, 1))
    again = hand_in(session, firm, "obligations", {"completed_on": "2026-08-01"})
    assert (again.seen_before, again.file_id) == (True, staged.file_id)
    late = hand_in(session, firm, "obligations", {"year": "2024", "completed_on": "2026-01-05"}, {"year": "2019"})
    assert codes(late) == [["24W:completed_late"], ["24R:year_without_deadline"]]


def test_a_preview_keeps_nothing(session: Session) -> None:
    firm = plant(session)
    table = rows("pledges", {"units": "5"})
    shown = preview(session, enterprise_id=firm.id, what="pledges", content=b"", table=table, now=NOW)
    assert [answer.outcome for answer in shown] == ["rejected"]
    content = trades({"成交编号": "T1", "成交量": "5", "成交日期": "2026-03-03", "成交价": "80.00"})
    lines = preview(session, enterprise_id=firm.id, what="trades", content=content, now=NOW)
    assert [answer.outcome for answer in lines] == ["staged"]
    staged = hand_in(session, firm, "pledges", {"units": "5"})
    assert not staged.seen_before


def test_a_sheet_without_its_columns_is_no_sheet(session: Session) -> None:
    firm = plant(session)
    with pytest.raises(RecordFileUnreadable):
        preview(session, enterprise_id=firm.id, what="snapshot", content="标的代码\r\nCEA25".encode(), now=NOW)
