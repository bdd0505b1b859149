"""Persons, organisations and memberships: made, found, closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from puhui.identity.errors import MembershipUnknown
from puhui.identity.model import Kind, LogInSession, Membership, Organisation, Person, PersonKey, Role
from puhui.identity.rules import PRIVACY_VERSION, check_password, check_role
from puhui.identity.vault import Vault

hasher = PasswordHasher()


def create_person(
    session: Session,
    *,
    vault: Vault,
    phone: str,
    name: str | None,
    now: datetime,
    consents: bool = False,
    password: str | None = None,
) -> Person:
    """Make a person found by *phone* (E.164). *consents* dates the agreement to the privacy text in force.

    Raises PasswordTooWeak. A phone that is taken breaks the unique key: look with ``person_of_phone`` first.
    """
    person_id = new_id()
    wrapped = vault.new_key(person_id)
    if password is not None:
        check_password(password)
    person = Person(
        id=person_id,
        phone_hash=vault.fingerprint("phone", phone),
        phone_sealed=vault.seal(wrapped, person=person_id, field="phone", text=phone),
        name_sealed=vault.seal(wrapped, person=person_id, field="name", text=name) if name else None,
        password_hash=hasher.hash(password) if password is not None else None,
        privacy_version=PRIVACY_VERSION if consents else None,
        consented_at=now if consents else None,
        created_at=now,
    )
    session.add(person)
    session.flush()
    session.add(PersonKey(person_id=person_id, wrapped=wrapped))
    session.flush()
    return person


def person_of_phone(session: Session, *, vault: Vault, phone: str) -> Person | None:
    """Find the person of a phone (E.164), or None."""
    return session.scalar(sa.select(Person).where(Person.phone_hash == vault.fingerprint("phone", phone)))


def phone_of(session: Session, *, vault: Vault, person: Person) -> str | None:
    """Open a person's phone (E.164); None where the account is closed."""
    key = session.get(PersonKey, person.id)
    if key is None or person.phone_sealed is None:
        return None
    return vault.open(key.wrapped, person=person.id, field="phone", sealed=person.phone_sealed)


def rename(session: Session, *, vault: Vault, person: Person, name: str) -> None:
    """Keep another name of *person*, sealed."""
    key = session.get_one(PersonKey, person.id)
    person.name_sealed = vault.seal(key.wrapped, person=person.id, field="name", text=name)
    session.flush()


def create_organisation(
    session: Session,
    *,
    kind: Kind,
    name: str,
    now: datetime,
    name_en: str | None = None,
    credit_code: str | None = None,
    id: UUID | None = None,
) -> Organisation:
    """Make an organisation of *kind*. The demo town names its *id*, so that it is the same town each time."""
    organisation = Organisation(
        id=id or new_id(), kind=kind, name=name, name_en=name_en, credit_code=credit_code, created_at=now
    )
    session.add(organisation)
    session.flush()
    return organisation


def join(session: Session, *, person: Person, organisation: Organisation, role: Role, now: datetime) -> Membership:
    """Make *person* a member of *organisation* in *role*; answers the running membership where there is one.

    Raises RoleUnfit.
    """
    check_role(organisation.kind, role)
    running = session.scalar(
        sa.select(Membership).where(
            Membership.person_id == person.id,
            Membership.organisation_id == organisation.id,
            Membership.role == role,
            Membership.ended_at.is_(None),
        )
    )
    if running is not None:
        return running
    membership = Membership(
        id=new_id(), person_id=person.id, organisation_id=organisation.id, role=role, started_at=now
    )
    session.add(membership)
    session.flush()
    return membership


def leave(session: Session, *, membership_id: UUID, now: datetime) -> None:
    """End a membership; whoever acts under it is logged out. Raises MembershipUnknown."""
    membership = session.get(Membership, membership_id)
    if membership is None or membership.ended_at is not None:
        raise MembershipUnknown(membership=membership_id)
    membership.ended_at = now
    session.execute(sa.delete(LogInSession).where(LogInSession.membership_id == membership_id))
    session.flush()


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """A running membership with the name of its organisation."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    kind: Kind
    role: Role


def memberships_of(session: Session, person_id: UUID, *, limit: int = 50) -> list[MembershipRow]:
    """Answer what *person_id* may act as, by name of the organisation."""
    rows = session.execute(
        sa.select(Membership, Organisation)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.person_id == person_id, Membership.ended_at.is_(None), Organisation.closed_at.is_(None))
        .order_by(Organisation.name, Membership.id)
        .limit(limit)
    )
    return [MembershipRow(m.id, o.id, o.name, o.kind, m.role) for m, o in rows]


def close_person(session: Session, *, person: Person, now: datetime) -> None:
    """Forget who *person* was: the key is destroyed, the phone no longer found, every log-in ended.

    Transfers stay, under an id that leads to nobody.
    """
    session.execute(sa.delete(PersonKey).where(PersonKey.person_id == person.id))
    session.execute(sa.delete(LogInSession).where(LogInSession.person_id == person.id))
    session.execute(
        sa.update(Membership)
        .where(Membership.person_id == person.id, Membership.ended_at.is_(None))
        .values(ended_at=sa.func.greatest(now, Membership.started_at))
    )
    person.phone_hash = person.phone_sealed = person.name_sealed = person.password_hash = None
    person.closed_at = now
    session.flush()
