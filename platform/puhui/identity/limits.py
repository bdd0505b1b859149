"""Limits counted in PostgreSQL, so that they hold whatever the number of workers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.identity.errors import TooManyAttempts
from puhui.identity.model import Attempt
from puhui.identity.rules import Limit
from puhui.identity.vault import Vault

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def count(session: Session, *, vault: Vault, limits: Sequence[Limit], of: str, now: datetime) -> None:
    """Count a try of *of* (a phone, an address; kept as a keyed hash) against *limits*. Raises TooManyAttempts.

    Call it in a transaction apart, so that the count stays when the request is refused.
    """
    for limit in limits:
        start = _EPOCH + ((now - _EPOCH) // limit.per) * limit.per
        statement = insert(Attempt).values(subject=vault.fingerprint(limit.subject, of), window_start=start, count=1)
        counted = session.scalar(
            statement.on_conflict_do_update(
                index_elements=["subject", "window_start"], set_={"count": Attempt.count + 1}
            ).returning(Attempt.count)
        )
        if counted is None or counted > limit.count:
            raise TooManyAttempts(retry_at=start + limit.per)


def delete_old(session: Session, *, now: datetime) -> None:
    """Delete counts that no limit looks at any more."""
    session.execute(sa.delete(Attempt).where(Attempt.window_start < now - timedelta(days=2)))
