"""When a call is sent again, and after what pause. Pure: chance is passed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

RETRYABLE = frozenset({409, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Retries:
    """How patient the client is: *attempts* in all, pauses that double from *first_seconds* to *longest_seconds*."""

    attempts: int = 4
    first_seconds: float = 0.5
    longest_seconds: float = 8.0
    longest_asked_seconds: float = 60.0


def is_worth_retrying(status: int, headers: Mapping[str, str]) -> bool:
    """Whether another try may end otherwise; the service's own word (``Stripe-Should-Retry``) counts first."""
    asked = headers.get("Stripe-Should-Retry")
    return status in RETRYABLE if asked not in ("true", "false") else asked == "true"


def pause_seconds(
    retries: Retries, *, attempt: int, chance: float, retry_after: str | None = None, now: datetime
) -> float:
    """Answer the pause after try number *attempt* (from 1); *chance* in 0..1 spreads callers over the upper half.

    A ``Retry-After`` (seconds or an HTTP date) is the least pause, unless it asks for longer than we wait at all.
    """
    doubled = min(retries.longest_seconds, retries.first_seconds * 2.0 ** (attempt - 1))
    spread = doubled * (0.5 + chance / 2)
    asked = _asked_seconds(retry_after, now)
    return max(spread, asked) if asked <= retries.longest_asked_seconds else spread


def _asked_seconds(text: str | None, now: datetime) -> float:
    if text is None:
        return 0.0
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        asked = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    return max(0.0, (asked - now).total_seconds()) if asked.tzinfo else 0.0
