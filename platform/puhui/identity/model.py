"""Persons, organisations and memberships: the one model of who is who that every feature shares."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, INET, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model


class Kind(StrEnum):
    """What an organisation is to the platform."""

    MERCHANT = "merchant"
    INSTITUTION = "institution"
    ENTERPRISE = "enterprise"
    OPERATOR = "operator"
    PROVIDER = "provider"


class Role(StrEnum):
    """What a member may do in an organisation; which kind has which role stands in ``rules.ROLES``."""

    CLERK = "clerk"
    MANAGER = "manager"
    MEMBER = "member"
    LIAISON = "liaison"
    DEPARTMENT_MANAGER = "department_manager"
    REVIEWER = "reviewer"
    VIEWER = "viewer"
    MAKER = "maker"
    CHECKER = "checker"
    OPERATOR = "operator"
    SECURITY = "security"
    AUDITOR = "auditor"
    TECHNICIAN = "technician"


class Person(Model):
    """A human being. Phone and name are sealed with the person's own key and found by keyed hash."""

    __tablename__ = "person"
    __table_args__ = ({"schema": "platform"},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    phone_hash: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    name_sealed: Mapped[bytes | None]
    password_hash: Mapped[str | None]
    privacy_version: Mapped[str | None]
    consented_at: Mapped[datetime | None]
    failed_log_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class PersonKey(Model):
    """The wrapped key of a person; without it what was sealed cannot be opened again."""

    __tablename__ = "person_key"
    __table_args__ = ({"schema": "platform"},)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("platform.person.id"), primary_key=True)
    wrapped: Mapped[bytes]


class Organisation(Model):
    """A merchant, institution, enterprise, operator or data provider."""

    __tablename__ = "organisation"
    __table_args__ = ({"schema": "platform"},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(sa.Enum(Kind, native_enum=False, values_callable=lambda e: [m.value for m in e]))
    name: Mapped[str]
    name_en: Mapped[str | None]
    credit_code: Mapped[str | None]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Membership(Model):
    """A person's role in an organisation, from a day until it ended."""

    __tablename__ = "membership"
    __table_args__ = ({"schema": "platform"},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("platform.person.id"))
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("platform.organisation.id"))
    role: Mapped[Role] = mapped_column(sa.Enum(Role, native_enum=False, values_callable=lambda e: [m.value for m in e]))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class LogInSession(Model):
    """A log-in on one device; *membership_id* is what the person acts as, None for the citizen."""

    __tablename__ = "session"
    __table_args__ = ({"schema": "platform"},)
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("platform.person.id"))
    membership_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("platform.membership.id"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class LogInCode(Model):
    """The one-time code last sent to a phone; a new one replaces it."""

    __tablename__ = "log_in_code"
    __table_args__ = ({"schema": "platform"},)
    phone_hash: Mapped[bytes] = mapped_column(primary_key=True)
    code_hash: Mapped[bytes]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class Attempt(Model):
    """How often *subject* (a keyed hash) tried in the window that began at *window_start*."""

    __tablename__ = "attempt"
    __table_args__ = ({"schema": "platform"},)
    subject: Mapped[bytes] = mapped_column(primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]


class AuditEntry(Model):
    """An act of a member of staff: who, when, where from, what, on what; *facts* hold no personal data."""

    __tablename__ = "audit_entry"
    __table_args__ = ({"schema": "platform"},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[UUID]
    organisation_id: Mapped[UUID | None]
    role: Mapped[str | None]
    action: Mapped[str]
    subject: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    address: Mapped[str | None] = mapped_column(INET)
    request_id: Mapped[str | None]


class ProviderClient(Model):
    """A program of a data provider that may ask for tokens with these scopes."""

    __tablename__ = "provider_client"
    __table_args__ = ({"schema": "platform"},)
    client_id: Mapped[str] = mapped_column(primary_key=True)
    provider_code: Mapped[str]
    secret_hash: Mapped[bytes]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ProviderToken(Model):
    """An access token of a provider's program, kept as a hash."""

    __tablename__ = "provider_token"
    __table_args__ = ({"schema": "platform"},)
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(sa.ForeignKey("platform.provider_client.client_id"))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
