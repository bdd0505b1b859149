"""What the way in need not remember."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from puhui.identity import limits
from puhui.identity.log_in import delete_expired_log_ins
from puhui.identity.providers import delete_expired_tokens


def forget_expired(session: Session, *, now: datetime, limit: int) -> int:
    """Delete expired log-ins (*limit* at most; answers how many), codes, tokens and old counts of tries."""
    limits.delete_old(session, now=now)
    delete_expired_tokens(session, now=now, limit=limit)
    return delete_expired_log_ins(session, now=now, limit=limit)
