"""Reading obligations and what records did about them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from partners.enterprises.bulk import read_rows
from partners.enterprises.compliance.model import Document, NetSold, Obligation
from partners.enterprises.compliance.rules import carry_over_limit
from partners.enterprises.records.model import MOVES, Outside, Slot
from partners.enterprises.rulebook.errors import ParameterUnknown
from partners.enterprises.rulebook.model import RuleBook

CARRY_YEARS = (2023, 2024)  # Years whose surrender must have been completed in time (方案 附5).


def obligations_of(session: Session, enterprise_id: UUID) -> list[Obligation]:
    """Answer the obligations of an enterprise, oldest first."""
    rows = read_rows(
        session,
        """SELECT year, verified_t, due_t, notice_no, completed_on FROM partners.obligation
           WHERE enterprise_id = %(id)s ORDER BY year""",
        {"id": enterprise_id},
    )
    return [Obligation(*row) for row in rows]


def documents_of(session: Session, enterprise_id: UUID, *, year: int, limit: int = 200) -> list[Document]:
    """Answer the papers of a year, newest first."""
    rows = read_rows(
        session,
        """SELECT id, year, kind, month, receipt_no, filed_on, file_id, recorded_at FROM partners.market_document
           WHERE enterprise_id = %(id)s AND year = %(year)s ORDER BY filed_on DESC, id DESC LIMIT %(limit)s""",
        {"id": enterprise_id, "year": year, "limit": limit},
    )
    return [Document(*row) for row in rows]


def net_sold(session: Session, enterprise_id: UUID, *, since: date, until: date) -> NetSold:
    """Answer what was sold, bought and held of the vintages 2019–2024, from the booked records (rule 26)."""
    rows = read_rows(
        session,
        """SELECT coalesce(sum(units) FILTER (WHERE kind = 'sell' AND in_window), 0)::bigint,
                  coalesce(sum(units) FILTER (WHERE kind = 'buy' AND in_window), 0)::bigint,
                  coalesce(sum(change), 0)::bigint
           FROM (
               SELECT r.kind, r.units,
                      r.business_at >= (%(since)s::date)::timestamp AT TIME ZONE 'Asia/Shanghai' AS in_window,
                      CASE WHEN r.kind = ANY(%(into)s) THEN r.units WHEN r.kind = ANY(%(out)s) THEN -r.units ELSE 0 END
                          AS change
               FROM partners.market_record r
               WHERE r.stripe = %(stripe)s AND r.enterprise_id = %(enterprise)s AND r.booked_at IS NOT NULL
                 AND r.state = 'approved'
                 AND r.business_at < (%(until)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
                 AND r.instrument IN (SELECT code FROM partners.instrument WHERE kind = 'CEA' AND vintage <= 2024)
           ) AS moved""",
        {
            "stripe": ledger.stripe_of(enterprise_id),
            "enterprise": enterprise_id,
            "since": since,
            "until": until,
            "into": INTO,
            "out": OUT_OF,
        },
    )
    return NetSold(*rows[0])


INTO = [k.value for k, (source, target) in MOVES.items() if isinstance(source, Outside) and isinstance(target, Slot)]
OUT_OF = [k.value for k, (source, target) in MOVES.items() if isinstance(source, Slot) and isinstance(target, Outside)]


def carry_limit(session: Session, enterprise_id: UUID, *, book: RuleBook, today: date) -> int | None:
    """Answer how many old units may be carried over, or None where no carry-over rule holds on the day."""
    try:
        since, until = book.day("carry_traded_since", today), book.day("carry_traded_until", today)
    except ParameterUnknown:
        return None
    done = {one.year: one.completed_on for one in obligations_of(session, enterprise_id)}
    compliant = all((on := done.get(year)) is not None and on <= book.years[year].deadline for year in CARRY_YEARS)
    return carry_over_limit(
        net_sold(session, enterprise_id, since=since, until=until),
        base_t=book.number("carry_base_t", today),
        ratio_percent=book.number("carry_ratio_percent", today),
        compliant=compliant,
    )
