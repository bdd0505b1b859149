"""Files are checked whole, staged, approved by a second person, and then in the ledger."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

import ledger
from partners.enterprises.parties.model import Enterprise
from partners.enterprises.records.actions import approve_file, reject_file
from partners.enterprises.records.errors import FileDecided, SecondPersonNeeded
from partners.enterprises.records.mapping import REGISTRY_MOVEMENTS, TRADE_CONFIRMATION
from partners.enterprises.records.model import Slot
from tests.partners.enterprises.world import (
    CHECKER,
    MAKER,
    NOW,
    book,
    movements,
    plant,
    stage,
    trades,
)

ALLOCATED = {"流水号": "R1", "业务类型": "核定分配", "数量": "1000", "日期": "2026-03-02", "标的代码": "CEA25"}
MOVED = {"流水号": "R2", "业务类型": "划转至交易", "数量": "600", "日期": "2026-03-03"}


def held(session: Session, enterprise: Enterprise, slot: Slot, asset: str = "CEA25") -> int:
    account = ledger.account_of(session, owner=enterprise.id, purpose=slot.value, asset=asset)
    return ledger.balance(session, account).posted


def buy(number: str, units: int, day: str = "2026-03-03", price: str = "80.00") -> dict[str, str]:
    return {"成交编号": number, "成交量": str(units), "成交日期": day, "成交价": price}


def sell(number: str, units: int, day: str) -> dict[str, str]:
    return buy(number, units, day) | {"买卖方向": "卖出"}


def test_an_approved_file_is_in_the_ledger_and_the_same_bytes_book_nothing(session: Session) -> None:
    cement = plant(session)
    content = movements(ALLOCATED, MOVED)
    staged = stage(session, cement, content, REGISTRY_MOVEMENTS)
    assert staged.counts == {"staged": 2}
    approve_file(session, enterprise_id=cement.id, file_id=staged.file_id, approved_by=CHECKER, now=NOW)
    assert (held(session, cement, Slot.REGISTRY), held(session, cement, Slot.TRADING)) == (400, 600)
    again = stage(session, cement, content, REGISTRY_MOVEMENTS)
    assert again.seen_before
    assert again.file_id == staged.file_id
    assert approve_file(session, enterprise_id=cement.id, file_id=again.file_id, approved_by=CHECKER, now=NOW) == []


def test_nothing_is_booked_before_a_second_person_approves(session: Session) -> None:
    cement = plant(session)
    staged = stage(session, cement, movements(ALLOCATED), REGISTRY_MOVEMENTS)
    with pytest.raises(SecondPersonNeeded):
        approve_file(session, enterprise_id=cement.id, file_id=staged.file_id, approved_by=MAKER, now=NOW)
    reject_file(session, enterprise_id=cement.id, file_id=staged.file_id, rejected_by=CHECKER, reason="缺页", now=NOW)
    with pytest.raises(FileDecided):
        approve_file(session, enterprise_id=cement.id, file_id=staged.file_id, approved_by=CHECKER, now=NOW)
    with pytest.raises(ledger.AccountUnknown):
        held(session, cement, Slot.REGISTRY)


def test_a_row_on_file_is_a_duplicate_or_needs_a_correction(session: Session) -> None:
    cement = plant(session)
    book(session, cement, movements(ALLOCATED, MOVED))
    other = MOVED | {"数量": "500"}
    staged = stage(session, cement, movements(ALLOCATED, other), REGISTRY_MOVEMENTS)
    assert [(answer.outcome, answer.findings[0].code) for answer in staged.answers] == [
        ("duplicate", "known_already"),
        ("rejected", "known_with_other_content"),
    ]
    book(session, cement, movements(other | {"更正类型": "更正"}))
    assert (held(session, cement, Slot.REGISTRY), held(session, cement, Slot.TRADING)) == (500, 500)
    book(session, cement, movements(other | {"更正类型": "撤销"}))
    assert (held(session, cement, Slot.REGISTRY), held(session, cement, Slot.TRADING)) == (1_000, 0)
    assert ledger.audit(session).holds


def test_a_sale_that_arrives_before_its_units_waits_and_is_booked_later(session: Session) -> None:
    cement = plant(session)
    done = book(session, cement, trades(sell("T2", 600, "2026-03-04")))
    assert [(one.rule, one.missing) for one in done[0].waiting] == [(16, 600)]
    book(session, cement, movements(ALLOCATED, MOVED))
    assert (held(session, cement, Slot.REGISTRY), held(session, cement, Slot.TRADING)) == (400, 0)
    late = {"流水号": "R0", "业务类型": "司法冻结", "数量": "900", "日期": "2026-03-02", "时间": "13:00:00"}
    done = book(session, cement, movements(late))
    assert (done[0].undone, [one.missing for one in done[0].waiting]) == (2, [500, 600])
    assert (held(session, cement, Slot.REGISTRY), held(session, cement, Slot.FROZEN)) == (100, 900)
    assert ledger.audit(session).holds


def test_units_bought_are_free_on_the_next_trading_day_in_the_ledger_too(session: Session) -> None:
    cement = plant(session)
    book(session, cement, trades(buy("T1", 50, "2026-03-03"), sell("T2", 50, "2026-03-03")))
    assert (held(session, cement, Slot.NEXT_DAY), held(session, cement, Slot.TRADING)) == (0, 50)
    book(session, cement, trades(buy("T1", 50, "2026-03-03") | {"更正类型": "撤销"}))
    assert held(session, cement, Slot.TRADING) == 0
    assert ledger.audit(session).holds


def test_a_file_tells_for_every_line_what_is_wrong(session: Session) -> None:
    cement = plant(session)
    staged = stage(
        session,
        cement,
        trades(
            buy("T1", 50),
            buy("T2", 50) | {"标的代码": "COMCEA"},
            buy("T3", 50) | {"交易账号": "JY-9999"},
            buy("T4", 50) | {"统一社会信用代码": "91360000MA0000001X"},
            buy("T5", 50) | {"成交量": "1.5"},
            buy("T6", 50) | {"成交金额": "400000.00"},
            buy("", 50),
        ),
        TRADE_CONFIRMATION,
    )
    assert [[finding.code for finding in answer.findings if finding.severity == "R"] for answer in staged.answers] == [
        [],
        ["index_is_no_instrument"],
        ["account_not_of_enterprise"],
        ["credit_code_invalid"],
        ["number_unreadable"],
        ["amount_unit_slipped"],
        ["number_missing"],
    ]
