"""The books that a running counter reads codes with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from puhui.codes import code_book_of, pay_code_book_of, voucher_signing_key_of
from puhui.edge import house
from puhui.redeeming.acts import Books
from puhui.settings import Settings
from rewards.vouchers.signature import StaticCodeRefused, key_id_of, verify_static_code

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""Whether a voucher's time is over is for its row to say; here only the signature counts."""


def books() -> Books:
    """Answer the books of this application, made once."""
    held = house()
    if held.settings not in _MADE:
        _MADE.clear()
        _MADE[held.settings] = books_of(held.settings)
    return _MADE[held.settings]


def books_of(settings: Settings) -> Books:
    """Answer the books of *settings*."""
    keys = public_keys_of(settings)

    def verify(code: str) -> UUID | None:
        try:
            return verify_static_code(code, keys, _ANY_TIME).voucher_id
        except StaticCodeRefused:
            return None

    return Books(vouchers=code_book_of(settings), pay_codes=pay_code_book_of(settings), verify=verify)


def public_keys_of(settings: Settings) -> Mapping[str, Ed25519PublicKey]:
    """Answer the public keys that static codes are checked with, by their id."""
    public = voucher_signing_key_of(settings).public_key()
    return {key_id_of(public): public}


_MADE: dict[Settings, Books] = {}
