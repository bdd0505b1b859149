"""What a merchant's counters took in a stretch of time: vouchers redeemed and pay codes charged, with a running sum."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class TillEntry:
    """One act at a counter. *id* is the scan's; *running_units* sums everything until then that was not undone."""

    kind: str
    id: UUID
    at: datetime
    counter_id: UUID
    clerk_id: UUID
    coins_units: int
    offer_id: UUID | None
    offer_version: int | None
    undone_at: datetime | None
    undone_by: UUID | None
    undo_reason: str | None
    running_units: int


@dataclass(frozen=True, slots=True)
class TillTotal:
    """How many acts were not undone and their coins, and how many were undone."""

    count: int
    coins_units: int
    undone: int


def till_entries(
    session: Session,
    *,
    merchant_id: UUID,
    since: datetime,
    until: datetime,
    counter_id: UUID | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[TillEntry]:
    """Answer the acts from *since* until before *until*, the newest first, older than the place *before*."""
    at, last = before or (None, None)
    values = {
        "merchant": merchant_id, "since": since, "until": until, "counter": counter_id, "at": at, "last": last,
        "limit": limit,
    }  # fmt: skip
    return [TillEntry(*row) for row in session.execute(_ENTRIES, values)]


def till_total(
    session: Session, *, merchant_id: UUID, since: datetime, until: datetime, counter_id: UUID | None = None
) -> TillTotal:
    """Answer the sum of the acts from *since* until before *until*."""
    values = {"merchant": merchant_id, "since": since, "until": until, "counter": counter_id}
    return TillTotal(*session.execute(_TOTAL, values).one())


_ACTS = """
    SELECT 'voucher' AS kind, v.redemption_id AS id, v.redeemed_at AS at, v.counter_id, v.redeemed_by AS clerk_id,
        v.coins_units, v.offer_id, v.offer_version, v.undone_at, v.undone_by, v.undo_reason
    FROM rewards.voucher v
    WHERE v.merchant_id = :merchant AND v.redeemed_at >= :since AND v.redeemed_at < :until
        AND (CAST(:counter AS uuid) IS NULL OR v.counter_id = :counter)
    UNION ALL
    SELECT 'pay_code', c.id, c.charged_at, c.counter_id, c.clerk_id, c.coins_units, NULL, NULL, c.undone_at,
        c.undone_by, c.undo_reason
    FROM rewards.charge c
    WHERE c.merchant_id = :merchant AND c.charged_at >= :since AND c.charged_at < :until
        AND (CAST(:counter AS uuid) IS NULL OR c.counter_id = :counter)
"""
_ENTRIES = sa.text(
    f"""
    WITH act AS ({_ACTS}), summed AS (
        SELECT act.*, (sum(coins_units) FILTER (WHERE undone_at IS NULL) OVER (ORDER BY at, id))::bigint AS running
        FROM act
    )
    SELECT kind, id, at, counter_id, clerk_id, coins_units, offer_id, offer_version, undone_at, undone_by, undo_reason,
        coalesce(running, 0)
    FROM summed
    WHERE CAST(:at AS timestamptz) IS NULL OR (at, id) < (CAST(:at AS timestamptz), CAST(:last AS uuid))
    ORDER BY at DESC, id DESC LIMIT :limit
    """  # noqa: S608  # Both parts are literals of ours.
)
_TOTAL = sa.text(
    f"""
    SELECT count(*) FILTER (WHERE undone_at IS NULL),
        coalesce(sum(coins_units) FILTER (WHERE undone_at IS NULL), 0)::bigint, count(undone_at)
    FROM ({_ACTS}) AS act
    """  # noqa: S608  # Both parts are literals of ours.
)
