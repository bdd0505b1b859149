"""The signature of a webhook: ``Stripe-Signature: t=1700000000,v1=HMAC-SHA256("t.body")``.

Checked first, before a byte of the body is read as anything. The time in it is signed too, so an old message cannot
be sent again later; one that is sent again in time is known by its event's id.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from partners.payments.errors import WebhookNotAccepted

HEADER = "Stripe-Signature"
TOLERANCE_SECONDS = 300


def sign(body: bytes, *, secret: str, at: int) -> str:
    """Answer the header's value for *body* at *at* (Unix seconds)."""
    return f"t={at},v1={_digest(body, secret, str(at))}"


def verify(body: bytes, *, header: str, secret: str, now: datetime, tolerance_seconds: int = TOLERANCE_SECONDS) -> None:
    """Accept *body*, or raise WebhookNotAccepted. One good ``v1`` of several is enough, as while secrets change.

    The time may be off by *tolerance_seconds* either way.
    """
    if not secret:
        raise WebhookNotAccepted(reason="no secret set")
    parts = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    given = [value for name, _, value in parts if name == "v1"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdigit()) or len(times[0]) > 12 or not given:
        raise WebhookNotAccepted(reason="malformed")
    expected = _digest(body, secret, times[0]).encode()
    matches = [hmac.compare_digest(expected, value.encode("utf-8", "surrogateescape")) for value in given]
    if not any(matches):
        raise WebhookNotAccepted(reason="signature")
    if abs(now.timestamp() - int(times[0])) > tolerance_seconds:
        raise WebhookNotAccepted(reason="time")


def _digest(body: bytes, secret: str, time_text: str) -> str:
    return hmac.new(secret.encode(), time_text.encode() + b"." + body, hashlib.sha256).hexdigest()
