"""The audit trail: what staff did. Entries are inserted and read; the database refuses the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from puhui.identity.model import AuditEntry


def record_act(
    session: Session,
    *,
    person_id: UUID,
    organisation_id: UUID | None,
    role: str | None,
    action: str,
    subject: str,
    now: datetime,
    facts: Mapping[str, str | int | bool | None] | None = None,
    address: str | None = None,
    request_id: str | None = None,
) -> None:
    """Record that staff did *action* ("voucher.redeemed") to *subject* (an id). *facts* hold no personal data."""
    values = {
        "id": new_id(), "at": now, "person_id": person_id, "organisation_id": organisation_id, "role": role,
        "action": action, "subject": subject, "facts": dict(facts or {}), "address": address, "request_id": request_id,
    }  # fmt: skip
    # Past the unit of work, because redemptions write this too, fifty times a second.
    session.connection().execute(_RECORD, values)


_RECORD = sa.insert(AuditEntry.__table__)  # type: ignore[arg-type]  # A mapped class has a table.


def acts_of(
    session: Session,
    *,
    organisation_id: UUID | None = None,
    subject: str | None = None,
    action: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[AuditEntry]:
    """Answer the newest acts, *limit* at most, older than the entry *before*.

    Narrowed to the staff of an organisation, to one *subject*, to actions that begin with *action* ("voucher."), and to
    *since* ≤ at < *until*.
    """
    query = sa.select(AuditEntry)
    if organisation_id is not None:
        query = query.where(AuditEntry.organisation_id == organisation_id)
    if subject:
        query = query.where(AuditEntry.subject == subject)
    if action:
        query = query.where(AuditEntry.action.startswith(action, autoescape=True))
    if since is not None:
        query = query.where(AuditEntry.at >= since)
    if until is not None:
        query = query.where(AuditEntry.at < until)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return list(session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)))
