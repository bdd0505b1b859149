"""Moving coins between a person's and a family's account so that they stay as old as they are.

A plain transfer would be a new credit and make old coins young. So an amount is moved in pieces, one per cohort, the
oldest first, each credited at the last instant of its own cohort.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from ledger import Account, NewTransfer
from rewards.coins import lives
from rewards.coins.errors import CoinsMoved

MICROSECOND = timedelta(microseconds=1)


def move_aged(
    session: Session,
    *,
    source: Account,
    target: Account,
    units: int,
    kind: str,
    reference: UUID,
    request_id: UUID,
    now: datetime,
) -> ledger.Posting:
    """Move *units* of coins, the oldest first, each as old on the other side as it was.

    Raises CoinsMoved where the source changed at the same instant (ask again), and what `ledger.post` raises.
    """
    ends = _ends(session, now)
    before = _older(session, source, ends, now)
    transfers = [
        NewTransfer(source.id, target.id, piece, at, kind, reference)
        for piece, at in pieces(units, ends=ends, older=before, now=now)
    ]
    posting = ledger.post(session, transfers, request_id=request_id, now=now)
    # From here on the source is ours; had somebody spent or been refunded in between, the ages would not add up.
    if _older(session, source, ends, now) != [max(0, old - units) for old in before]:
        raise CoinsMoved(account=source.id)
    return posting


def pieces(units: int, *, ends: Sequence[datetime], older: Sequence[int], now: datetime) -> list[tuple[int, datetime]]:
    """Cut an amount by age: so much of it with such an instant of credit. *older* is what is older than each end."""
    cut, taken = [], 0
    for end, old in zip(ends, older, strict=True):
        piece = min(units, old) - taken
        if piece > 0:
            cut.append((piece, min(end - MICROSECOND, now)))
            taken += piece
    if units - taken or not cut:
        cut.append((units - taken, now))
    return cut


def _ends(session: Session, now: datetime) -> list[datetime]:
    rules = lives.coin_lives(session)
    over = lives.due(rules, now=now)
    return [cohort.end for cohort in ([over] if over else []) + lives.coming(rules, now=now)]


def _older(session: Session, account: Account, ends: Sequence[datetime], now: datetime) -> list[int]:
    return [ledger.expiring_units(session, [account], cohort_end=end, now=now)[account.id] for end in ends]
