"""The code of an invitation: eight letters and digits that cannot be mistaken for each other.

It is computed from the invitation's id with a secret key, so that its maker can look at it again and nobody keeps it.
"""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8


def code_of(invitation_id: UUID, *, key: bytes) -> str:
    """Answer the code of an invitation."""
    number = int.from_bytes(hmac.digest(key, b"family" + invitation_id.bytes, hashlib.sha256), "big")
    letters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)


def hash_of(code: str) -> bytes:
    """Answer what is kept of a code. Case, blanks and hyphens do not matter."""
    plain = "".join(letter for letter in code.upper() if letter in ALPHABET)
    return hashlib.sha256(b"puhui family " + plain.encode()).digest()
