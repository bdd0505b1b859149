"""Reading pledges."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from partners.enterprises.bulk import read_rows
from partners.enterprises.findings import Finding
from partners.enterprises.instruments.model import Quantity
from partners.enterprises.instruments.queries import instruments_by_code
from partners.enterprises.pledges.model import Control, Pledge
from partners.enterprises.pledges.rules import remarks
from partners.enterprises.prices.errors import ValuationRefused
from partners.enterprises.prices.queries import last_traded
from partners.enterprises.prices.valuation import value
from partners.enterprises.rulebook.model import RuleBook


def pledges_of(session: Session, enterprise_id: UUID, *, open_only: bool = True, limit: int = 500) -> list[Pledge]:
    """Answer the pledges of an enterprise, by end of term."""
    rows = read_rows(
        session,
        """SELECT id, enterprise_id, instrument, units, certificate_no, control, lender, debt_fen, alert_percent,
                  starts_on, ends_on, released_at, release_no
           FROM partners.market_pledge
           WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s AND (released_at IS NULL OR NOT %(open)s)
           ORDER BY ends_on, id LIMIT %(limit)s""",
        {"stripe": ledger.stripe_of(enterprise_id), "enterprise": enterprise_id, "open": open_only, "limit": limit},
    )
    return [replace(Pledge(*row), control=Control(row[5])) for row in rows]


def certificates_in_use(session: Session, enterprise_id: UUID) -> set[str]:
    """Answer the certificate numbers that an enterprise used for any pledge, open or released (rule 30)."""
    rows = read_rows(
        session,
        """SELECT certificate_no FROM partners.market_pledge
           WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s""",
        {"stripe": ledger.stripe_of(enterprise_id), "enterprise": enterprise_id},
    )
    return {row[0] for row in rows}


@dataclass(frozen=True, slots=True)
class Watched:
    """A pledge with what it is worth today, or why that cannot be said, and what to look at."""

    pledge: Pledge
    value_fen: int | None
    refusal: str | None
    findings: list[Finding]

    @property
    def cover_percent(self) -> int | None:
        """Answer the value as a share of the debt, in whole percent, floored."""
        return None if self.value_fen is None else self.value_fen * 100 // self.pledge.debt_fen


def watched_pledges(
    session: Session, enterprise_id: UUID, *, book: RuleBook, today: date, open_only: bool = True
) -> list[Watched]:
    """Answer the pledges with their value by rule 36 and the remarks of rule 30."""
    instruments = instruments_by_code(session)
    watched = []
    for pledge in pledges_of(session, enterprise_id, open_only=open_only):
        instrument = instruments[pledge.instrument]
        worth: int | None = None
        refusal: str | None = None
        try:
            worth = value(
                Quantity(instrument, pledge.units),
                last_traded=last_traded(session, instrument.code, until=today),
                surrenderable=book.is_surrenderable(instrument.vintage, today),
                as_of=today,
                max_age_days=book.number("stale_price_days", today),
            ).amount_fen
        except ValuationRefused as refused:
            refusal = str(refused.facts["reason"])
        until = book.surrenderable_until(instrument.vintage, today)
        found = remarks(pledge, value_fen=worth, deadline=book.next_deadline(today), surrenderable_until=until)
        watched.append(Watched(pledge, worth, refusal, list(found) if pledge.released_at is None else []))
    return watched
