"""Idempotency keys: the first answer is remembered; another content under the same key is refused."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from puhui.sandbox.refusals import Body, Refused

KEPT_SECONDS = 24 * 3600
LONGEST_KEY = 255


@dataclass(slots=True)
class Remembered:
    """What a key stands for; *status* is None while the first call still runs."""

    content: str
    began: float
    status: int | None = None
    body: Body | None = None


class Replays:
    """The keys of the last day. Safe for threads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.known: dict[str, Remembered] = {}

    def begin(self, key: str, *, path: str, pairs: Sequence[tuple[str, str]]) -> Remembered | None:
        """Answer what the key remembers, or None where the call is to run now. Refuses a conflict and a race."""
        if not key or len(key) > LONGEST_KEY:
            raise Refused("The Idempotency-Key must have from 1 to 255 characters", kind="idempotency_error")
        content = hashlib.sha256(json.dumps([path, sorted(pairs)]).encode()).hexdigest()
        with self.lock:
            found = self.known.get(key)
            if found is None or found.began < time.time() - KEPT_SECONDS:
                self.known[key] = Remembered(content, time.time())
                return None
        if found.content != content:
            message = (
                "Keys for idempotent requests can only be used with the same parameters they were first used with."
            )
            raise Refused(message, kind="idempotency_error")
        if found.status is None:
            message = "There is currently another in-progress request using this Idempotent Key."
            raise Refused(message, status=409, kind="idempotency_error", code="idempotency_key_in_use")
        return found

    def end(self, key: str, status: int, body: Body) -> None:
        """Remember the answer."""
        with self.lock:
            remembered = self.known[key]
            remembered.status, remembered.body = status, json.loads(json.dumps(body))

    def forget(self, key: str) -> None:
        """Leave the key free: nothing ran under it."""
        with self.lock:
            self.known.pop(key, None)

    def clear(self) -> None:
        """Forget every key."""
        with self.lock:
            self.known.clear()
