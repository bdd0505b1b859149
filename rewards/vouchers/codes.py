"""The code that a citizen shows: eighteen digits that change with time.

``70`` · ten digits, the voucher's number permuted · six digits, an HMAC over number and time step.

WeChat's codes begin with 10 to 15, Alipay's with 25 to 30, UnionPay's with 62; 70 to 79 are ours (70 vouchers,
71 pay codes, the rest is kept for check-ins), so that one scanner can tell them apart. The number is permuted so
that codes do not tell how many vouchers there are; the HMAC alone protects.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

PREFIX = "70"
PAY_PREFIX = "71"
LENGTH = 18
NUMBERS = 10**10
_HALF = 10**5
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Reading:
    """What a code says: the number of a voucher or pay code, and six digits to prove that it was just shown."""

    number: int
    proof: str


@dataclass(frozen=True, slots=True)
class CodeBook:
    """Makes and reads codes of one *prefix*. *key* is secret; a new code every *step_seconds*."""

    key: bytes
    step_seconds: int = 30
    prefix: str = PREFIX

    def code(self, number: int, *, at: datetime) -> str:
        """Answer the code of voucher *number* at the instant *at*: eighteen digits."""
        return f"{self.prefix}{self._permute(number):010d}{self._proof(number, self.step(at))}"

    def read(self, text: str) -> Reading | None:
        """Take a code apart; None where it is not a code of this prefix at all. Proves nothing yet."""
        digits = "".join(text.split())
        if len(digits) != LENGTH or not digits.isascii() or not digits.isdigit() or not digits.startswith(self.prefix):
            return None
        return Reading(number=self._unpermute(int(digits[2:12])), proof=digits[12:])

    def age(self, reading: Reading, *, at: datetime, steps: int) -> int | None:
        """Answer how many steps ago the code was made, among the last *steps*; None where the proof fits none."""
        now = self.step(at)
        ages = [
            age for age in range(steps) if hmac.compare_digest(self._proof(reading.number, now - age), reading.proof)
        ]
        return ages[0] if ages else None

    def seconds_left(self, *, at: datetime) -> int:
        """Answer after how many whole seconds, 1 at least, the code changes."""
        return self.step_seconds - int(at.timestamp()) % self.step_seconds

    def step(self, at: datetime) -> int:
        """Answer the number of the time step that *at* lies in."""
        return int(at.timestamp()) // self.step_seconds

    def _proof(self, number: int, step: int) -> str:
        return f"{self._hash(b'proof', number, step) % 10**6:06d}"

    def _permute(self, number: int) -> int:
        """A Feistel network over two halves of five digits: every number has one image and comes back."""
        left, right = divmod(number, _HALF)
        for turn in range(_ROUNDS):
            left, right = right, (left + self._hash(b"order", turn, right)) % _HALF
        return left * _HALF + right

    def _unpermute(self, image: int) -> int:
        left, right = divmod(image, _HALF)
        for turn in reversed(range(_ROUNDS)):
            left, right = (right - self._hash(b"order", turn, left)) % _HALF, left
        return left * _HALF + right

    def _hash(self, purpose: bytes, *values: int) -> int:
        message = purpose + b"".join(value.to_bytes(8, "big") for value in values)
        return int.from_bytes(hmac.digest(self.key, message, hashlib.sha256)[:16], "big")


def grouped(code: str) -> str:
    """Answer the digits as people read them out: 7012 3456 7890 1234 56."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
