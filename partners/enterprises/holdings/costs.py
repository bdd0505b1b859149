"""Reading lots and cost of one instrument from the booked records."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from partners.enterprises.bulk import read_rows
from partners.enterprises.exact import half_up
from partners.enterprises.holdings.lots import CostBook, CostEvent, cost_book
from partners.enterprises.parties.model import Enterprise
from partners.enterprises.records.model import RecordKind


def costs_of(session: Session, enterprise: Enterprise, instrument: str, *, until: date) -> CostBook:
    """Answer lots, departures and entries up to a business day, by the enterprise's policy."""
    events = _events(session, enterprise.id, instrument, until)
    if any(event.kind is RecordKind.CARRY_ISSUED for event in events):
        events = list(_with_carried_cost(events, _reclaimed(session, enterprise, until)))
    return _book(enterprise, events)


def _book(enterprise: Enterprise, events: Iterable[CostEvent]) -> CostBook:
    return cost_book(events, policy=enterprise.lot_policy, free_first=enterprise.free_first)


def _reclaimed(session: Session, enterprise: Enterprise, until: date) -> deque[tuple[int, int]]:
    """Answer units and cost of the old units that the registry reclaimed for carry-over, in business order."""
    rows = read_rows(
        session,
        """SELECT DISTINCT instrument FROM partners.market_record
           WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s AND kind = 'carry_reclaimed'
             AND state = 'approved' ORDER BY instrument""",
        {"stripe": ledger.stripe_of(enterprise.id), "enterprise": enterprise.id},
    )
    gone = [
        one
        for (code,) in rows
        for one in _book(enterprise, _events(session, enterprise.id, code, until)).departures
        if one.kind is RecordKind.CARRY_RECLAIMED
    ]
    return deque((one.units, one.cost_fen) for one in sorted(gone, key=lambda one: one.day))


def _with_carried_cost(events: Iterable[CostEvent], reclaimed: deque[tuple[int, int]]) -> Iterator[CostEvent]:
    """Give carried units the cost of the old ones that they stand for, first in, first out."""
    for event in events:
        if event.kind is not RecordKind.CARRY_ISSUED:
            yield event
            continue
        left, cost = event.units, 0
        while left and reclaimed:
            units, worth = reclaimed.popleft()
            taken = min(units, left)
            share = worth if taken == units else half_up(worth * taken, units)
            cost, left = cost + share, left - taken
            if taken < units:
                reclaimed.appendleft((units - taken, worth - share))
        yield replace(event, amount_fen=event.amount_fen or cost)


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
