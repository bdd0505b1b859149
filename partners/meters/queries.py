"""Named reads of meters, bills, readings, findings and remarks. Each is one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from ledger import stripe_of
from partners.meters.errors import BuildingUnknown, FindingUnknown, MeterUnknown, SiteUnknown
from partners.meters.indicators import Factor
from partners.meters.model import Bill, Building, Energy, Finding, Meter, Remark, Site, Use

MOST_METERS = 2000
ZEROS_ARE_RARE = Decimal("0.05")

USES = sa.text("""
WITH billed AS (
    SELECT DISTINCT ON (meter_id, month) meter_id, month, quantity, amount_fen, estimated, revision, came_by
    FROM partners.bill
    WHERE stripe = :stripe AND institution_id = :institution AND month BETWEEN :first AND :last
    ORDER BY meter_id, month, revision DESC
), habit AS (
    SELECT meter_id, sum(zeros)::numeric / sum(readings) AS zero_share
    FROM partners.meter_month WHERE stripe = :stripe AND institution_id = :institution GROUP BY meter_id
)
SELECT meter_id, month, quantity, amount_fen, estimated, revision, came_by, NULL AS readings, NULL AS zeros,
    NULL AS known_seconds, NULL AS all_seconds, NULL AS zero_share
FROM billed
UNION ALL
SELECT m.meter_id, m.month, m.quantity, NULL, false, 0, 'provider', m.readings, m.zeros, m.known_seconds, m.all_seconds,
    h.zero_share
FROM partners.meter_month m JOIN habit h USING (meter_id)
WHERE m.stripe = :stripe AND m.institution_id = :institution AND m.month BETWEEN :first AND :last
  AND NOT EXISTS (SELECT FROM billed b WHERE b.meter_id = m.meter_id AND b.month = m.month AND b.quantity IS NOT NULL)
ORDER BY 1, 2
""")


class BillRow(NamedTuple):
    """The bill that counts for a meter and month, for lists."""

    meter: Meter
    bill: Bill


def meters_of(session: Session, institution_id: UUID, *, limit: int = MOST_METERS) -> list[Meter]:
    """An institution's meters, by energy and name."""
    query = sa.select(Meter).where(Meter.institution_id == institution_id)
    return list(session.scalars(query.order_by(Meter.energy, Meter.name, Meter.id).limit(limit)))


def meter_of(session: Session, institution_id: UUID, meter_id: UUID) -> Meter:
    """One meter of the institution. Raises MeterUnknown."""
    found = session.get(Meter, meter_id)
    if found is None or found.institution_id != institution_id:
        raise MeterUnknown(meter=str(meter_id))
    return found


def sites_of(session: Session, institution_id: UUID) -> list[Site]:
    """The institution's sites, by name."""
    query = sa.select(Site).where(Site.institution_id == institution_id)
    return list(session.scalars(query.order_by(Site.name, Site.id).limit(MOST_METERS)))


def site_of(session: Session, institution_id: UUID, site_id: UUID) -> Site:
    """One site. Raises SiteUnknown."""
    found = session.get(Site, site_id)
    if found is None or found.institution_id != institution_id:
        raise SiteUnknown(site=str(site_id))
    return found


def buildings_of(session: Session, institution_id: UUID) -> list[Building]:
    """The institution's buildings, by name."""
    query = sa.select(Building).where(Building.institution_id == institution_id)
    return list(session.scalars(query.order_by(Building.name, Building.id).limit(MOST_METERS)))


def building_of(session: Session, institution_id: UUID, building_id: UUID) -> Building:
    """One building. Raises BuildingUnknown."""
    found = session.get(Building, building_id)
    if found is None or found.institution_id != institution_id:
        raise BuildingUnknown(building=str(building_id))
    return found


def uses_of(session: Session, institution_id: UUID, *, first: date, last: date) -> dict[tuple[UUID, date], Use]:
    """What is known of every meter's months from *first* to *last*: the newest bill, else the readings.

    A zero of a meter that hardly ever reads zero (fewer than one reading in twenty) stands for a missing reading.
    """
    values = {"stripe": stripe_of(institution_id), "institution": institution_id, "first": first, "last": last}
    found: dict[tuple[UUID, date], Use] = {}
    for row in session.execute(USES, values):
        meter_id, month, quantity, amount_fen, estimated, revision, came_by = row[:7]
        use = Use(meter_id, month, quantity, amount_fen, estimated, revision, came_by)
        if row.readings is not None:
            use = _with_gaps(use, row)
        elif quantity is None:
            use = use._replace(gap="withdrawn")
        found[meter_id, month] = use
    return found


def _with_gaps(use: Use, row: sa.Row[Any]) -> Use:
    hours = max(0, -(-(row.all_seconds - row.known_seconds) // 3600))
    gap = "readings_missing" if hours else None
    rare = row.zero_share < ZEROS_ARE_RARE and row.zeros > 0
    if rare:
        hours += int(row.zeros * row.known_seconds // row.readings // 3600)
        gap = gap or "zeros_for_missing"
    return use._replace(gap=gap, missing_hours=hours, zeros=row.zeros if rare else 0)


def bills_of_meter(session: Session, meter: Meter, *, limit: int = 600) -> list[Bill]:
    """Every revision of a meter's bills, the newest month first and in it the newest revision first."""
    query = sa.select(Bill).where(Bill.stripe == stripe_of(meter.institution_id), Bill.meter_id == meter.id)
    return list(session.scalars(query.order_by(Bill.month.desc(), Bill.revision.desc()).limit(limit)))


def newest_bill(session: Session, meter: Meter, month: date) -> Bill | None:
    """The bill that counts for a month, withdrawn or not; None where there was never one."""
    query = sa.select(Bill).where(
        Bill.stripe == stripe_of(meter.institution_id), Bill.meter_id == meter.id, Bill.month == month
    )
    return session.scalar(query.order_by(Bill.revision.desc()).limit(1))


def bills_of(
    session: Session, institution_id: UUID, *, first: date, last: date, limit: int = 50, offset: int = 0
) -> list[BillRow]:
    """The bills that count from *first* to *last*, the newest month first; withdrawn ones are left out."""
    newest = (
        sa.select(Bill)
        .ext(distinct_on(Bill.meter_id, Bill.month))
        .where(
            Bill.stripe == stripe_of(institution_id),
            Bill.institution_id == institution_id,
            Bill.month.between(first, last),
        )
        .order_by(Bill.meter_id, Bill.month, Bill.revision.desc())
        .subquery()
    )
    bill = sa.orm.aliased(Bill, newest)
    query = sa.select(Meter, bill).join(bill, bill.meter_id == Meter.id).where(bill.quantity.is_not(None))
    rows = session.execute(
        query.order_by(bill.month.desc(), Meter.energy, Meter.name, Meter.id).limit(limit).offset(offset)
    )
    return [BillRow(*row) for row in rows]


def open_findings_of(session: Session, institution_id: UUID, *, limit: int = 500) -> list[Finding]:
    """What waits for the liaison, the newest month first."""
    query = sa.select(Finding).where(
        Finding.stripe == stripe_of(institution_id),
        Finding.institution_id == institution_id,
        Finding.settled_at.is_(None),
    )
    return list(session.scalars(query.order_by(Finding.month.desc(), Finding.id).limit(limit)))


def findings_of(session: Session, institution_id: UUID, *, limit: int = 50, offset: int = 0) -> list[Finding]:
    """All findings, open ones first, then the newest."""
    query = sa.select(Finding).where(
        Finding.stripe == stripe_of(institution_id), Finding.institution_id == institution_id
    )
    order = (Finding.settled_at.is_not(None), Finding.month.desc(), Finding.id.desc())
    return list(session.scalars(query.order_by(*order).limit(limit).offset(offset)))


def finding_of(session: Session, institution_id: UUID, finding_id: UUID) -> Finding:
    """One finding that is open. Raises FindingUnknown."""
    found = session.get(Finding, (stripe_of(institution_id), finding_id))
    if found is None or found.institution_id != institution_id or found.settled_at is not None:
        raise FindingUnknown(finding=str(finding_id))
    return found


def remarks_of(session: Session, institution_id: UUID, *, limit: int = 200) -> list[Remark]:
    """The remarks that stand, the newest days first."""
    query = sa.select(Remark).where(Remark.institution_id == institution_id, Remark.withdrawn_at.is_(None))
    return list(session.scalars(query.order_by(Remark.first_day.desc(), Remark.id).limit(limit)))


def factors(session: Session) -> list[Factor]:
    """Every factor; of those with the same beginning only the one that was set last."""
    rows = session.execute(
        sa.text(
            "SELECT DISTINCT ON (kind, energy, unit, valid_from) kind, energy, unit, value, area, vintage, valid_from,"
            " status, source FROM partners.energy_factor"
            " ORDER BY kind, energy, unit, valid_from, set_at DESC, id DESC LIMIT 500"
        )
    )
    return [Factor(*row) for row in rows]


def targets_of(session: Session, institution_id: UUID, years: Sequence[int]) -> dict[tuple[str, int], Decimal]:
    """The newest target or quota by measure and year."""
    rows = session.execute(
        sa.text(
            "SELECT DISTINCT ON (measure, year) measure, year, value FROM partners.energy_target"
            " WHERE institution_id = :institution AND year = ANY (:years)"
            " ORDER BY measure, year, set_at DESC, id DESC"
        ),
        {"institution": institution_id, "years": list(years)},
    )
    return {(row.measure, row.year): row.value for row in rows}


def has_energy(meters: Sequence[Meter], energy: Energy) -> bool:
    """Whether any of *meters* counts *energy*."""
    return any(meter.energy is energy for meter in meters)
