"""Reading what a person was told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

PAGE = 20


class NoticeRow(NamedTuple):
    """A notice as it is stored; its sentences come from its kind."""

    id: UUID
    kind: str
    facts: Mapping[str, object]
    link: str
    at: datetime
    read_at: datetime | None


def notices_of(session: Session, person: UUID, *, before: UUID | None = None, limit: int = PAGE) -> list[NoticeRow]:
    """Answer the newest *limit* notices of *person*, or those older than the notice *before*."""
    statement = (
        "SELECT id, kind, facts, link, at, read_at FROM platform.notice"
        " WHERE person_id = :person AND (CAST(:before AS uuid) IS NULL OR id < :before) ORDER BY id DESC LIMIT :limit"
    )
    rows = session.execute(sa.text(statement), {"person": person, "before": before, "limit": limit})
    return [NoticeRow(*row) for row in rows]


def unread_of(session: Session, person: UUID, *, limit: int = 3) -> list[NoticeRow]:
    """Answer the newest *limit* notices that *person* has not read."""
    statement = (
        "SELECT id, kind, facts, link, at, read_at FROM platform.notice"
        " WHERE person_id = :person AND read_at IS NULL ORDER BY id DESC LIMIT :limit"
    )
    return [NoticeRow(*row) for row in session.execute(sa.text(statement), {"person": person, "limit": limit})]
