"""Calls of the intake: the same request key and body gets the first answer again, another body is a conflict."""

from __future__ import annotations

import zlib
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from rewards.activities.errors import IntakeConflict
from rewards.activities.participants import driver


class Call(NamedTuple):
    """A call under its request key; *answer* is there where an earlier call had the same key and body."""

    id: UUID
    provider_id: int
    request_key: str
    body_hash: bytes
    answer: bytes | None


def open_call(session: Session, *, provider_id: int, request_key: str, body: bytes) -> Call:
    """Begin a call; a second one with the same key waits until the first has ended. Raises IntakeConflict."""
    digest = blake2b(f"{provider_id}\0{request_key}".encode(), digest_size=16).digest()
    call_id, body_hash = UUID(bytes=digest), blake2b(body, digest_size=32).digest()
    connection = driver(session)
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (int.from_bytes(digest[:8], "big", signed=True),))
    found = connection.execute(
        "SELECT body_hash, answer FROM rewards.intake_call WHERE stripe = %s AND provider_id = %s AND request_key = %s",
        (ledger.stripe_of(call_id), provider_id, request_key),
    ).fetchone()
    if found is not None and bytes(found[0]) != body_hash:
        raise IntakeConflict(request_key=request_key)
    answer = zlib.decompress(bytes(found[1])) if found is not None else None
    return Call(call_id, provider_id, request_key, body_hash, answer)


def close_call(session: Session, call: Call, *, rows: int, answer: bytes, now: datetime) -> None:
    """Keep the answer for whoever asks again."""
    driver(session).execute(
        "INSERT INTO rewards.intake_call (id, stripe, provider_id, request_key, body_hash, received_at, rows, answer)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            call.id,
            ledger.stripe_of(call.id),
            call.provider_id,
            call.request_key,
            call.body_hash,
            now,
            rows,
            zlib.compress(answer, 1),
        ),
    )


def forget_calls(session: Session, *, before: datetime, limit: int = 1000) -> int:
    """Drop the answers of calls received *before*; after that a repeated call is decided anew, row by row."""
    return (
        driver(session)
        .execute(
            "DELETE FROM rewards.intake_call WHERE (stripe, provider_id, request_key) IN"
            " (SELECT stripe, provider_id, request_key FROM rewards.intake_call WHERE received_at < %s LIMIT %s)",
            (before, limit),
        )
        .rowcount
    )
