"""Keeping the ledger equal to the fold: what is new is posted, what no longer fits is undone by its opposite."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

import ledger
from ledger import NewAccount
from partners.enterprises.bulk import connection_of
from partners.enterprises.calendar import TradingCalendar
from partners.enterprises.holdings import queries
from partners.enterprises.holdings.model import Book, Move, Waiting
from partners.enterprises.holdings.rules import NEXT_DAY_KIND, fold
from partners.enterprises.instruments.model import Instrument
from partners.enterprises.records.model import MARKET_TIME, MOVES, Outside, Place, RecordKind, Slot
from partners.enterprises.rulebook.model import RuleBook

LONGEST_LIST = 60_000


@dataclass(frozen=True, slots=True)
class Synced:
    """What a synchronisation did to one instrument's books."""

    instrument: str
    posted: int
    undone: int
    waiting: tuple[Waiting, ...]


class _Line(NamedTuple):
    at: datetime
    source: Place
    target: Place
    units: int
    kind: str
    reference: UUID | None


@dataclass(slots=True)
class _Changes:
    lines: list[_Line] = field(default_factory=list)
    booked: int = 0
    again: list[UUID] = field(default_factory=list)
    undone: list[UUID] = field(default_factory=list)
    not_yet: list[UUID] = field(default_factory=list)


def lock_books(session: Session, enterprise_id: UUID) -> None:
    """Let one transaction at a time change the books of an enterprise."""
    connection_of(session).execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 9))", (str(enterprise_id),))


def synchronise(
    session: Session,
    *,
    enterprise_id: UUID,
    instrument: Instrument,
    book: RuleBook,
    calendar: TradingCalendar,
    request_id: UUID,
    now: datetime,
    fresh_file: UUID | None = None,
) -> Synced:
    """Fold all approved records of the instrument and bring the ledger to it. The caller holds the books' lock.

    The records of *fresh_file* were just approved and marked as booked, which this call makes true or takes back.
    """
    stored = queries.stored_records(session, enterprise_id, instrument.code, fresh_file=fresh_file)
    # An instrument is T+1 or not by the rule of today: a change of the rule comes with a new row and is folded anew.
    next_day = instrument.kind.value in book.limits(now.astimezone(MARKET_TIME).date()).next_day_kinds
    folded = fold(
        (row.event for row in stored if row.is_live),
        next_day=next_day,
        next_trading_day=calendar.next_trading_day,
        until=now,
    )
    changes = _changes(stored, folded, queries.releases(session, enterprise_id, instrument.code), next_day=next_day)
    _post(session, enterprise_id, instrument, changes.lines, request_id=request_id, now=now)
    _remember(session, enterprise_id, instrument.code, changes, folded, now=now)
    return Synced(instrument.code, changes.booked, len(changes.undone), folded.waiting)


def _changes(
    stored: Sequence[queries.StoredRecord], folded: Book, released: dict[date, int], *, next_day: bool
) -> _Changes:
    changes = _Changes()
    booked = {row.event.id for row in stored if row.is_booked}
    fresh = {row.event.id for row in stored if row.is_fresh}
    wanted = {move.event for move in folded.moves if move.event is not None}
    for row in stored:
        if row.is_booked and row.event.id not in wanted:
            event = row.event
            source, target = MOVES[event.kind]
            if next_day and event.kind is RecordKind.BUY:
                target = Slot.NEXT_DAY
            changes.undone.append(event.id)
            changes.lines.append(_Line(event.at, target, source, event.units, f"undo_{event.kind.value}", event.id))
    changes.not_yet.extend(fresh - wanted)
    freed: dict[date, int] = {}
    for move in folded.moves:
        if move.event is None:
            day = move.at.astimezone(MARKET_TIME).date()
            freed[day] = freed.get(day, 0) + move.units
        elif move.event not in booked:
            changes.booked += 1
            if move.event not in fresh:
                changes.again.append(move.event)
            changes.lines.append(_Line(move.at, move.source, move.target, move.units, move.kind, move.event))
    changes.lines.extend(_release_lines(freed, released))
    changes.lines.sort(key=attrgetter("at"))
    return changes


def _release_lines(freed: dict[date, int], released: dict[date, int]) -> Iterable[_Line]:
    for day in sorted(freed.keys() | released.keys()):
        more = freed.get(day, 0) - released.get(day, 0)
        at = datetime.combine(day, time(), MARKET_TIME)
        if more > 0:
            yield _Line(at, Slot.NEXT_DAY, Slot.TRADING, more, NEXT_DAY_KIND, None)
        elif more < 0:
            yield _Line(at, Slot.TRADING, Slot.NEXT_DAY, -more, f"undo_{NEXT_DAY_KIND}", None)


def _post(
    session: Session,
    enterprise_id: UUID,
    instrument: Instrument,
    lines: Sequence[_Line],
    *,
    request_id: UUID,
    now: datetime,
) -> None:
    if not lines:
        return
    outside = {place for line in lines for place in (line.source, line.target) if isinstance(place, Outside)}
    accounts = _accounts(session, enterprise_id, instrument, [*Slot, *sorted(outside)])
    for start in range(0, len(lines), LONGEST_LIST):
        part = lines[start : start + LONGEST_LIST]
        ats, sources, targets, units, kinds, references = zip(*part, strict=True)
        ledger.post_columns(
            session,
            debits=[accounts[place] for place in sources],
            credits=[accounts[place] for place in targets],
            units=units,
            occurred_at=ats,
            kinds=kinds,
            references=references,
            request_id=uuid5(request_id, f"{enterprise_id}:{instrument.code}:{start}"),
            now=now,
        )


def _accounts(
    session: Session, enterprise_id: UUID, instrument: Instrument, places: Sequence[Place]
) -> dict[Place, int]:
    """Open (or find) the accounts of *places* of an enterprise and instrument."""
    ledger.open_asset(session, instrument.code, scale=instrument.decimals, name=instrument.name)
    wanted = [
        NewAccount(enterprise_id, place.value, instrument.code)
        if isinstance(place, Slot)
        else NewAccount(ledger.SYSTEM, place.value, instrument.code, floor=False, spread=True)
        for place in places
    ]
    opened = ledger.open_accounts(session, wanted)
    return {place: account.id for place, account in zip(places, opened, strict=True)}


def _remember(
    session: Session, enterprise_id: UUID, instrument: str, changes: _Changes, folded: Book, *, now: datetime
) -> None:
    connection = connection_of(session)
    keys = {
        "stripe": ledger.stripe_of(enterprise_id),
        "enterprise": enterprise_id,
        "instrument": instrument,
        "now": now,
    }
    connection.execute(
        """UPDATE partners.market_record SET booked_at = %(now)s, waiting_for = NULL
           WHERE stripe = %(stripe)s AND id = ANY(%(ids)s) AND booked_at IS NULL""",
        {**keys, "ids": changes.again},
    )
    connection.execute(
        "UPDATE partners.market_record SET booked_at = NULL WHERE stripe = %(stripe)s AND id = ANY(%(ids)s)",
        {**keys, "ids": changes.undone + changes.not_yet},
    )
    connection.execute(
        """UPDATE partners.market_record r SET waiting_for = w.rule || ':' || w.missing
           FROM unnest(%(ids)s::uuid[], %(rules)s::int[], %(missing)s::bigint[]) AS w (id, rule, missing)
           WHERE r.stripe = %(stripe)s AND r.id = w.id""",
        {
            **keys,
            "ids": [one.event for one in folded.waiting],
            "rules": [one.rule for one in folded.waiting],
            "missing": [one.missing for one in folded.waiting],
        },
    )
    _remember_releases(session, keys, folded.moves)
    connection.execute(
        """INSERT INTO partners.market_book (stripe, enterprise_id, instrument, booked_until, next_release_at,
               waiting, synced_at)
           VALUES (%(stripe)s, %(enterprise)s, %(instrument)s, %(until)s, %(release)s,
               %(waiting)s, %(now)s)
           ON CONFLICT (stripe, enterprise_id, instrument) DO UPDATE SET
               booked_until = EXCLUDED.booked_until, next_release_at = EXCLUDED.next_release_at,
               waiting = EXCLUDED.waiting, synced_at = EXCLUDED.synced_at""",
        {
            **keys,
            "until": max((move.at for move in folded.moves if move.event), default=None),
            "release": folded.next_free_at,
            "waiting": len(folded.waiting),
        },
    )


def _remember_releases(session: Session, keys: dict[str, object], moves: Iterable[Move]) -> None:
    freed: dict[str, int] = {}
    for move in moves:
        if move.event is None:
            day = move.at.astimezone(MARKET_TIME).date().isoformat()
            freed[day] = freed.get(day, 0) + move.units
    connection_of(session).execute(
        """MERGE INTO partners.market_release t
           USING (SELECT key::date AS day, value::bigint AS units FROM jsonb_each_text(%(freed)s::jsonb)) f
           ON t.stripe = %(stripe)s AND t.enterprise_id = %(enterprise)s AND t.instrument = %(instrument)s
              AND t.day = f.day
           WHEN MATCHED THEN UPDATE SET units = f.units
           WHEN NOT MATCHED THEN INSERT (stripe, enterprise_id, instrument, day, units)
               VALUES (%(stripe)s, %(enterprise)s, %(instrument)s, f.day, f.units)""",
        {**keys, "freed": json.dumps(freed)},
    )
    connection_of(session).execute(
        """UPDATE partners.market_release SET units = 0
           WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s AND instrument = %(instrument)s
             AND NOT (%(freed)s::jsonb ? day::text)""",
        {**keys, "freed": json.dumps(freed)},
    )
