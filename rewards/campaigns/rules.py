"""May it be so? Dates and goals, codes of screens and posters, and who is shown beside whom: pure."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from rewards.campaigns.errors import (
    CampaignClosed,
    CampaignDatesUnfit,
    CampaignFixed,
    CampaignGoalUnfit,
    CampaignPlaceUnfit,
    CertificateNotEarned,
    CheckInNotAccepted,
)
from rewards.campaigns.model import Campaign, CampaignState, Entry, Goal, Place, PlaceKind, Team, Template
from rewards.vouchers import CodeBook

CITY_TIME = ZoneInfo("Asia/Shanghai")
PREFIX = "76"  # Of the 18-digit codes; 70 and 71 are vouchers and pay codes.
STEPS = 3  # A screen's code is good while it is shown and for two steps more: people need a moment to scan.
LONGEST = timedelta(days=370)
COUNTED_AFTER = timedelta(days=7)  # Providers report late, so the count goes on for a while.
POSTERS_AT = datetime(2020, 1, 1, tzinfo=UTC)  # A poster's code is the code of this instant, for good.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # Without look-alikes.
CERTIFICATE_LENGTH = 12
TOP = 10

METHODS: dict[Template, tuple[str, ...]] = {
    Template.ENERGY_WEEK: ("T01", "T02", "T05", "T06", "T07", "T08", "F01", "O02"),
    Template.LOW_CARBON_DAY: ("T01", "T02", "T05", "T06", "T07", "T08"),
    Template.CLEAN_PLATE: ("F01",),
    # Walk within 1 km, cycle within 3 km, ride the bus within 5 km (puhui.md §3.3, [E10]).
    Template.GREEN_TRAVEL: ("T01", "T02", "T03", "T05", "T06"),
    Template.OWN: (),
}
"""The methods that a template proposes; the liaison may choose others."""


@dataclass(frozen=True, slots=True)
class TeamResult:
    """A team's count: *entered* of *heads* take part; *per_head_grams* is over all heads, so that size is no help."""

    team: Team
    entered: int
    grams: int
    acts: int

    @property
    def per_head_grams(self) -> int:
        """Grams over everybody who could take part, rounded down."""
        return self.grams // self.team.heads if self.team.heads else 0


def state_of(campaign: Campaign, *, now: datetime) -> CampaignState:
    """Answer where the campaign stands at *now*."""
    if campaign.published_at is None:
        return CampaignState.DRAFT
    if campaign.ended_at is not None or campaign.ends_at <= now:
        return CampaignState.OVER
    return CampaignState.RUNNING if campaign.starts_at <= now else CampaignState.COMING


def check_plan(
    *, starts_at: datetime, ends_at: datetime, goal: Goal, goal_amount: int, methods: Sequence[str], now: datetime
) -> None:
    """Raises CampaignDatesUnfit, CampaignGoalUnfit."""
    if not (starts_at < ends_at and now < ends_at and ends_at - starts_at <= LONGEST):
        raise CampaignDatesUnfit(starts_at=starts_at, ends_at=ends_at)
    if goal_amount <= 0 or (goal in (Goal.ACTS, Goal.GRAMS) and not methods):
        raise CampaignGoalUnfit(goal=goal.value)


def check_plannable(campaign: Campaign) -> None:
    """Raises CampaignFixed where the campaign was published."""
    if campaign.published_at is not None:
        raise CampaignFixed(campaign=campaign.id)


def check_open(campaign: Campaign, *, now: datetime) -> None:
    """Raises CampaignClosed where nobody can join at *now*; one may join what is still to come."""
    if state_of(campaign, now=now) not in (CampaignState.COMING, CampaignState.RUNNING):
        raise CampaignClosed(campaign=campaign.id)


def check_place(*, kind: PlaceKind, opens: int, closes: int, most_a_day: int | None, name: str) -> None:
    """Raises CampaignPlaceUnfit."""
    in_order = 0 <= opens < closes <= 24 * 60
    if not in_order or (kind is PlaceKind.POSTER and (most_a_day is None or most_a_day < 1)):
        raise CampaignPlaceUnfit(name=name)


def code_of(place: Place, codes: CodeBook, *, at: datetime) -> str:
    """Answer the eighteen digits that the place shows at *at*."""
    return codes.code(place.number, at=POSTERS_AT if place.kind is PlaceKind.POSTER else at)


def digits_of(text: str) -> str:
    """Answer the digits of what was scanned or typed: a page's address ends in them."""
    return "".join(text.strip().rsplit("=", 1)[-1].rsplit("/", 1)[-1].split())


def check_code(
    place: Place | None, campaign: Campaign | None, codes: CodeBook, *, code: str, now: datetime
) -> tuple[Place, Campaign]:
    """Answer place and campaign where *code* is good there at *now*. Raises CheckInNotAccepted."""
    reading = codes.read(digits_of(code))
    if reading is None or place is None or campaign is None or place.closed_at is not None:
        raise CheckInNotAccepted
    if state_of(campaign, now=now) is not CampaignState.RUNNING:
        raise CheckInNotAccepted
    is_poster = place.kind is PlaceKind.POSTER
    age = codes.age(reading, at=POSTERS_AT if is_poster else now, steps=1 if is_poster else STEPS)
    if age is None or not place.opens <= minute_of(now) < place.closes:
        raise CheckInNotAccepted
    return place, campaign


def minute_of(now: datetime) -> int:
    """Answer the minute of the town's day."""
    local = now.astimezone(CITY_TIME)
    return local.hour * 60 + local.minute


def day_of(now: datetime) -> date:
    """Answer the day in the town's time."""
    return now.astimezone(CITY_TIME).date()


def check_earned(entry: Entry) -> None:
    """Raises CertificateNotEarned where nothing was done yet."""
    if not entry.acts and not entry.check_ins:
        raise CertificateNotEarned(campaign=entry.campaign_id)


def new_code() -> str:
    """Make the verification code of a certificate: sixty bits, without look-alikes."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CERTIFICATE_LENGTH))


def shown_teams(results: Sequence[TeamResult], *, least_group: int) -> list[TeamResult]:
    """Answer the upper half of the teams by grams per head, ten at most: there is no list of the last.

    Teams smaller than *least_group* are left out, since a figure of few is a figure of somebody.
    """
    fit = [result for result in results if result.team.heads >= least_group and result.grams]
    fit.sort(key=lambda result: (-result.per_head_grams, result.team.name))
    return fit[: min((len(fit) + 1) // 2, TOP)] if len(fit) > 1 else fit


def shown_people(entries: Sequence[Entry], *, least_group: int) -> list[Entry]:
    """Answer the first ten of those who did something, where enough take part; names are by choice alone."""
    active = [entry for entry in entries if entry.grams]
    return active[: min((len(active) + 1) // 2, TOP)] if len(active) >= least_group else []


def result_of(teams: Sequence[TeamResult], team_id: UUID | None) -> TeamResult | None:
    """Answer a team's own result, for those in it."""
    return next((result for result in teams if result.team.id == team_id), None)
