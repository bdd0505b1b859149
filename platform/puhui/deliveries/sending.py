"""Sending what is due: claimed first, sent outside any transaction, then recorded. A crash between sends it again.

A message carries ``Puhui-Signature: t=<seconds>,v1=<HMAC-SHA256 of "t.body">``, as Stripe's do, and ``Puhui-Delivery``
with an id that stays the same over all tries, so that the other side may drop a repetition.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

import requests
import sqlalchemy as sa
from sqlalchemy.orm import Session

from puhui.db import Database
from puhui.identity.vault import Vault

SIGNATURE_HEADER = "Puhui-Signature"
LEASE = timedelta(minutes=5)
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440))
TIMEOUT_SECONDS = (3, 10)


class _Due(NamedTuple):
    id: UUID
    endpoint_id: UUID
    address: str
    event: str
    body: dict[str, object]
    enqueued_at: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back: whether it counts as delivered, and in a few words what it was."""

    taken: bool
    words: str


def secret_of(vault: Vault, endpoint_id: UUID) -> str:
    """Answer the secret that signs messages to the endpoint; it is derived, so that none is stored."""
    return "whsec_" + base64.urlsafe_b64encode(vault.fingerprint("endpoint", str(endpoint_id))).decode().rstrip("=")


def signature_of(secret: str, *, body: bytes, now: datetime) -> str:
    """Answer the signature header's value for *body*."""
    seconds = int(now.timestamp())
    mark = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={mark}"


def send_due(database: Database, vault: Vault, *, local_allowed: bool, now: datetime, limit: int = 100) -> int:
    """Send up to *limit* due messages and answer how many were tried. Gives up after eight tries (two days)."""
    due = database.run(lambda session: _claim(session, now, limit))
    with requests.Session() as line:
        for one in due:
            answer = _send(line, one, secret_of(vault, one.endpoint_id), local_allowed=local_allowed, now=now)
            database.run(partial(_record, due=one, answer=answer, now=now))
    return len(due)


def _claim(session: Session, now: datetime, limit: int) -> Sequence[_Due]:
    """Take what is due for five minutes, so that another sender leaves it alone."""
    rows = session.execute(sa.text(_CLAIM), {"now": now, "lease": now + LEASE, "limit": limit})
    return [_Due(*row) for row in rows]


_CLAIM = """
UPDATE platform.delivery d SET due_at = :lease, tries = d.tries + 1
FROM platform.endpoint e
WHERE e.id = d.endpoint_id AND d.id IN (
    SELECT x.id FROM platform.delivery x WHERE x.due_at <= :now ORDER BY x.due_at LIMIT :limit FOR UPDATE SKIP LOCKED
)
RETURNING d.id, d.endpoint_id, e.address, d.event, d.body, d.enqueued_at, d.tries
"""


def _send(line: requests.Session, due: _Due, secret: str, *, local_allowed: bool, now: datetime) -> _Answer:
    if not local_allowed and not _is_public(due.address):
        return _Answer(taken=False, words="address_not_public")
    message = {"id": str(due.id), "event": due.event, "at": due.enqueued_at.isoformat(), "data": due.body}
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        SIGNATURE_HEADER: signature_of(secret, body=body, now=now),
        "Puhui-Delivery": str(due.id),
        "User-Agent": "puhui-deliveries",
    }
    try:
        with line.post(
            due.address, data=body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True
        ) as answer:
            return _Answer(taken=200 <= answer.status_code < 300, words=str(answer.status_code))
    except requests.RequestException as error:
        return _Answer(taken=False, words=type(error).__name__)


def _is_public(address: str) -> bool:
    """Whether every address of the host is public: a partner must not make us call our own machines."""
    host = urlsplit(address).hostname or ""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except OSError:
        return False
    return bool(found) and all(ipaddress.ip_address(str(one).split("%")[0]).is_global for one in found)


def _record(session: Session, *, due: _Due, answer: _Answer, now: datetime) -> None:
    over = answer.taken or due.tries > len(WAITS)
    values = {
        "id": due.id,
        "due": None if over else now + WAITS[due.tries - 1],
        "delivered": now if answer.taken else None,
        "words": answer.words,
    }
    statement = (
        "UPDATE platform.delivery SET due_at = :due, delivered_at = :delivered, last_answer = :words WHERE id = :id"
    )
    session.execute(sa.text(f"{statement} AND delivered_at IS NULL"), values)
