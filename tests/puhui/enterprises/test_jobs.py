"""The worker reminds, watches and reconciles, and says each thing once: to people and to their programs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from partners.enterprises.compliance.actions import record_obligation
from partners.enterprises.parties.queries import enterprise_of
from partners.enterprises.pledges.actions import pledge_units
from partners.enterprises.pledges.model import Control, Pledge
from partners.enterprises.reconciliation.actions import record_snapshot
from partners.enterprises.reconciliation.model import Snapshot
from partners.enterprises.records.model import Slot
from puhui.db import Database
from puhui.deliveries import open_endpoint
from puhui.market_jobs import reconcile_market, remind_market, watch_pledges
from tests.partners.enterprises.world import MAKER, book, movements
from tests.puhui.enterprises.conftest import Plant

ALLOCATED = {"流水号": "R1", "业务类型": "核定分配", "数量": "1000", "日期": "2026-03-02"}


def told(database: Database, kind: str) -> list[tuple[str, dict[str, object]]]:
    """Answer the notices of a kind: key and facts, one per person."""
    with database.transaction() as session:
        rows = session.execute(
            sa.text("SELECT key, facts FROM platform.notice WHERE kind = :kind ORDER BY id"), {"kind": kind}
        )
        return [(row.key, row.facts) for row in rows]


def sent(session: Session) -> list[str]:
    """Answer the events in the outbox."""
    return list(session.scalars(sa.text("SELECT event FROM platform.delivery ORDER BY id")))


def test_a_deadline_is_reminded_of_once_at_ninety_thirty_and_fifteen_days(firm: Plant, own_database: Database) -> None:
    plant = firm.maker.organisation.id
    with own_database.transaction() as session:
        open_endpoint(
            session, organisation=plant, address="https://firm.example/hook", local_allowed=False, now=datetime.now(UTC)
        )
        record_obligation(
            session,
            enterprise_id=plant,
            year=2025,
            verified_t=100,
            due_t=100,
            notice_no="虚构-1",
            recorded_by=MAKER,
            now=datetime.now(UTC),
        )
    first = datetime(2026, 9, 1, 1, tzinfo=UTC)
    days = [first + timedelta(days=day) for day in range(123)]
    told_on = [(day.date(), remind_market(own_database, day)["notices"]) for day in days]
    assert [(day, told) for day, told in told_on if told] == [
        (date(2026, 10, 2), 2),
        (date(2026, 12, 1), 2),
        (date(2026, 12, 16), 2),
    ]
    facts = told(own_database, "surrender_deadline")[0][1]
    assert (facts["year"], facts["open_t"], facts["missing_t"]) == (2025, 100, 100)
    with own_database.transaction() as session:
        assert sent(session) == ["surrender_deadline.near"] * 3


def test_a_difference_is_told_once(firm: Plant, own_database: Database) -> None:
    plant = firm.maker.organisation.id
    with own_database.transaction() as session:
        open_endpoint(
            session, organisation=plant, address="https://firm.example/hook", local_allowed=False, now=datetime.now(UTC)
        )
        taken = Snapshot("CEA25", Slot.REGISTRY, datetime(2026, 6, 30, tzinfo=UTC), 5)
        record_snapshot(session, enterprise_id=plant, snapshots=[taken], source="快照")
    night = datetime(2026, 7, 1, 19, 30, tzinfo=UTC)
    for day in range(3):
        assert reconcile_market(own_database, night + timedelta(days=day)) == {"firms": 1, "open_breaks": 1}
    assert [facts["rule"] for _, facts in told(own_database, "market_break")] == [21, 21]
    with own_database.transaction() as session:
        assert sent(session) == ["market_break.opened"]


def test_a_pledge_below_its_alert_is_told_once(firm: Plant, own_database: Database) -> None:
    plant = firm.maker.organisation.id
    with own_database.transaction() as session:
        book(session, enterprise_of(session, plant), movements(ALLOCATED))
        pledge = Pledge(
            *(new_id(), plant, "CEA25", 1_000, "虚构-1", Control.NONE, "虚构银行", 10_000_000, 120),
            *(date(2026, 5, 1), date(2026, 11, 30), None, None),
        )
        pledge_units(session, pledge, made_by=MAKER, now=datetime(2026, 5, 1, tzinfo=UTC))
        now = session.scalar(sa.text("SELECT now()"))
    for _ in range(2):
        watch_pledges(own_database, now)
    # A thousand tonnes at 98.00 yuan are 98,000 yuan; 120 % of the debt are 120,000.
    keys = [key for key, _ in told(own_database, "pledge_alert") if "collateral_below_alert" in key]
    assert keys == [f"pledge_alert:{pledge.id}:collateral_below_alert"] * 2
