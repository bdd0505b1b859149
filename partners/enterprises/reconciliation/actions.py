"""Reconciling: snapshots are kept, differences written down once, breaks owned and resolved with words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from partners.enterprises.bulk import connection_of
from partners.enterprises.calendar import trading_calendar
from partners.enterprises.holdings.queries import book_of, held_now, instruments_of
from partners.enterprises.instruments.queries import instruments_by_code
from partners.enterprises.reconciliation import queries, rules
from partners.enterprises.reconciliation.errors import BreakUnknown, ResolutionMissing
from partners.enterprises.reconciliation.model import REASONS, Break, Difference, Snapshot
from partners.enterprises.records.model import MARKET_TIME


def record_snapshot(session: Session, *, enterprise_id: UUID, snapshots: Sequence[Snapshot], source: str) -> None:
    """Keep what the registry said is held. It is compared, never booked; the same line again changes nothing."""
    connection_of(session).execute(
        """INSERT INTO partners.market_snapshot (stripe, id, enterprise_id, instrument, slot, taken_at, units, source)
           SELECT %(stripe)s, id, %(enterprise)s, instrument, slot, taken_at, units, %(source)s
           FROM unnest(%(ids)s::uuid[], %(codes)s::text[], %(slots)s::text[], %(ats)s::timestamptz[],
                       %(units)s::bigint[]) AS w (id, instrument, slot, taken_at, units)
           ON CONFLICT DO NOTHING""",
        {
            "stripe": ledger.stripe_of(enterprise_id),
            "enterprise": enterprise_id,
            "source": source,
            "ids": [new_id() for _ in snapshots],
            "codes": [one.instrument for one in snapshots],
            "slots": [one.slot.value for one in snapshots],
            "ats": [one.taken_at for one in snapshots],
            "units": [one.units for one in snapshots],
        },
    )


def reconcile(session: Session, *, enterprise_id: UUID, now: datetime) -> list[Break]:
    """Compare the books with everything that was said about them, and answer the open breaks.

    A break that is found again stays one break; a resolved one stays resolved while its facts are the same.
    """
    differences = list(_differences(session, enterprise_id, now))
    _write(session, enterprise_id, differences, now)
    return queries.breaks_of(session, enterprise_id)


def _differences(session: Session, enterprise_id: UUID, now: datetime) -> Iterator[Difference]:
    instruments = instruments_by_code(session)
    codes = instruments_of(session, enterprise_id)
    books = {code: book_of(session, enterprise_id, instruments[code], until=now) for code in codes}
    yield from rules.compare_snapshots(queries.snapshots_of(session, enterprise_id), books)
    held = held_now(session, enterprise_id)
    for code, book in books.items():
        mine = {slot: units for (asset, slot), units in held.items() if asset == code}
        yield from rules.compare_ledger(book.position, mine, code)
    yield from rules.compare_movements(
        queries.day_sums(session, enterprise_id),
        today=now.astimezone(MARKET_TIME).date(),
        next_trading_day=trading_calendar(session).next_trading_day,
    )
    for deal_no, mine_leg, other_leg in queries.legs_of(session, enterprise_id):
        yield from rules.compare_legs(deal_no, mine_leg, other_leg)
    yield from rules.waiting_breaks(queries.waiting_records(session, enterprise_id))


def _write(session: Session, enterprise_id: UUID, differences: Iterable[Difference], now: datetime) -> None:
    listed = list(differences)
    facts = [json.dumps(one.facts, ensure_ascii=False, sort_keys=True) for one in listed]
    connection_of(session).execute(
        """INSERT INTO partners.market_break
               (stripe, id, enterprise_id, rule, code, subject, facts, facts_hash, found_at, seen_at)
           SELECT %(stripe)s, id, %(enterprise)s, rule, code, subject, facts::jsonb, hash, %(now)s, %(now)s
           FROM unnest(%(ids)s::uuid[], %(rules)s::int[], %(codes)s::text[], %(subjects)s::text[], %(facts)s::text[],
                       %(hashes)s::bytea[]) AS w (id, rule, code, subject, facts, hash)
           ON CONFLICT (stripe, enterprise_id, rule, code, subject, facts_hash)
           DO UPDATE SET seen_at = EXCLUDED.seen_at""",
        {
            "stripe": ledger.stripe_of(enterprise_id),
            "enterprise": enterprise_id,
            "now": now,
            "ids": [new_id() for _ in listed],
            "rules": [one.rule for one in listed],
            "codes": [one.code for one in listed],
            "subjects": [one.subject for one in listed],
            "facts": facts,
            "hashes": [hashlib.sha256(text.encode()).digest() for text in facts],
        },
    )


def take_break(session: Session, *, enterprise_id: UUID, break_id: UUID, owner_id: UUID) -> None:
    """Let a person own an open break. Raises BreakUnknown."""
    done = connection_of(session).execute(
        """UPDATE partners.market_break SET owner_id = %s
           WHERE stripe = %s AND id = %s AND enterprise_id = %s AND resolved_at IS NULL""",
        (owner_id, ledger.stripe_of(enterprise_id), break_id, enterprise_id),
    )
    if done.rowcount == 0:
        raise BreakUnknown(break_id=break_id)


def resolve_break(
    session: Session,
    *,
    enterprise_id: UUID,
    break_id: UUID,
    resolution: str,
    resolved_by: UUID,
    now: datetime,
    reason: str = "other",
) -> None:
    """Close an open break with its reason (of ``REASONS``) and words that say how.

    Raises ResolutionMissing, BreakUnknown.
    """
    if not resolution.strip() or reason not in REASONS:
        raise ResolutionMissing(break_id=break_id)
    done = connection_of(session).execute(
        """UPDATE partners.market_break SET resolved_at = %s, resolved_by = %s, reason = %s, resolution = %s
           WHERE stripe = %s AND id = %s AND enterprise_id = %s AND resolved_at IS NULL""",
        (now, resolved_by, reason, resolution.strip(), ledger.stripe_of(enterprise_id), break_id, enterprise_id),
    )
    if done.rowcount == 0:
        raise BreakUnknown(break_id=break_id)
