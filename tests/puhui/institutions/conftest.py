"""赣江医院 as its people see it: liaison 万, reviewer 熊, department manager 邓, member 林. All fictional."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from partners.institutions.actions import open_department
from partners.institutions.model import MemberRole, Type
from puhui.db import Database
from puhui.identity.model import Membership, Organisation, Person
from puhui.identity.people import memberships_of
from puhui.members import Application, apply_institution, approve_institution, enrol
from tests.factories import VAULT, Staff, csrf_token, log_in, make_citizen, make_operator
from tests.institution import a_credit_code


@dataclass(frozen=True, slots=True)
class Hospital:
    """The institution with its people and two departments."""

    id: UUID
    liaison: Staff
    reviewer: Staff
    manager: Staff
    member: Person
    inside: UUID
    outside: UUID


def make_hospital(session: Session) -> Hospital:
    """Let 万 apply, the operator approve, and the others come in."""
    now = clock.now()
    wan, xiong, deng, lin = (make_citizen(session, name=name) for name in ("万医生", "熊审核", "邓主任", "林晓"))
    application = Application("赣江医院", "Ganjiang Hospital", a_credit_code(), Type.HOSPITAL, "360102")
    applied = apply_institution(session, vault=VAULT, application=application, by=wan.id, now=now)
    approve_institution(session, applied.id, by=make_operator(session).person.id, now=now)
    inside = open_department(session, applied.id, name="内科", now=now).id
    outside = open_department(session, applied.id, name="后勤", now=now).id
    for person, role, department in (
        (xiong, MemberRole.REVIEWER, None),
        (deng, MemberRole.DEPARTMENT_MANAGER, inside),
        (lin, MemberRole.MEMBER, inside),
    ):
        enrol(session, applied.id, person_id=person.id, role=role, department_id=department, now=now)
    staff = [_staff(session, person, applied.id) for person in (wan, xiong, deng)]
    return Hospital(applied.id, *staff, member=lin, inside=inside, outside=outside)


def _staff(session: Session, person: Person, institution_id: UUID) -> Staff:
    (row,) = [one for one in memberships_of(session, person.id) if one.organisation_id == institution_id]
    return Staff(person, session.get_one(Organisation, institution_id), session.get_one(Membership, row.id))


@pytest.fixture
def hospital(own_database: Database) -> Hospital:
    """The hospital, committed."""
    with own_database.transaction() as session:
        return make_hospital(session)


class Browser:
    """A browser of one person that sends forms as a page would."""

    def __init__(self, client: FlaskClient, who: Person | Staff) -> None:
        self.client = log_in(client, who)

    def get(self, path: str, status: int = 200) -> str:
        """Read a page."""
        answer = self.client.get(path)
        assert answer.status_code == status, (answer.status_code, answer.text[:500])
        return answer.text

    def post(self, path: str, status: int = 303, **fields: object) -> str:
        """Send a form; answer where it leads, or the page where it is shown again."""
        sent = {"csrf_token": csrf_token(self.client), "request_id": str(new_id()), **fields}
        answer = self.client.post(path, data=sent)
        assert answer.status_code == status, (answer.status_code, answer.text[:1500])
        return answer.headers.get("Location", "") if status == 303 else answer.text
