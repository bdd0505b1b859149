"""Programs of data providers: made, checked, given tokens. Secrets and tokens are shown once and kept as hashes."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from puhui.identity.model import ProviderClient, ProviderToken
from puhui.identity.rules import TOKEN_LIFE
from puhui.identity.vault import new_token, token_hash

SCOPES = ("activities:write", "activities:read", "meters:write", "market:read", "market:write")


def create_client(
    session: Session, *, client_id: str, provider_code: str, scopes: Sequence[str], now: datetime
) -> tuple[ProviderClient, str]:
    """Make a program of a provider; answers it and its secret, which cannot be read again."""
    secret = new_token()
    client = ProviderClient(
        client_id=client_id,
        provider_code=provider_code,
        secret_hash=token_hash(secret),
        scopes=sorted(scopes),
        created_at=now,
    )
    session.add(client)
    session.flush()
    return client, secret


def client_of(session: Session, client_id: str) -> ProviderClient | None:
    """Find a program that was not revoked, or None."""
    client = session.get(ProviderClient, client_id)
    return client if client is not None and client.revoked_at is None else None


def is_secret_of(client: ProviderClient, secret: str) -> bool:
    """Whether *secret* is the program's, compared in a time that says nothing."""
    return hmac.compare_digest(client.secret_hash, token_hash(secret))


def keep_token(session: Session, *, token: str, client_id: str, scopes: Sequence[str], now: datetime) -> None:
    """Remember the hash of a token that was given out, for an hour."""
    session.add(
        ProviderToken(
            token_hash=token_hash(token),
            client_id=client_id,
            scopes=sorted(scopes),
            issued_at=now,
            expires_at=now + TOKEN_LIFE,
        )
    )
    session.flush()


def revoke_client(session: Session, *, client: ProviderClient, now: datetime) -> None:
    """Shut a program out; its tokens are refused from the next request on."""
    client.revoked_at = now
    session.flush()


def delete_expired_tokens(session: Session, *, now: datetime, limit: int = 10_000) -> None:
    """Delete tokens that have expired, *limit* at most."""
    expired = sa.select(ProviderToken.token_hash).where(ProviderToken.expires_at <= now).limit(limit)
    session.execute(sa.delete(ProviderToken).where(ProviderToken.token_hash.in_(expired)))
