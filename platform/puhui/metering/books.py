"""An institution's figures of a period with all that they are read against: last year, target, peers, remarks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from partners.institutions import queries as institutions
from partners.institutions.model import Institution, InstitutionYear
from partners.meters import indicators, keeping, queries
from partners.meters.indicators import Factor, Figure, Period, Total
from partners.meters.model import Finding, Meter, Remark, Use

QUARTERS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Compared:
    """An indicator beside what it is read against. *peers* is how many others of the type have a figure."""

    figure: Figure
    before: Figure
    change_percent: Decimal | None
    target: Decimal | None
    peer_median: Decimal | None
    peers: int
    guangdong: Decimal | None


@dataclass(frozen=True, slots=True)
class Books:
    """What is known of an institution over two years, read once: everything else is computed from it."""

    institution: Institution
    years: dict[int, InstitutionYear]
    meters: list[Meter]
    uses: dict[tuple[object, date], Use]
    factors: list[Factor]
    targets: dict[tuple[str, int], Decimal]
    remarks: list[Remark]
    findings: list[Finding]

    def totals(self, period: Period) -> list[Total]:
        """The use by energy over a period."""
        return indicators.totals(self.meters, self.uses, period)

    def figures(self, period: Period) -> list[Figure]:
        """The indicators of a period."""
        year = self.years.get(period.year)
        return indicators.figures(
            self.totals(period),
            floor_area_m2=year.floor_area_m2 if year else None,
            headcount=year.headcount if year else None,
            factors=self.factors,
            period=period,
        )


def open_books(session: Session, institution_id: UUID, *, year: int) -> Books:
    """Read what the figures of *year* and the year before need. Raises InstitutionUnknown."""
    institution = institutions.institution_of(session, institution_id)
    uses = queries.uses_of(session, institution_id, first=date(year - 1, 1, 1), last=date(year, 12, 1))
    return Books(
        institution=institution,
        years={one.year: one for one in institutions.years_of(session, institution_id)},
        meters=queries.meters_of(session, institution_id),
        uses=dict(uses.items()),
        factors=queries.factors(session),
        targets=queries.targets_of(session, institution_id, [year - 1, year]),
        remarks=queries.remarks_of(session, institution_id),
        findings=queries.findings_of(session, institution_id, limit=500),
    )


def compare(session: Session, books: Books, period: Period) -> list[Compared]:
    """Put each indicator of *period* beside last year's, the target (of a whole year) and the peers of its type."""
    peers = keeping.peer_values(session, institution_id=books.institution.id, period=period)
    guangdong = indicators.GUANGDONG_2021.get(books.institution.type.value, {})
    before = {figure.measure: figure for figure in books.figures(period.before())}
    whole_year = period.quarter is None
    return [
        Compared(
            figure=figure,
            before=before[figure.measure],
            change_percent=indicators.change_percent(figure.value, before[figure.measure].value),
            target=books.targets.get((figure.measure, period.year)) if whole_year else None,
            peer_median=indicators.peer_median(peers.get(figure.measure, [])),
            peers=len(peers.get(figure.measure, [])),
            guangdong=guangdong.get(figure.measure) if whole_year else None,
        )
        for figure in books.figures(period)
    ]


def periods_of(year: int) -> list[Period]:
    """The year and its quarters."""
    return [Period(year), *(Period(year, quarter) for quarter in QUARTERS)]


def keep_indicators(session: Session, institution_id: UUID, *, years: Iterable[int], now: datetime) -> None:
    """Compute the indicators of whole years and quarters afresh and keep them for peers and lists."""
    for year in sorted(set(years)):
        books = open_books(session, institution_id, year=year)
        for period in periods_of(year):
            keeping.keep_figures(
                session, institution_id=institution_id, period=period, figures=books.figures(period), now=now
            )


def metered_institutions(session: Session, *, limit: int = 10_000) -> list[UUID]:
    """Every institution that has a meter, by id."""
    query = sa.select(Meter.institution_id).distinct().order_by(Meter.institution_id).limit(limit)
    return list(session.scalars(query))
