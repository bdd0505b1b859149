"""Registering enterprises and their accounts. Repeating with the same facts is safe."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from psycopg import errors as postgres_errors
from sqlalchemy.orm import Session

from partners.enterprises.bulk import connection_of, read_rows
from partners.enterprises.parties.errors import AccountTaken, CreditCodeInvalid, EnterpriseExists, ParentInvalid
from partners.enterprises.parties.model import Enterprise, MarketAccount
from partners.enterprises.parties.queries import enterprise_of, group_of
from partners.enterprises.parties.rules import credit_code as plain_code


def register_enterprise(
    session: Session,
    *,
    organisation_id: UUID,
    credit_code: str,
    name: str,
    sector: str,
    standing: str = "participant",
    parent_id: UUID | None = None,
    now: datetime,
) -> Enterprise:
    """Make an organisation an enterprise of the mirror. Raises CreditCodeInvalid, EnterpriseExists."""
    code = plain_code(credit_code)
    if code is None:
        raise CreditCodeInvalid(credit_code=credit_code)
    connection_of(session).execute(
        """INSERT INTO partners.enterprise (id, credit_code, name, sector, standing, parent_id, joined_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
        (organisation_id, code, name, sector, standing, parent_id, now),
    )
    if not read_rows(session, "SELECT 1 FROM partners.enterprise WHERE id = %(id)s", {"id": organisation_id}):
        raise EnterpriseExists(credit_code=code)
    registered = enterprise_of(session, organisation_id)
    facts = (registered.credit_code, registered.name, registered.sector, registered.standing, registered.parent_id)
    if facts != (code, name, sector, standing, parent_id):
        raise EnterpriseExists(enterprise=organisation_id)
    return registered


def add_account(
    session: Session, *, enterprise_id: UUID, system: str, account_no: str, market: str, now: datetime
) -> MarketAccount:
    """Note an account of an enterprise. Raises AccountTaken."""
    connection = connection_of(session)
    try:
        with connection.transaction():
            connection.execute(
                """INSERT INTO partners.market_account (system, account_no, market, enterprise_id, opened_at)
                   VALUES (%s, %s, %s, %s, %s) ON CONFLICT (system, account_no) DO NOTHING""",
                (system, account_no, market, enterprise_id, now),
            )
    except postgres_errors.UniqueViolation as error:
        raise AccountTaken(account=account_no) from error
    rows = read_rows(
        session,
        """SELECT system, account_no, market, enterprise_id FROM partners.market_account
           WHERE system = %(system)s AND account_no = %(account_no)s""",
        {"system": system, "account_no": account_no},
    )
    account = MarketAccount(*rows[0])
    if (account.enterprise_id, account.market) != (enterprise_id, market):
        raise AccountTaken(account=account_no)
    return account


def set_policy(
    session: Session,
    *,
    enterprise_id: UUID,
    lot_policy: str,
    free_first: bool,
    closed_until: date | None,
    parent_id: UUID | None,
) -> None:
    """Write down how an enterprise counts cost, until when its books are closed and whose part it is.

    Raises ParentInvalid.
    """
    if parent_id is not None and parent_id in {one.id for one in group_of(session, enterprise_id)}:
        raise ParentInvalid(enterprise=enterprise_id)
    connection_of(session).execute(
        """UPDATE partners.enterprise SET lot_policy = %s, free_first = %s, closed_until = %s, parent_id = %s
           WHERE id = %s""",
        (lot_policy, free_first, closed_until, parent_id, enterprise_id),
    )
