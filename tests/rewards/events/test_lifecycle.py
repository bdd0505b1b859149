"""An event from its plan to its certificate, with two people, corrections, deadlines and races."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from puhui.db import Database
from rewards import units
from rewards.events import errors, inventories, offsetting, planning, queries, short
from rewards.events.inventories import NewLine
from rewards.events.model import Certificate, Covers, Event, EventKind, Form, Source, Stage
from rewards.events.offsetting import FromHolder, FromRegistry
from rewards.events.planning import EventFacts, NewMeasure
from rewards.units import UnitKind
from tests.cafe import NOON
from tests.factories import make_hospital_liaison
from tests.rewards.units.test_units import at_once

POOL = new_id()
AFTER = NOON + timedelta(days=2)
MEASURES = [NewMeasure(Source.MATERIALS, "无纸化：不印资料"), NewMeasure(Source.TRANSPORT, "建议乘公交和地铁前来")]


@dataclass(frozen=True, slots=True)
class Cast:
    """赣江医院: Wan organises, Tu reviews; Xu of the operator fills the pool."""

    organiser: UUID
    wan: UUID
    tu: UUID


@pytest.fixture
def cast(session: Session) -> Cast:
    return make_cast(session)


def make_cast(session: Session, *, pool_kilograms: int = 10_000) -> Cast:
    wan = make_hospital_liaison(session)
    xu, luo = new_id(), new_id()
    new = units.NewIssue(
        kind=UnitKind.PUHUI, registry="示范登记簿", first_serial=f"{POOL.hex[-8:]}-000001",
        last_serial=f"{POOL.hex[-8:]}-{pool_kilograms:06d}", grams_per_unit=1_000, holder=POOL, project="青禾公交",
        year=2026, source="示范文件",
    )  # fmt: skip
    issue = units.enter_issue(session, new, issue_id=new_id(), by=xu, now=NOON)
    units.approve_issue(session, issue_id=issue.id, by=luo, now=NOON)
    return Cast(wan.organisation.id, wan.person.id, new_id())


def make_event(
    session: Session, cast: Cast, *, form: Form = Form.FULL, people: int = 120, measures: bool = True
) -> Event:
    facts = EventFacts(
        form=form, kind=EventKind.CONFERENCE, name="低碳医院交流会", place="赣江医院报告厅", starts_at=NOON,
        ends_at=NOON + timedelta(hours=4), people=people, boundary="会期用电、参会交通、午餐",
    )  # fmt: skip
    return planning.create_event(
        session, facts, event_id=new_id(), organiser_id=cast.organiser, measures=MEASURES if measures else [],
        by=cast.wan, now=NOON - timedelta(days=30),
    )  # fmt: skip


LINES = [
    NewLine("grid_power", Decimal(480), "报告厅分表", 50),
    NewLine("car", Decimal(900)),
    NewLine("meal", Decimal(120), factor=Decimal("0.8"), factor_source="食堂采购单"),
]


def count(session: Session, cast: Cast, event: Event, *, lines: list[NewLine] | None = None) -> None:
    """Let Wan write the inventory and hand it in."""
    inventory = inventories.open_inventory(session, event=event, by=cast.wan, now=AFTER)
    inventories.drop_lines(session, inventory=inventory)
    inventories.add_lines(session, inventory=inventory, lines=LINES if lines is None else lines)
    inventories.submit_inventory(session, event=event, inventory=inventory, by=cast.wan, now=AFTER)


def approve(session: Session, cast: Cast, event: Event) -> None:
    """Let Tu approve the inventory."""
    inventory = queries.inventory_in_review(session, event.id)
    inventories.review_inventory(session, inventory=inventory, approves=True, note="数据齐全", by=cast.tu, now=AFTER)


def plan(
    session: Session,
    cast: Cast,
    event: Event,
    *lines: FromHolder | FromRegistry,
    covers: Covers = Covers.TOTAL,
    now: datetime = AFTER,
) -> None:
    """Let Wan plan the offset, of the pool unless told otherwise, and Tu approve it."""
    made = offsetting.open_plan(session, event=event, covers=covers, by=cast.wan, now=now)
    for line in lines or (FromHolder(UnitKind.PUHUI, POOL, made.target_grams),):
        offsetting.add_plan_line(session, event=event, plan=made, new=line, now=now)
    offsetting.submit_plan(session, event=event, plan=made, order_reason="就近使用省内减排量", by=cast.wan, now=now)
    offsetting.review_plan(session, plan=made, approves=True, note="同意", by=cast.tu, now=now)


def retire(session: Session, cast: Cast, event: Event, *, now: datetime = AFTER) -> Certificate:
    return offsetting.retire_plan(session, event=event, organiser_name="赣江医院", by=cast.wan, now=now)


def stage(session: Session, event: Event) -> Stage:
    return queries.standing_of(session, event).stage


def proof(first: str = "CCER-14-001-2025-000001", last: str = "CCER-14-001-2025-000001") -> FromRegistry:
    return FromRegistry(
        kind=UnitKind.CCER, registry="全国温室气体自愿减排注册登记系统", first_serial=first, last_serial=last,
        grams_per_unit=1_000_000, project="示范造林", year=2025, cancelled_on=date(2026, 11, 20),
        certificate_no="ZX-2026-0001",
    )  # fmt: skip


def test_an_event_goes_from_plan_to_certificate(session: Session, cast: Cast) -> None:
    event = make_event(session, cast)
    assert stage(session, event) is Stage.PLANNED
    count(session, cast, event)
    assert stage(session, event) is Stage.INVENTORY_IN_REVIEW
    approve(session, cast, event)
    assert stage(session, event) is Stage.OFFSETTING
    plan(session, cast, event)
    assert stage(session, event) is Stage.RETIRING
    certificate = retire(session, cast, event)
    assert stage(session, event) is Stage.CERTIFIED
    content = certificate.content
    # 480 · 583.6 g, 900 · 270 g, 120 · 800 g
    assert content["by_source"] | {} == {
        "energy": 280_128, "transport": 243_000, "lodging": 0, "catering": 96_000, "waste": 0, "materials": 0,
    }  # fmt: skip
    assert (content["grams"], content["retired_grams"]) == (619_128, 620_000)
    assert len(content["units"]) == 1
    assert content["units"][0]["units"] == 620
    account = ledger.account_of(session, owner=event.id, purpose="retired", asset="offset")
    assert ledger.balance(session, account).posted == 620_000
    pool = ledger.account_of(session, owner=POOL, purpose="units_puhui", asset="offset")
    line = ledger.statement(session, pool).lines[0]
    assert (line.transfer_id, line.change) == (content["units"][0]["transfer_id"], -620_000)
    assert units.differences(session) == []


def test_nobody_reviews_their_own_work(session: Session, cast: Cast) -> None:
    event = make_event(session, cast)
    count(session, cast, event)
    inventory = queries.inventory_in_review(session, event.id)
    with pytest.raises(errors.OwnWork):
        inventories.review_inventory(session, inventory=inventory, approves=True, note="", by=cast.wan, now=AFTER)
    text = "UPDATE rewards.event_inventory SET reviewer_id = author_id, reviewed_at = now(), approved, review_note = ''"
    with pytest.raises(IntegrityError, match="reviewed_by_another"), session.begin_nested():
        session.execute(sa.text(text.replace("approved,", "approved = true,")))
    approve(session, cast, event)
    made = offsetting.open_plan(session, event=event, covers=Covers.TOTAL, by=cast.wan, now=AFTER)
    offsetting.add_plan_line(
        session, event=event, plan=made, new=FromHolder(UnitKind.PUHUI, POOL, made.target_grams), now=AFTER
    )
    offsetting.submit_plan(session, event=event, plan=made, order_reason="省内减排量", by=cast.wan, now=AFTER)
    with pytest.raises(errors.OwnWork):
        offsetting.review_plan(session, plan=made, approves=True, note="", by=cast.wan, now=AFTER)


def test_an_inventory_sent_back_becomes_a_further_version_with_the_same_lines(session: Session, cast: Cast) -> None:
    event = make_event(session, cast)
    count(session, cast, event)
    inventory = queries.inventory_in_review(session, event.id)
    inventories.review_inventory(session, inventory=inventory, approves=False, note="缺少住宿", by=cast.tu, now=AFTER)
    assert stage(session, event) is Stage.COUNTING
    second = inventories.open_inventory(session, event=event, by=cast.wan, now=AFTER)
    assert second.version == 2
    assert [line.item for line in queries.lines_of(session, second.id)] == ["grid_power", "car", "meal"]
    with pytest.raises(errors.AlreadyReviewed):
        inventories.review_inventory(session, inventory=inventory, approves=True, note="", by=cast.tu, now=AFTER)


def test_what_is_missing_is_said_in_its_order(session: Session, cast: Cast) -> None:
    event = make_event(session, cast, measures=False)
    inventory = inventories.open_inventory(session, event=event, by=cast.wan, now=NOON)
    submit = inventories.submit_inventory
    with pytest.raises(errors.EventNotOver):
        submit(session, event=event, inventory=inventory, by=cast.wan, now=NOON)
    with pytest.raises(errors.MeasuresMissing):
        submit(session, event=event, inventory=inventory, by=cast.wan, now=AFTER)
    planning.set_measures(session, event=event, measures=MEASURES)
    with pytest.raises(errors.InventoryEmpty):
        submit(session, event=event, inventory=inventory, by=cast.wan, now=AFTER)
    with pytest.raises(errors.FactorMissing):
        inventories.add_lines(session, inventory=inventory, lines=[NewLine("meal", Decimal(3))])
    for quantity in (Decimal(-1), Decimal("NaN"), Decimal("0.0000001"), Decimal(10) ** 12):
        with pytest.raises(errors.QuantityInvalid):
            inventories.add_lines(session, inventory=inventory, lines=[NewLine("car", quantity)])
    with pytest.raises(errors.InventoryNotApproved):
        offsetting.open_plan(session, event=event, covers=Covers.TOTAL, by=cast.wan, now=AFTER)


def test_a_plan_covers_the_inventory_or_its_upper_end(session: Session, cast: Cast) -> None:
    event = make_event(session, cast)
    count(session, cast, event)
    approve(session, cast, event)
    made = offsetting.open_plan(session, event=event, covers=Covers.UPPER, by=cast.wan, now=AFTER)
    inventory = queries.last_inventory(session, event.id)
    assert inventory is not None
    assert made.target_grams == (inventory.grams or 0) + (inventory.half_grams or 0)
    offsetting.add_plan_line(
        session, event=event, plan=made, new=FromHolder(UnitKind.PUHUI, POOL, made.target_grams - 1), now=AFTER
    )
    with pytest.raises(errors.PlanShort):
        offsetting.submit_plan(session, event=event, plan=made, order_reason="就近使用", by=cast.wan, now=AFTER)


def test_units_that_a_registry_cancelled_are_mirrored_with_its_proof(session: Session, cast: Cast) -> None:
    event = make_event(session, cast)
    count(session, cast, event)
    approve(session, cast, event)
    plan(session, cast, event, proof())
    unit = retire(session, cast, event).content["units"][0]
    assert (unit["kind"], unit["units"], unit["grams"], unit["certificate_no"], unit["cancelled_on"]) == (
        "ccer", 1, 1_000_000, "ZX-2026-0001", "2026-11-20",
    )  # fmt: skip
    other = make_event(session, cast)
    count(session, cast, other)
    approve(session, cast, other)
    plan(session, cast, other, proof())
    with pytest.raises(units.SerialsTaken):
        retire(session, cast, other)


def test_units_are_retired_within_a_year_and_not_a_day_later(session: Session, cast: Cast) -> None:
    event = make_event(session, cast)
    count(session, cast, event)
    approve(session, cast, event)
    last_minute = datetime(2027, 11, 22, 15, 59, tzinfo=UTC)
    plan(session, cast, event, now=last_minute)
    with pytest.raises(errors.DeadlinePassed):
        retire(session, cast, event, now=last_minute + timedelta(minutes=1))
    assert retire(session, cast, event, now=last_minute).version == 1


def test_a_correction_is_a_further_version_that_retires_the_difference(session: Session, cast: Cast) -> None:
    event = make_event(session, cast)
    count(session, cast, event)
    approve(session, cast, event)
    plan(session, cast, event)
    first = retire(session, cast, event)
    count(session, cast, event, lines=[*LINES, NewLine("diesel", Decimal(10), "发电机")])
    approve(session, cast, event)
    plan(session, cast, event)
    second = retire(session, cast, event)
    assert (second.version, second.content["grams"], second.content["retired_grams"]) == (2, 646_308, 647_000)
    assert len(second.content["units"]) == 2
    assert first.content["grams"] == 619_128
    assert queries.certificates(session)[0].id == second.id


def test_a_correction_downwards_gives_nothing_back(session: Session, cast: Cast) -> None:
    event = make_event(session, cast)
    count(session, cast, event)
    approve(session, cast, event)
    plan(session, cast, event)
    retire(session, cast, event)
    count(session, cast, event, lines=LINES[:1])
    approve(session, cast, event)
    made = offsetting.open_plan(session, event=event, covers=Covers.TOTAL, by=cast.wan, now=AFTER)
    offsetting.submit_plan(session, event=event, plan=made, order_reason="", by=cast.wan, now=AFTER)
    offsetting.review_plan(session, plan=made, approves=True, note="更正", by=cast.tu, now=AFTER)
    second = retire(session, cast, event)
    assert (second.version, second.content["retired_grams"]) == (2, 620_000)
    assert units.differences(session) == []


def test_a_plan_that_ran_short_is_planned_anew(session: Session) -> None:
    cast = make_cast(session, pool_kilograms=10)
    event = make_event(session, cast)
    count(session, cast, event)
    approve(session, cast, event)
    plan(session, cast, event)
    with pytest.raises(units.UnitsShort), session.begin_nested():
        retire(session, cast, event)
    plan(session, cast, event, proof())
    assert retire(session, cast, event).content["retired_grams"] == 1_000_000


def test_an_event_is_cancelled_until_units_are_retired_for_it(session: Session, cast: Cast) -> None:
    event, other = make_event(session, cast), make_event(session, cast)
    for _ in range(2):
        planning.cancel_event(session, event=event, reason="改期", by=cast.wan, now=NOON)
    assert stage(session, event) is Stage.CANCELLED
    with pytest.raises(errors.EventCancelled):
        inventories.open_inventory(session, event=event, by=cast.wan, now=NOON)
    count(session, cast, other)
    approve(session, cast, other)
    plan(session, cast, other)
    retire(session, cast, other)
    with pytest.raises(errors.EventRetired):
        planning.cancel_event(session, event=other, reason="改期", by=cast.wan, now=NOON)


def test_a_small_meeting_takes_one_press_of_a_second_person(session: Session, cast: Cast) -> None:
    event = make_event(session, cast, form=Form.SHORT, people=12)
    meeting = short.Meeting(people=12, hours=Decimal(2), power=short.Entered(Decimal("0.25"), "会议室分项计量"))
    inventory = short.record_meeting(session, event=event, meeting=meeting, by=cast.wan, now=NOON)
    inventories.submit_inventory(session, event=event, inventory=inventory, by=cast.wan, now=NOON)

    def press(by: UUID) -> Certificate:
        return short.approve_and_retire(
            session, event=event, pool=POOL, organiser_name="赣江医院", note="", by=by, now=NOON
        )

    with pytest.raises(errors.OwnWork), session.begin_nested():
        press(cast.wan)
    first, again = press(cast.tu), press(cast.tu)
    assert first is again
    assert (first.content["grams"], first.content["retired_grams"]) == (3_502, 4_000)


def test_a_meeting_above_sixty_kilograms_takes_the_full_form(session: Session, cast: Cast) -> None:
    event = make_event(session, cast, form=Form.SHORT, people=12)
    meeting = short.Meeting(people=12, hours=Decimal(40), power=short.Entered(Decimal("0.25"), "会议室分项计量"))
    inventory = short.record_meeting(session, event=event, meeting=meeting, by=cast.wan, now=AFTER)
    with pytest.raises(errors.ShortFormTooLarge):
        inventories.submit_inventory(session, event=event, inventory=inventory, by=cast.wan, now=AFTER)
    planning.take_full_form(session, event=event)
    inventories.submit_inventory(session, event=event, inventory=inventory, by=cast.wan, now=AFTER)


def test_two_people_press_retire_at_once_and_a_crash_between_loses_nothing(own_database: Database) -> None:
    def prepare(session: Session) -> tuple[Cast, UUID]:
        cast = make_cast(session)
        event = make_event(session, cast)
        count(session, cast, event)
        approve(session, cast, event)
        plan(session, cast, event)
        return cast, event.id

    cast, event_id = own_database.run(prepare)

    def press(session: Session) -> UUID:
        return retire(session, cast, queries.event_of(session, event_id)).id

    def crash(session: Session) -> None:
        press(session)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        own_database.run(crash)
    answers = at_once(own_database, *[press] * 6)
    assert len(set(answers)) == 1
    with own_database.transaction() as session:
        assert units.available_grams(session, holder=POOL, kind=UnitKind.PUHUI) == 10_000_000 - 620_000
        assert len(queries.certificates_of(session, event_id)) == 1
        assert units.differences(session) == []
        assert ledger.audit(session).holds
