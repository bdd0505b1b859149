"""Reading records for the fold, and holdings from it."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from partners.enterprises.bulk import read_many, read_rows
from partners.enterprises.calendar import trading_calendar
from partners.enterprises.holdings.model import Book, Event
from partners.enterprises.holdings.rules import fold, position_at
from partners.enterprises.instruments.model import Instrument
from partners.enterprises.instruments.queries import instruments_by_code
from partners.enterprises.parties.queries import group_of
from partners.enterprises.records.model import EVIDENCE, MARKET_TIME, RecordKind, Slot
from partners.enterprises.rulebook.queries import rulebook


class StoredRecord(NamedTuple):
    """A record as the books see it: *is_live* when it counts, *is_booked* when the ledger has it.

    *is_fresh*: it is of the file at hand.
    """

    event: Event
    is_live: bool
    is_booked: bool
    is_fresh: bool


_KINDS = {kind.value: kind for kind in RecordKind}


def stored_records(
    session: Session, enterprise_id: UUID, instrument: str, *, fresh_file: UUID | None
) -> list[StoredRecord]:
    """Answer the approved records of an instrument, and those superseded ones that the ledger still has.

    Those of *fresh_file* are marked as booked already, but the ledger does not have them yet.
    """
    rows = read_many(
        session,
        """SELECT id, kind, units, business_at, (business_at AT TIME ZONE 'Asia/Shanghai')::date,
                  state = 'approved', booked_at IS NOT NULL AND file_id IS DISTINCT FROM %(fresh)s,
                  file_id IS NOT DISTINCT FROM %(fresh)s
           FROM partners.market_record
           WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s AND instrument = %(instrument)s
             AND action <> 'cancel' AND kind <> ALL(%(evidence)s) AND (state = 'approved' OR booked_at IS NOT NULL)
           ORDER BY business_at, sequence, natural_key COLLATE "C" """,
        {"stripe": ledger.stripe_of(enterprise_id), "enterprise": enterprise_id, "instrument": instrument}
        | {"fresh": fresh_file, "evidence": [kind.value for kind in EVIDENCE]},
    )
    # The rows come in business order, so their place in it stands for sequence and key.
    return [
        StoredRecord(Event(id_, _KINDS[kind], units, at, day, place, ""), live, booked, fresh)
        for place, (id_, kind, units, at, day, live, booked, fresh) in enumerate(rows)
    ]


def releases(session: Session, enterprise_id: UUID, instrument: str) -> dict[date, int]:
    """Answer the bought units that the ledger was told to be free, by day."""
    rows = read_rows(
        session,
        """SELECT day, units FROM partners.market_release
           WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s AND instrument = %(instrument)s""",
        {"stripe": ledger.stripe_of(enterprise_id), "enterprise": enterprise_id, "instrument": instrument},
    )
    return dict(rows)


def instruments_of(session: Session, enterprise_id: UUID) -> list[str]:
    """Answer the codes of the instruments that an enterprise has books of."""
    rows = read_rows(
        session,
        """SELECT instrument FROM partners.market_book
           WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s ORDER BY instrument""",
        {"stripe": ledger.stripe_of(enterprise_id), "enterprise": enterprise_id},
    )
    return [row[0] for row in rows]


def booked_until(session: Session, enterprise_id: UUID) -> datetime | None:
    """Answer the latest business time in the books of an enterprise."""
    rows = read_rows(
        session,
        """SELECT max(booked_until) FROM partners.market_book
           WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s""",
        {"stripe": ledger.stripe_of(enterprise_id), "enterprise": enterprise_id},
    )
    until: datetime | None = rows[0][0]
    return until


def held_now(session: Session, enterprise_id: UUID) -> dict[tuple[str, Slot], int]:
    """Answer what the ledger holds for an enterprise, by instrument and slot."""
    places = {slot.value: slot for slot in Slot}
    accounts = [one for one in ledger.accounts_of(session, enterprise_id) if one.purpose in places]
    balances = ledger.balances(session, accounts) if accounts else {}
    return {(one.asset, places[one.purpose]): balances[one.id].posted for one in accounts}


def held_at(session: Session, enterprise_id: UUID, instrument: Instrument, *, instant: datetime) -> dict[Slot, int]:
    """Answer what was held of an instrument at a business instant, by slot, from its records."""
    return position_at(book_of(session, enterprise_id, instrument, until=instant).moves, instant)


def book_of(session: Session, enterprise_id: UUID, instrument: Instrument, *, until: datetime) -> Book:
    """Answer the fold of an instrument's approved records up to *until*."""
    stored = stored_records(session, enterprise_id, instrument.code, fresh_file=None)
    kinds = rulebook(session).limits(until.astimezone(MARKET_TIME).date()).next_day_kinds
    return fold(
        (row.event for row in stored if row.is_live),
        next_day=instrument.kind.value in kinds,
        next_trading_day=trading_calendar(session).next_trading_day,
        until=until,
    )


def held_on(session: Session, enterprise_id: UUID, *, instant: datetime) -> dict[tuple[str, Slot], int]:
    """Answer what was held at a business instant, by instrument and slot, from the records as they are known now."""
    instruments = instruments_by_code(session)
    held: dict[tuple[str, Slot], int] = {}
    for code in instruments_of(session, enterprise_id):
        for slot, units in held_at(session, enterprise_id, instruments[code], instant=instant).items():
            held[code, slot] = units
    return held


def group_held(
    session: Session, enterprise_id: UUID, *, instant: datetime | None = None
) -> dict[tuple[str, Slot], int]:
    """Answer what an enterprise and its subsidiaries hold together, now or at a business *instant*."""
    total: dict[tuple[str, Slot], int] = {}
    for one in group_of(session, enterprise_id):
        held = held_now(session, one.id) if instant is None else held_on(session, one.id, instant=instant)
        for place, units in held.items():
            total[place] = total.get(place, 0) + units
    return total
