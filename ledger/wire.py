"""PostgreSQL's binary arrays, made from columns: what is sent is what is hashed."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

INT8, TEXT, TIMESTAMPTZ, UUID_OID = 20, 25, 1184, 2950
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NULL = b"\xff\xff\xff\xff"
int8 = struct.Struct(">q").pack


def microseconds(at: datetime) -> int:
    """Answer PostgreSQL's number for an aware instant."""
    return (at - EPOCH) // MICROSECOND


def int8s(values: Sequence[int], oid: int = INT8) -> bytes:
    """Encode whole numbers (or instants, as microseconds) as bigint[] or timestamptz[]."""
    count = len(values)
    if not count:
        return struct.pack(">iii", 0, 0, oid)
    body = bytearray(b"\0\0\0\x08\0\0\0\0\0\0\0\0" * count)
    numbers = struct.pack(f">{count}q", *values)
    for byte in range(8):
        body[4 + byte :: 12] = numbers[byte::8]
    return struct.pack(">iiiii", 1, 0, oid, count, 1) + body


def instants(values: Sequence[datetime]) -> bytes:
    """Encode aware instants as timestamptz[]; a single element where all are equal."""
    distinct = set(values)
    numbers = {value: microseconds(value) for value in distinct}
    if len(distinct) == 1:
        return int8s(list(numbers.values()), TIMESTAMPTZ)
    return int8s([numbers[value] for value in values], TIMESTAMPTZ)


def texts(values: Sequence[str]) -> bytes:
    """Encode texts as text[]; a single element where all are equal."""
    if not values:
        return struct.pack(">iii", 0, 0, TEXT)
    encoded = {value: value.encode() for value in set(values)}
    packed = {value: struct.pack(">i", len(text)) + text for value, text in encoded.items()}
    shown = list(packed.values()) if len(packed) == 1 else [packed[value] for value in values]
    return struct.pack(">iiiii", 1, 0, TEXT, len(shown), 1) + b"".join(shown)


def uuids(values: Sequence[UUID | None]) -> bytes:
    """Encode UUIDs as uuid[]; an empty array where all are None."""
    if all(value is None for value in values):
        return struct.pack(">iii", 0, 0, UUID_OID)
    has_null = int(None in values)
    body = b"".join([NULL if value is None else b"\0\0\0\x10" + value.bytes for value in values])
    return struct.pack(">iiiii", 1, has_null, UUID_OID, len(values), 1) + body
