"""Reading records for the fold, and holdings from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from partners.enterprises.bulk import read_rows
from partners.enterprises.holdings.model import Event
from partners.enterprises.records.model import RecordKind


@dataclass(frozen=True, slots=True)
class StoredRecord:
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
    rows = read_rows(
        session,
        """SELECT id, kind, units, business_at, (business_at AT TIME ZONE 'Asia/Shanghai')::date, sequence, natural_key,
                  state = 'approved', booked_at IS NOT NULL AND file_id IS DISTINCT FROM %(fresh)s,
                  file_id IS NOT DISTINCT FROM %(fresh)s
           FROM partners.market_record
           WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s AND instrument = %(instrument)s
             AND action <> 'cancel' AND (state = 'approved' OR booked_at IS NOT NULL)
           ORDER BY business_at, sequence, natural_key""",
        {"stripe": ledger.stripe_of(enterprise_id), "enterprise": enterprise_id, "instrument": instrument}
        | {"fresh": fresh_file},
    )
    return [
        StoredRecord(Event(id_, _KINDS[kind], units, at, day, sequence, key), live, booked, fresh)
        for id_, kind, units, at, day, sequence, key, live, booked, fresh in rows
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
