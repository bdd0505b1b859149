"""Kept acts into the table: one COPY, whatever their number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from rewards.activities.participants import driver
from rewards.activities.rules import CLAIMING, Decision, Draft

COPY = """
COPY rewards.activity (
    id, participant_id, started_at, ended_at, received_at, quantity, counted, factor_mg, computed_grams, grams, points,
    reduction_transfer, points_transfer, fingerprint, request_id, duplicate_of, day, stripe, provider_id,
    utc_offset_minutes, method_version, rate_version, tier, status, method, unit, code, source_id, trip_no, variant
) FROM STDIN
"""
NULL = "\\N"


class Row(NamedTuple):
    """An act with its answer and the two transfers that it was credited by."""

    activity: UUID
    participant: UUID
    draft: Draft
    decision: Decision
    reduction_transfer: int | None
    points_transfer: int | None


def write(
    session: Session, rows: Sequence[Row], *, replaced: list[UUID], provider_id: int, call_id: UUID, now: datetime
) -> None:
    """Write *rows*, after removing the rejected acts whose place they take."""
    connection = driver(session)
    if replaced:
        connection.execute(
            "DELETE FROM rewards.activity a USING unnest(%s::smallint[], %s::uuid[]) AS w (stripe, id)"
            " WHERE a.stripe = w.stripe AND a.id = w.id AND a.status = 'rejected'",
            ([activity.int & 63 for activity in replaced], replaced),
        )
    if rows:
        received = now.astimezone(UTC).isoformat()
        with connection.cursor() as cursor, cursor.copy(COPY) as copy:
            copy.write("".join([_line(row, provider_id, call_id, received) for row in rows]))


def _line(row: Row, provider_id: int, call_id: UUID, received: str) -> str:
    draft, decision = row.draft, row.decision
    method, version, rate = draft.method, draft.version, draft.rate
    if method is None or version is None or rate is None:
        raise AssertionError("only acts that were read are kept")
    variant = draft.variant
    factor = (variant.factor_mg if variant else None) or version.factor_mg
    trip = draft.trip or ""
    fingerprint = act_number(method.group, draft.start, trip) if decision.status in CLAIMING else NULL
    return (
        f"{row.activity.int:032x}\t{row.participant.int:032x}\t{_instant(draft.start)}\t"
        f"{NULL if draft.end is None else _instant(draft.end)}\t{received}\t{draft.quantity}\t{decision.counted}\t"
        f"{NULL if factor is None else factor}\t{decision.credit.computed}\t{decision.credit.grams}\t"
        f"{decision.credit.points}\t{_or_null(row.reduction_transfer)}\t{_or_null(row.points_transfer)}\t"
        f"{fingerprint}\t{call_id}\t{decision.duplicate_of or NULL}\t{draft.day}\t{row.participant.int & 63}\t"
        f"{provider_id}\t{draft.offset_minutes}\t{version.version}\t{rate.version}\t{draft.tier}\t"
        f"{decision.status}\t{method.code}\t{variant.unit if variant else method.unit}\t"
        f"{decision.code}\t{_escaped(draft.source_id)}\t{_escaped(trip) if trip else NULL}\t"
        f"{variant.code if variant else NULL}\n"
    )


def act_number(group: str, start: int, trip: str) -> int:
    """Number a physical act of a person: 64 bits of a hash over method group, start and trip."""
    digest = blake2b(f"{group}\0{start}\0{trip}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _instant(seconds: int) -> str:
    day, rest = divmod(seconds, 86_400)
    return f"{_day(day)} {rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}+00"


@lru_cache(maxsize=4096)
def _day(days: int) -> str:
    return date.fromordinal(days + date(1970, 1, 1).toordinal()).isoformat()


def _or_null(number: int | None) -> str:
    return NULL if number is None else str(number)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\") if "\\" in text else text
