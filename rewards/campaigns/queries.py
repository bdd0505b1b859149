"""Named reads of campaigns: what runs, how far it is, who appears, where codes are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from rewards.campaigns.errors import (
    CampaignPlaceUnknown,
    CampaignTeamUnknown,
    CampaignUnknown,
    CertificateUnknown,
)
from rewards.campaigns.model import Campaign, Certificate, CheckIn, Entry, Goal, Place, Team
from rewards.campaigns.rules import ALPHABET, CERTIFICATE_LENGTH, COUNTED_AFTER, TeamResult


@dataclass(frozen=True, slots=True)
class Progress:
    """What a campaign came to when it was last counted: those who did something, acts, grams, check-ins."""

    entered: int
    people: int
    acts: int
    grams: int
    check_ins: int

    def towards(self, goal: Goal) -> int:
        """Answer the figure that counts towards *goal*."""
        return {
            Goal.PEOPLE: self.people,
            Goal.ACTS: self.acts,
            Goal.GRAMS: self.grams,
            Goal.CHECK_INS: self.check_ins,
        }[goal]


def campaign_by_id(session: Session, campaign_id: UUID) -> Campaign:
    """Answer the campaign. Raises CampaignUnknown."""
    campaign = session.get(Campaign, campaign_id)
    if campaign is None:
        raise CampaignUnknown(campaign=campaign_id)
    return campaign


def campaign_of(session: Session, campaign_id: UUID, *, institution_id: UUID) -> Campaign:
    """Answer the institution's campaign. Raises CampaignUnknown, also for another institution's."""
    campaign = campaign_by_id(session, campaign_id)
    if campaign.institution_id != institution_id:
        raise CampaignUnknown(campaign=campaign_id)
    return campaign


def campaigns_of(
    session: Session, institution_id: UUID, *, published: bool = False, limit: int = 50, offset: int = 0
) -> list[Campaign]:
    """Answer the institution's campaigns, the latest first; *published* leaves drafts out."""
    query = sa.select(Campaign).where(Campaign.institution_id == institution_id)
    if published:
        query = query.where(Campaign.published_at.is_not(None))
    return list(session.scalars(query.order_by(Campaign.starts_at.desc(), Campaign.id).limit(limit).offset(offset)))


def campaigns_to_count(session: Session, *, now: datetime, limit: int = 1000) -> list[Campaign]:
    """Answer the campaigns whose acts may still come in: begun, and not long over."""
    query = sa.select(Campaign).where(
        Campaign.published_at.is_not(None), Campaign.starts_at <= now, Campaign.ends_at > now - COUNTED_AFTER
    )
    return list(session.scalars(query.order_by(Campaign.ends_at, Campaign.id).limit(limit)))


def progress_of(session: Session, campaign_id: UUID) -> Progress:
    """Answer how far a campaign is."""
    did = sa.or_(Entry.acts > 0, Entry.check_ins > 0)
    row = session.execute(
        sa.select(
            sa.func.count(),
            sa.func.count().filter(did),
            sa.func.coalesce(sa.func.sum(Entry.acts), 0),
            sa.cast(sa.func.coalesce(sa.func.sum(Entry.grams), 0), sa.BigInteger),
            sa.func.coalesce(sa.func.sum(Entry.check_ins), 0),
        ).where(Entry.campaign_id == campaign_id, Entry.left_at.is_(None))
    ).one()
    return Progress(*row)


def entry_of(session: Session, campaign_id: UUID, person_id: UUID) -> Entry | None:
    """Answer a person's entry, also one that was left, or None."""
    return session.get(Entry, (ledger.stripe_of(person_id), campaign_id, person_id))


def first_entries(session: Session, campaign_id: UUID, *, limit: int = 50) -> list[Entry]:
    """Answer those who take part, most grams first."""
    query = sa.select(Entry).where(Entry.campaign_id == campaign_id, Entry.left_at.is_(None))
    return list(session.scalars(query.order_by(Entry.grams.desc(), Entry.person_id).limit(limit)))


def teams_of(session: Session, campaign_id: UUID) -> list[Team]:
    """Answer the teams by name, a thousand at most."""
    query = sa.select(Team).where(Team.campaign_id == campaign_id)
    return list(session.scalars(query.order_by(Team.name, Team.id).limit(1000)))


def team_of(session: Session, campaign_id: UUID, team_id: UUID) -> Team:
    """Answer the campaign's team. Raises CampaignTeamUnknown."""
    team = session.get(Team, team_id)
    if team is None or team.campaign_id != campaign_id:
        raise CampaignTeamUnknown(team=team_id)
    return team


def team_results(session: Session, campaign_id: UUID) -> list[TeamResult]:
    """Answer what each team came to, by name."""
    rows = session.execute(
        sa.select(
            Team,
            sa.func.count(Entry.person_id),
            sa.cast(sa.func.coalesce(sa.func.sum(Entry.grams), 0), sa.BigInteger),
            sa.func.coalesce(sa.func.sum(Entry.acts), 0),
        )
        .outerjoin(Entry, (Entry.team_id == Team.id) & (Entry.campaign_id == campaign_id) & Entry.left_at.is_(None))
        .where(Team.campaign_id == campaign_id)
        .group_by(Team.id)
        .order_by(Team.name, Team.id)
        .limit(1000)
    )
    return [TeamResult(team, entered, grams, acts) for team, entered, grams, acts in rows]


def places_of(session: Session, campaign_id: UUID) -> list[Place]:
    """Answer the places in use, by name, two hundred at most."""
    query = sa.select(Place).where(Place.campaign_id == campaign_id, Place.closed_at.is_(None))
    return list(session.scalars(query.order_by(Place.name, Place.id).limit(200)))


def place_of(session: Session, campaign_id: UUID, place_id: UUID) -> Place:
    """Answer the campaign's place. Raises CampaignPlaceUnknown."""
    place = session.get(Place, place_id)
    if place is None or place.campaign_id != campaign_id:
        raise CampaignPlaceUnknown(place=place_id)
    return place


def place_numbered(session: Session, number: int) -> tuple[Place, Campaign] | None:
    """Answer the place whose codes carry *number*, with its campaign, or None."""
    row = session.execute(
        sa.select(Place, Campaign).join(Campaign, Campaign.id == Place.campaign_id).where(Place.number == number)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def check_ins_by_place(session: Session, campaign_id: UUID) -> dict[UUID, int]:
    """Answer how many check-ins each place has."""
    rows = session.execute(
        sa.select(CheckIn.place_id, sa.func.count().label("check_ins"))
        .where(CheckIn.campaign_id == campaign_id)
        .group_by(CheckIn.place_id)
    )
    return {row.place_id: row.check_ins for row in rows}


def certificate_of(session: Session, code: str) -> Certificate:
    """Answer the certificate of a verification code. Raises CertificateUnknown."""
    plain = "".join(code.split()).replace("-", "").upper()
    is_one = len(plain) == CERTIFICATE_LENGTH and set(plain) <= set(ALPHABET)
    certificate = session.get(Certificate, plain) if is_one else None
    if certificate is None:
        raise CertificateUnknown(code=code[:40])
    return certificate
