"""Who joined may choose a name, and may leave; who left is found by nobody."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from flask.testing import FlaskClient
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from puhui.db import Database
from puhui.identity.audit import acts_of, record_act
from puhui.identity.current import COOKIE
from puhui.identity.errors import RoleUnfit
from puhui.identity.forgetting import forget_expired
from puhui.identity.model import Kind, Person, PersonKey, Role
from puhui.identity.people import create_organisation, join, leave, memberships_of, person_of_phone
from tests.factories import VAULT, a_phone, csrf_token, log_in, make_citizen, make_merchant_clerk

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def test_a_citizen_chooses_a_name(client: FlaskClient, own_database: Database) -> None:
    with own_database.transaction() as session:
        lin = make_citizen(session)
    log_in(client, lin)
    assert "林晓" in client.get("/account").text
    form = {"name": "晓晓", "csrf_token": csrf_token(client)}
    assert client.post("/account/name", data=form).status_code == 303
    assert "晓晓，您好" in client.get("/").text


def test_closing_the_account_destroys_the_key_and_ends_every_log_in(
    client: FlaskClient, own_database: Database
) -> None:
    phone = a_phone()
    with own_database.transaction() as session:
        lin = make_citizen(session, phone=phone)
    log_in(client, lin)
    token = client.get_cookie(COOKIE)
    form = {"csrf_token": csrf_token(client)}
    assert client.post("/account/closure", data=form).status_code == 422
    assert client.post("/account/closure", data={**form, "is_sure": "y"}).status_code == 303
    with own_database.transaction() as session:
        assert session.get(PersonKey, lin.id) is None
        assert person_of_phone(session, vault=VAULT, phone=phone) is None
        left = session.get_one(Person, lin.id)
        assert (left.phone_sealed, left.name_sealed) == (None, None)
    assert token is not None
    client.set_cookie(COOKIE, token.value)
    assert client.get("/account").status_code == 303


def test_a_sealed_value_opens_only_for_its_person_and_field(session: Session) -> None:
    lin, wang = make_citizen(session), make_citizen(session, name="老王")
    key = session.get_one(PersonKey, lin.id).wrapped
    assert lin.name_sealed is not None
    assert VAULT.open(key, person=lin.id, field="name", sealed=lin.name_sealed) == "林晓"
    for person, field in ((wang.id, "name"), (lin.id, "phone")):
        with pytest.raises(InvalidTag):
            VAULT.open(key, person=person, field=field, sealed=lin.name_sealed)


def test_a_cafe_has_no_meter_reader(session: Session) -> None:
    lin = make_citizen(session)
    cafe = create_organisation(session, kind=Kind.MERCHANT, name="云上咖啡", now=NOON)
    with pytest.raises(RoleUnfit):
        join(session, person=lin, organisation=cafe, role=Role.LIAISON, now=NOON)


def test_joining_twice_is_one_membership_and_leaving_ends_it(session: Session) -> None:
    zhou = make_merchant_clerk(session)
    again = join(session, person=zhou.person, organisation=zhou.organisation, role=Role.CLERK, now=NOON)
    assert again.id == zhou.membership.id
    leave(session, membership_id=again.id, now=datetime.now(UTC))
    assert memberships_of(session, zhou.person.id) == []


def test_the_audit_trail_is_written_and_read_and_never_changed(session: Session) -> None:
    zhou = make_merchant_clerk(session)
    record_act(
        session,
        person_id=zhou.person.id,
        organisation_id=zhou.organisation.id,
        role=zhou.membership.role,
        action="voucher.redeemed",
        subject="K7QM",
        now=NOON,
        facts={"coins": 30},
        address="192.0.2.7",
    )
    assert [act.action for act in acts_of(session, organisation_id=zhou.organisation.id)] == ["voucher.redeemed"]
    for statement in ("UPDATE platform.audit_entry SET subject = ''", "DELETE FROM platform.audit_entry"):
        with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(sa.text(statement))


def test_what_expired_is_forgotten_and_what_lives_stays(client: FlaskClient, own_database: Database) -> None:
    with own_database.transaction() as session:
        lin = make_citizen(session)
    log_in(client, lin)
    with own_database.transaction() as session:
        assert forget_expired(session, now=datetime.now(UTC), limit=10) == 0
        assert forget_expired(session, now=datetime(2100, 1, 1, tzinfo=UTC), limit=10) == 1
