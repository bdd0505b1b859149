"""Participants: opened as sets, locked in the order of their ids, claimed by a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy.orm import Session

import ledger
from ledger import NewAccount, Side
from rewards.activities.model import Kind, Participant

REDUCTION, POINT = "reduction", "point"
COLUMNS = "p.id, p.kind = 'pseudonym', p.claimed_by, p.closed_at IS NOT NULL, p.reduction_account, p.points_account"

LOCK = f"""
SELECT {COLUMNS}
FROM unnest(%s::smallint[], %s::uuid[]) AS w (stripe, id)
JOIN rewards.participant p ON p.stripe = w.stripe AND p.id = w.id
ORDER BY p.stripe, p.id
FOR NO KEY UPDATE OF p
"""  # noqa: S608  # COLUMNS is ours.

INSERT = """
INSERT INTO rewards.participant (stripe, id, kind, provider_id, reduction_account, points_account, created_at)
SELECT w.stripe, w.id, %s, %s, w.reduction_account, w.points_account, %s
FROM unnest(%s::smallint[], %s::uuid[], %s::bigint[], %s::bigint[]) AS w (stripe, id, reduction_account, points_account)
ORDER BY w.stripe, w.id
ON CONFLICT DO NOTHING
"""

SETTINGS = """
SELECT set_config('enable_hashjoin', %s, true), set_config('enable_mergejoin', %s, true),
    set_config('enable_seqscan', %s, true)
"""


def driver(session: Session) -> psycopg.Connection[Any]:
    """Answer the psycopg connection of the session's own transaction: intake speaks in sets, COPY and arrays."""
    connection = session.connection().connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise TypeError("intake speaks PostgreSQL through psycopg")
    return connection


@contextmanager
def by_index(session: Session) -> Iterator[None]:
    """Have a call's sets looked up by index: at some sizes the planner would rather read a whole table each time."""
    connection = driver(session)
    connection.execute(SETTINGS, ("off",) * 3)
    yield
    connection.execute(SETTINGS, ("on",) * 3)


def lock(session: Session, ids: Collection[UUID]) -> dict[UUID, Participant]:
    """Lock those of *ids* that are participants, in the order of stripe and id, until the transaction ends.

    Whoever locks riders and the people who claimed them locks the riders first.
    """
    if not ids:
        return {}
    rows = driver(session).execute(LOCK, ([ledger.stripe_of(i) for i in ids], list(ids))).fetchall()
    return {row[0]: Participant(*row) for row in rows}


def open_participants(
    session: Session, ids: Iterable[UUID], *, kind: Kind, now: datetime, provider_id: int | None = None
) -> None:
    """Make participants with their two accounts; those that are there are left as they are."""
    wanted = sorted(set(ids))
    accounts = ledger.open_accounts(
        session,
        [NewAccount(owner, "reduction", REDUCTION, Side.CREDIT) for owner in wanted]
        + [NewAccount(owner, "points", POINT, Side.CREDIT) for owner in wanted],
    )
    numbers = [account.id for account in accounts]
    stripes = [ledger.stripe_of(owner) for owner in wanted]
    driver(session).execute(
        INSERT, (kind.value, provider_id, now, stripes, wanted, numbers[: len(wanted)], numbers[len(wanted) :])
    )


def lock_or_open(
    session: Session, ids: Collection[UUID], *, provider_id: int, now: datetime
) -> dict[UUID, Participant]:
    """Lock the riders of *ids*; those who are new are made first."""
    locked = lock(session, ids)
    missing = [i for i in ids if i not in locked]
    if missing:
        open_participants(session, missing, kind=Kind.PSEUDONYM, provider_id=provider_id, now=now)
        locked |= lock(session, missing)
    return locked


def families(session: Session, claimants: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """The riders that each of *claimants* has claimed; only a claimant has some."""
    found: dict[UUID, list[UUID]] = {}
    if claimants:
        query = "SELECT claimed_by, id FROM rewards.participant WHERE claimed_by = ANY (%s)"
        for owner, rider in driver(session).execute(query, (list(claimants),)):
            found.setdefault(owner, []).append(rider)
    return found


def identities_of(session: Session, owner: UUID) -> list[UUID]:
    """The ids under which a person's acts lie: the person's own and those of the claimed riders."""
    return [owner, *sorted(families(session, [owner]).get(owner, []))]


def close_participant(session: Session, participant: UUID, *, now: datetime) -> None:
    """Take no further acts for *participant*; their acts are answered ``account_closed`` from now on."""
    driver(session).execute(
        "UPDATE rewards.participant SET closed_at = coalesce(closed_at, %s) WHERE stripe = %s AND id = %s",
        (now, ledger.stripe_of(participant), participant),
    )
