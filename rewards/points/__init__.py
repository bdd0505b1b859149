"""Points: a citizen's standing, earned by reductions under a dated rule, turned into coins at a dated rate."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

import ledger

ASSET = "point"
PURPOSE = "points"


def points_of(session: Session, citizen_id: UUID, *, now: datetime) -> int:
    """Answer how many points the citizen could exchange at *now*; 0 for one who has earned nothing yet."""
    try:
        account = ledger.account_of(session, owner=citizen_id, purpose=PURPOSE, asset=ASSET)
    except ledger.AccountUnknown:
        return 0
    return ledger.balance(session, account, now=now).available
