"""Whatever order statements arrive in, the ledger ends the same."""

from __future__ import annotations

from itertools import permutations

import pytest
from sqlalchemy.orm import Session

import ledger
from partners.enterprises.holdings.queries import held_now
from partners.enterprises.parties.actions import add_account
from partners.enterprises.records.actions import release_due
from partners.enterprises.records.model import Slot
from tests.partners.enterprises.world import NOW, book, movements, plant, trades


def row(number: str, what: str, units: int, at: str) -> dict[str, str]:
    day, _, hour = at.partition(" ")
    return {"流水号": number, "业务类型": what, "数量": str(units), "日期": day, "时间": hour, "年度": "2025"}


def deal(number: str, side: str, units: int, at: str) -> dict[str, str]:
    day, _, hour = at.partition(" ")
    facts = {"成交编号": number, "买卖方向": side, "成交量": str(units), "成交日期": day, "成交时间": hour}
    return facts | {"成交价": "80.00"}


STATEMENTS = (
    ("movements", [row("R1", "核定分配", 100, "2026-03-02 10:00:00")]),
    (
        "movements",
        [row("R2", "划转至交易", 70, "2026-03-03 09:00:00"), row("R3", "司法冻结", 40, "2026-03-04 09:00:00")],
    ),
    ("trades", [deal("T1", "买入", 20, "2026-03-03 10:00:00"), deal("T2", "卖出", 80, "2026-03-04 10:00:00")]),
    (
        "movements",
        [row("R4", "划转至登记", 15, "2026-03-04 09:30"), row("R5", "履约申请", 30, "2026-03-05 09:30")],
    ),
)


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
def test_any_order_of_arrival_ends_in_the_same_ledger(session: Session, order: tuple[int, ...]) -> None:
    cement = plant(session)
    for place in order:
        kind, rows = STATEMENTS[place]
        book(session, cement, trades(*rows) if kind == "trades" else movements(*rows))
    held = {slot: units for (_, slot), units in held_now(session, cement.id).items() if units}
    # 70 + 20 are on the exchange; 15 go home first, so the sale of 80 finds only 75 and waits, as the freeze does.
    assert held == {Slot.TRADING: 75, Slot.REGISTRY: 15, Slot.PENDING_SURRENDER: 30}
    assert ledger.audit(session).holds


def test_bought_units_become_free_when_the_worker_looks(session: Session) -> None:
    cement = plant(session)
    evening = NOW.replace(month=3, day=3, hour=12)
    book(session, cement, trades(deal("T1", "买入", 20, "2026-03-03 10:00:00")), now=evening)
    assert held_now(session, cement.id)["CEA25", Slot.NEXT_DAY] == 20
    assert release_due(session, now=evening, limit=10) == 0
    assert release_due(session, now=evening.replace(day=4), limit=10) == 1
    held = held_now(session, cement.id)
    assert (held["CEA25", Slot.NEXT_DAY], held["CEA25", Slot.TRADING]) == (0, 20)
    assert release_due(session, now=evening.replace(day=4), limit=10) == 0


def test_one_trading_account_per_firm_and_market(session: Session) -> None:
    cement = plant(session)
    facts = {"enterprise_id": cement.id, "system": "trading", "market": "CEA"}
    add_account(session, **facts, account_no="JY-0001", now=NOW)  # type: ignore[arg-type]  # The same facts again.
    with pytest.raises(Exception, match="market_account_taken"):
        add_account(session, **facts, account_no="JY-0002", now=NOW)  # type: ignore[arg-type]  # The same facts again.
