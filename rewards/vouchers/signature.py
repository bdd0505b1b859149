"""The static code of a voucher, for places without a network: what it is and an Ed25519 signature, fit for a QR code.

``PHV1:`` and base32 of: four bytes of the key's id, voucher, offer and merchant (16 each), the voucher's number (8),
the end as seconds (8), the signature (64) over everything before it; all of it of a QR code's alphanumeric set.
Whoever has the public key can tell offline that we made it, for which merchant, and until when; not whether it was
used elsewhere meanwhile.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.kernel.errors import DomainError
from rewards.vouchers.model import Voucher

PREFIX = "PHV1:"
_FACTS = struct.Struct(">4s16s16s16sqq")
_SIGNATURE = 64


class StaticCodeRefused(DomainError):
    """The static code is none of ours, was changed, or its time is over; the fact *reason* says which."""

    code = "static_code_refused"


@dataclass(frozen=True, slots=True)
class StaticVoucher:
    """What a static code says, once its signature was found good."""

    key_id: str
    voucher_id: UUID
    number: int
    offer_id: UUID
    merchant_id: UUID
    expires_at: datetime


def key_id_of(public: Ed25519PublicKey) -> str:
    """Answer the name of a public key: the first four bytes of its SHA-256, in hexadecimal."""
    return hashlib.sha256(public.public_bytes_raw()).hexdigest()[:8]


def sign_voucher(voucher: Voucher, *, key: Ed25519PrivateKey) -> str:
    """Answer the static code of a voucher: about two hundred letters and digits."""
    facts = _FACTS.pack(
        bytes.fromhex(key_id_of(key.public_key())), voucher.id.bytes, voucher.offer_id.bytes,
        voucher.merchant_id.bytes, voucher.number, int(voucher.expires_at.timestamp()),
    )  # fmt: skip
    signed = facts + key.sign(b"puhui voucher" + facts)
    return PREFIX + base64.b32encode(signed).decode().rstrip("=")


def verify_static_code(text: str, keys: Mapping[str, Ed25519PublicKey], now: datetime) -> StaticVoucher:
    """Answer what a static code says. *keys* are public keys by `key_id_of`; nothing else is needed.

    Raises StaticCodeRefused: ``not_a_static_code``, ``key_unknown``, ``signature_wrong``, ``voucher_expired``.
    """
    signed = _bytes_of(text)
    facts, signature = signed[:-_SIGNATURE], signed[-_SIGNATURE:]
    key_id, voucher, offer, merchant, number, end = _FACTS.unpack(facts)
    public = keys.get(key_id.hex())
    if public is None:
        raise StaticCodeRefused(reason="key_unknown")
    try:
        public.verify(signature, b"puhui voucher" + facts)
    except InvalidSignature:
        raise StaticCodeRefused(reason="signature_wrong") from None
    expires_at = datetime.fromtimestamp(end, UTC)
    if now >= expires_at:
        raise StaticCodeRefused(reason="voucher_expired")
    return StaticVoucher(
        key_id=key_id.hex(),
        voucher_id=UUID(bytes=voucher),
        number=number,
        offer_id=UUID(bytes=offer),
        merchant_id=UUID(bytes=merchant),
        expires_at=expires_at,
    )


def _bytes_of(text: str) -> bytes:
    plain = "".join(text.split()).upper()
    body = plain.removeprefix(PREFIX)
    try:
        signed = base64.b32decode(body + "=" * (-len(body) % 8))
    except ValueError:
        raise StaticCodeRefused(reason="not_a_static_code") from None
    if not plain.startswith(PREFIX) or len(signed) != _FACTS.size + _SIGNATURE:
        raise StaticCodeRefused(reason="not_a_static_code")
    return signed
