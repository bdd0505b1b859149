"""Time as an argument: the edge asks the clock once and passes the instant down."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Answer the present instant in UTC, with microseconds."""
    return datetime.now(UTC)
