"""A shop signs up through the pages; another person decides; everything leaves a line in the audit trail."""

from __future__ import annotations

import io
import re

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import ledger
from puhui.identity.model import AuditEntry, Organisation
from puhui.identity.people import memberships_of, person_of_phone
from tests.factories import VAULT, a_phone, log_in, make_operator
from tests.puhui.merchants.conftest import Town, code_on, send

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
CODE = "91110000600037341L"


def hand_in(browser: FlaskClient, phone: str, **other: object) -> TestResponse:
    shown = send(browser, "/merchant-applications/phone-code", phone=phone[3:])
    fields: dict[str, object] = {
        "phone": phone, "code": code_on(shown), "credit_code": CODE, "name": "云雾茶庄", "name_en": "", "kind": "shop",
        "county_code": "360102", "address": "东湖区沿江路 9 号", "contact": "老茶",
        "documents": (io.BytesIO(PNG), "licence.png"),
    }  # fmt: skip
    return send(browser, "/merchant-applications", **{**fields, **other})


def acts(town: Town) -> list[str]:
    with town.database.transaction() as session:
        return list(session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_shop_applies_is_approved_and_its_contact_comes_in_as_manager(town: Town) -> None:
    phone = a_phone()
    handed_in = hand_in(town.lin, phone)
    assert "审核中" in handed_in.text
    path = handed_in.request.path
    assert "licence.png" in handed_in.text
    listed = town.operator.get("/operator/merchant-applications").text
    assert path in listed
    shown = town.operator.get(path).text
    assert "138****" in shown
    document = re.search(rf'href="({path}/documents/[^"]+)"', shown)
    assert document is not None
    assert town.operator.get(document[1]).data == PNG
    assert town.clerk.get(document[1]).status_code == town.clerk.get(path).status_code == 404
    opened = send(town.operator, f"{path}/approval")
    assert "已通过，商户已开通" in opened.text
    with town.database.transaction() as session:
        person = person_of_phone(session, vault=VAULT, phone=phone)
        assert person is not None
        (membership,) = memberships_of(session, person.id)
        assert membership.role == "manager"
        organisation = session.get_one(Organisation, membership.organisation_id)
        assert organisation.credit_code == CODE
        takings = ledger.account_of(session, owner=organisation.id, purpose="takings", asset="coin")
        assert ledger.balance(session, takings).posted == 0
    assert "已通过" in town.lin.get(path).text
    assert "云雾茶庄" in town.lin.get("/notices").text
    assert acts(town) == ["merchant.applied", "merchant.approved"]
    again = send(town.operator, f"{path}/approval")
    assert again.status_code == 409


def test_the_contact_logs_in_by_phone_and_finds_a_counter(town: Town) -> None:
    phone = a_phone()
    path = hand_in(town.lin, phone).request.path
    send(town.operator, f"{path}/approval")
    browser = town.visitor()
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/log-in").text)
    assert token is not None
    with town.database.transaction() as session:
        session.execute(sa.text("DELETE FROM platform.log_in_code"))
    shown = browser.post("/log-in/code", data={"csrf_token": token[1], "phone": phone[3:], "next": ""})
    entered = browser.post(
        "/log-in", data={"csrf_token": token[1], "phone": phone, "code": code_on(shown), "next": ""},
        follow_redirects=True,
    )  # fmt: skip
    assert "本店管理" in entered.text
    assert "1 号台" in browser.get("/counter").text


def test_a_wrong_credit_code_says_what_to_look_at_beside_the_field(town: Town) -> None:
    cases = {"123": "应为 18 位，现在是 3 位", "91110000600037341M": "校验位不符", "91110000600037I41L": "不用 I、O"}
    for text, words in cases.items():
        answer = hand_in(town.lin, a_phone(), credit_code=text)
        assert answer.status_code == 422
        assert words in answer.text
    assert acts(town) == []


def test_a_document_must_be_a_picture_or_pdf_and_there_must_be_one(town: Town) -> None:
    script = hand_in(town.lin, a_phone(), documents=(io.BytesIO(b"#!/bin/sh\n\0"), "x.png"))
    assert script.status_code == 422
    nothing = hand_in(town.lin, a_phone(), documents=(io.BytesIO(b""), ""))
    assert nothing.status_code == 422
    assert "documents" in nothing.text


def test_a_wrong_phone_code_keeps_the_application_out(town: Town) -> None:
    answer = hand_in(town.lin, a_phone(), code="000000")
    assert answer.status_code == 422
    assert acts(town) == []


def test_an_operator_who_applied_cannot_decide_and_another_can(town: Town) -> None:
    path = hand_in(town.operator, a_phone()).request.path
    assert send(town.operator, f"{path}/approval").status_code == 409
    assert 'action="' + path + '/approval"' not in town.operator.get(path).text
    with town.database.transaction() as session:
        other = make_operator(session)
    second = log_in(town.visitor(), other)
    refused = send(second, f"{path}/refusal", reason="执照照片不清")
    assert "执照照片不清" in refused.text
    assert "执照照片不清" in town.operator.get(path).text
    assert acts(town) == ["merchant.applied", "merchant.refused"]


def test_one_code_waits_once_and_a_withdrawn_application_makes_room(town: Town) -> None:
    path = hand_in(town.lin, a_phone()).request.path
    assert "已有一份申请正在审核" in hand_in(town.operator, a_phone()).text
    assert "已撤回" in send(town.lin, f"{path}/withdrawal").text
    assert "审核中" in hand_in(town.operator, a_phone()).text


def test_lists_are_exported(town: Town) -> None:
    hand_in(town.lin, a_phone())
    for path in ("/operator/merchants", "/operator/merchant-applications"):
        assert town.operator.get(f"{path}?as=xlsx").data.startswith(b"PK")
