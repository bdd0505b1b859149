"""Inviting staff: a phone is asked to join with a link that works once, and only with a code sent to that phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from ledger.kernel.errors import DomainError
from ledger.kernel.ids import new_id
from ledger.kernel.model import Model
from puhui.identity.errors import MembershipUnknown
from puhui.identity.model import Membership, Organisation, Person, PersonKey, Role
from puhui.identity.people import create_person, hasher, join, leave, person_of_phone
from puhui.identity.rules import check_password, check_role
from puhui.identity.vault import Vault, new_token, token_hash

GOOD_FOR = timedelta(days=3)


class InvitationUnusable(DomainError):
    """The link is unknown, was used, was taken back, or is too old: the answer does not say which."""

    code = "invitation_unusable"


class InvitationOpen(DomainError):
    """The phone has an invitation of this organisation that is still good."""

    code = "invitation_open"


class StaffAlready(DomainError):
    """The phone's person has this role already."""

    code = "staff_already"


class LastManager(DomainError):
    """An organisation keeps at least one of this role."""

    code = "last_manager"


class StaffInvitation(Model):
    """An invitation; the phone is sealed under the key of who invited, the token kept as a hash."""

    __tablename__ = "staff_invitation"
    __table_args__ = ({"schema": "platform"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    role: Mapped[str]
    phone_hash: Mapped[bytes]
    phone_sealed: Mapped[bytes]
    token_hash: Mapped[bytes]
    invited_by: Mapped[UUID]
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[UUID | None]
    revoked_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A running membership with its person."""

    membership_id: UUID
    person_id: UUID
    role: Role
    started_at: datetime


def invite(
    session: Session,
    *,
    vault: Vault,
    organisation: Organisation,
    role: Role,
    phone: str,
    invited_by: UUID,
    now: datetime,
) -> tuple[StaffInvitation, str]:
    """Invite *phone* (E.164) and answer the invitation with its token, which is told once and kept as a hash.

    Raises RoleUnfit, StaffAlready, InvitationOpen.
    """
    check_role(organisation.kind, role)
    person = person_of_phone(session, vault=vault, phone=phone)
    if person is not None and _has_role(session, person.id, organisation.id, role):
        raise StaffAlready
    phone_hash, token = vault.fingerprint("phone", phone), new_token()
    if _revoke_expired(session, organisation.id, phone_hash, now):
        raise InvitationOpen
    key = session.get_one(PersonKey, invited_by)
    invitation = StaffInvitation(
        id=new_id(), organisation_id=organisation.id, role=role.value, phone_hash=phone_hash,
        phone_sealed=vault.seal(key.wrapped, person=invited_by, field="invited", text=phone),
        token_hash=token_hash(token), invited_by=invited_by, invited_at=now, expires_at=now + GOOD_FOR,
        accepted_at=None, accepted_by=None, revoked_at=None,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(invitation)
    except sa.exc.IntegrityError as error:
        raise InvitationOpen from error
    return invitation, token


def invitation_of_token(session: Session, token: str, *, now: datetime) -> StaffInvitation:
    """Answer the invitation that *token* opens. Raises InvitationUnusable."""
    query = sa.select(StaffInvitation).where(
        StaffInvitation.token_hash == token_hash(token),
        StaffInvitation.accepted_at.is_(None),
        StaffInvitation.revoked_at.is_(None),
        StaffInvitation.expires_at > now,
    )
    found = session.scalars(query.with_for_update()).one_or_none()
    if found is None:
        raise InvitationUnusable
    return found


def invited_phone(session: Session, *, vault: Vault, invitation: StaffInvitation) -> str | None:
    """Open the phone that was invited; None once who invited has left."""
    key = session.get(PersonKey, invitation.invited_by)
    if key is None:
        return None
    return vault.open(key.wrapped, person=invitation.invited_by, field="invited", sealed=invitation.phone_sealed)


def accept(
    session: Session,
    *,
    vault: Vault,
    invitation: StaffInvitation,
    phone: str,
    name: str,
    password: str,
    now: datetime,
) -> Membership:
    """Join under the invitation with a password of one's own. The caller has proved the phone by a code.

    Somebody who is known keeps their name; their password becomes this one. Raises PasswordTooWeak.
    """
    check_password(password)
    person = person_of_phone(session, vault=vault, phone=phone)
    if person is None:
        person = create_person(session, vault=vault, phone=phone, name=name, now=now, password=password)
    else:
        person.password_hash, person.failed_log_ins, person.locked_until = hasher.hash(password), 0, None
    organisation = session.get_one(Organisation, invitation.organisation_id)
    membership = join(session, person=person, organisation=organisation, role=Role(invitation.role), now=now)
    invitation.accepted_at, invitation.accepted_by = now, person.id
    session.flush()
    return membership


def revoke(session: Session, *, invitation_id: UUID, organisation_id: UUID, now: datetime) -> None:
    """Take an invitation back. Raises InvitationUnusable where it was used or is another organisation's."""
    invitation = session.get(StaffInvitation, invitation_id, with_for_update=True, populate_existing=True)
    if invitation is None or invitation.organisation_id != organisation_id or invitation.accepted_at is not None:
        raise InvitationUnusable
    invitation.revoked_at = invitation.revoked_at or now
    session.flush()


def open_invitations(session: Session, organisation_id: UUID, *, now: datetime) -> Sequence[StaffInvitation]:
    """Answer the invitations of an organisation that are still good, the newest first, a hundred at most."""
    query = sa.select(StaffInvitation).where(
        StaffInvitation.organisation_id == organisation_id,
        StaffInvitation.accepted_at.is_(None),
        StaffInvitation.revoked_at.is_(None),
        StaffInvitation.expires_at > now,
    )
    return session.scalars(query.order_by(StaffInvitation.id.desc()).limit(100)).all()


def staff_rows(
    session: Session, organisation_id: UUID, *, after: UUID | None = None, limit: int = 50
) -> list[StaffRow]:
    """Answer who works for an organisation now, in the order in which they joined, from the membership *after* on."""
    query = sa.select(Membership).where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
    if after is not None:
        query = query.where(Membership.id > after)
    found = session.scalars(query.order_by(Membership.id).limit(limit))
    return [StaffRow(one.id, one.person_id, one.role, one.started_at) for one in found]


def persons_of(session: Session, organisation_id: UUID) -> set[UUID]:
    """Answer everyone who works or worked for an organisation."""
    query = sa.select(Membership.person_id).where(Membership.organisation_id == organisation_id).distinct()
    return set(session.scalars(query))


def dismiss(session: Session, *, membership_id: UUID, organisation_id: UUID, keeps: Role, now: datetime) -> Membership:
    """End a membership of the organisation; its log-ins end at once. The last one in the role *keeps* stays.

    Raises MembershipUnknown, LastManager.
    """
    # Whoever dismisses in this organisation waits here, so that two managers cannot remove each other.
    session.execute(sa.select(Organisation.id).where(Organisation.id == organisation_id).with_for_update())
    membership = session.get(Membership, membership_id, populate_existing=True)
    if membership is None or membership.organisation_id != organisation_id or membership.ended_at is not None:
        raise MembershipUnknown(membership=membership_id)
    if membership.role is keeps and _count_role(session, organisation_id, keeps) < 2:
        raise LastManager
    leave(session, membership_id=membership_id, now=now)
    return membership


def change_role(
    session: Session, *, membership_id: UUID, organisation_id: UUID, role: Role, keeps: Role, now: datetime
) -> Membership:
    """Give somebody another role: the old membership ends, with its log-ins, and a new one begins.

    Raises MembershipUnknown, LastManager, RoleUnfit.
    """
    ended = dismiss(session, membership_id=membership_id, organisation_id=organisation_id, keeps=keeps, now=now)
    person = session.get_one(Person, ended.person_id)
    organisation = session.get_one(Organisation, organisation_id)
    return join(session, person=person, organisation=organisation, role=role, now=now)


def _has_role(session: Session, person_id: UUID, organisation_id: UUID, role: Role) -> bool:
    query = sa.select(Membership.id).where(
        Membership.person_id == person_id,
        Membership.organisation_id == organisation_id,
        Membership.role == role,
        Membership.ended_at.is_(None),
    )
    return session.scalars(query).first() is not None


def _count_role(session: Session, organisation_id: UUID, role: Role) -> int:
    query = sa.select(sa.func.count()).select_from(Membership)
    return session.scalars(
        query.where(
            Membership.organisation_id == organisation_id, Membership.role == role, Membership.ended_at.is_(None)
        )
    ).one()


def _revoke_expired(session: Session, organisation_id: UUID, phone_hash: bytes, now: datetime) -> bool:
    """Clear the phone's expired invitation away; answer whether one that is still good stands in the way."""
    query = sa.select(StaffInvitation).where(
        StaffInvitation.organisation_id == organisation_id,
        StaffInvitation.phone_hash == phone_hash,
        StaffInvitation.accepted_at.is_(None),
        StaffInvitation.revoked_at.is_(None),
    )
    found = session.scalars(query.with_for_update()).one_or_none()
    if found is None or found.expires_at > now:
        return found is not None
    found.revoked_at = now
    session.flush()
    return False
