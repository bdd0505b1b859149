"""Institutions, their facts by year, departments, members, invitations. Their id is the organisation's."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model


class Type(StrEnum):
    """What an institution is, as the peer averages of Guangdong 2021 divide them (广东省能源局 2023-01-03)."""

    PROVINCIAL_AGENCY = "provincial_agency"  # 省级以上机关
    LOCAL_AGENCY = "local_agency"  # 市级以下机关
    UNIVERSITY = "university"  # 高等学校
    SCHOOL = "school"  # 中小学校
    HOSPITAL = "hospital"  # 医院
    VENUE = "venue"  # 场馆
    OTHER = "other"


class MemberRole(StrEnum):
    """What a member may do; the same words as the platform's roles."""

    MEMBER = "member"  # 职工
    LIAISON = "liaison"  # 节能联络员
    DEPARTMENT_MANAGER = "department_manager"  # 部门管理员
    REVIEWER = "reviewer"  # 审核员


class ShownAs(StrEnum):
    """How a member appears to colleagues: by the member's own choice, anonymous until chosen otherwise."""

    ANONYMOUS = "anonymous"
    INITIAL = "initial"
    NAME = "name"


class State(StrEnum):
    """Where an application stands; derived from its timestamps."""

    APPLIED = "applied"
    APPROVED = "approved"
    REFUSED = "refused"


def _words(kind: type[StrEnum]) -> sa.Enum:
    return sa.Enum(kind, native_enum=False, values_callable=lambda e: [m.value for m in e])


class Institution(Model):
    """An office, school, hospital or venue that applied, and what the operator decided."""

    __tablename__ = "institution"
    __table_args__ = ({"schema": "partners"},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str | None]
    credit_code: Mapped[str]
    type: Mapped[Type] = mapped_column(_words(Type))
    county_code: Mapped[str]
    parent_id: Mapped[UUID | None]
    applied_by: Mapped[UUID]
    applied_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    refusal: Mapped[str | None]
    name_key: Mapped[bytes | None]

    @property
    def state(self) -> State:
        """Where the application stands."""
        if self.decided_at is None:
            return State.APPLIED
        return State.REFUSED if self.refusal is not None else State.APPROVED


class InstitutionYear(Model):
    """Floor area (m²) and headcount of a calendar year; the newest row of a year counts."""

    __tablename__ = "institution_year"
    __table_args__ = ({"schema": "partners"},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    institution_id: Mapped[UUID]
    year: Mapped[int]
    floor_area_m2: Mapped[Decimal] = mapped_column(sa.Numeric(14, 2))
    headcount: Mapped[int]
    source: Mapped[str]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]


class Department(Model):
    """A part of an institution; *parent_id* is None for one directly below it."""

    __tablename__ = "department"
    __table_args__ = ({"schema": "partners"},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    institution_id: Mapped[UUID]
    parent_id: Mapped[UUID | None]
    name: Mapped[str]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Member(Model):
    """A person in an institution; *number* stands for the person in lists without names."""

    __tablename__ = "institution_member"
    __table_args__ = ({"schema": "partners"},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    institution_id: Mapped[UUID]
    person_id: Mapped[UUID]
    department_id: Mapped[UUID | None]
    role: Mapped[MemberRole] = mapped_column(_words(MemberRole))
    shown_as: Mapped[ShownAs] = mapped_column(_words(ShownAs), default=ShownAs.ANONYMOUS)
    number: Mapped[int]
    staff_sealed: Mapped[bytes | None]
    staff_hash: Mapped[bytes | None]
    joined_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Invitation(Model):
    """A way into an institution: a link for many, or an entry of a sheet for one phone's keyed hash."""

    __tablename__ = "institution_invitation"
    __table_args__ = ({"schema": "partners"},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    institution_id: Mapped[UUID]
    department_id: Mapped[UUID | None]
    role: Mapped[MemberRole] = mapped_column(_words(MemberRole))
    addressee: Mapped[bytes | None]
    name_sealed: Mapped[bytes | None]
    staff_sealed: Mapped[bytes | None]
    staff_hash: Mapped[bytes | None]
    uses: Mapped[int] = mapped_column(default=0)
    most_uses: Mapped[int]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
