"""Institutions for tests: 赣江医院 and others with a valid code, approved, with members on request. All fictional."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.orm import Session
from stdnum.cn import uscc

from ledger.kernel.ids import new_id
from partners.institutions.actions import apply, decide
from partners.institutions.members import add_member
from partners.institutions.model import Institution, Member, MemberRole, Type
from puhui.identity.model import Kind
from puhui.identity.people import create_organisation

NOON = datetime(2026, 6, 10, 4, 0, tzinfo=UTC)  # Twelve o'clock in Nanchang.
OPERATOR = UUID("00000000-0000-7000-8000-00000000000a")
_numbers = itertools.count(1)


def a_credit_code() -> str:
    """Answer a 统一社会信用代码 with its right check character that no other test of this run uses."""
    body = f"12360100{next(_numbers):09d}"
    return body + uscc.calc_check_digit(body)


def apply_for(
    session: Session,
    *,
    name: str = "赣江医院",
    type: Type = Type.HOSPITAL,
    by: UUID | None = None,
    now: datetime = NOON,
) -> Institution:
    """Let an institution apply."""
    code = a_credit_code()
    organisation = create_organisation(session, kind=Kind.INSTITUTION, name=name, now=now, credit_code=code)
    return apply(
        session,
        institution_id=organisation.id,
        name=name,
        name_en=None,
        code=code,
        type=type,
        county_code="360102",
        applied_by=by or new_id(),
        name_key=b"",
        now=now,
    )


def make_institution(
    session: Session, *, name: str = "赣江医院", type: Type = Type.HOSPITAL, now: datetime = NOON
) -> UUID:
    """Make an approved institution and answer its id."""
    institution = apply_for(session, name=name, type=type, now=now)
    decide(session, institution.id, decided_by=OPERATOR, now=now)
    return institution.id


def make_member(
    session: Session,
    institution_id: UUID,
    *,
    person_id: UUID | None = None,
    role: MemberRole = MemberRole.MEMBER,
    department_id: UUID | None = None,
    now: datetime = NOON,
) -> Member:
    """Make a person a member of the institution's own list, without a log-in."""
    return add_member(
        session, institution_id, person_id=person_id or new_id(), role=role, department_id=department_id, now=now
    )
