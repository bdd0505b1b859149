"""Campaigns, teams, entries, places with their codes, check-ins, certificates."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model


class Template(StrEnum):
    """What a campaign is modelled on (docs/institutions.md names the sources)."""

    ENERGY_WEEK = "energy_week"  # 节能宣传周
    LOW_CARBON_DAY = "low_carbon_day"  # 低碳日
    CLEAN_PLATE = "clean_plate"  # 光盘周
    GREEN_TRAVEL = "green_travel"  # 135 绿色出行
    OWN = "own"


class Goal(StrEnum):
    """What a campaign counts towards its goal, of everybody together."""

    PEOPLE = "people"
    ACTS = "acts"
    GRAMS = "grams"
    CHECK_INS = "check_ins"


class PlaceKind(StrEnum):
    """A screen's code changes every thirty seconds; a poster's stays."""

    SCREEN = "screen"
    POSTER = "poster"


class Appearance(StrEnum):
    """How somebody appears to others in a campaign: by their own choice, anonymous until chosen otherwise."""

    ANONYMOUS = "anonymous"
    INITIAL = "initial"
    NAME = "name"


class CampaignState(StrEnum):
    """Where a campaign stands at an instant; see ``rules.state_of``."""

    DRAFT = "draft"
    COMING = "coming"
    RUNNING = "running"
    OVER = "over"


def _words(kind: type[StrEnum]) -> sa.Enum:
    return sa.Enum(kind, native_enum=False, values_callable=lambda e: [m.value for m in e])


class Campaign(Model):
    """A stretch of time with a goal; *least_group* is the smallest team that is shown beside others."""

    __tablename__ = "campaign"
    __table_args__ = ({"schema": "rewards"},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    institution_id: Mapped[UUID]
    template: Mapped[Template] = mapped_column(_words(Template))
    title: Mapped[str]
    purpose: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    goal: Mapped[Goal] = mapped_column(_words(Goal))
    goal_amount: Mapped[int]
    methods: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    ranks: Mapped[bool]
    least_group: Mapped[int]
    opened_by: Mapped[UUID]
    opened_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    counted_at: Mapped[datetime | None]


class Team(Model):
    """Those of a campaign who count together; *heads* is everybody who could take part."""

    __tablename__ = "campaign_team"
    __table_args__ = ({"schema": "rewards"},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID]
    department_id: Mapped[UUID | None]
    name: Mapped[str]
    heads: Mapped[int]


class Entry(Model):
    """A person who takes part, and what it came to when the campaign was last counted."""

    __tablename__ = "campaign_entry"
    __table_args__ = ({"schema": "rewards"},)
    stripe: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    team_id: Mapped[UUID | None]
    grams: Mapped[int] = mapped_column(default=0)
    acts: Mapped[int] = mapped_column(default=0)
    check_ins: Mapped[int] = mapped_column(default=0)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    shown_as: Mapped[Appearance] = mapped_column(_words(Appearance), default=Appearance.ANONYMOUS)


class Place(Model):
    """Where a code is shown; *opens* and *closes* are minutes of the local day."""

    __tablename__ = "campaign_place"
    __table_args__ = ({"schema": "rewards"},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(server_default=sa.FetchedValue())
    kind: Mapped[PlaceKind] = mapped_column(_words(PlaceKind))
    name: Mapped[str]
    opens: Mapped[int]
    closes: Mapped[int]
    most_a_day: Mapped[int | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class CheckIn(Model):
    """A person was at a place on a day."""

    __tablename__ = "campaign_check_in"
    __table_args__ = ({"schema": "rewards"},)
    stripe: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    place_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class Certificate(Model):
    """What somebody did in a campaign, as of *issued_at*."""

    __tablename__ = "campaign_certificate"
    __table_args__ = ({"schema": "rewards"},)
    code: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID]
    person_id: Mapped[UUID]
    grams: Mapped[int]
    acts: Mapped[int]
    check_ins: Mapped[int]
    issued_at: Mapped[datetime]
