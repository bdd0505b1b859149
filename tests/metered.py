"""A metered institution for tests: 赣江医院 with a ward block, a clinic, and meters whose bills are given as lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from partners.institutions.actions import record_year
from partners.institutions.model import Type
from partners.meters.actions import open_building, open_meter, open_site
from partners.meters.bills import Draft, Line
from partners.meters.entering import Taken, check_bills, take_bills
from partners.meters.model import Energy, Meter, Site, months_between
from tests.institution import make_institution

LIAISON = UUID("00000000-0000-7000-8000-0000000000a1")
REVIEWER = UUID("00000000-0000-7000-8000-0000000000a2")
NOW = datetime(2026, 6, 10, 4, 0, tzinfo=UTC)
TODAY = date(2026, 6, 10)


def make_metered(session: Session, *, name: str = "赣江医院", type: Type = Type.HOSPITAL) -> UUID:
    """Make an institution with 10,000 m² and 250 heads in 2024 to 2026, and one site with one building."""
    institution = make_institution(session, name=name, type=type)
    for year in (2024, 2025, 2026):
        give_year(session, institution, year=year)
    site = open_site(session, institution_id=institution, name="本部", now=NOW)
    open_building(
        session, institution_id=institution, site_id=site.id, name="门诊楼", floor_area_m2=Decimal(10_000), now=NOW
    )
    return institution


def give_year(session: Session, institution: UUID, *, year: int, area: str = "10000", heads: int = 250) -> None:
    """Record floor area and headcount of a year."""
    record_year(
        session,
        institution,
        year=year,
        floor_area_m2=Decimal(area),
        headcount=heads,
        source="测试",
        by=LIAISON,
        now=NOW,
    )


def make_meter(
    session: Session,
    institution: UUID,
    *,
    number: str = "E-1",
    energy: Energy = Energy.ELECTRICITY,
    opened_on: date = date(2020, 1, 1),
    **more: object,
) -> Meter:
    """Open a meter on the institution's first site."""
    site = session.query(Site).filter_by(institution_id=institution).order_by(Site.name).first()
    assert site is not None
    given: dict[str, object] = {"name": f"表 {number}", "building_id": None, **more}
    return open_meter(
        session,
        institution_id=institution,
        site_id=site.id,
        number=number,
        energy=energy,
        opened_on=opened_on,
        **given,  # type: ignore[arg-type]  # The test's own keywords.
    )


def bill(
    session: Session,
    meter: Meter,
    quantities: Sequence[object],
    *,
    first: date,
    price: str | None = "0.65",
    reason: str = "",
    estimated: str = "",
) -> Taken:
    """Bill one month after the other from *first* on; None is a month without a bill."""
    months = months_between(first, date(2100, 1, 1))[: len(quantities)]
    lines = [
        Line(
            meter.number,
            f"{month:%Y-%m}",
            str(quantity),
            f"{(Decimal(str(quantity)) * Decimal(price)).quantize(Decimal('0.01')):f}" if price else "",
            estimated,
            "",
            reason,
        )
        for month, quantity in zip(months, quantities, strict=True)
        if quantity is not None
    ]
    return take_lines(session, meter.institution_id, lines)


def take_lines(session: Session, institution: UUID, lines: list[Line]) -> Taken:
    """Take lines that must all be good."""
    answers = check_bills(session, institution_id=institution, lines=lines, today=TODAY)
    drafts = [answer for answer in answers if isinstance(answer, Draft)]
    assert len(drafts) == len(answers), answers
    return take_bills(
        session,
        institution_id=institution,
        drafts=drafts,
        came_by="sheet",
        by=LIAISON,
        request_id=new_id(),
        now=NOW,
    )
