"""NDJSON into reports: all lines at once where all are good, else line by line, so that good rows go through."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ledger.kernel.errors import DomainError
from partners.providers import Report

MOST_ROWS = 50_000
MOST_BYTES = 32 * 1024 * 1024
BOM = b"\xef\xbb\xbf"

_decoder = msgspec.json.Decoder(Report)


class Refused(NamedTuple):
    """A row of which no report could be made: why, and where it can be told which id and field."""

    code: str
    id: str | None = None
    detail: str | None = None


class BatchTooLong(DomainError):
    """More rows than one call may have. Facts: ``most``."""

    code = "batch_too_long"


class BatchTooLarge(DomainError):
    """More bytes than one call may have. Facts: ``most``."""

    code = "batch_too_large"


class BatchEmpty(DomainError):
    """The call has no row."""

    code = "batch_empty"


def decode(body: bytes) -> list[Report | Refused]:
    """Read the rows of an NDJSON body; blank lines are no rows. Raises BatchTooLarge, BatchTooLong, BatchEmpty."""
    if len(body) > MOST_BYTES:
        raise BatchTooLarge(most=MOST_BYTES)
    if body.count(b"\n") > 2 * MOST_ROWS:
        raise BatchTooLong(most=MOST_ROWS)
    rows = _decode(body.removeprefix(BOM))
    if not rows:
        raise BatchEmpty
    if len(rows) > MOST_ROWS:
        raise BatchTooLong(most=MOST_ROWS)
    return rows


def _decode(body: bytes) -> list[Report | Refused]:
    try:
        return [*_decoder.decode_lines(body)]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return [decode_line(line) for line in body.split(b"\n") if line.strip()]


def decode_line(line: bytes) -> Report | Refused:
    """Read one row."""
    try:
        line.decode("utf-8")
        return _decoder.decode(line)
    except UnicodeDecodeError:
        return Refused("encoding_invalid")
    except msgspec.ValidationError as error:
        return Refused("field_invalid", _id_of(line), str(error))
    except msgspec.DecodeError:
        return Refused("line_malformed")


def _id_of(line: bytes) -> str | None:
    found = msgspec.json.decode(line)
    given = found.get("id") if isinstance(found, dict) else None
    return given[:64] if isinstance(given, str) else None
