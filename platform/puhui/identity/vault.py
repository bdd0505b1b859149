"""Keys of the platform and of persons: seal, open and look up what must not lie open in the database.

Every person has a key of their own (AES-256-GCM), wrapped by the platform's key. Deleting the wrapped key is how an
account is closed: backups and copies of the sealed values are noise from then on.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class Vault:
    """The platform's keys, all derived from one secret."""

    def __init__(self, data_key: str) -> None:
        self._wrapping = AESGCM(_derived(data_key, "wrap"))
        self._lookup = _derived(data_key, "lookup")

    def fingerprint(self, kind: str, value: str) -> bytes:
        """Answer the keyed hash under which *value* of *kind* ("phone", "code") is found again."""
        return hmac.new(self._lookup, f"{kind}\0{value}".encode(), hashlib.sha256).digest()

    def new_key(self, person: UUID) -> bytes:
        """Make a key for *person* and answer it wrapped, ready to be stored."""
        return _encrypt(self._wrapping, AESGCM.generate_key(256), f"key\0{person}")

    def seal(self, wrapped: bytes, *, person: UUID, field: str, text: str) -> bytes:
        """Encrypt *text* with the person's key; it opens only for the same person and field."""
        return _encrypt(self._key(wrapped, person), text.encode(), f"{field}\0{person}")

    def open(self, wrapped: bytes, *, person: UUID, field: str, sealed: bytes) -> str:
        """Decrypt what ``seal`` made. Raises cryptography's InvalidTag where anything was altered."""
        return _decrypt(self._key(wrapped, person), sealed, f"{field}\0{person}").decode()

    def _key(self, wrapped: bytes, person: UUID) -> AESGCM:
        return AESGCM(_decrypt(self._wrapping, wrapped, f"key\0{person}"))


def token_hash(token: str) -> bytes:
    """Hash a random token for storage; it has 256 bits of its own, so no key and no salt is needed."""
    return hashlib.sha256(token.encode()).digest()


def new_token() -> str:
    """Make a random token of 256 bits, safe in a cookie or a header."""
    return secrets.token_urlsafe(32)


def _derived(data_key: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"puhui {purpose}".encode()).derive(data_key.encode())


def _encrypt(key: AESGCM, plain: bytes, bound_to: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + key.encrypt(nonce, plain, bound_to.encode())


def _decrypt(key: AESGCM, sealed: bytes, bound_to: str) -> bytes:
    return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())
