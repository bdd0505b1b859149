"""Reading enterprises and their accounts."""

from __future__ import annotations

from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from partners.enterprises.bulk import read_rows
from partners.enterprises.parties.errors import EnterpriseUnknown
from partners.enterprises.parties.model import Enterprise, MarketAccount

ENTERPRISE: LiteralString = """
    SELECT id, credit_code, name, sector, standing, lot_policy, free_first, parent_id, closed_until
    FROM partners.enterprise"""


def enterprise_of(session: Session, enterprise_id: UUID) -> Enterprise:
    """Answer one enterprise. Raises EnterpriseUnknown."""
    rows = read_rows(session, ENTERPRISE + " WHERE id = %(id)s", {"id": enterprise_id})
    if not rows:
        raise EnterpriseUnknown(enterprise=enterprise_id)
    return Enterprise(*rows[0])


def enterprise_by_code(session: Session, credit_code: str) -> Enterprise:
    """Answer the enterprise with this credit code; names are never matched (rule 3). Raises EnterpriseUnknown."""
    rows = read_rows(session, ENTERPRISE + " WHERE credit_code = %(code)s", {"code": credit_code})
    if not rows:
        raise EnterpriseUnknown(enterprise=credit_code)
    return Enterprise(*rows[0])


def group_of(session: Session, enterprise_id: UUID) -> list[Enterprise]:
    """Answer an enterprise and all its subsidiaries, nearest first."""
    rows = read_rows(
        session,
        """WITH RECURSIVE family AS (
               SELECT id, 0 AS depth FROM partners.enterprise WHERE id = %(id)s
               UNION ALL
               SELECT e.id, depth + 1 FROM partners.enterprise e JOIN family f ON e.parent_id = f.id WHERE depth < 10
           )
           SELECT e.id, credit_code, name, sector, standing, lot_policy, free_first, parent_id, closed_until
           FROM family JOIN partners.enterprise e USING (id) ORDER BY depth, name, id""",
        {"id": enterprise_id},
    )
    return [Enterprise(*row) for row in rows]


def accounts_of(session: Session, enterprise_id: UUID) -> dict[str, MarketAccount]:
    """Answer the accounts of an enterprise, by account number."""
    rows = read_rows(
        session,
        """SELECT system, account_no, market, enterprise_id FROM partners.market_account
           WHERE enterprise_id = %(id)s ORDER BY system, account_no""",
        {"id": enterprise_id},
    )
    return {row[1]: MarketAccount(*row) for row in rows}


def enterprises(session: Session, *, limit: int = 50, offset: int = 0) -> list[Enterprise]:
    """Answer the enterprises, by name."""
    statement: LiteralString = ENTERPRISE + " ORDER BY name, id LIMIT %(limit)s OFFSET %(offset)s"
    return [Enterprise(*row) for row in read_rows(session, statement, {"limit": limit, "offset": offset})]
