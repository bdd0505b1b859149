"""A campaign is planned, published, joined, checked into, counted; who did something may have a certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from rewards.activities.participants import driver, families
from rewards.campaigns.errors import (
    CampaignEntryUnknown,
    CampaignPlaceUnfit,
    CampaignPlaceUnknown,
    CheckInNotAccepted,
)
from rewards.campaigns.model import (
    Appearance,
    Campaign,
    Certificate,
    CheckIn,
    Entry,
    Goal,
    Place,
    PlaceKind,
    Team,
    Template,
)
from rewards.campaigns.queries import campaign_by_id, entry_of, place_numbered, team_of
from rewards.campaigns.rules import (
    check_code,
    check_earned,
    check_open,
    check_place,
    check_plan,
    check_plannable,
    day_of,
    digits_of,
    new_code,
)
from rewards.vouchers import CodeBook


@dataclass(frozen=True, slots=True)
class Plan:
    """What a campaign is to be."""

    template: Template
    title: str
    purpose: str
    starts_at: datetime
    ends_at: datetime
    goal: Goal
    goal_amount: int
    methods: Sequence[str]
    ranks: bool
    least_group: int


def plan(
    session: Session,
    institution_id: UUID,
    settings: Plan,
    *,
    by: UUID,
    now: datetime,
    campaign_id: UUID | None = None,
) -> Campaign:
    """Write a campaign down, or write it anew while it is not published.

    Raises CampaignDatesUnfit, CampaignGoalUnfit, CampaignFixed, CampaignUnknown.
    """
    check_plan(
        starts_at=settings.starts_at,
        ends_at=settings.ends_at,
        goal=settings.goal,
        goal_amount=settings.goal_amount,
        methods=settings.methods,
        now=now,
    )
    campaign = session.get(Campaign, campaign_id) if campaign_id else None
    if campaign is None:
        campaign = Campaign(id=campaign_id or new_id(), institution_id=institution_id, opened_by=by, opened_at=now)
        session.add(campaign)
    check_plannable(campaign)
    campaign.template, campaign.title, campaign.purpose = settings.template, settings.title, settings.purpose
    campaign.starts_at, campaign.ends_at = settings.starts_at, settings.ends_at
    campaign.goal, campaign.goal_amount = settings.goal, settings.goal_amount
    campaign.methods, campaign.ranks = list(settings.methods), settings.ranks
    campaign.least_group = settings.least_group
    session.flush()
    return campaign


def publish(session: Session, campaign_id: UUID, *, teams: Sequence[tuple[UUID, str, int]], now: datetime) -> Campaign:
    """Publish a campaign with *teams* of (department, name, heads). Raises CampaignFixed, CampaignDatesUnfit."""
    campaign = campaign_by_id(session, campaign_id)
    check_plannable(campaign)
    check_plan(
        starts_at=campaign.starts_at, ends_at=campaign.ends_at, goal=campaign.goal,
        goal_amount=campaign.goal_amount, methods=campaign.methods, now=now,
    )  # fmt: skip
    for department, name, heads in teams:
        session.add(Team(id=new_id(), campaign_id=campaign_id, department_id=department, name=name, heads=heads))
    campaign.published_at = now
    session.flush()
    return campaign


def call_off(session: Session, campaign_id: UUID, *, now: datetime) -> Campaign:
    """End a campaign before its time; what was done stays. Calling it off again changes nothing."""
    campaign = campaign_by_id(session, campaign_id)
    campaign.ended_at = campaign.ended_at or now
    session.flush()
    return campaign


def open_place(
    session: Session,
    campaign_id: UUID,
    *,
    kind: PlaceKind,
    name: str,
    now: datetime,
    opens: int = 0,
    closes: int = 24 * 60,
    most_a_day: int | None = None,
    place_id: UUID | None = None,
) -> Place:
    """Open a place whose code people scan; *opens* and *closes* are minutes of the day. Raises CampaignPlaceUnfit."""
    check_place(kind=kind, opens=opens, closes=closes, most_a_day=most_a_day, name=name)
    taken = sa.select(Place.id).where(Place.campaign_id == campaign_id, Place.name == name)
    if session.scalar(taken) is not None:
        raise CampaignPlaceUnfit(name=name)
    place = Place(
        id=place_id or new_id(),
        campaign_id=campaign_id,
        kind=kind,
        name=name,
        opens=opens,
        closes=closes,
        most_a_day=most_a_day,
        opened_at=now,
    )
    session.add(place)
    session.flush()
    return place


def close_place(session: Session, campaign_id: UUID, place_id: UUID, *, now: datetime) -> Place:
    """Take a place's code out of use. Raises CampaignPlaceUnknown."""
    place = session.get(Place, place_id)
    if place is None or place.campaign_id != campaign_id:
        raise CampaignPlaceUnknown(place=place_id)
    place.closed_at = place.closed_at or now
    session.flush()
    return place


def enter(session: Session, campaign_id: UUID, *, person_id: UUID, team_id: UUID | None, now: datetime) -> Entry:
    """Take part, or take part again after leaving. Raises CampaignUnknown, CampaignClosed, CampaignTeamUnknown."""
    campaign = campaign_by_id(session, campaign_id)
    check_open(campaign, now=now)
    if team_id is not None:
        team_of(session, campaign_id, team_id)
    statement = insert(Entry).values(
        stripe=ledger.stripe_of(person_id),
        campaign_id=campaign_id,
        person_id=person_id,
        team_id=team_id,
        joined_at=now,
        shown_as=Appearance.ANONYMOUS,
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Entry.stripe, Entry.campaign_id, Entry.person_id],
            set_={"left_at": None, "team_id": sa.func.coalesce(statement.excluded.team_id, Entry.team_id)},
        )
    )
    entry = entry_of(session, campaign_id, person_id)
    if entry is None:
        raise CampaignEntryUnknown(campaign=campaign_id)
    session.refresh(entry)
    return entry


def leave(session: Session, campaign_id: UUID, *, person_id: UUID, now: datetime) -> None:
    """Take no further part; others no longer see or count the person. Raises CampaignEntryUnknown."""
    entry = _entered(session, campaign_id, person_id)
    entry.left_at, entry.shown_as = now, Appearance.ANONYMOUS
    session.flush()


def choose_appearance(session: Session, campaign_id: UUID, *, person_id: UUID, shown_as: Appearance) -> Entry:
    """Keep how the person wants to appear in this campaign. Raises CampaignEntryUnknown."""
    entry = _entered(session, campaign_id, person_id)
    entry.shown_as = shown_as
    session.flush()
    return entry


def read_code(session: Session, *, code: str, codes: CodeBook, now: datetime) -> tuple[Place, Campaign]:
    """Answer where a code was shown, if it is good there at *now*. Raises CheckInNotAccepted."""
    reading = codes.read(digits_of(code))
    place, campaign = (place_numbered(session, reading.number) if reading else None) or (None, None)
    return check_code(place, campaign, codes, code=code, now=now)


def check_in(
    session: Session, *, code: str, codes: CodeBook, person_id: UUID, now: datetime, team_id: UUID | None = None
) -> CheckIn:
    """Check in by what a screen or poster shows, once a day and place; a second scan answers the first.

    Whoever checks in takes part, in *team_id* where they did not before. Raises CheckInNotAccepted.
    """
    place, campaign = read_code(session, code=code, codes=codes, now=now)
    key = (ledger.stripe_of(person_id), campaign.id, person_id, place.id, day_of(now))
    known = session.get(CheckIn, key)
    if known is not None:
        return known
    _check_room(session, place, now)
    entry = entry_of(session, campaign.id, person_id)
    if entry is None or entry.left_at is not None:
        entry = enter(session, campaign.id, person_id=person_id, team_id=team_id, now=now)
    statement = insert(CheckIn).values(
        stripe=key[0], campaign_id=key[1], person_id=key[2], place_id=key[3], day=key[4], at=now
    )
    if session.execute(statement.on_conflict_do_nothing().returning(CheckIn.day)).first() is not None:
        session.execute(
            sa.update(Entry)
            .where(Entry.stripe == key[0], Entry.campaign_id == key[1], Entry.person_id == person_id)
            .values(check_ins=Entry.check_ins + 1)
        )
        session.refresh(entry)
    return session.get_one(CheckIn, key)


def count(session: Session, campaign_id: UUID, *, heads: Mapping[UUID, int] | None = None, now: datetime) -> int:
    """Count what providers reported for everybody who takes part; *heads* by department. Answers how many people.

    Three statements, whatever their number.
    """
    campaign = campaign_by_id(session, campaign_id)
    if heads:
        session.execute(sa.text(_HEADS), {"campaign": campaign_id, "ids": list(heads), "heads": list(heads.values())})
    people = list(session.scalars(sa.select(Entry.person_id).where(Entry.campaign_id == campaign_id)))
    riders = families(session, people)
    identities = [(identity, person) for person in people for identity in (person, *riders.get(person, ()))]
    driver(session).execute(
        _COUNT,
        {
            "campaign": campaign_id,
            "stripes": [ledger.stripe_of(identity) for identity, _ in identities],
            "identities": [identity for identity, _ in identities],
            "people": [person for _, person in identities],
            "since": campaign.starts_at,
            "until": min(campaign.ends_at, campaign.ended_at or campaign.ends_at),
            "methods": list(campaign.methods),
        },
    )
    campaign.counted_at = now
    session.flush()
    session.expire_all()
    return len(people)


_HEADS = """
UPDATE rewards.campaign_team t SET heads = w.heads
FROM unnest(CAST(:ids AS uuid[]), CAST(:heads AS int[])) AS w (id, heads)
WHERE t.campaign_id = :campaign AND t.department_id = w.id AND t.heads <> w.heads
"""
_COUNT = """
UPDATE rewards.campaign_entry e SET acts = coalesce(s.acts, 0), grams = coalesce(s.grams, 0)
FROM (
    SELECT w.person, count(a.id)::int AS acts, sum(a.grams)::bigint AS grams
    FROM unnest(%(stripes)s::smallint[], %(identities)s::uuid[], %(people)s::uuid[]) AS w (stripe, identity, person)
    LEFT JOIN rewards.activity a ON a.stripe = w.stripe AND a.participant_id = w.identity
        AND a.started_at >= %(since)s AND a.started_at < %(until)s
        AND a.status IN ('accepted', 'capped') AND a.method = ANY (%(methods)s)
    GROUP BY w.person
) s
WHERE e.campaign_id = %(campaign)s AND e.person_id = s.person
    AND e.stripe = (get_byte(uuid_send(s.person), 15) & 63)::smallint
    AND (e.acts, e.grams) IS DISTINCT FROM (coalesce(s.acts, 0), coalesce(s.grams, 0))
"""


def certify(session: Session, campaign_id: UUID, *, person_id: UUID, now: datetime) -> Certificate:
    """Answer the person's certificate, made on the first asking. Raises CampaignEntryUnknown, CertificateNotEarned."""
    known = session.scalar(
        sa.select(Certificate).where(Certificate.campaign_id == campaign_id, Certificate.person_id == person_id)
    )
    if known is not None:
        return known
    entry = _entered(session, campaign_id, person_id)
    check_earned(entry)
    certificate = Certificate(
        code=new_code(),
        campaign_id=campaign_id,
        person_id=person_id,
        grams=entry.grams,
        acts=entry.acts,
        check_ins=entry.check_ins,
        issued_at=now,
    )
    session.add(certificate)
    session.flush()
    return certificate


def _entered(session: Session, campaign_id: UUID, person_id: UUID) -> Entry:
    entry = entry_of(session, campaign_id, person_id)
    if entry is None or entry.left_at is not None:
        raise CampaignEntryUnknown(campaign=campaign_id)
    return entry


def _check_room(session: Session, place: Place, now: datetime) -> None:
    """Refuse what a poster does not take on a day: its code may travel in a photo. Raises CheckInNotAccepted."""
    if place.most_a_day is None:
        return
    session.execute(sa.select(Place.id).where(Place.id == place.id).with_for_update())
    taken = sa.select(sa.func.count()).where(CheckIn.place_id == place.id, CheckIn.day == day_of(now))
    if (session.scalar(taken) or 0) >= place.most_a_day:
        raise CheckInNotAccepted
