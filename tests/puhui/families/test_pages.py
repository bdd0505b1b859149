"""A family through its pages: founded, joined by a code, shared, asked before it ends, and recorded."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from puhui.db import Database
from tests.cafe import give_coins, open_cafe
from tests.factories import Person, csrf_token, log_in, make_citizen


@pytest.fixture
def lin(own_database: Database) -> Person:
    with own_database.transaction() as session:
        citizen = make_citizen(session)
        give_coins(session, citizen.id, 80, now=clock.now())
        return citizen


@pytest.fixture
def wang(own_database: Database) -> Person:
    with own_database.transaction() as session:
        return make_citizen(session, name="王小江")


def send(client: FlaskClient, path: str, **data: object) -> TestResponse:
    token = {"csrf_token": csrf_token(client), "request_id": str(new_id())}
    return client.post(path, data={**token, **data}, follow_redirects=True)


@pytest.fixture
def head(app: Flask, lin: Person) -> FlaskClient:
    """Lin's browser, after founding a family and putting 50 coins in."""
    browser = log_in(app.test_client(), lin)
    assert "家庭已建立" in send(browser, "/families").text
    assert "已放入家庭" in send(browser, "/family/shares", units="50").text
    return browser


def invited(head: FlaskClient) -> str:
    return re.findall(r'data-code="(\w{8})"', send(head, "/family/invitations").text)[0]


@pytest.fixture
def member(app: Flask, head: FlaskClient, wang: Person) -> FlaskClient:
    """Wang's browser, after joining Lin's family."""
    browser = log_in(app.test_client(), wang)
    assert "已加入家庭" in send(browser, "/family/membership", code=invited(head)).text
    return browser


def test_a_family_is_founded_joined_and_shared(head: FlaskClient, member: FlaskClient) -> None:
    page = head.get("/family").text
    assert "王小江" in page
    assert "放入过 50 碳币" in page
    assert "户主还没有允许您使用家庭碳币" in member.get("/family").text
    member_id = re.findall(r"/family/members/([\w-]{36})/spending", page)[0]
    assert "已允许使用" in send(head, f"/family/members/{member_id}/spending", may_spend="yes").text
    assert "付款码" in member.get("/family").text


def test_the_link_fills_the_code_in(app: Flask, head: FlaskClient, wang: Person) -> None:
    code = invited(head)
    page = log_in(app.test_client(), wang).get(f"/family?code={code}").text
    assert f'value="{code}"' in page


def test_wrong_codes_are_counted_and_never_explained(app: Flask, head: FlaskClient, wang: Person) -> None:
    browser = log_in(app.test_client(), wang)
    for _ in range(10):
        answer = send(browser, "/family/membership", code="ABCD-EFGH")
        assert (answer.status_code, "邀请码不正确或已失效" in answer.text) == (422, True)
    assert send(browser, "/family/membership", code=invited(head)).status_code == 429


def test_a_child_has_a_band_and_nothing_else(head: FlaskClient, own_database: Database) -> None:
    year = str(clock.now().year - clock.now().year % 4 - 4)
    page = send(head, "/family/minors", born_from=year).text
    assert "不登录，不使用碳币" in page
    assert send(head, "/family/minors", born_from="1950").status_code == 422


def test_a_member_pays_with_family_coins(
    head: FlaskClient, member: FlaskClient, own_database: Database, wang: Person
) -> None:
    with own_database.transaction() as session:
        coffee = open_cafe(session, now=clock.now()).coffee
    assert "用家庭的" not in member.get(f"/offers/{coffee}").text
    member_id = re.findall(r"/family/members/([\w-]{36})/spending", head.get("/family").text)[0]
    send(head, f"/family/members/{member_id}/spending", may_spend="yes")
    page = member.get(f"/offers/{coffee}").text
    assert "用家庭的 30 碳币 兑换" in page
    family = re.findall(r'name="family" value="([\w-]{36})"', page)[0]
    assert "用的是家庭碳币" in send(member, "/vouchers", offer=str(coffee), family=family).text


def test_nobody_puts_in_more_than_they_have(head: FlaskClient) -> None:
    answer = send(head, "/family/shares", units="31")
    assert (answer.status_code, "余额不足" in answer.text) == (409, True)
    assert send(head, "/family/shares", units="0").status_code == 422


def test_leaving_and_ending_are_asked_first_and_recorded(
    head: FlaskClient, member: FlaskClient, own_database: Database
) -> None:
    own = re.findall(r"/family/members/([\w-]{36})/removal", member.get("/family").text)[0]
    assert "要退出家庭吗" in member.get(f"/family/members/{own}/removal").text
    assert "您已退出家庭" in send(member, f"/family/members/{own}/removal").text
    asked = head.get("/family/dissolution").text
    assert "林晓" in asked
    assert "50 碳币" in asked
    assert "家庭已解散" in send(head, "/family/dissolution").text
    assert "建立家庭" in head.get("/family").text
    with own_database.transaction() as session:
        acts = session.scalars(sa.text("SELECT action FROM platform.audit_entry ORDER BY id")).all()
    assert acts == ["family.member_left", "family.dissolved"]


def test_a_member_cannot_do_what_the_head_does(head: FlaskClient, member: FlaskClient) -> None:
    assert send(member, "/family/invitations").status_code == 403
    assert send(member, "/family/dissolution").status_code == 403
    assert "邀请家人" not in member.get("/family").text
