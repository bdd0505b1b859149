"""The words of invitation links: an invitation's id and a proof that we made it."""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from puhui.edge import house
from puhui.settings import Settings

PROOF = 20  # Hexadecimal digits: eighty bits.


def token_of(invitation_id: UUID) -> str:
    """Answer what a link of the running application ends in."""
    return f"{invitation_id.hex}{_proof(house().settings, invitation_id)}"


def invitation_id_of(token: str) -> UUID | None:
    """Answer whose link this is, or None where we did not make it."""
    try:
        invitation_id = UUID(token[:32])
    except ValueError:
        return None
    is_ours = hmac.compare_digest(token[32:].encode(), _proof(house().settings, invitation_id).encode())
    return invitation_id if is_ours else None


def _proof(settings: Settings, invitation_id: UUID) -> str:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"puhui invitations").derive(settings.secret_key.encode())
    return hmac.new(key, invitation_id.bytes, hashlib.sha256).hexdigest()[:PROOF]
