"""Enterprises that ask to join, and what was decided about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg import errors as postgres_errors
from sqlalchemy.orm import Session

from partners.enterprises.bulk import connection_of, read_rows
from partners.enterprises.parties.errors import (
    ApplicationDecided,
    ApplicationOpen,
    ApplicationUnknown,
    CreditCodeInvalid,
    EnterpriseExists,
    EnterpriseUnknown,
    MayNotTrade,
)
from partners.enterprises.parties.queries import enterprise_by_code
from partners.enterprises.parties.rules import credit_code as plain_code

APPLICATION: LiteralString = """
    SELECT id, person_id, credit_code, name, sector, standing, registry_no, trading_no, asked_at, decided_at, refusal,
           enterprise_id
    FROM partners.enterprise_application"""


@dataclass(frozen=True, slots=True)
class Application:
    """What an enterprise said when it asked; *refusal* or *enterprise_id* once it is decided."""

    id: UUID
    person_id: UUID
    credit_code: str
    name: str
    sector: str
    standing: str
    registry_no: str
    trading_no: str
    asked_at: datetime
    decided_at: datetime | None
    refusal: str | None
    enterprise_id: UUID | None


def ask_to_join(session: Session, asked: Application) -> Application:
    """Keep an application; again with the same id is safe.

    Raises CreditCodeInvalid, EnterpriseExists, ApplicationOpen, the first that holds.
    """
    code = plain_code(asked.credit_code)
    if code is None:
        raise CreditCodeInvalid()
    if _is_registered(session, code):
        raise EnterpriseExists(enterprise=code)
    connection = connection_of(session)
    try:
        with connection.transaction():
            connection.execute(
                """INSERT INTO partners.enterprise_application
                       (id, person_id, credit_code, name, sector, standing, registry_no, trading_no, asked_at)
                   VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING""",
                (
                    *(asked.id, asked.person_id, code, asked.name.strip(), asked.sector, asked.standing),
                    *(asked.registry_no.strip(), asked.trading_no.strip(), asked.asked_at),
                ),
            )
    except postgres_errors.UniqueViolation as error:
        raise ApplicationOpen(credit_code=code) from error
    return application_of(session, asked.id)


def _is_registered(session: Session, code: str) -> bool:
    try:
        enterprise_by_code(session, code)
    except EnterpriseUnknown:
        return False
    return True


def application_of(session: Session, application_id: UUID) -> Application:
    """Answer one application. Raises ApplicationUnknown."""
    rows = read_rows(session, APPLICATION + " WHERE id = %(id)s", {"id": application_id})
    if not rows:
        raise ApplicationUnknown(application=application_id)
    return Application(*rows[0])


def applications(session: Session, *, person_id: UUID | None = None, limit: int = 50) -> list[Application]:
    """Answer applications, of one person where given: the undecided first, then the newest."""
    statement: LiteralString = (
        APPLICATION
        + """ WHERE person_id = coalesce(%(person)s, person_id)
              ORDER BY decided_at IS NOT NULL, id DESC LIMIT %(limit)s"""
    )
    rows = read_rows(session, statement, {"person": person_id, "limit": limit})
    return [Application(*row) for row in rows]


def check_admissible(application: Application) -> None:
    """Check that the application may be admitted. Raises ApplicationDecided, MayNotTrade (rule 39)."""
    if application.decided_at is not None:
        raise ApplicationDecided(application=application.id)
    if application.standing != "participant":
        raise MayNotTrade(standing=application.standing)


def decide_application(
    session: Session,
    application_id: UUID,
    *,
    decided_by: UUID,
    now: datetime,
    enterprise_id: UUID | None = None,
    refusal: str | None = None,
) -> None:
    """Write down that the application became *enterprise_id* or was refused with words. Raises ApplicationDecided."""
    done = connection_of(session).execute(
        """UPDATE partners.enterprise_application
           SET decided_at = %s, decided_by = %s, enterprise_id = %s, refusal = %s
           WHERE id = %s AND decided_at IS NULL""",
        (now, decided_by, enterprise_id, refusal, application_id),
    )
    if done.rowcount == 0:
        raise ApplicationDecided(application=application_id)
