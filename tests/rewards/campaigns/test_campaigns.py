"""A campaign has a time and a goal; who takes part chooses to, checks in by a code, and may have a certificate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from ledger.kernel.errors import DomainError
from ledger.kernel.ids import new_id
from rewards.campaigns import actions
from rewards.campaigns.actions import Plan, certify, check_in, count, enter, leave, open_place, publish
from rewards.campaigns.errors import (
    CampaignClosed,
    CampaignDatesUnfit,
    CampaignFixed,
    CampaignGoalUnfit,
    CampaignPlaceUnfit,
    CertificateNotEarned,
    CertificateUnknown,
    CheckInNotAccepted,
)
from rewards.campaigns.model import Appearance, Campaign, Entry, Goal, Place, PlaceKind, Team, Template
from rewards.campaigns.queries import certificate_of, entry_of, progress_of, team_results, teams_of
from rewards.campaigns.rules import PREFIX, TeamResult, code_of, shown_people, shown_teams
from rewards.vouchers import CodeBook
from tests.factories import make_citizen
from tests.institution import make_institution
from tests.scheme import NOON, RIDDEN, bind, ride

CODES = CodeBook(key=b"the tests' own key of campaign codes", prefix=PREFIX)
BEGIN, END = NOON - timedelta(days=2), NOON + timedelta(days=5)


def a_plan(**given: object) -> Plan:
    facts: dict[str, object] = {
        "template": Template.GREEN_TRAVEL,
        "title": "135 绿色出行",
        "purpose": "一公里走、三公里骑、五公里坐公交",
        "starts_at": BEGIN,
        "ends_at": END,
        "goal": Goal.GRAMS,
        "goal_amount": 1000,
        "methods": ["T02"],
        "ranks": True,
        "least_group": 3,
    }
    return Plan(**{**facts, **given})  # type: ignore[arg-type]  # Tests give what they like.


def make_campaign(
    session: Session, *, teams: Sequence[tuple[UUID, str, int]] = (), now: datetime = NOON, **given: object
) -> Campaign:
    hospital = make_institution(session)
    campaign = actions.plan(session, hospital, a_plan(**given), by=new_id(), now=now)
    return publish(session, campaign.id, teams=teams, now=now)


def screen(session: Session, campaign: Campaign) -> Place:
    return open_place(session, campaign.id, kind=PlaceKind.SCREEN, name="一楼大厅", now=NOON)


def poster(session: Session, campaign: Campaign, *, most: int = 2) -> Place:
    return open_place(
        session,
        campaign.id,
        kind=PlaceKind.POSTER,
        name="食堂",
        opens=11 * 60,
        closes=13 * 60,
        most_a_day=most,
        now=NOON,
    )


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"ends_at": BEGIN}, CampaignDatesUnfit),
        ({"ends_at": NOON}, CampaignDatesUnfit),
        ({"ends_at": BEGIN + timedelta(days=400)}, CampaignDatesUnfit),
        ({"goal_amount": 0}, CampaignGoalUnfit),
        ({"methods": []}, CampaignGoalUnfit),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused(
    session: Session, wrong: dict[str, object], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        actions.plan(session, make_institution(session), a_plan(**wrong), by=new_id(), now=NOON)


def test_what_a_published_campaign_promised_stays(session: Session) -> None:
    campaign = make_campaign(session)
    with pytest.raises(CampaignFixed):
        actions.plan(
            session, campaign.institution_id, a_plan(goal_amount=1), by=new_id(), now=NOON, campaign_id=campaign.id
        )


def test_one_joins_what_runs_or_comes_and_nothing_that_is_over(session: Session) -> None:
    campaign = make_campaign(session)
    enter(session, campaign.id, person_id=new_id(), team_id=None, now=BEGIN - timedelta(days=1))
    with pytest.raises(CampaignClosed):
        enter(session, campaign.id, person_id=new_id(), team_id=None, now=END)
    actions.call_off(session, campaign.id, now=NOON)
    with pytest.raises(CampaignClosed):
        enter(session, campaign.id, person_id=new_id(), team_id=None, now=NOON)


def test_a_screens_code_is_eighteen_digits_of_its_own_prefix_and_grows_old(session: Session) -> None:
    place = screen(session, make_campaign(session))
    code = code_of(place, CODES, at=NOON)
    assert (len(code), code[:2]) == (18, "76")
    assert code != code_of(place, CODES, at=NOON + timedelta(seconds=30))
    lin = new_id()
    check_in(session, code=f"https://puhui.example/check-ins/{code}", codes=CODES, person_id=lin, now=NOON)
    for late in (timedelta(seconds=90), timedelta(days=1)):
        with pytest.raises(CheckInNotAccepted):
            check_in(session, code=code, codes=CODES, person_id=new_id(), now=NOON + late)


def test_a_person_checks_in_once_a_day_and_place_and_thereby_takes_part(session: Session) -> None:
    campaign = make_campaign(session)
    place, lin = screen(session, campaign), new_id()
    for _ in range(3):
        check_in(session, code=code_of(place, CODES, at=NOON), codes=CODES, person_id=lin, now=NOON)
    entry = entry_of(session, campaign.id, lin)
    assert entry is not None
    assert (entry.check_ins, entry.shown_as) == (1, Appearance.ANONYMOUS)
    tomorrow = NOON + timedelta(days=1)
    check_in(session, code=code_of(place, CODES, at=tomorrow), codes=CODES, person_id=lin, now=tomorrow)
    assert progress_of(session, campaign.id).check_ins == 2


def test_a_posters_code_stays_but_only_in_its_hours_and_for_so_many_a_day(session: Session) -> None:
    place = poster(session, make_campaign(session))
    code = code_of(place, CODES, at=NOON)
    assert code == code_of(place, CODES, at=NOON + timedelta(days=3))
    for _ in range(2):
        check_in(session, code=code, codes=CODES, person_id=new_id(), now=NOON)
    with pytest.raises(CheckInNotAccepted):
        check_in(session, code=code, codes=CODES, person_id=new_id(), now=NOON)
    tomorrow = NOON + timedelta(days=1)
    check_in(session, code=code, codes=CODES, person_id=new_id(), now=tomorrow)
    with pytest.raises(CheckInNotAccepted):
        check_in(session, code=code, codes=CODES, person_id=new_id(), now=tomorrow + timedelta(hours=2))


def test_a_place_needs_hours_in_order_a_name_of_its_own_and_a_poster_a_limit(session: Session) -> None:
    campaign = make_campaign(session)
    screen(session, campaign)
    for wrong in (
        {"kind": PlaceKind.SCREEN, "name": "一楼大厅"},
        {"kind": PlaceKind.SCREEN, "name": "二楼", "opens": 60, "closes": 60},
        {"kind": PlaceKind.POSTER, "name": "三楼"},
    ):
        with pytest.raises(CampaignPlaceUnfit):
            open_place(session, campaign.id, now=NOON, **wrong)  # type: ignore[arg-type]  # Tests give what they like.


@pytest.mark.parametrize("wrong", ["", "7612", "1" * 18, "76" + "0" * 16, "70" + "1" * 16, "x" * 18])
def test_a_code_that_is_no_campaigns_code_is_refused_without_saying_why(session: Session, wrong: str) -> None:
    screen(session, make_campaign(session))
    with pytest.raises(CheckInNotAccepted) as refused:
        check_in(session, code=wrong, codes=CODES, person_id=new_id(), now=NOON)
    assert refused.value.facts == {}


def test_a_closed_place_and_a_campaign_that_is_over_take_nobody(session: Session) -> None:
    campaign = make_campaign(session)
    place = screen(session, campaign)
    with pytest.raises(CheckInNotAccepted):
        check_in(session, code=code_of(place, CODES, at=END), codes=CODES, person_id=new_id(), now=END)
    actions.close_place(session, campaign.id, place.id, now=NOON)
    with pytest.raises(CheckInNotAccepted):
        check_in(session, code=code_of(place, CODES, at=NOON), codes=CODES, person_id=new_id(), now=NOON)


def test_progress_comes_from_what_providers_report_for_those_who_take_part(session: Session) -> None:
    office = new_id()
    campaign = make_campaign(session, teams=[(office, "办公室", 4)])
    (team,) = teams_of(session, campaign.id)
    lin, stranger = make_citizen(session), make_citizen(session)
    for rider, person in (("lin", lin), ("stranger", stranger)):
        ride(session, rider, at=BEGIN - timedelta(days=1))
        ride(session, rider, at=RIDDEN)
        bind(session, rider, person.id)
    enter(session, campaign.id, person_id=lin.id, team_id=team.id, now=NOON)
    assert count(session, campaign.id, heads={office: 8}, now=NOON) == 1
    progress = progress_of(session, campaign.id)
    assert (progress.people, progress.acts, progress.grams, progress.towards(Goal.GRAMS)) == (1, 1, 80, 80)
    (result,) = team_results(session, campaign.id)
    assert (result.entered, result.grams, result.team.heads, result.per_head_grams) == (1, 80, 8, 10)
    leave(session, campaign.id, person_id=lin.id, now=NOON)
    assert progress_of(session, campaign.id).entered == 0


def teams(*facts: tuple[str, int, int]) -> list[TeamResult]:
    return [
        TeamResult(Team(id=uuid4(), campaign_id=uuid4(), name=name, heads=heads), 1, grams, 1)
        for name, heads, grams in facts
    ]


def test_teams_are_compared_per_head_and_only_the_upper_half_is_shown() -> None:
    results = teams(("大", 100, 1000), ("小", 5, 500), ("中", 20, 900), ("末", 50, 10), ("三人", 3, 900), ("无", 9, 0))
    assert [one.team.name for one in shown_teams(results, least_group=5)] == ["小", "中"]


def test_people_are_shown_when_enough_take_part_the_upper_half_of_them_at_most() -> None:
    entries = [Entry(grams=grams, shown_as=Appearance.ANONYMOUS) for grams in (90, 80, 70, 60, 50, 0)]
    assert [one.grams for one in shown_people(entries, least_group=5)] == [90, 80, 70]
    assert shown_people(entries[:4], least_group=5) == []


def test_a_certificate_says_what_was_done_and_is_found_by_its_code(session: Session) -> None:
    campaign = make_campaign(session)
    place, lin = screen(session, campaign), new_id()
    enter(session, campaign.id, person_id=lin, team_id=None, now=NOON)
    with pytest.raises(CertificateNotEarned):
        certify(session, campaign.id, person_id=lin, now=NOON)
    check_in(session, code=code_of(place, CODES, at=NOON), codes=CODES, person_id=lin, now=NOON)
    made = certify(session, campaign.id, person_id=lin, now=NOON)
    assert certify(session, campaign.id, person_id=lin, now=NOON).code == made.code
    spelled = f"{made.code[:4]}-{made.code[4:8]} {made.code[8:]}".lower()
    assert certificate_of(session, spelled).check_ins == 1
    with pytest.raises(CertificateUnknown):
        certificate_of(session, "2" * 12)
