"""A webhook is believed by its signature alone, and only in time. Stripe's own library is the second opinion."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from partners.payments import WebhookNotAccepted, sign, verify

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
BODY = b'{"id": "evt_1", "object": "event"}'
SECRET = "whsec_of_the_tests"


def _vector(real_data: Path) -> dict[str, Any]:
    vectors: dict[str, Any] = json.loads((real_data / "vectors" / "webhook_signatures.json").read_text())
    vector: dict[str, Any] = vectors["stripe_v1"]
    return vector


def _accept(body: bytes, header: str, *, secret: str = SECRET, now: datetime = NOW) -> None:
    verify(body, header=header, secret=secret, now=now)


def test_we_sign_as_the_published_vector_is_signed(real_data: Path) -> None:
    vector = _vector(real_data)
    assert sign(vector["payload"].encode(), secret=vector["secret"], at=vector["timestamp"]) == vector["header"]


def test_the_published_headers_are_accepted_and_refused_as_they_say(real_data: Path) -> None:
    vector = _vector(real_data)
    then = datetime.fromtimestamp(vector["timestamp"], UTC)
    body, secret = vector["payload"].encode(), vector["secret"]
    for header in [vector["header"], *vector["must_pass_extra"]]:
        _accept(body, header, secret=secret, now=then)
    for header in vector["must_fail"]:
        with pytest.raises(WebhookNotAccepted):
            _accept(body, header, secret=secret, now=then)


def test_stripes_own_library_accepts_what_we_sign() -> None:
    now = int(datetime.now(UTC).timestamp())
    event = stripe.Webhook.construct_event(BODY.decode(), sign(BODY, secret=SECRET, at=now), SECRET)  # type: ignore[no-untyped-call]  # Stripe leaves it untyped.
    assert event.id == "evt_1"


SECRETS = st.text(st.characters(codec="ascii"), min_size=1, max_size=40).filter(str.strip)


@given(body=st.text(max_size=200), secret=SECRETS)
def test_stripes_own_library_agrees_on_any_text(body: str, secret: str) -> None:
    header = sign(body.encode(), secret=secret, at=AT)
    assert stripe.WebhookSignature.verify_header(body, header, secret, tolerance=None)  # type: ignore[no-untyped-call]  # Stripe leaves it untyped.
    verify(body.encode(), header=header, secret=secret, now=NOW)


@pytest.mark.parametrize("offset", [-300, 0, 300])
def test_a_message_is_believed_within_five_minutes(offset: int) -> None:
    _accept(BODY, sign(BODY, secret=SECRET, at=AT + offset))


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("", "malformed"),
        ("t=1", "malformed"),
        ("t=1,t=2,v1=00", "malformed"),
        ("t=-5,v1=00", "malformed"),
        ("t=１２,v1=00", "malformed"),
        (f"t={AT},v0=00", "malformed"),
        (f"t={AT},v1=", "signature"),
        (f"t={AT},v1=签名", "signature"),
        (sign(BODY + b" ", secret=SECRET, at=AT), "signature"),
        (sign(BODY, secret="another", at=AT), "signature"),
        (sign(BODY, secret=SECRET, at=AT - 301), "time"),
        (sign(BODY, secret=SECRET, at=AT + 301), "time"),
    ],
)
def test_a_message_without_a_valid_signature_in_time_is_refused(header: str, reason: str) -> None:
    with pytest.raises(WebhookNotAccepted) as refused:
        _accept(BODY, header)
    assert refused.value.facts["reason"] == reason


def test_a_changed_time_breaks_the_signature() -> None:
    old = sign(BODY, secret=SECRET, at=AT - 4000)
    with pytest.raises(WebhookNotAccepted):
        _accept(BODY, old.replace(str(AT - 4000), str(AT)))


def test_without_a_secret_nothing_is_accepted() -> None:
    with pytest.raises(WebhookNotAccepted):
        _accept(BODY, sign(BODY, secret="", at=AT), secret="")
