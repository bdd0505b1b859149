"""Writing down pledges and their release."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from psycopg import errors as postgres_errors
from sqlalchemy.orm import Session

import ledger
from partners.enterprises.bulk import connection_of
from partners.enterprises.holdings.actions import lock_books
from partners.enterprises.holdings.queries import held_now
from partners.enterprises.pledges.errors import CertificateTaken, PledgeUnknown, ReleaseNeedsDocument
from partners.enterprises.pledges.model import Pledge
from partners.enterprises.pledges.queries import pledges_of
from partners.enterprises.pledges.rules import check_pledge
from partners.enterprises.records.model import Slot

PLEDGEABLE = (Slot.REGISTRY, Slot.TRADING)


def pledge_units(session: Session, pledge: Pledge, *, made_by: UUID, now: datetime) -> Pledge:
    """Write down a pledge under its id; again with the same facts is safe.

    Raises PledgeTermInvalid, PledgeExceeds, CertificateTaken.
    """
    lock_books(session, pledge.enterprise_id)
    listed = pledges_of(session, pledge.enterprise_id, open_only=False)
    known = next((one for one in listed if one.id == pledge.id), None)
    if known is not None and replace(known, released_at=None, release_no=None) == pledge:
        return known
    same = [one for one in listed if one.instrument == pledge.instrument]
    check_pledge(pledge, available=available(session, pledge.enterprise_id, pledge.instrument), pledges=same)
    connection = connection_of(session)
    try:
        with connection.transaction():
            connection.execute(
                """INSERT INTO partners.market_pledge (stripe, id, enterprise_id, instrument, units, certificate_no,
                       control, lender, debt_fen, alert_percent, starts_on, ends_on, made_by, made_at)
                   VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
                (
                    *(ledger.stripe_of(pledge.enterprise_id), pledge.id, pledge.enterprise_id, pledge.instrument),
                    *(pledge.units, pledge.certificate_no, pledge.control.value, pledge.lender, pledge.debt_fen),
                    *(pledge.alert_percent, pledge.starts_on, pledge.ends_on, made_by, now),
                ),
            )
    except postgres_errors.UniqueViolation as error:
        raise CertificateTaken(certificate=pledge.certificate_no) from error
    return pledge


def release_pledge(session: Session, *, enterprise_id: UUID, pledge_id: UUID, release_no: str, now: datetime) -> None:
    """Write down the release of a pledge, with its document. Raises ReleaseNeedsDocument, PledgeUnknown."""
    if not release_no.strip():
        raise ReleaseNeedsDocument(pledge=pledge_id)
    done = connection_of(session).execute(
        """UPDATE partners.market_pledge
           SET released_at = coalesce(released_at, %s), release_no = coalesce(release_no, %s)
           WHERE stripe = %s AND id = %s AND enterprise_id = %s""",
        (now, release_no.strip(), ledger.stripe_of(enterprise_id), pledge_id, enterprise_id),
    )
    if done.rowcount == 0:
        raise PledgeUnknown(pledge=pledge_id)


def available(session: Session, enterprise_id: UUID, instrument: str) -> int:
    """Answer the units of an instrument that are free at registry and exchange; 0 where there are no books."""
    held = held_now(session, enterprise_id)
    return sum(held.get((instrument, slot), 0) for slot in PLEDGEABLE)
