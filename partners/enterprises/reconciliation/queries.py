"""Reading what is compared, and the breaks that were found."""

from __future__ import annotations

from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from partners.enterprises.bulk import read_rows
from partners.enterprises.reconciliation.model import Break, Snapshot
from partners.enterprises.reconciliation.rules import DaySum, Leg, WaitingRecord
from partners.enterprises.records.model import Slot


def snapshots_of(session: Session, enterprise_id: UUID) -> list[Snapshot]:
    """Answer the newest snapshot of every instrument and state."""
    rows = read_rows(
        session,
        """SELECT DISTINCT ON (instrument, slot) instrument, slot, taken_at, units FROM partners.market_snapshot
           WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s
           ORDER BY instrument, slot, taken_at DESC, id DESC""",
        _keys(enterprise_id),
    )
    return [Snapshot(code, Slot(slot), at, units) for code, slot, at, units in rows]


def day_sums(session: Session, enterprise_id: UUID) -> list[DaySum]:
    """Answer units traded by instrument, day and direction where the registry's statements of trades are on file."""
    rows = read_rows(
        session,
        """WITH told AS (
               SELECT instrument, (business_at AT TIME ZONE 'Asia/Shanghai')::date AS day,
                      CASE WHEN kind IN ('buy', 'trade_in') THEN 'in' ELSE 'out' END AS direction,
                      sum(units) FILTER (WHERE kind IN ('buy', 'sell')) AS exchange,
                      sum(units) FILTER (WHERE kind IN ('trade_in', 'trade_out')) AS registry
               FROM partners.market_record
               WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s AND state = 'approved'
                 AND action <> 'cancel' AND kind IN ('buy', 'sell', 'trade_in', 'trade_out')
               GROUP BY 1, 2, 3
           ), span AS (
               SELECT instrument, min(day) AS since, max(day) AS until FROM told WHERE registry IS NOT NULL GROUP BY 1
           )
           SELECT instrument, day, direction, coalesce(exchange, 0)::bigint, coalesce(registry, 0)::bigint
           FROM told JOIN span USING (instrument)
           WHERE day BETWEEN since AND until AND exchange IS DISTINCT FROM registry
           ORDER BY 1, 2, 3""",
        _keys(enterprise_id),
    )
    return [DaySum(*row) for row in rows]


def legs_of(session: Session, enterprise_id: UUID) -> list[tuple[str, Leg, Leg]]:
    """Answer deals that another local firm has the other side of, where the two do not agree."""
    rows = read_rows(
        session,
        """SELECT mine.deal_no, mine.instrument, mine.units, mine.price_fen, other.instrument, other.units,
                  other.price_fen
           FROM partners.market_record mine
           JOIN partners.market_record other ON other.deal_no = mine.deal_no
                AND other.enterprise_id <> mine.enterprise_id AND other.kind <> mine.kind
                AND other.kind IN ('buy', 'sell') AND other.state = 'approved' AND other.action <> 'cancel'
           WHERE mine.stripe = %(stripe)s AND mine.enterprise_id = %(enterprise)s AND mine.kind IN ('buy', 'sell')
             AND mine.state = 'approved' AND mine.action <> 'cancel'
             AND (mine.instrument, mine.units, mine.price_fen)
                 IS DISTINCT FROM (other.instrument, other.units, other.price_fen)
           ORDER BY mine.deal_no LIMIT 1000""",
        _keys(enterprise_id),
    )
    return [(row[0], Leg(*row[1:4]), Leg(*row[4:7])) for row in rows]


def waiting_records(session: Session, enterprise_id: UUID) -> list[WaitingRecord]:
    """Answer approved records that are not in the books, oldest first."""
    rows = read_rows(
        session,
        """SELECT natural_key, split_part(waiting_for, ':', 1)::int, split_part(waiting_for, ':', 2)::bigint,
                  business_at
           FROM partners.market_record
           WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s AND state = 'approved'
             AND waiting_for IS NOT NULL
           ORDER BY business_at, natural_key LIMIT 1000""",
        _keys(enterprise_id),
    )
    return [WaitingRecord(*row) for row in rows]


BREAK: LiteralString = """
    SELECT id, rule, code, subject, facts, found_at, seen_at, owner_id, resolved_at, reason, resolution
    FROM partners.market_break"""


def breaks_of(
    session: Session, enterprise_id: UUID, *, open_only: bool = True, limit: int = 200, offset: int = 0
) -> list[Break]:
    """Answer the breaks of an enterprise, oldest first; the closed ones behind, the newest of them first."""
    statement: LiteralString = (
        BREAK
        + """ WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s AND (resolved_at IS NULL OR NOT %(open)s)
              ORDER BY resolved_at DESC NULLS FIRST, found_at, id LIMIT %(limit)s OFFSET %(offset)s"""
    )
    keys = _keys(enterprise_id) | {"open": open_only, "limit": limit, "offset": offset}
    return [Break(*row) for row in read_rows(session, statement, keys)]


def open_breaks(session: Session, *, limit: int = 200, offset: int = 0) -> list[tuple[str, UUID, Break]]:
    """Answer the open breaks of all enterprises with the name of each, oldest first; for the operator."""
    rows = read_rows(
        session,
        """SELECT e.name, e.id, b.id, rule, code, subject, facts, found_at, seen_at, owner_id, resolved_at, reason,
                  resolution
           FROM partners.market_break b JOIN partners.enterprise e ON e.id = b.enterprise_id
           WHERE resolved_at IS NULL ORDER BY found_at, b.id LIMIT %(limit)s OFFSET %(offset)s""",
        {"limit": limit, "offset": offset},
    )
    return [(row[0], row[1], Break(*row[2:])) for row in rows]


def enterprise_ids(session: Session, *, after: UUID | None = None, limit: int = 1000) -> list[UUID]:
    """Answer enterprises that have books, in the order of their ids."""
    rows = read_rows(
        session,
        """SELECT id FROM partners.enterprise
           WHERE id > coalesce(%(after)s, '00000000-0000-0000-0000-000000000000'::uuid) ORDER BY id LIMIT %(limit)s""",
        {"after": after, "limit": limit},
    )
    return [row[0] for row in rows]


def _keys(enterprise_id: UUID) -> dict[str, object]:
    return {"stripe": ledger.stripe_of(enterprise_id), "enterprise": enterprise_id}
