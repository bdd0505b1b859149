"""Telling people, once each, a set at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from puhui.identity.model import Membership, Role
from puhui.notices.kinds import KINDS


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told to *person*: its *kind* of ``KINDS``, *facts*, where it leads, and the *key* that makes it once."""

    person: UUID
    kind: str
    link: str
    key: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


def tell_many(session: Session, notices: Iterable[Notice], *, now: datetime) -> int:
    """Tell each notice unless its person was told under the same key; answer how many are new. One statement.

    Raises KeyError for a kind that ``KINDS`` does not know.
    """
    rows = [
        {
            "id": str(new_id()),
            "person_id": str(notice.person),
            "kind": notice.kind,
            "facts": dict(notice.facts),
            "link": notice.link,
            "key": notice.key,
        }
        for notice in notices
        if KINDS[notice.kind]
    ]
    if not rows:
        return 0
    told = session.scalars(sa.text(_TELL), {"rows": json.dumps(rows), "now": now})
    return len(told.all())


_TELL = """
INSERT INTO platform.notice (id, person_id, kind, facts, link, key, at)
SELECT r.id, r.person_id, r.kind, r.facts, r.link, r.key, :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r (id uuid, person_id uuid, kind text, facts jsonb, link text, key text)
ON CONFLICT (person_id, key) DO NOTHING RETURNING id
"""


def tell(
    session: Session,
    *,
    person: UUID,
    kind: str,
    link: str,
    key: str,
    now: datetime,
    facts: Mapping[str, str | int] | None = None,
) -> bool:
    """Tell one person; answer whether it is new."""
    return tell_many(session, [Notice(person, kind, link, key, facts or {})], now=now) == 1


def mark_read(session: Session, *, person: UUID, now: datetime) -> None:
    """Mark everything that was told to *person* until *now* as read."""
    statement = "UPDATE platform.notice SET read_at = :now WHERE person_id = :person AND read_at IS NULL AND at <= :now"
    session.execute(sa.text(statement), {"person": person, "now": now})


def staff_of(session: Session, organisation_id: UUID, roles: Sequence[Role]) -> list[UUID]:
    """Answer the persons who have one of *roles* in the organisation now, for telling them."""
    statement = (
        sa.select(Membership.person_id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role.in_([str(role) for role in roles]),
            Membership.ended_at.is_(None),
        )
        .distinct()
        .order_by(Membership.person_id)
    )
    return list(session.scalars(statement))
