"""Logging in and out, as a browser does it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import ledger
from puhui.db import Database
from puhui.identity.current import COOKIE
from puhui.identity.model import Kind, Person, Role
from puhui.identity.people import create_organisation, join, person_of_phone
from tests.factories import (
    PASSWORD,
    VAULT,
    Staff,
    a_phone,
    csrf_token,
    log_in,
    make_citizen,
    make_merchant_clerk,
)

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def _ask(client: FlaskClient, phone: str) -> TestResponse:
    return client.post("/log-in/code", data={"phone": phone, "csrf_token": csrf_token(client)})


def _code(client: FlaskClient, phone: str) -> str:
    found = re.search(r"<strong data-code>(\d{6})</strong>", _ask(client, phone).text)
    assert found is not None
    return found.group(1)


def _enter(client: FlaskClient, phone: str, code: str, **more: str) -> TestResponse:
    return client.post("/log-in", data={"phone": phone, "code": code, "csrf_token": csrf_token(client), **more})


def _with_password(client: FlaskClient, phone: str, password: str) -> TestResponse:
    form = {"phone": phone, "password": password, "csrf_token": csrf_token(client)}
    return client.post("/log-in/staff", data=form)


def _phone_of(database: Database, staff: Staff) -> str:
    with database.transaction() as session:
        wrapped = session.scalar(
            sa.text("SELECT wrapped FROM platform.person_key WHERE person_id = :id"), {"id": staff.person.id}
        )
    assert staff.person.phone_sealed is not None
    return VAULT.open(wrapped, person=staff.person.id, field="phone", sealed=staff.person.phone_sealed)


def test_a_new_citizen_joins_by_code_and_agreement_and_gets_accounts(
    client: FlaskClient, own_database: Database
) -> None:
    phone = a_phone()
    code = _code(client, phone)
    asked = _enter(client, phone, code)
    assert asked.status_code == 422
    assert 'name="agrees"' in asked.text
    assert "checked" not in asked.text
    assert _enter(client, phone, code, agrees="y").status_code == 303
    with own_database.transaction() as session:
        lin = person_of_phone(session, vault=VAULT, phone=phone)
        assert lin is not None
        assert lin.consented_at is not None
        assert {a.purpose for a in ledger.accounts_of(session, lin.id)} == {"reduction", "points", "coins"}


def test_a_known_citizen_comes_in_by_code_alone(client: FlaskClient, own_database: Database) -> None:
    phone = a_phone()
    with own_database.transaction() as session:
        make_citizen(session, phone=phone)
    assert _enter(client, phone, _code(client, phone)).headers["Location"] == "/"
    assert "林晓" in client.get("/").text


def test_a_code_serves_once(client: FlaskClient, own_database: Database) -> None:
    phone = a_phone()
    with own_database.transaction() as session:
        make_citizen(session, phone=phone)
    code = _code(client, phone)
    assert _enter(client, phone, code).status_code == 303
    assert _enter(client, phone, code).status_code == 422


def test_a_code_dies_after_five_minutes(client: FlaskClient, own_database: Database) -> None:
    phone = a_phone()
    with own_database.transaction() as session:
        make_citizen(session, phone=phone)
    with time_machine.travel(NOON, tick=False) as clock:
        code = _code(client, phone)
        clock.shift(timedelta(minutes=5))
        assert _enter(client, phone, code).status_code == 422


def test_a_code_dies_after_five_wrong_ones(client: FlaskClient, own_database: Database) -> None:
    phone = a_phone()
    with own_database.transaction() as session:
        make_citizen(session, phone=phone)
    code = _code(client, phone)
    wrong = "000000" if code != "000000" else "000001"
    assert [_enter(client, phone, wrong).status_code for _ in range(5)] == [422] * 5
    assert _enter(client, phone, code).status_code == 422


def test_another_code_is_sent_only_after_a_minute(client: FlaskClient) -> None:
    phone = a_phone()
    with time_machine.travel(NOON, tick=False) as clock:
        assert _ask(client, phone).status_code == 200
        assert _ask(client, phone).status_code == 429
        clock.shift(timedelta(seconds=60))
        assert _ask(client, phone).status_code == 200


def test_a_phone_gets_five_codes_an_hour(client: FlaskClient) -> None:
    phone = a_phone()
    with time_machine.travel(NOON, tick=False) as clock:
        statuses = []
        for _ in range(6):
            statuses.append(_ask(client, phone).status_code)
            clock.shift(timedelta(minutes=2))
    assert statuses == [200] * 5 + [429]


@pytest.mark.parametrize("phone", ["", "12345", "hello", "010-88888888", "+1 415 555 0100"])
def test_what_is_no_mobile_number_is_asked_again(client: FlaskClient, phone: str) -> None:
    assert _ask(client, phone).status_code == 422


def test_a_clerk_comes_in_by_password_and_acts_for_the_cafe(client: FlaskClient, own_database: Database) -> None:
    with own_database.transaction() as session:
        zhou = make_merchant_clerk(session)
    assert _with_password(client, _phone_of(own_database, zhou), PASSWORD).status_code == 303
    assert "云上咖啡" in client.get("/").text


def test_five_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour(
    client: FlaskClient, own_database: Database
) -> None:
    with own_database.transaction() as session:
        zhou = make_merchant_clerk(session)
    phone = _phone_of(own_database, zhou)
    with time_machine.travel(NOON, tick=False) as clock:
        assert [_with_password(client, phone, "wrong").status_code for _ in range(5)] == [422] * 5
        locked = _with_password(client, phone, PASSWORD)
        assert locked.status_code == 429
        assert "12:15:00" in locked.text
        clock.shift(timedelta(minutes=15))
        assert _with_password(client, phone, PASSWORD).status_code == 303


def test_an_unknown_phone_and_a_wrong_password_get_the_same_answer(client: FlaskClient, own_database: Database) -> None:
    with own_database.transaction() as session:
        zhou = make_merchant_clerk(session)
    answers = [_with_password(client, phone, "wrong") for phone in (_phone_of(own_database, zhou), a_phone())]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("手机号或密码不正确" in answer.text for answer in answers)


def test_logging_in_gives_a_fresh_token_that_scripts_cannot_read(client: FlaskClient, own_database: Database) -> None:
    phone = a_phone()
    with own_database.transaction() as session:
        lin = make_citizen(session, phone=phone)
    log_in(client, lin)
    before = client.get_cookie(COOKIE)
    assert before is not None
    answer = _enter(client, phone, _code(client, phone))
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith(COOKIE))
    assert before.value not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_after_logging_out_the_old_token_opens_nothing(client: FlaskClient, own_database: Database) -> None:
    with own_database.transaction() as session:
        lin = make_citizen(session)
    log_in(client, lin)
    token = client.get_cookie(COOKIE)
    assert token is not None
    assert client.post("/log-out", data={"csrf_token": csrf_token(client)}).status_code == 303
    client.set_cookie(COOKIE, token.value)
    assert client.get("/acting-as").status_code == 303


def test_a_log_in_ends_when_it_is_idle(client: FlaskClient, own_database: Database) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        with own_database.transaction() as session:
            zhou = make_merchant_clerk(session)
        log_in(client, zhou)
        clock.shift(timedelta(hours=11))
        assert client.get("/acting-as").status_code == 200
        clock.shift(timedelta(hours=11))
        assert client.get("/acting-as").status_code == 200
        clock.shift(timedelta(hours=13))
        assert client.get("/acting-as").status_code == 303


def test_who_has_several_memberships_chooses(client: FlaskClient, own_database: Database) -> None:
    with own_database.transaction() as session:
        zhou = make_merchant_clerk(session)
        bakery = create_organisation(session, kind=Kind.MERCHANT, name="城南面包房", now=NOON)
        other = join(session, person=zhou.person, organisation=bakery, role=Role.MANAGER, now=NOON)
    answer = _with_password(client, _phone_of(own_database, zhou), PASSWORD)
    assert answer.headers["Location"].startswith("/acting-as")
    client.post("/acting-as", data={"membership": str(other.id), "csrf_token": csrf_token(client)})
    assert "城南面包房" in client.get("/").text


def test_a_mere_member_of_an_institution_comes_in_as_the_citizen_that_they_are(
    client: FlaskClient, own_database: Database
) -> None:
    phone = a_phone()
    with own_database.transaction() as session:
        lin = make_citizen(session, phone=phone)
        agency = create_organisation(session, kind=Kind.INSTITUTION, name="机关事务中心", now=NOON)
        join(session, person=lin, organisation=agency, role=Role.MEMBER, now=NOON)
    assert _enter(client, phone, _code(client, phone)).headers["Location"] == "/"
    assert "林晓，您好" in client.get("/").text


def test_nobody_acts_under_another_persons_membership(client: FlaskClient, own_database: Database) -> None:
    with own_database.transaction() as session:
        lin, zhou = make_citizen(session), make_merchant_clerk(session)
    log_in(client, lin)
    form = {"membership": str(zhou.membership.id), "csrf_token": csrf_token(client)}
    assert client.post("/acting-as", data=form).status_code == 404
    assert client.post("/acting-as", data={**form, "membership": "nonsense"}).status_code == 404


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_elsewhere_after_logging_in(client: FlaskClient, own_database: Database, target: str) -> None:
    phone = a_phone()
    with own_database.transaction() as session:
        make_citizen(session, phone=phone)
    assert _enter(client, phone, _code(client, phone), next=target).headers["Location"] == "/"


def test_a_post_without_its_token_changes_nothing(client: FlaskClient, own_database: Database) -> None:
    assert client.post("/log-in/code", data={"phone": a_phone()}).status_code == 400
    with own_database.transaction() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM platform.log_in_code")) == 0


def test_phones_and_names_lie_sealed(own_database: Database) -> None:
    phone = a_phone()
    with own_database.transaction() as session:
        lin = make_citizen(session, phone=phone)
        row = session.execute(sa.text("SELECT p::text FROM platform.person p")).scalar_one()
    assert phone[3:] not in row
    assert "林晓" not in row
    assert isinstance(lin, Person)
