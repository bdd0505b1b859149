"""Named reads of schemes: versions, what was given, to whom in numbers, and one member's own awards."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from rewards.schemes.errors import SchemeUnknown, SchemeVersionUnknown
from rewards.schemes.model import ASSET, Award, Scheme, SchemeVersion

PURPOSE = "scheme"


@dataclass(frozen=True, slots=True)
class DepartmentResult:
    """What a department's members were given: how many of them, for how many acts, hundredths of a point."""

    department_id: UUID | None
    people: int
    acts: int
    units: int


def scheme_of(session: Session, scheme_id: UUID, *, institution_id: UUID) -> Scheme:
    """Answer the institution's scheme. Raises SchemeUnknown, also for another institution's."""
    scheme = session.get(Scheme, scheme_id)
    if scheme is None or scheme.institution_id != institution_id:
        raise SchemeUnknown(scheme=scheme_id)
    return scheme


def schemes_of(session: Session, institution_id: UUID, *, limit: int = 50, offset: int = 0) -> list[Scheme]:
    """Answer the institution's schemes, the newest year first."""
    query = sa.select(Scheme).where(Scheme.institution_id == institution_id)
    return list(session.scalars(query.order_by(Scheme.year.desc(), Scheme.name, Scheme.id).limit(limit).offset(offset)))


def running_schemes(session: Session, *, limit: int = 5000) -> list[Scheme]:
    """Answer the schemes that have an approved version and were not ended, in the order of their ids."""
    approved = sa.exists().where(
        SchemeVersion.scheme_id == Scheme.id, SchemeVersion.decided_at.is_not(None), SchemeVersion.refusal.is_(None)
    )
    return list(
        session.scalars(sa.select(Scheme).where(Scheme.ended_at.is_(None), approved).order_by(Scheme.id).limit(limit))
    )


def versions_of(session: Session, scheme_id: UUID) -> list[SchemeVersion]:
    """Answer the versions of a scheme, the newest first, a hundred at most."""
    query = sa.select(SchemeVersion).where(SchemeVersion.scheme_id == scheme_id)
    return list(session.scalars(query.order_by(SchemeVersion.version.desc()).limit(100)))


def approved_versions(session: Session, scheme_id: UUID) -> list[SchemeVersion]:
    """Answer the approved versions, the oldest first."""
    query = sa.select(SchemeVersion).where(
        SchemeVersion.scheme_id == scheme_id, SchemeVersion.decided_at.is_not(None), SchemeVersion.refusal.is_(None)
    )
    return list(session.scalars(query.order_by(SchemeVersion.version)))


def version_of(session: Session, scheme_id: UUID, number: int) -> SchemeVersion:
    """Answer a version of the scheme by its number. Raises SchemeVersionUnknown."""
    query = sa.select(SchemeVersion).where(SchemeVersion.scheme_id == scheme_id, SchemeVersion.version == number)
    version = session.scalar(query)
    if version is None:
        raise SchemeVersionUnknown(version=number)
    return version


def results_by_department(session: Session, scheme_id: UUID) -> list[DepartmentResult]:
    """Answer what each department's members were given, in numbers only."""
    rows = session.execute(
        sa.select(
            Award.department_id,
            sa.func.count(sa.distinct(Award.person_id)),
            sa.func.count(),
            sa.cast(sa.func.sum(Award.units), sa.BigInteger),
        )
        .where(Award.scheme_id == scheme_id, Award.units > 0, Award.reversed_at.is_(None))
        .group_by(Award.department_id)
        .order_by(sa.func.sum(Award.units).desc(), Award.department_id)
        .limit(2000)
    )
    return [DepartmentResult(*row) for row in rows]


def results_by_method(session: Session, scheme_id: UUID) -> list[tuple[str, int, int]]:
    """Answer (method, acts, hundredths of a point): the share of the budget that each method takes."""
    rows = session.execute(
        sa.select(Award.method, sa.func.count(), sa.cast(sa.func.sum(Award.units), sa.BigInteger))
        .where(Award.scheme_id == scheme_id, Award.units > 0, Award.reversed_at.is_(None))
        .group_by(Award.method)
        .order_by(sa.func.sum(Award.units).desc(), Award.method)
    )
    return [(method, acts, units) for method, acts, units in rows]


def awards_of(
    session: Session, scheme_id: UUID, person_id: UUID, *, limit: int = 50, offset: int = 0
) -> Sequence[Award]:
    """Answer a person's awards in a scheme, the newest day first."""
    query = sa.select(Award).where(
        Award.stripe == ledger.stripe_of(person_id), Award.scheme_id == scheme_id, Award.person_id == person_id
    )
    return session.scalars(query.order_by(Award.day.desc(), Award.activity_id.desc()).limit(limit).offset(offset)).all()


def given_to(session: Session, scheme_id: UUID, person_id: UUID) -> int:
    """Answer what the ledger holds for a person in a scheme, in hundredths of a point; it stays after leaving."""
    try:
        account = ledger.account_of(session, owner=owner_of(scheme_id, person_id), purpose=PURPOSE, asset=ASSET)
    except ledger.AccountUnknown:
        return 0
    return ledger.balance(session, account).posted


def schemes_of_person(session: Session, person_id: UUID) -> list[Scheme]:
    """Answer the schemes that ever gave a person something, also of institutions that the person left."""
    given = (
        sa.select(Award.scheme_id)
        .where(Award.stripe == ledger.stripe_of(person_id), Award.person_id == person_id, Award.units > 0)
        .distinct()
    )
    return list(session.scalars(sa.select(Scheme).where(Scheme.id.in_(given)).order_by(Scheme.year.desc(), Scheme.id)))


def last_day_awarded(session: Session, scheme_id: UUID) -> date | None:
    """Answer the day of the newest act that was looked at, or None."""
    return session.scalar(sa.select(sa.func.max(Award.day)).where(Award.scheme_id == scheme_id))


def owner_of(scheme_id: UUID, person_id: UUID) -> UUID:
    """Answer who owns a person's account in a scheme: an id that follows from both and lies in the person's stripe.

    It leads from person to account and never back, so the books name nobody.
    """
    digest = hashlib.sha256(b"puhui scheme account" + scheme_id.bytes + person_id.bytes).digest()[:16]
    number = int.from_bytes(digest, "big")
    version_and_variant = 0xF << 76 | 0b11 << 62
    return UUID(int=number & ~version_and_variant & ~63 | 0x8 << 76 | 0b10 << 62 | person_id.int & 63)
