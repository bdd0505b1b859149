"""Jobs of coins: what is over expires at midnight, and people are told 30, 7 and 1 days before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from puhui.db import Database
from puhui.identity.model import Person
from puhui.notices import Notice, tell_many
from rewards import coins, families
from rewards.coins import Cohort, Holder
from rewards.coins.lives import CITY_TIME

Outcome = Mapping[str, object]
DAYS_BEFORE = (1, 7, 30)
PAGE = 1000


def expire_coins(database: Database, now: datetime) -> Outcome:
    """Let coins expire whose time is over, a batch of accounts in a transaction, until none is left."""
    accounts = run = 0
    while done := database.run(partial(coins.expire_coins, now=now, run=run)):
        accounts, run = accounts + done, run + 1
    return {"accounts": accounts}


def tell_expiring(database: Database, now: datetime) -> Outcome:
    """Tell whose coins expire soon, once per date and number of days; a family's head for the family."""
    cohorts = database.run(lambda session: coins.coming(coins.coin_lives(session), now=now))
    told = sum(_tell_of(database, cohort, days, now) for cohort in cohorts if (days := days_before(cohort, now=now)))
    return {"told": told}


def days_before(cohort: Cohort, *, now: datetime) -> int | None:
    """Answer which of the announcements is due: the nearest of 1, 7 and 30 days, or None before all of them."""
    left = (cohort.expires_at.astimezone(CITY_TIME).date() - now.astimezone(CITY_TIME).date()).days
    return next((days for days in DAYS_BEFORE if left <= days), None)


def last_day(expires_at: datetime) -> str:
    """Answer the last day on which coins can be spent, as an ISO date: the day before the midnight."""
    return (expires_at.astimezone(CITY_TIME) - timedelta(microseconds=1)).date().isoformat()


def _tell_of(database: Database, cohort: Cohort, days: int, now: datetime) -> int:
    told, after = 0, 0
    while page := database.run(partial(coins.holders, cohort_end=cohort.end, now=now, after=after, limit=PAGE)):
        told += database.run(partial(_tell, page=page, cohort=cohort, days=days, now=now))
        after = page[-1].account_id
    return told


def _tell(session: Session, *, page: Sequence[Holder], cohort: Cohort, days: int, now: datetime) -> int:
    losing = [holder for holder in page if holder.units]
    heads = families.heads_of(session, [holder.owner for holder in losing])
    people = _people(session, [heads.get(holder.owner, holder.owner) for holder in losing])
    day = last_day(cohort.expires_at)
    notices = [
        Notice(
            person=heads.get(holder.owner, holder.owner),
            kind="family_coins_expiring" if holder.owner in heads else "coins_expiring",
            link="/family" if holder.owner in heads else "/coins",
            key=f"coins_expiring/{holder.owner}/{day}/{days}",
            facts={"coins": holder.units, "day": day},
        )
        for holder in losing
        if heads.get(holder.owner, holder.owner) in people
    ]
    return tell_many(session, notices, now=now)


def _people(session: Session, ids: Iterable[UUID]) -> set[UUID]:
    query = sa.select(Person.id).where(Person.id.in_(set(ids)), Person.closed_at.is_(None))
    return set(session.scalars(query))
