"""What the worker does for institutions: points of schemes, counts of campaigns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from partners.institutions.model import Member
from partners.institutions.queries import members_by_department, tree_of
from puhui.db import Database
from rewards.campaigns.actions import count
from rewards.campaigns.queries import campaigns_to_count
from rewards.schemes.awarding import BATCH, Run, Tenure, award, take_back
from rewards.schemes.queries import running_schemes


def award_scheme_points(database: Database, now: datetime) -> dict[str, object]:
    """Give points for what came in since the last run, for every running scheme."""
    return _award(database, now, everything=False)


def review_scheme_points(database: Database, now: datetime) -> dict[str, object]:
    """Look at everything again at night: late claims are found, points of acts that fell are taken back."""
    schemes = database.run(lambda session: [scheme.id for scheme in running_schemes(session)])
    taken = 0
    for scheme in schemes:

        def work(session: Session, scheme: UUID = scheme) -> Run:
            return take_back(session, scheme, now=now)

        taken += _until_done(database, work)
    return {"taken_back": taken, **_award(database, now, everything=True)}


def count_campaigns(database: Database, now: datetime) -> dict[str, object]:
    """Count what providers reported for those who take part in a campaign."""

    def work(session: Session) -> int:
        found = campaigns_to_count(session, now=now)
        for campaign in found:
            count(session, campaign.id, heads=heads_of(session, campaign.institution_id), now=now)
        return len(found)

    return {"campaigns": database.run(work)}


def tenures_of(session: Session, institution_id: UUID) -> list[Tenure]:
    """Answer everybody's time in the institution, those who left among them, and the department of each."""
    rows = session.execute(
        sa.select(Member.person_id, Member.department_id, Member.joined_at, Member.ended_at)
        .where(Member.institution_id == institution_id)
        .order_by(Member.number)
    )
    return [Tenure(*row) for row in rows]


def heads_of(session: Session, institution_id: UUID) -> dict[UUID, int]:
    """Answer how many members each department has, those of the departments below it among them."""
    own, tree = members_by_department(session, institution_id), tree_of(session, institution_id)
    return {one: sum(own.get(below, 0) for below in tree.within(one)) for one in tree.by_id}


def _award(database: Database, now: datetime, *, everything: bool) -> dict[str, object]:
    schemes = database.run(lambda session: [(one.id, one.institution_id) for one in running_schemes(session)])
    acts = 0
    for scheme, institution in schemes:

        def work(session: Session, scheme: UUID = scheme, institution: UUID = institution) -> Run:
            return award(session, scheme, tenures_of(session, institution), now=now, everything=everything)

        acts += _until_done(database, work)
    return {"schemes": len(schemes), "acts": acts}


def _until_done(database: Database, work: Callable[[Session], Run]) -> int:
    total = 0
    while done := database.run(work).acts:
        total += done
        if done < BATCH:
            break
    return total
