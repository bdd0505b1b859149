"""Riders under pseudonyms: a provider's rider id is never stored, only an HMAC of it under a platform key.

The pseudonym is a UUID of version 8 made of that HMAC, so the same rider is found again without any table, and nobody
without the key can tell who it is or whether two providers know the same person.

A claim code proves that the provider takes someone for a rider. The provider hands it to the rider in its own app;
it holds the last day on which it is good and a MAC over provider, rider and that day, under a key that the platform
shares with this provider alone. Sixteen characters without look-alikes: ``K7QM-2M0D-…``.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from partners.providers.errors import ClaimCodeInvalid, RiderKeyChanged

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U.
LOOK_ALIKES = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})
DAY_CHARACTERS = 4
MAC_CHARACTERS = 12
GOOD_FOR_DAYS = 7
VERSION_BITS = 0xF << 76 | 0b11 << 62
VERSION_8 = 0x8 << 76 | 0b10 << 62  # RFC 9562: bits of our own choosing.
CODE_DAY_ZERO = date(2020, 1, 1)


class Riders:
    """The riders of one provider, as the platform knows them."""

    def __init__(self, key: bytes, provider: str) -> None:
        self._provider = provider
        self._pseudonyms = _derived(key, f"rider\0{provider}")
        self._claims = _derived(key, f"claim\0{provider}")

    def pseudonym(self, rider: str) -> UUID:
        """The id under which *rider* earns until somebody claims it."""
        bits = int.from_bytes(hmac.digest(self._pseudonyms, rider.encode(), "sha256")[:16], "big")
        return UUID(int=bits & ~VERSION_BITS | VERSION_8)

    def claim_code(self, rider: str, *, today: date) -> str:
        """Make the code that the provider hands to *rider*, good for a week."""
        days = (today + timedelta(days=GOOD_FOR_DAYS) - CODE_DAY_ZERO).days
        text = _base32(days, DAY_CHARACTERS) + self._mac(rider, days)
        return "-".join(text[i : i + 4] for i in range(0, len(text), 4))

    def check_claim_code(self, rider: str, code: str, *, today: date) -> None:
        """Let a code pass that the provider made for *rider* and that is still good. Raises ClaimCodeInvalid."""
        text = code.upper().translate(LOOK_ALIKES)
        if len(text) != DAY_CHARACTERS + MAC_CHARACTERS or not set(text) <= set(ALPHABET):
            raise ClaimCodeInvalid(provider=self._provider)
        days = 0
        for character in text[:DAY_CHARACTERS]:
            days = days * 32 + ALPHABET.index(character)
        fits = hmac.compare_digest(text[DAY_CHARACTERS:], self._mac(rider, days))
        if not fits or days < (today - CODE_DAY_ZERO).days:
            raise ClaimCodeInvalid(provider=self._provider)

    def _mac(self, rider: str, days: int) -> str:
        digest = hmac.digest(self._claims, f"{days}\0{rider}".encode(), "sha256")
        return _base32(int.from_bytes(digest[:8], "big") >> 4, MAC_CHARACTERS)


def riders_of(session: Session, provider: str, *, key: bytes) -> Riders:
    """Answer the riders of *provider* under the platform's *key*. Raises RiderKeyChanged if it is another."""
    check = hmac.digest(key, b"check", "sha256")
    values = {"check_value": check}
    found = session.scalar(sa.text("SELECT check_value FROM partners.rider_key"))
    if found is None:
        session.execute(
            sa.text("INSERT INTO partners.rider_key (check_value) VALUES (:check_value) ON CONFLICT DO NOTHING"), values
        )
        found = session.scalar(sa.text("SELECT check_value FROM partners.rider_key"))
    if found is None or not hmac.compare_digest(bytes(found), check):
        raise RiderKeyChanged
    return Riders(key, provider)


def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.digest(key, purpose.encode(), hashlib.sha256)


def _base32(number: int, length: int) -> str:
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))
