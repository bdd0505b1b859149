"""Logging in and out: one-time codes, passwords, log-ins on devices."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.identity.errors import CodeNotAccepted, MembershipUnknown, PasswordNotAccepted, TooManyAttempts
from puhui.identity.model import Kind, LogInCode, LogInSession, Membership, Organisation, Person
from puhui.identity.people import hasher
from puhui.identity.rules import (
    CODE_DIGITS,
    CODE_FAILURES,
    CODE_LIFE,
    CODE_PAUSE,
    PASSWORD_FAILURES,
    PASSWORD_LOCK,
    check_unlocked,
    life_of,
)
from puhui.identity.vault import Vault, new_token, token_hash


@cache
def _nobodys_password() -> str:
    """Answer a hash that no password opens, so that an unknown phone takes as long as a known one."""
    return PasswordHasher().hash(secrets.token_hex(16))


def send_code(session: Session, *, vault: Vault, phone: str, now: datetime) -> str:
    """Make a one-time code for *phone* (E.164), replacing the last one, and answer it for delivery.

    Raises TooManyAttempts within a minute of the last one; the limits per hour and day are counted by ``limits.count``.
    """
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    values = {
        "code_hash": _code_hash(vault, phone, code),
        "sent_at": now,
        "expires_at": now + CODE_LIFE,
        "failures": 0,
        "used_at": None,
    }
    statement = insert(LogInCode).values(phone_hash=vault.fingerprint("phone", phone), **values)
    sent = session.execute(
        statement.on_conflict_do_update(
            index_elements=["phone_hash"], set_=values, where=LogInCode.sent_at <= now - CODE_PAUSE
        ).returning(LogInCode.sent_at)
    )
    if sent.one_or_none() is None:
        raise TooManyAttempts(retry_at=now + CODE_PAUSE)
    return code


def use_code(session: Session, *, vault: Vault, phone: str, code: str, now: datetime) -> None:
    """Use the code of *phone* up. Raises CodeNotAccepted; the caller then counts it with ``count_wrong_code``."""
    used = session.execute(
        sa.update(LogInCode)
        .where(
            LogInCode.phone_hash == vault.fingerprint("phone", phone),
            LogInCode.code_hash == _code_hash(vault, phone, code),
            LogInCode.expires_at > now,
            LogInCode.used_at.is_(None),
            LogInCode.failures < CODE_FAILURES,
        )
        .values(used_at=now)
        .returning(LogInCode.sent_at)
    )
    if used.one_or_none() is None:
        raise CodeNotAccepted


def count_wrong_code(session: Session, *, vault: Vault, phone: str) -> None:
    """Remember a wrong code; after five the code is dead and a new one has to be sent."""
    session.execute(
        sa.update(LogInCode)
        .where(LogInCode.phone_hash == vault.fingerprint("phone", phone))
        .values(failures=LogInCode.failures + 1)
    )


def check_password_of(session: Session, *, person: Person | None, password: str, now: datetime) -> None:
    """Check the password of *person*, taking as long for nobody. Raises AccountLocked, PasswordNotAccepted.

    A right password clears the count of wrong ones; a wrong one is counted by ``count_wrong_password``.
    """
    if person is not None:
        check_unlocked(person, now=now)
    stored = person.password_hash if person is not None else None
    try:
        hasher.verify(stored or _nobodys_password(), password)
    except VerificationError as error:
        raise PasswordNotAccepted from error
    if person is None or stored is None:
        raise PasswordNotAccepted
    if hasher.check_needs_rehash(stored):
        person.password_hash = hasher.hash(password)
    person.failed_log_ins, person.locked_until = 0, None
    session.flush()


def count_wrong_password(session: Session, *, person_id: UUID, now: datetime) -> None:
    """Remember a wrong password; every fifth locks the account for a quarter of an hour."""
    failures = Person.failed_log_ins + 1
    is_full = sa.func.mod(failures, PASSWORD_FAILURES) == 0
    session.execute(
        sa.update(Person)
        .where(Person.id == person_id)
        .values(
            failed_log_ins=failures, locked_until=sa.case((is_full, now + PASSWORD_LOCK), else_=Person.locked_until)
        )
    )


def open_log_in(
    session: Session, *, person_id: UUID, membership_id: UUID | None, now: datetime
) -> tuple[str, datetime]:
    """Log *person_id* in on a device, acting as a citizen or under a membership.

    Answers the token for the cookie, of which only the hash is kept, and when it expires. Raises MembershipUnknown.
    """
    kind = None
    if membership_id is not None:
        kind = session.scalar(
            sa.select(Organisation.kind)
            .join(Membership, Membership.organisation_id == Organisation.id)
            .where(
                Membership.id == membership_id,
                Membership.person_id == person_id,
                Membership.ended_at.is_(None),
                Organisation.closed_at.is_(None),
            )
        )
        if kind is None:
            raise MembershipUnknown(membership=membership_id)
    token = new_token()
    expires_at = now + life_of(kind).idle
    session.add(
        LogInSession(
            token_hash=token_hash(token),
            person_id=person_id,
            membership_id=membership_id,
            created_at=now,
            seen_at=now,
            expires_at=expires_at,
        )
    )
    session.flush()
    return token, now + life_of(kind).whole


def touch_log_in(session: Session, *, token: str, kind: Kind | None, now: datetime) -> None:
    """Put the idle end of a log-in off, never beyond its whole life. *kind* is what it acts for."""
    life = life_of(kind)
    session.execute(
        sa.update(LogInSession)
        .where(LogInSession.token_hash == token_hash(token))
        .values(seen_at=now, expires_at=sa.func.least(now + life.idle, LogInSession.created_at + life.whole))
    )


def close_log_in(session: Session, *, token: str) -> None:
    """Log this device out; a token that is unknown is out already."""
    session.execute(sa.delete(LogInSession).where(LogInSession.token_hash == token_hash(token)))


def delete_expired_log_ins(session: Session, *, now: datetime, limit: int = 10_000) -> int:
    """Delete log-ins and codes that have expired, *limit* log-ins at most; answers how many log-ins went."""
    expired = sa.select(LogInSession.token_hash).where(LogInSession.expires_at <= now).limit(limit)
    gone = session.execute(
        sa.delete(LogInSession).where(LogInSession.token_hash.in_(expired)).returning(LogInSession.person_id)
    )
    session.execute(sa.delete(LogInCode).where(LogInCode.expires_at <= now - timedelta(days=1)))
    return len(gone.all())


def _code_hash(vault: Vault, phone: str, code: str) -> bytes:
    return vault.fingerprint("code", f"{phone} {code}")
