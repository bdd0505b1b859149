"""Readings from a provider's program: every row answered, received once by the provider's own id, sets and not loops.

The first rule that a row breaks is its answer: ``id_repeated``, ``already_received``, ``record_changed``,
``meter_unknown``, ``unit_wrong``, ``quantity_invalid``, ``time_order``, ``time_in_future``, ``too_long``,
``crosses_month``, ``meter_not_there``, ``overlaps``; else ``received``.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ledger import stripe_of
from partners.meters.entering import look_again
from partners.meters.model import Meter, Site

LONGEST = timedelta(days=32)
FUTURE_TOLERANCE = timedelta(minutes=5)
QUANTITY = re.compile(r"[0-9]{1,12}(\.[0-9]{1,3})?")


class Reading(NamedTuple):
    """The use of a meter between two instants, as a provider reports it. A time without offset is the site's own."""

    id: str
    meter: str
    quantity: str
    unit: str
    started_at: datetime
    ended_at: datetime


class Outcome(NamedTuple):
    """The answer to one reading: ``accepted``, ``duplicate`` or ``rejected``, and why."""

    status: str
    code: str


class _Known(NamedTuple):
    meter: Meter
    zone: ZoneInfo


Stored = tuple[UUID, datetime, datetime, Decimal]
RECEIVED, SEEN = Outcome("accepted", "received"), Outcome("duplicate", "already_received")


def take_readings(session: Session, *, provider_id: int, rows: Sequence[Reading], now: datetime) -> list[Outcome]:
    """Keep what may be kept, bring the months up to date, look for what is strange; answers each row in its place."""
    meters = _meters(session, provider_id, {row.meter for row in rows})
    for institution in sorted({str(known.meter.institution_id) for known in meters.values()}):
        session.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 16))"), {"key": institution})
    stored = _stored(session, provider_id, meters, [row.id for row in rows])
    taken = _taken(session, meters, rows)
    outcomes, kept, seen = [], [], set[str]()
    for row in rows:
        times = _times(row, meters.get(row.meter))
        outcome = Outcome("rejected", "id_repeated") if row.id in seen else _answer(row, times, meters, stored, now)
        if outcome is RECEIVED and not _place(taken[meters[row.meter].meter.id], times):
            outcome = Outcome("rejected", "overlaps")
        seen.add(row.id)
        outcomes.append(outcome)
        if outcome is RECEIVED:
            kept.append((meters[row.meter].meter, row, times))
    _write(session, provider_id, kept, now)
    for known in {meter.id: meter for meter, _, _ in kept}.values():
        refresh_months(session, known, {times[0] for meter, _, times in kept if meter.id == known.id})
    for institution_id in sorted({meter.institution_id for meter, _, _ in kept}):
        look_again(session, institution_id=institution_id, now=now)
    return outcomes


def _meters(session: Session, provider_id: int, numbers: set[str]) -> dict[str, _Known]:
    rows = session.execute(
        sa.select(Meter, Site.time_zone)
        .join(Site, Site.id == Meter.site_id)
        .where(Meter.provider_id == provider_id, Meter.number.in_(numbers))
    )
    return {meter.number: _Known(meter, ZoneInfo(zone)) for meter, zone in rows}


def _stored(
    session: Session, provider_id: int, meters: Mapping[str, _Known], ids: Sequence[str]
) -> dict[str, list[Stored]]:
    """What the provider sent before under these ids, of whichever meter."""
    found: dict[str, list[Stored]] = {}
    statement = sa.text(
        "SELECT source_id, meter_id, started_at, ended_at, quantity FROM partners.meter_reading"
        " WHERE stripe = ANY (:stripes) AND meter_id = ANY (:meters) AND provider_id = :provider"
        " AND source_id = ANY (:ids)"
    )
    known = [one.meter for one in meters.values()]
    values = {
        "stripes": sorted({stripe_of(meter.institution_id) for meter in known}),
        "meters": [meter.id for meter in known],
        "provider": provider_id,
        "ids": list(ids),
    }
    for source_id, meter_id, started_at, ended_at, quantity in session.execute(statement, values):
        found.setdefault(source_id, []).append((meter_id, started_at, ended_at, quantity))
    return found


def _taken(
    session: Session, meters: Mapping[str, _Known], rows: Sequence[Reading]
) -> dict[UUID, list[tuple[datetime, datetime]]]:
    """The stretches of time that are read already, in order, around those of *rows*."""
    times = [at for row in rows for at in _times(row, meters.get(row.meter))]
    taken: dict[UUID, list[tuple[datetime, datetime]]] = {known.meter.id: [] for known in meters.values()}
    if not times or not taken:
        return taken
    statement = sa.text(
        "SELECT meter_id, started_at, ended_at FROM partners.meter_reading WHERE stripe = ANY (:stripes)"
        " AND meter_id = ANY (:meters) AND started_at BETWEEN :first AND :last ORDER BY started_at"
    )
    values = {
        "stripes": sorted({stripe_of(known.meter.institution_id) for known in meters.values()}),
        "meters": list(taken),
        "first": min(times) - LONGEST,
        "last": max(times),
    }
    for meter_id, started_at, ended_at in session.execute(statement, values):
        taken[meter_id].append((started_at, ended_at))
    return taken


def _times(row: Reading, known: _Known | None) -> tuple[datetime, datetime]:
    zone = known.zone if known else UTC
    started_at, ended_at = (
        (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC) for at in (row.started_at, row.ended_at)
    )
    return started_at, ended_at


def _answer(
    row: Reading,
    times: tuple[datetime, datetime],
    meters: Mapping[str, _Known],
    stored: Mapping[str, list[Stored]],
    now: datetime,
) -> Outcome:
    known = meters.get(row.meter)
    is_number = QUANTITY.fullmatch(row.quantity) is not None
    for meter_id, started_at, ended_at, quantity in stored.get(row.id, []):
        same = known is not None and known.meter.id == meter_id and times == (started_at, ended_at)
        return SEEN if same and is_number and Decimal(row.quantity) == quantity else _no("record_changed")
    if known is None:
        return _no("meter_unknown")
    if row.unit != known.meter.unit:
        return _no("unit_wrong")
    return _no("quantity_invalid") if not is_number else _check_times(known, times, now)


def _check_times(known: _Known, times: tuple[datetime, datetime], now: datetime) -> Outcome:
    started_at, ended_at = times
    if ended_at <= started_at:
        return _no("time_order")
    if ended_at > now + FUTURE_TOLERANCE:
        return _no("time_in_future")
    if ended_at - started_at > LONGEST:
        return _no("too_long")
    first, last = (at.astimezone(known.zone) for at in (started_at, ended_at - timedelta(microseconds=1)))
    if (first.year, first.month) != (last.year, last.month):
        return _no("crosses_month")
    closed = known.meter.closed_on
    if first.date() < known.meter.opened_on or (closed is not None and last.date() > closed):
        return _no("meter_not_there")
    return RECEIVED


def _no(code: str) -> Outcome:
    return Outcome("rejected", code)


def _place(stretches: list[tuple[datetime, datetime]], times: tuple[datetime, datetime]) -> bool:
    """Put a stretch among the others unless it overlaps one; answers whether it fits."""
    place = bisect_left(stretches, times)
    if place and stretches[place - 1][1] > times[0]:
        return False
    if place < len(stretches) and stretches[place][0] < times[1]:
        return False
    insort(stretches, times)
    return True


def _write(
    session: Session, provider_id: int, kept: Sequence[tuple[Meter, Reading, tuple[datetime, datetime]]], now: datetime
) -> None:
    if not kept:
        return
    session.execute(
        sa.text(
            "INSERT INTO partners.meter_reading"
            " (stripe, meter_id, provider_id, source_id, started_at, ended_at, quantity, received_at)"
            " SELECT r.stripe, r.meter_id, :provider, r.source_id, r.started_at, r.ended_at, r.quantity, :now"
            " FROM unnest(CAST(:stripes AS smallint[]), CAST(:meters AS uuid[]), CAST(:ids AS text[]),"
            " CAST(:starts AS timestamptz[]), CAST(:ends AS timestamptz[]), CAST(:quantities AS numeric[]))"
            " AS r (stripe, meter_id, source_id, started_at, ended_at, quantity)"
        ),
        {
            "provider": provider_id,
            "now": now,
            "stripes": [stripe_of(meter.institution_id) for meter, _, _ in kept],
            "meters": [meter.id for meter, _, _ in kept],
            "ids": [row.id for _, row, _ in kept],
            "starts": [times[0] for _, _, times in kept],
            "ends": [times[1] for _, _, times in kept],
            "quantities": [Decimal(row.quantity) for _, row, _ in kept],
        },
    )


def refresh_months(session: Session, meter: Meter, instants: set[datetime]) -> None:
    """Make the meter's months anew from its readings: those in which any of *instants* lies."""
    zone = session.scalar(sa.select(Site.time_zone).where(Site.id == meter.site_id)) or "UTC"
    months: list[date] = sorted({at.astimezone(ZoneInfo(zone)).date().replace(day=1) for at in instants})
    session.execute(
        sa.text(MONTHS),
        {
            "stripe": stripe_of(meter.institution_id),
            "meter": meter.id,
            "institution": meter.institution_id,
            "zone": zone,
            "months": months,
        },
    )


MONTHS = """
INSERT INTO partners.meter_month
    (stripe, meter_id, month, institution_id, quantity, readings, zeros, known_seconds, all_seconds)
SELECT :stripe, :meter, m.month, :institution, sum(r.quantity), count(*), count(*) FILTER (WHERE r.quantity = 0),
    sum(extract(epoch FROM r.ended_at - r.started_at))::bigint, extract(epoch FROM m.ends - m.begins)::bigint
FROM (SELECT month, month::timestamp AT TIME ZONE :zone AS begins,
             (month + interval '1 month')::timestamp AT TIME ZONE :zone AS ends
      FROM unnest(CAST(:months AS date[])) AS month) m
JOIN partners.meter_reading r
  ON r.stripe = :stripe AND r.meter_id = :meter AND r.started_at >= m.begins AND r.started_at < m.ends
GROUP BY m.month, m.begins, m.ends
ON CONFLICT (stripe, meter_id, month) DO UPDATE SET quantity = EXCLUDED.quantity, readings = EXCLUDED.readings,
    zeros = EXCLUDED.zeros, known_seconds = EXCLUDED.known_seconds, all_seconds = EXCLUDED.all_seconds
"""
