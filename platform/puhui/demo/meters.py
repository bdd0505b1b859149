"""The hospital's meters: two buildings, six meters, two years of bills, a roof, and a rise that waits for a word."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from partners.meters.actions import note_remark, open_building, open_meter, open_site, set_target
from partners.meters.bills import Draft
from partners.meters.entering import take_bills
from partners.meters.model import Energy, Meter, RemarkKind, months_between, year_before
from puhui.db import Database
from puhui.demo.cast import SEED, known
from puhui.identity.model import Membership, Role
from puhui.metering.books import keep_indicators
from puhui.metering.savings import CITY_TIME, credit_months, is_over

HOSPITAL = "hospital"
MONTHS = 24
SEASONS = (108, 104, 92, 84, 88, 108, 124, 126, 106, 88, 90, 104)  # Percent of an average month: cooling and heating.


class Plan(NamedTuple):
    """A meter: its building, energy, average month, yuan per unit, and how much less the second year uses (percent)."""

    number: str
    name: str
    building: str | None
    energy: Energy
    average: int
    price: str
    less: int
    seasonal: bool = True


PLANS = (
    Plan("QH-E-01", "门诊楼总表", "门诊楼", Energy.ELECTRICITY, 84_000, "0.65", 3),
    Plan("QH-E-02", "住院楼总表", "住院楼", Energy.ELECTRICITY, 132_000, "0.65", 2),
    Plan("QH-W-01", "院区水表", None, Energy.WATER, 7_200, "3.10", 1, seasonal=False),
    Plan("QH-G-01", "食堂与热水", "住院楼", Energy.GAS, 9_500, "3.40", 4),
    Plan("QH-F-01", "公务用车油卡", None, Energy.PETROL, 640, "7.90", 6, seasonal=False),
    Plan("QH-S-01", "门诊楼屋顶光伏", "门诊楼", Energy.SOLAR, 10_800, "0.38", 0),
)


def make(database: Database, now: datetime) -> None:
    """Give the hospital its meters and bills, and decide the first quarter that can be compared."""
    database.run(lambda session: _open(session, now))
    database.run(lambda session: _bill(session, now))
    database.run(lambda session: _decide(session, now))


def _open(session: Session, now: datetime) -> None:
    hospital = known(HOSPITAL)
    first = _months(now)[0]
    site = open_site(session, institution_id=hospital, name="本部院区", now=now)
    buildings = {
        name: open_building(
            session, institution_id=hospital, site_id=site.id, name=name, floor_area_m2=Decimal(area), now=now
        ).id
        for name, area in (("门诊楼", 18_600), ("住院楼", 27_400))
    }
    for plan in PLANS:
        open_meter(
            session,
            institution_id=hospital,
            site_id=site.id,
            building_id=buildings[plan.building] if plan.building else None,
            name=plan.name,
            number=plan.number,
            energy=plan.energy,
            opened_on=first,
            for_vehicles=plan.energy is Energy.PETROL,
        )


def _bill(session: Session, now: datetime) -> None:
    hospital, months, dice = known(HOSPITAL), _months(now), Random(SEED + 16)
    liaison = _person(session, HOSPITAL, Role.LIAISON)
    meters = {
        meter.number: meter for meter in session.scalars(sa.select(Meter).where(Meter.institution_id == hospital))
    }
    drafts = [
        _draft(meters[plan.number], plan, month, place, dice) for plan in PLANS for place, month in enumerate(months)
    ]
    take_bills(
        session,
        institution_id=hospital,
        drafts=drafts,
        came_by="sheet",
        by=liaison,
        request_id=known(f"{HOSPITAL}/bills"),
        now=now,
    )
    closed = months[-9]
    note_remark(
        session,
        institution_id=hospital,
        building_id=None,
        kind=RemarkKind.CLOSURE,
        first_day=closed + timedelta(days=15),
        last_day=closed + timedelta(days=21),
        words="春节期间门诊停诊",
        by=liaison,
        now=now,
    )
    for measure, value in (("energy_per_m2", "12.5"), ("water_per_person", "62")):
        set_target(
            session,
            institution_id=hospital,
            year=months[-1].year,
            measure=measure,
            value=Decimal(value),
            source="示范数据，虚构",
            by=liaison,
            now=now,
        )
    keep_indicators(session, hospital, years={month.year for month in months}, now=now)


def _draft(meter: Meter, plan: Plan, month: date, place: int, dice: Random) -> Draft:
    season = SEASONS[month.month - 1] if plan.seasonal else 100
    less = plan.less if place >= MONTHS // 2 else 0
    quantity = plan.average * season * (100 - less) * dice.randint(985, 1015) // 10_000_000
    if plan.number == "QH-E-02" and place == MONTHS - 2:
        quantity *= 4  # Somebody typed a digit wrong, or a boiler failed: the liaison has not said yet.
    fen = int(Decimal(quantity) * Decimal(plan.price) * 100)
    return Draft(meter, month, Decimal(quantity), fen, estimated=False, remark="", reason=None, same=False)


def _decide(session: Session, now: datetime) -> None:
    """Let the operator decide the newest quarter whose months and whose year before are billed."""
    hospital, months = known(HOSPITAL), _months(now)
    operator = _person(session, "operator", Role.OPERATOR)
    quarters = sorted({(m.year, (m.month + 2) // 3) for m in months if is_over(m, now) and year_before(m) >= months[0]})
    for year, quarter in quarters[-3:-1]:
        request_id = known(f"{HOSPITAL}/savings/{year}Q{quarter}")
        credit_months(session, hospital, year=year, quarter=quarter, by=operator, request_id=request_id, now=now)


def _months(now: datetime) -> list[date]:
    """The twenty-four months before the present one."""
    this = now.astimezone(CITY_TIME).date().replace(day=1)
    return months_between(year_before(year_before(this)), this)[:MONTHS]


def _person(session: Session, firm: str, role: Role) -> UUID:
    query = sa.select(Membership.person_id).where(Membership.organisation_id == known(firm), Membership.role == role)
    return session.scalars(query.limit(1)).one()
