"""Letting coins expire, and finding whose coins will, so that they can be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger import NewAccount
from rewards.coins import lives

JOB = UUID("0192f0c4-8a00-7e00-8000-0000636f696e")
"""The name under which each day's runs have their request ids."""
BATCH = 20_000
HOLDERS = sa.text(
    "WITH page AS (SELECT a.id, a.owner FROM ledger.named_account a JOIN ledger.asset s ON s.id = a.asset"
    " WHERE s.code = 'coin' AND a.purpose = 'coins' AND a.credits_posted > a.debits_posted AND a.id > :after"
    " ORDER BY a.id LIMIT :limit)"
    " SELECT page.id, page.owner, coalesce(due.units, 0) AS units FROM page"
    " LEFT JOIN ledger.units_before((SELECT array_agg(id) FROM page), :cohort_end, :now) due ON due.account = page.id"
    " ORDER BY page.id"
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose coins (a person's or a family's) will expire, and how many."""

    account_id: int
    owner: UUID
    units: int


def expire_coins(session: Session, *, now: datetime, run: int) -> int:
    """Let everything expire whose time is over; answer of how many accounts. Ask again with the next *run* until 0.

    The request id is of the job, the local day and the run, so that a day's run is done once whoever asks.
    """
    over = lives.due(lives.coin_lives(session), now=now)
    if over is None:
        return 0
    day = now.astimezone(lives.CITY_TIME).date()
    made = ledger.expire_units(
        session,
        asset="coin",
        purpose="coins",
        cohort_end=over.end,
        into=_expired(session),
        request_id=uuid5(JOB, f"{day:%Y-%m-%d}/{run}"),
        now=now,
        limit=BATCH,
    )
    return made.accounts


def holders(
    session: Session, *, cohort_end: datetime, now: datetime, after: int = 0, limit: int = 1000
) -> Sequence[Holder]:
    """Answer the owners of coins after an account, with what of each is older than *cohort_end*; 0 where nothing is."""
    values = {"cohort_end": cohort_end, "now": now, "after": after, "limit": limit}
    return [Holder(row.id, row.owner, row.units) for row in session.execute(HOLDERS, values)]


def _expired(session: Session) -> ledger.Account:
    new = NewAccount(ledger.SYSTEM, "expired", "coin", floor=False, spread=True)
    return ledger.open_accounts(session, [new])[0]
