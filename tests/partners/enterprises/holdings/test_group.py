"""A group sees what its firms hold together, kind by kind."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from partners.enterprises.holdings.queries import group_held, held_on
from partners.enterprises.parties.queries import group_of
from partners.enterprises.records.model import MARKET_TIME, Slot
from tests.partners.enterprises.world import book, movements, plant


def allocated(number: str, units: int, day: str, code: str = "CEA25") -> dict[str, str]:
    return {"流水号": number, "业务类型": "核定分配", "数量": str(units), "日期": day, "标的代码": code}


def test_a_group_adds_its_subsidiaries(session: Session) -> None:
    parent, child, stranger = plant(session), plant(session, 2), plant(session, 3)
    session.execute(
        sa.text("UPDATE partners.enterprise SET parent_id = :parent WHERE id = :child"),
        {"parent": parent.id, "child": child.id},
    )
    for number, firm, units in ((1, parent, 100), (2, child, 30), (3, stranger, 7)):
        book(session, firm, movements(allocated("R1", units, "2026-03-02"), account=f"DJ-{number:04}"))
    book(session, child, movements(allocated("R2", 5, "2026-03-03", "CEA24"), account="DJ-0002"))
    assert [one.id for one in group_of(session, parent.id)] == [parent.id, child.id]
    held = {place: units for place, units in group_held(session, parent.id).items() if units}
    assert held == {("CEA25", Slot.REGISTRY): 130, ("CEA24", Slot.REGISTRY): 5}


def test_holdings_are_shown_as_of_any_day(session: Session) -> None:
    firm = plant(session)
    book(session, firm, movements(allocated("R1", 100, "2026-03-02"), allocated("R2", 50, "2026-03-05")))
    before = held_on(session, firm.id, instant=datetime(2026, 3, 4, tzinfo=MARKET_TIME))
    after = held_on(session, firm.id, instant=datetime(2026, 3, 6, tzinfo=MARKET_TIME))
    assert (before["CEA25", Slot.REGISTRY], after["CEA25", Slot.REGISTRY]) == (100, 150)
