"""Codes of the sign-in: one that changes on a screen, one on a poster, and the proof that a guest saw either.

A code is eight letters of an HMAC over the event and the time step (or the poster's version). Who opens the page with a
good code gets a pass for a quarter of an hour, so that nobody has to fill a form in within thirty seconds.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0 and O, no 1, I and L, no U and V mixed up."""
LENGTH = 8
ACCEPTED_STEPS = 2
PASS_SECONDS = 900


@dataclass(frozen=True, slots=True)
class SignInBook:
    """Makes and checks the codes. *key* is secret; the screen shows a new code every *step_seconds*."""

    key: bytes
    step_seconds: int = 30

    def screen(self, event_id: UUID, *, at: datetime) -> str:
        """Answer the code on the screen at an instant."""
        return self._letters("screen", event_id, int(at.timestamp()) // self.step_seconds)

    def poster(self, event_id: UUID, version: int) -> str:
        """Answer the code of a poster."""
        return self._letters("poster", event_id, version)

    def how(self, code: str, event_id: UUID, *, poster_version: int | None, at: datetime) -> str | None:
        """Answer where *code* was seen, ``screen`` or ``poster``; None where it is shown nowhere (any more)."""
        step = int(at.timestamp()) // self.step_seconds
        screens = (self._letters("screen", event_id, step - age) for age in range(ACCEPTED_STEPS))
        if any(hmac.compare_digest(each.encode(), code.encode()) for each in screens):
            return "screen"
        if poster_version is None or poster_version < 1:
            return None
        poster = self.poster(event_id, poster_version)
        return "poster" if hmac.compare_digest(poster.encode(), code.encode()) else None

    def make_pass(self, event_id: UUID, how: str, *, at: datetime) -> str:
        """Answer what proves for a quarter of an hour that a good code was seen."""
        until = int(at.timestamp()) + PASS_SECONDS
        return f"{how}.{until}.{self._letters('pass-' + how, event_id, until)}"

    def read_pass(self, text: str, event_id: UUID, *, at: datetime) -> str | None:
        """Answer how the holder of a pass saw the code; None where it is no pass, or its time is over."""
        how, _, rest = text.partition(".")
        until, _, proof = rest.partition(".")
        if how not in ("screen", "poster") or not until.isascii() or not until.isdigit() or len(until) > 12:
            return None
        good = hmac.compare_digest(self._letters("pass-" + how, event_id, int(until)).encode(), proof.encode())
        return how if good and at.timestamp() <= int(until) else None

    def seconds_left(self, *, at: datetime) -> int:
        """Answer after how many whole seconds, 1 at least, the screen's code changes."""
        return self.step_seconds - int(at.timestamp()) % self.step_seconds

    def _letters(self, purpose: str, event_id: UUID, number: int) -> str:
        message = purpose.encode() + b"\0" + event_id.bytes + number.to_bytes(8, "big")
        value = int.from_bytes(hmac.digest(self.key, message, hashlib.sha256)[:8], "big")
        letters = []
        for _ in range(LENGTH):
            value, place = divmod(value, len(ALPHABET))
            letters.append(ALPHABET[place])
        return "".join(letters)
