"""Reading pledges."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from partners.enterprises.bulk import read_rows
from partners.enterprises.pledges.model import Control, Pledge


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
