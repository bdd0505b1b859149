"""Open sites, buildings and meters; settle findings; note remarks, targets and factors."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from partners.meters import indicators, queries, savings
from partners.meters.errors import (
    BuildingUnknown,
    FactorInvalid,
    MeterInvalid,
    MeterNumberTaken,
    NameTaken,
    RemarkInvalid,
    RemarkUnknown,
    TargetInvalid,
)
from partners.meters.model import (
    FUELS,
    UNITS,
    Building,
    Energy,
    Meter,
    Remark,
    RemarkKind,
    Site,
)

LONGEST_REMARK = timedelta(days=731)
MEASURES = frozenset(indicators.MEASURES) | {kind.quota for kind in savings.KINDS if kind.quota}


def open_site(
    session: Session, *, institution_id: UUID, name: str, now: datetime, time_zone: str = "Asia/Shanghai"
) -> Site:
    """Open a site. Raises NameTaken."""
    known = sa.select(Site.id).where(Site.institution_id == institution_id, Site.name == name)
    if session.scalar(known) is not None:
        raise NameTaken(name=name)
    made = Site(id=new_id(), institution_id=institution_id, name=name, time_zone=time_zone, opened_at=now)
    session.add(made)
    session.flush()
    return made


def open_building(
    session: Session,
    *,
    institution_id: UUID,
    site_id: UUID,
    name: str,
    floor_area_m2: Decimal | None,
    now: datetime,
) -> Building:
    """Open a building on a site. Raises SiteUnknown, NameTaken."""
    site = queries.site_of(session, institution_id, site_id)
    if session.scalar(sa.select(Building.id).where(Building.site_id == site.id, Building.name == name)) is not None:
        raise NameTaken(name=name)
    made = Building(
        id=new_id(),
        institution_id=institution_id,
        site_id=site.id,
        name=name,
        floor_area_m2=floor_area_m2,
        opened_at=now,
    )
    session.add(made)
    session.flush()
    return made


def open_meter(
    session: Session,
    *,
    institution_id: UUID,
    site_id: UUID,
    building_id: UUID | None,
    name: str,
    number: str,
    energy: Energy,
    opened_on: date,
    unit: str | None = None,
    for_vehicles: bool = False,
    is_sub_meter: bool = False,
    claimed_for: str | None = None,
    provider_id: int | None = None,
) -> Meter:
    """Open a meter. Raises SiteUnknown, BuildingUnknown, MeterInvalid, MeterNumberTaken."""
    queries.site_of(session, institution_id, site_id)
    if building_id is not None and queries.building_of(session, institution_id, building_id).site_id != site_id:
        raise BuildingUnknown(building=str(building_id))
    if unit is not None and unit not in UNITS[energy]:
        raise MeterInvalid(field="unit")
    if for_vehicles and energy not in FUELS:
        raise MeterInvalid(field="for_vehicles")
    taken = sa.select(Meter.id).where(
        sa.or_(
            sa.and_(Meter.institution_id == institution_id, Meter.number == number),
            sa.and_(Meter.provider_id.is_not(None), Meter.provider_id == provider_id, Meter.number == number),
        )
    )
    if session.scalar(taken.limit(1)) is not None:
        raise MeterNumberTaken(number=number)
    made = Meter(
        id=new_id(),
        institution_id=institution_id,
        site_id=site_id,
        building_id=building_id,
        name=name,
        number=number,
        energy=energy,
        unit=unit or UNITS[energy][0],
        for_vehicles=for_vehicles,
        is_sub_meter=is_sub_meter,
        claimed_for=claimed_for,
        provider_id=provider_id,
        opened_on=opened_on,
        closed_on=None,
    )
    session.add(made)
    session.flush()
    return made


def close_meter(session: Session, *, meter: Meter, closed_on: date) -> None:
    """Close a meter after its last day; its figures stay. Raises MeterInvalid."""
    if closed_on < meter.opened_on:
        raise MeterInvalid(field="closed_on")
    meter.closed_on = closed_on
    session.flush()


def confirm_finding(
    session: Session, *, institution_id: UUID, finding_id: UUID, explanation: str, by: UUID, now: datetime
) -> None:
    """Say that the figure is right, and why. Raises FindingUnknown."""
    finding = queries.finding_of(session, institution_id, finding_id)
    finding.settled_at, finding.settlement = now, "confirmed"
    finding.explanation, finding.settled_by = explanation, by
    session.flush()


def note_remark(
    session: Session,
    *,
    institution_id: UUID,
    building_id: UUID | None,
    kind: RemarkKind,
    first_day: date,
    last_day: date,
    words: str,
    by: UUID,
    now: datetime,
) -> Remark:
    """Note closed days, weather or works. Raises BuildingUnknown, RemarkInvalid."""
    if building_id is not None:
        queries.building_of(session, institution_id, building_id)
    if last_day < first_day or last_day - first_day > LONGEST_REMARK:
        raise RemarkInvalid(first=first_day.isoformat(), last=last_day.isoformat())
    made = Remark(
        id=new_id(),
        institution_id=institution_id,
        building_id=building_id,
        kind=kind,
        first_day=first_day,
        last_day=last_day,
        words=words,
        noted_by=by,
        noted_at=now,
        withdrawn_at=None,
    )
    session.add(made)
    session.flush()
    return made


def withdraw_remark(session: Session, *, institution_id: UUID, remark_id: UUID, now: datetime) -> Remark:
    """Take a remark back. Raises RemarkUnknown."""
    found = session.get(Remark, remark_id)
    if found is None or found.institution_id != institution_id or found.withdrawn_at is not None:
        raise RemarkUnknown(remark=str(remark_id))
    found.withdrawn_at = now
    session.flush()
    return found


def set_target(
    session: Session,
    *,
    institution_id: UUID,
    year: int,
    measure: str,
    value: Decimal,
    source: str,
    by: UUID,
    now: datetime,
) -> None:
    """Set a target of an indicator, or a quota of an energy, for a year. Raises TargetInvalid."""
    if measure not in MEASURES or value <= 0 or not source.strip():
        raise TargetInvalid(measure=measure)
    statement = sa.text(
        "INSERT INTO partners.energy_target (id, institution_id, year, measure, value, source, set_by, set_at)"
        " VALUES (:id, :institution, :year, :measure, :value, :source, :by, :now)"
    )
    values = {"id": new_id(), "institution": institution_id, "year": year, "measure": measure, "value": value}
    session.execute(statement, {**values, "source": source.strip(), "by": by, "now": now})


def set_factor(session: Session, *, factor: indicators.Factor, by: UUID, now: datetime) -> None:
    """Set a factor with its source, from its first day on. Raises FactorInvalid."""
    units = {energy.value: UNITS[energy] for energy in Energy if energy in indicators.COUNTED}
    if factor.kind not in ("coal", "carbon") or factor.unit not in units.get(factor.energy, ()):
        raise FactorInvalid(energy=factor.energy, unit=factor.unit)
    if factor.value < 0 or not factor.source.strip():
        raise FactorInvalid(energy=factor.energy, unit=factor.unit)
    statement = sa.text(
        "INSERT INTO partners.energy_factor"
        " (kind, energy, unit, value, area, vintage, valid_from, status, source, set_by, set_at)"
        " VALUES (:kind, :energy, :unit, :value, :area, :vintage, :valid_from, :status, :source, :by, :now)"
    )
    fields = ("kind", "energy", "unit", "value", "area", "vintage", "valid_from", "status", "source")
    session.execute(statement, {**{name: getattr(factor, name) for name in fields}, "by": by, "now": now})
