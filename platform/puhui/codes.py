"""The books of codes of the running application: keys come from the secret, the step from the settings."""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from puhui.edge import house
from puhui.settings import Settings
from rewards.campaigns.rules import PREFIX as CAMPAIGN_PREFIX
from rewards.vouchers import CodeBook
from rewards.vouchers.codes import PAY_PREFIX


def code_book() -> CodeBook:
    """Answer the book that makes and reads the voucher codes of this application."""
    return code_book_of(house().settings)


def code_book_of(settings: Settings) -> CodeBook:
    """Answer the book of *settings*. Every web process derives the same key."""
    return CodeBook(key=_key(settings, b"puhui voucher codes"), step_seconds=settings.code_step_seconds)


def pay_code_book() -> CodeBook:
    """Answer the book that makes and reads the pay codes of this application."""
    return pay_code_book_of(house().settings)


def pay_code_book_of(settings: Settings) -> CodeBook:
    """Answer the book of pay codes of *settings*."""
    return CodeBook(key=_key(settings, b"puhui pay codes"), step_seconds=settings.code_step_seconds, prefix=PAY_PREFIX)


def campaign_code_book() -> CodeBook:
    """Answer the book of the codes that campaigns' screens and posters show."""
    return campaign_code_book_of(house().settings)


def campaign_code_book_of(settings: Settings) -> CodeBook:
    """Answer the book of campaign codes of *settings*."""
    key = _key(settings, b"puhui campaign codes")
    return CodeBook(key=key, step_seconds=settings.code_step_seconds, prefix=CAMPAIGN_PREFIX)


def voucher_signing_key() -> Ed25519PrivateKey:
    """Answer the key that signs static codes of vouchers; counters without a network hold its public half."""
    return voucher_signing_key_of(house().settings)


def voucher_signing_key_of(settings: Settings) -> Ed25519PrivateKey:
    """Answer the signing key of *settings*. Every web process derives the same key."""
    return Ed25519PrivateKey.from_private_bytes(_key(settings, b"puhui voucher signatures"))


def family_key() -> bytes:
    """Answer the key from which the codes of family invitations are computed."""
    return _key(house().settings, b"puhui family invitations")


def keeper_of(person_id: UUID) -> str:
    """Answer a name for a person's offline copies on a device, which says nothing about the person."""
    return hmac.digest(_key(house().settings, b"puhui offline copies"), person_id.bytes, hashlib.sha256).hex()[:16]


def _key(settings: Settings, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(settings.secret_key.encode())
