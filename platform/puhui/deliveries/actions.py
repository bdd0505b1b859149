"""Endpoints of organisations, and the outbox of what is sent to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from ledger.kernel.errors import DomainError
from ledger.kernel.ids import new_id
from ledger.kernel.model import Model

MOST_ENDPOINTS = 5
PAGE = 20


class EndpointAddressRefused(DomainError):
    """The address is not https, or carries a name and password."""

    code = "endpoint_address_refused"


class EndpointLimitReached(DomainError):
    """The organisation has *most* endpoints already."""

    code = "endpoint_limit_reached"


class EndpointUnknown(DomainError):
    """The organisation has no such open endpoint."""

    code = "endpoint_unknown"


class Endpoint(Model):
    """Where an organisation's program listens."""

    __tablename__ = "endpoint"
    __table_args__ = ({"schema": "platform"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    address: Mapped[str]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class DeliveryRow(NamedTuple):
    """A message to an endpoint and how it went; *due_at* is the next try, None when it is over."""

    id: UUID
    event: str
    address: str
    enqueued_at: datetime
    due_at: datetime | None
    tries: int
    delivered_at: datetime | None
    last_answer: str | None


def open_endpoint(
    session: Session, *, organisation: UUID, address: str, local_allowed: bool, now: datetime
) -> Endpoint:
    """Register where the organisation listens; the same open address answers the endpoint that is there.

    *local_allowed* lets plain http to this machine through, for development. Raises EndpointAddressRefused and
    EndpointLimitReached.
    """
    _check(address, local_allowed=local_allowed)
    there = endpoints_of(session, organisation)
    for endpoint in there:
        if endpoint.address == address:
            return endpoint
    if len(there) >= MOST_ENDPOINTS:
        raise EndpointLimitReached(most=MOST_ENDPOINTS)
    made = Endpoint(id=new_id(), organisation_id=organisation, address=address, opened_at=now, closed_at=None)
    session.add(made)
    session.flush()
    return made


def _check(address: str, *, local_allowed: bool) -> None:
    try:
        parts = urlsplit(address)
        local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
        sound = bool(parts.hostname) and not (parts.username or parts.password) and (parts.port is None or parts.port)
    except ValueError:
        sound, local = False, False
        parts = urlsplit("")
    if not sound or not (parts.scheme == "https" or (local and local_allowed)) or len(address) > 500:
        raise EndpointAddressRefused(address=address)


def close_endpoint(session: Session, endpoint_id: UUID, *, organisation: UUID, now: datetime) -> None:
    """Send nothing more to the endpoint. Raises EndpointUnknown."""
    found = session.get(Endpoint, endpoint_id)
    if found is None or found.organisation_id != organisation or found.closed_at is not None:
        raise EndpointUnknown(endpoint_id=endpoint_id)
    found.closed_at = now
    over = "UPDATE platform.delivery SET due_at = NULL, last_answer = 'closed' WHERE endpoint_id = :id"
    session.execute(sa.text(f"{over} AND due_at IS NOT NULL"), {"id": endpoint_id})


def endpoints_of(session: Session, organisation: UUID) -> list[Endpoint]:
    """Answer the organisation's open endpoints, oldest first."""
    statement = (
        sa.select(Endpoint)
        .where(Endpoint.organisation_id == organisation, Endpoint.closed_at.is_(None))
        .order_by(Endpoint.id)
    )
    return list(session.scalars(statement))


def enqueue(
    session: Session, *, organisation: UUID, event: str, body: Mapping[str, object], key: str, now: datetime
) -> int:
    """Put *event* ("break.opened") into the outbox of every open endpoint, once per *key*; answer how many.

    *body* is JSON and holds no personal data.
    """
    values = {
        "organisation": organisation,
        "event": event,
        "body": json.dumps(body, ensure_ascii=False),
        "key": key,
        "now": now,
    }
    return len(session.scalars(sa.text(_ENQUEUE), values).all())


_ENQUEUE = """
INSERT INTO platform.delivery (id, endpoint_id, event, key, body, enqueued_at, due_at)
SELECT uuidv7(), e.id, :event, :key, CAST(:body AS jsonb), :now, :now
FROM platform.endpoint e WHERE e.organisation_id = :organisation AND e.closed_at IS NULL
ON CONFLICT (endpoint_id, key) DO NOTHING RETURNING id
"""


def deliveries_of(
    session: Session, organisation: UUID, *, before: UUID | None = None, limit: int = PAGE
) -> list[DeliveryRow]:
    """Answer the newest messages to the organisation's endpoints, or those older than *before*."""
    statement = (
        "SELECT d.id, d.event, e.address, d.enqueued_at, d.due_at, d.tries, d.delivered_at, d.last_answer"
        " FROM platform.delivery d JOIN platform.endpoint e ON e.id = d.endpoint_id"
        " WHERE e.organisation_id = :organisation AND (CAST(:before AS uuid) IS NULL OR d.id < :before)"
        " ORDER BY d.id DESC LIMIT :limit"
    )
    rows = session.execute(sa.text(statement), {"organisation": organisation, "before": before, "limit": limit})
    return [DeliveryRow(*row) for row in rows]
