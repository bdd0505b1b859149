"""The book of voucher codes of the running application: its key comes from the secret, its step from the settings."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from puhui.edge import house
from puhui.settings import Settings
from rewards.vouchers import CodeBook


def code_book() -> CodeBook:
    """Answer the book that makes and reads the codes of this application."""
    return code_book_of(house().settings)


def code_book_of(settings: Settings) -> CodeBook:
    """Answer the book of *settings*. Every web process derives the same key."""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"puhui voucher codes").derive(
        settings.secret_key.encode()
    )
    return CodeBook(key=key, step_seconds=settings.code_step_seconds)
