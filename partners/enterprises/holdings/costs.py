"""Reading lots and cost of one instrument from the booked records."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from partners.enterprises.bulk import read_rows
from partners.enterprises.holdings.lots import CostBook, CostEvent, cost_book
from partners.enterprises.parties.model import Enterprise
from partners.enterprises.records.model import RecordKind


def costs_of(session: Session, enterprise: Enterprise, instrument: str, *, until: date) -> CostBook:
    """Answer lots, departures and entries up to a business day, by the enterprise's policy."""
    return cost_book(
        _events(session, enterprise.id, instrument, until),
        policy=enterprise.lot_policy,
        free_first=enterprise.free_first,
    )


def _events(session: Session, enterprise_id: UUID, instrument: str, until: date) -> list[CostEvent]:
    rows = read_rows(
        session,
        """SELECT (business_at AT TIME ZONE 'Asia/Shanghai')::date, kind, units, coalesce(amount_fen, 0),
                  coalesce(fee_fen, 0), natural_key
           FROM partners.market_record
           WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s AND instrument = %(instrument)s
             AND state = 'approved' AND booked_at IS NOT NULL AND action <> 'cancel'
             AND business_at < (%(until)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
           ORDER BY business_at, sequence, natural_key""",
        {
            "stripe": ledger.stripe_of(enterprise_id),
            "enterprise": enterprise_id,
            "instrument": instrument,
            "until": until,
        },
    )
    return [CostEvent(day, RecordKind(kind), units, amount, fee, key) for day, kind, units, amount, fee, key in rows]
