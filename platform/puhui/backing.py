"""Making coins as far as the rule of the day lets the funds stand behind them: where rewards and sponsors meet."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from partners import settlement
from rewards import coins
from rewards.coins import Exchange


def exchange_backed(
    session: Session, *, citizen_id: UUID, points_units: int, rate_id: UUID, request_id: UUID, now: datetime
) -> Exchange:
    """Turn points into coins where the funds cover them, or where no rule asks for that.

    The cover is looked at when the coins are made and before they are committed. Raises what ``coins.exchange`` raises,
    and CoinsNotBacked, after which the caller's transaction must not commit.
    """
    made = coins.exchange(
        session, citizen_id=citizen_id, points_units=points_units, rate_id=rate_id, request_id=request_id, now=now
    )
    if made.exchanged_at == now:
        settlement.check_backed(session, coins_units=0, now=now)
    return made
