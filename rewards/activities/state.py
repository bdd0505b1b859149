"""What counts already for the people of one call: read in a constant number of statements, under their locks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from rewards.activities.participants import driver
from rewards.activities.rules import Act, Draft, Person, Record, period_key
from rewards.methods import Catalogue, Period

AROUND_SECONDS = 26 * 3600  # A day and the hour or two that a clock change may add to it.

RECORDS = """
SELECT w.n, a.id, a.status = 'rejected', a.method, a.quantity,
    extract(epoch FROM a.started_at)::bigint, extract(epoch FROM a.ended_at)::bigint
FROM unnest(%s::smallint[], %s::text[]) WITH ORDINALITY AS w (stripe, source_id, n)
JOIN rewards.activity a ON a.stripe = w.stripe AND a.provider_id = %s AND a.source_id = w.source_id
"""

ACTS = """
SELECT w.n, a.id, a.method, extract(epoch FROM a.started_at)::bigint, extract(epoch FROM a.ended_at)::bigint,
    coalesce(a.trip_no, ''), a.day, a.counted, a.computed_grams, a.status <> 'review'
FROM unnest(%s::smallint[], %s::uuid[], %s::bigint[], %s::bigint[], %s::int[]) AS w (stripe, id, earliest, latest, n)
JOIN rewards.activity a ON a.stripe = w.stripe AND a.participant_id = w.id
    AND a.started_at BETWEEN to_timestamp(w.earliest) AND to_timestamp(w.latest)
WHERE a.fingerprint IS NOT NULL
"""

USAGE = """
SELECT w.n, w.key, w.method, sum(a.counted)::bigint, count(*), sum(a.computed_grams)::bigint
FROM unnest(%s::smallint[], %s::uuid[], %s::text[], %s::date[], %s::date[], %s::int[], %s::int[])
    AS w (stripe, id, method, first_day, last_day, key, n)
JOIN rewards.activity a ON a.stripe = w.stripe AND a.participant_id = w.id AND a.method = w.method
    AND a.day BETWEEN w.first_day AND w.last_day
    AND a.started_at BETWEEN w.first_day - interval '1 day' AND w.last_day + interval '2 days'
WHERE a.status IN ('accepted', 'capped')
GROUP BY w.n, w.key, w.method
"""


class Reach(NamedTuple):
    """The drafts of one person in the call, and the identities under which that person's acts lie."""

    identities: Sequence[UUID]
    drafts: list[Draft]


def records(session: Session, provider_id: int, keys: list[tuple[UUID, str]]) -> dict[int, Record]:
    """The records that the provider sent before, by the place of their (participant, source id) in *keys*."""
    stripes, sources = [ledger.stripe_of(key[0]) for key in keys], [key[1] for key in keys]
    rows = driver(session).execute(RECORDS, (stripes, sources, provider_id)).fetchall()
    return {row[0] - 1: Record(*row[1:]) for row in rows}


def people(session: Session, reaches: list[Reach], catalogue: Catalogue) -> list[Person]:
    """Read what counts already around the drafts of each person: a day before the first to a day after the last."""
    found = [Person() for _ in reaches]
    _read_acts(session, reaches, found, catalogue)
    longer = [(n, reach) for n, reach in enumerate(reaches) if any(_long_periods(draft) for draft in reach.drafts)]
    if longer:
        _read_usage(session, longer, found)
    return found


def _read_acts(session: Session, reaches: list[Reach], found: list[Person], catalogue: Catalogue) -> None:
    wanted = [
        (ledger.stripe_of(identity), identity, min(starts) - AROUND_SECONDS, max(starts) + AROUND_SECONDS, n)
        for n, (identities, drafts) in enumerate(reaches)
        if (starts := [draft.start for draft in drafts])
        for identity in identities
    ]
    columns = [list(column) for column in zip(*wanted, strict=True)] if wanted else [[]] * 5
    rows = driver(session).execute(ACTS, columns).fetchall()
    for n, activity, code, start, end, trip, day, counted, grams, credited in rows:
        method, person = catalogue.method(code), found[n]
        person.acts[Act(method.group, start, trip)] = activity
        if method.journey and end is not None:
            person.add_journey(start, end)
        if credited:
            person.add_usage(code, period_key(Period.DAY, day), counted=counted, grams=grams)


def _long_periods(draft: Draft) -> list[Period]:
    return [period for period in draft.version.periods if period is not Period.DAY] if draft.version else []


def _read_usage(session: Session, reaches: list[tuple[int, Reach]], found: list[Person]) -> None:
    wanted = {
        (
            ledger.stripe_of(identity),
            identity,
            draft.method.code,
            *_span(period, draft.day),
            period_key(period, draft.day),
            n,
        )
        for n, reach in reaches
        for draft in reach.drafts
        if draft.method is not None
        for period in _long_periods(draft)
        for identity in reach.identities
    }
    columns = [list(column) for column in zip(*wanted, strict=True)]
    for n, key, method, counted, events, grams in driver(session).execute(USAGE, columns).fetchall():
        found[n].add_usage(method, key, counted=counted, grams=grams, events=events)


def _span(period: Period, day: date) -> tuple[date, date]:
    """The first and the last day of the month or year that *day* lies in."""
    if period is Period.YEAR:
        return date(day.year, 1, 1), date(day.year, 12, 31)
    after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return day.replace(day=1), date.fromordinal(after.toordinal() - 1)
