"""The town's events and trees: a finished small meeting, a marathon in planning, a sink that issues nothing yet."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from puhui.db import Database
from puhui.demo.cast import COUNTY, PASSWORD, known
from puhui.guests import new_guest
from puhui.identity.model import Membership, Organisation, Role
from puhui.identity.people import create_person, join
from puhui.identity.vault import Vault
from puhui.pool import POOL
from puhui.settings import Settings
from rewards import gifts, units
from rewards.events import inventories, parameters, participants, planning, short
from rewards.events.factors import MEETING_POWER
from rewards.events.model import EventKind, Form, Source
from rewards.events.planning import EventFacts, NewMeasure
from rewards.events.rules import Trip
from rewards.sinks import actions as sinks
from rewards.units import UnitKind

CITY_TIME = ZoneInfo("Asia/Shanghai")
SHOWN = "示范数值，虚构，不是公布的因子"
MEASURES = (
    NewMeasure(Source.MATERIALS, "不印纸质材料，扫码看文件"),
    NewMeasure(Source.TRANSPORT, "请参会人步行、骑行或乘公共交通"),
    NewMeasure(Source.MATERIALS, "完赛服按需领取，奖牌用竹材"),
)


class _Pair(NamedTuple):
    """The two people whom every event needs."""

    author: UUID
    reviewer: UUID


def make(database: Database, settings: Settings, now: datetime) -> None:
    """Let the agency hold a meeting, the school care for trees, and the town plan a marathon."""
    vault = Vault(settings.data_key)
    database.run(lambda session: _make(session, vault, now))


def _make(session: Session, vault: Vault, now: datetime) -> None:
    pair = _Pair(_member(session, "agency", Role.LIAISON), _reviewer(session, vault, now))
    _fill_pool(session, now - timedelta(days=40))
    _set_numbers(session, now - timedelta(days=40))
    _hold_meeting(session, vault, pair, now)
    _plan_marathon(session, vault, pair, now)
    _care_for_trees(session, _member(session, "school", Role.LIAISON), now)


def _member(session: Session, firm: str, role: Role) -> UUID:
    query = sa.select(Membership.person_id).where(
        Membership.organisation_id == known(firm), Membership.role == role, Membership.ended_at.is_(None)
    )
    return session.scalars(query.order_by(Membership.id)).first() or known(f"nobody/{firm}")


def _reviewer(session: Session, vault: Vault, now: datetime) -> UUID:
    """Answer the agency's reviewer, made where the town has none yet."""
    found = _member(session, "agency", Role.REVIEWER)
    if found != known("nobody/agency"):
        return found
    person = create_person(session, vault=vault, phone="+8619900000241", name="邹明理", now=now, password=PASSWORD)
    agency = session.get_one(Organisation, known("agency"))
    join(session, person=person, organisation=agency, role=Role.REVIEWER, now=now)
    return person.id


def _fill_pool(session: Session, at: datetime) -> None:
    """Put two fictional batches of kilograms into the pool."""
    for year, last in ((2025, 20_000), (2026, 60_000)):
        new = units.NewIssue(
            kind=UnitKind.PUHUI, registry="青禾市碳普惠登记簿（示范）", first_serial=f"QH-{year}-000001",
            last_serial=f"QH-{year}-{last:06d}", grams_per_unit=1_000, holder=POOL, project="青禾公交绿色出行（示范）",
            year=year, source=f"青禾示范〔{year}〕1号，虚构",
        )  # fmt: skip
        entered = units.enter_issue(session, new, issue_id=known(f"pool/{year}"), by=known("pool/maker"), now=at)
        units.approve_issue(session, issue_id=entered.id, by=known("pool/checker"), now=at)


def _set_numbers(session: Session, at: datetime) -> None:
    for item, value in ((MEETING_POWER, "0.25"), ("meal", "0.8"), ("bus", "0.05"), ("rail", "0.03")):
        parameters.set_parameter(
            session, parameter_id=known(f"parameter/{item}"), item=item, value=Decimal(value), source=SHOWN,
            by=known("pool/maker"), now=at,
        )  # fmt: skip


def _hold_meeting(session: Session, vault: Vault, pair: _Pair, now: datetime) -> None:
    """A meeting of twelve people last week, certified."""
    starts_at = (now - timedelta(days=7)).astimezone(CITY_TIME).replace(hour=14, minute=0, second=0, microsecond=0)
    facts = EventFacts(
        form=Form.SHORT, kind=EventKind.MEETING, name="十一月节能例会", place="青禾市机关事务中心 302 室",
        starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90), people=12,
        boundary="会议期间用电、参会人往返交通；未供餐，无住宿。",
    )  # fmt: skip
    event = planning.create_event(
        session, facts, event_id=known("event/meeting"), organiser_id=known("agency"), measures=MEASURES[:2],
        by=pair.author, now=starts_at - timedelta(days=1),
    )  # fmt: skip
    meeting = short.Meeting(
        people=12, hours=Decimal("1.5"), power=short.Entered(Decimal("0.25"), SHOWN), mode="metro", km=Decimal("2.5")
    )
    after = starts_at + timedelta(hours=2)
    inventory = short.record_meeting(session, event=event, meeting=meeting, by=pair.author, now=after)
    for number, name in enumerate(("涂春和", "邹明理", "万和平"), start=1):
        guest = new_guest(
            vault, guest_id=known(f"guest/{number}"), event_id=event.id, how="self", name=name, phone=None,
            trip=Trip("metro", 5_000),
        )  # fmt: skip
        participants.sign_in(session, event=event, new=guest, how="screen", trip=guest.trip, now=starts_at)
    planning.mark_measures(session, event=event, done={1, 2}, now=after)
    inventories.submit_inventory(session, event=event, inventory=inventory, by=pair.author, now=after)
    short.approve_and_retire(
        session, event=event, pool=POOL, organiser_name="青禾市机关事务中心", note="", by=pair.reviewer, now=after
    )


def _plan_marathon(session: Session, vault: Vault, pair: _Pair, now: datetime) -> None:
    """A marathon of five thousand in three weeks: forty have answered the travel survey."""
    starts_at = (now + timedelta(days=21)).astimezone(CITY_TIME).replace(hour=7, minute=30, second=0, microsecond=0)
    facts = EventFacts(
        form=Form.FULL, kind=EventKind.SPORT, name="青禾马拉松", place="青禾市滨江跑道", starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=7), people=5_000,
        boundary="筹备、举办和收尾阶段的用电与油料、参赛人和工作人员交通、住宿、餐饮、奖牌与服装、废弃物。",
    )  # fmt: skip
    event = planning.create_event(
        session, facts, event_id=known("event/marathon"), organiser_id=known("agency"), measures=MEASURES,
        by=pair.author, now=now - timedelta(days=3),
    )  # fmt: skip
    ways = (("metro", 16_000), ("bus", 12_000), ("car", 24_000), ("rail", 180_000), ("bike", 6_000))
    people = [
        new_guest(
            vault, guest_id=known(f"runner/{number}"), event_id=event.id, how="sheet", name=f"{number:03d} 号跑者",
            phone=None, trip=Trip(ways[number % 5][0], ways[number % 5][1] + 500 * (number % 7)),
        )
        for number in range(1, 41)
    ]  # fmt: skip
    participants.register(session, event=event, people=people, now=now - timedelta(days=1))
    planning.renew_poster(session, event=event, in_use=True)
    planning.open_gifts(session, event=event, now=now)
    gifts.open_recipient(session, id=event.id, kind="event", name=event.name, name_en="The Qinghe marathon", now=now)


def _care_for_trees(session: Session, gardener: UUID, now: datetime) -> None:
    """The school's trees: approved and recorded, and nothing issued, because no certain factor is known."""
    at = now - timedelta(days=20)
    project = sinks.register_project(
        session, project_id=known("sink/school"), organisation_id=known("school"), name="实验小学后山护绿",
        county_code=COUNTY, method="tree_care", words="各年级认养后山树木，浇水、除草、清点成活。", by=gardener, now=at,
    )  # fmt: skip
    for name, area in (("后山东坡", "3.5"), ("操场北侧", "0.8")):
        sinks.add_parcel(session, project=project, name=name, area_mu=Decimal(area), county_code=COUNTY)
    checker = known("pool/checker")
    sinks.review_project(session, project=project, approves=True, note="", by=checker, now=at)
    record = sinks.record_year(
        session, record_id=known("sink/school/record"), project=project, year=at.year, quantity=Decimal(126),
        words="逐棵清点，成活 126 棵", files=[], by=gardener, now=at,
    )  # fmt: skip
    sinks.review_record(session, record=record, approves=True, note="", by=checker, now=at)
