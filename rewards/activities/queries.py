"""Reads that pages show: a person's acts, newest first, and one act with everything that explains it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.rows import class_row
from sqlalchemy.orm import Session

import ledger
from rewards.activities.errors import ActivityUnknown
from rewards.activities.model import Activity
from rewards.activities.participants import driver, identities_of

COLUMNS = ", ".join(f"a.{name}" for name in Activity._fields)

PAGE = f"""
SELECT {COLUMNS}
FROM unnest(%(stripes)s::smallint[], %(ids)s::uuid[]) AS w (stripe, id)
CROSS JOIN LATERAL (
    SELECT * FROM rewards.activity b
    WHERE b.stripe = w.stripe AND b.participant_id = w.id
        AND (b.started_at, b.id) < (%(start)s, %(activity)s)
    ORDER BY b.started_at DESC, b.id DESC LIMIT %(limit)s
) a
ORDER BY a.started_at DESC, a.id DESC LIMIT %(limit)s
"""  # noqa: S608  # COLUMNS is ours.

LAST_ID = UUID(int=2**128 - 1)


class Cursor(NamedTuple):
    """The place after which the next page begins."""

    start: datetime
    activity: UUID

    def __str__(self) -> str:
        """Write the cursor for an address: microseconds and id."""
        return f"{int(self.start.timestamp())}.{self.activity}"


class Page(NamedTuple):
    """A page of acts, newest first; *after* is None on the last."""

    activities: list[Activity]
    after: Cursor | None


class Totals(NamedTuple):
    """What a person's acts came to."""

    activities: int
    grams: int
    points: int


def activities_of(session: Session, owner: UUID, *, after: Cursor | None, limit: int) -> Page:
    """A page of the acts of a person, those of claimed riders among them, newest first."""
    identities = identities_of(session, owner)
    start, activity = after or ("infinity", LAST_ID)
    values: dict[str, Any] = {
        "stripes": [ledger.stripe_of(identity) for identity in identities],
        "ids": identities,
        "start": start,
        "activity": activity,
        "limit": limit + 1,
    }
    with driver(session).cursor(row_factory=class_row(Activity)) as cursor:
        rows = cursor.execute(PAGE.encode(), values).fetchall()
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, Cursor(rows[-1].started_at, rows[-1].id) if more else None)


def activity_of(session: Session, owner: UUID, activity: UUID) -> Activity:
    """One act of a person. Raises ActivityUnknown for one that is not there or somebody else's."""
    with driver(session).cursor(row_factory=class_row(Activity)) as cursor:
        query = f"SELECT {COLUMNS} FROM rewards.activity a WHERE a.stripe = %s AND a.id = %s"  # noqa: S608  # COLUMNS is ours.
        found = cursor.execute(query.encode(), (ledger.stripe_of(activity), activity)).fetchone()
    if found is None or found.participant_id not in identities_of(session, owner):
        raise ActivityUnknown(activity=activity)
    return found


def cursor_of(text: str) -> Cursor | None:
    """Read a cursor from an address; None where it is not one."""
    seconds, _, activity = text.partition(".")
    try:
        return Cursor(datetime.fromtimestamp(int(seconds)).astimezone(), UUID(activity))
    except (ValueError, OverflowError, OSError):
        return None


def totals_of(session: Session, owner: UUID) -> Totals:
    """How many acts were credited to a person, and what the ledger says they came to."""
    identities: Sequence[UUID] = identities_of(session, owner)
    row = (
        driver(session)
        .execute(
            "SELECT count(*), coalesce(sum(a.grams), 0)::bigint, coalesce(sum(a.points), 0)::bigint"
            " FROM unnest(%s::smallint[], %s::uuid[]) AS w (stripe, id)"
            " JOIN rewards.activity a ON a.stripe = w.stripe AND a.participant_id = w.id"
            " WHERE a.status IN ('accepted', 'capped')",
            ([ledger.stripe_of(identity) for identity in identities], identities),
        )
        .fetchone()
    )
    return Totals(*row) if row else Totals(0, 0, 0)
