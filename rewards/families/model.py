"""Families, their members and invitations, and what each member put into the shared coins."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model

BAND_YEARS = 4
"""A minor is known by a band of so many birth years, and by nothing else."""


class Family(Model):
    """A family; its id is the owner of its coins in the ledger."""

    __tablename__ = "family"
    __table_args__ = ({"schema": "rewards"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    head_id: Mapped[UUID]
    founded_at: Mapped[datetime]
    dissolved_at: Mapped[datetime | None]


class Member(Model):
    """A person, or a minor of a band of birth years from *born_from* on, in a family. The head is a member too."""

    __tablename__ = "family_member"
    __table_args__ = ({"schema": "rewards"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    family_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    born_from: Mapped[int | None] = mapped_column(sa.SmallInteger)
    may_spend: Mapped[bool]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    removed_by: Mapped[UUID | None]

    @property
    def is_minor(self) -> bool:
        """Whether this is a child without a log-in, who redeems nothing."""
        return self.person_id is None


class Invitation(Model):
    """A code that lets one person in, once, until *expires_at*. Only its hash is kept."""

    __tablename__ = "family_invitation"
    __table_args__ = ({"schema": "rewards"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    family_id: Mapped[UUID]
    code_hash: Mapped[bytes]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[UUID | None]
    revoked_at: Mapped[datetime | None]


class Share(Model):
    """Coins that a member put into the family's; its id is the request id."""

    __tablename__ = "family_share"
    __table_args__ = ({"schema": "rewards"},)

    stripe: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    family_id: Mapped[UUID]
    person_id: Mapped[UUID]
    units: Mapped[int]
    put_at: Mapped[datetime]
