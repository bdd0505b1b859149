"""Members come by link, QR or sheet, choose how they appear, leave and keep their points."""

from __future__ import annotations

import io
import re
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from partners.institutions.members import member_of_person
from partners.institutions.model import Invitation, Member
from puhui.db import Database
from puhui.identity.people import memberships_of
from puhui.sheets import Column, Sheet, read_table, write_book
from tests.factories import a_phone, make_citizen
from tests.puhui.institutions.conftest import Browser, Hospital, make_hospital

HEADER = ["姓名", "手机号", "工号", "部门", "角色"]


def a_sheet(*rows: list[str]) -> tuple[io.BytesIO, str]:
    book = write_book([Sheet("成员", [Column(title) for title in HEADER], rows)])
    return io.BytesIO(book), "members.xlsx"


def link_of(browser: Browser, hospital: Hospital, **given: object) -> str:
    where = browser.post("/institution/invitations", **{"department": str(hospital.inside), "most_uses": "2", **given})
    return re.findall(r"http://localhost(/invitations/[0-9a-f]+)", browser.get(where))[0]


def test_a_person_joins_by_link_into_the_department_and_appears_to_nobody(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    wan = Browser(app.test_client(), hospital.liaison)
    link = link_of(wan, hospital)
    with own_database.transaction() as session:
        jiang = make_citizen(session, name="江一帆")
    browser = Browser(app.test_client(), jiang)
    assert "赣江医院" in browser.get(link)
    browser.post(link)
    browser.post(link)
    with own_database.transaction() as session:
        member = member_of_person(session, hospital.id, jiang.id)
        assert member is not None
        assert (member.department_id, member.role.value, member.number) == (hospital.inside, "member", 5)
        assert [one.role.value for one in memberships_of(session, jiang.id)] == ["member"]
    listed = wan.get("/institution/members")
    assert "匿名成员 5 号" in listed
    assert "江一帆" not in listed
    browser.post(f"/memberships/{member.id}/appearance", shown_as="initial")
    assert "江*" in wan.get("/institution/members")
    browser.post(f"/memberships/{member.id}/appearance", shown_as="name")
    assert "江一帆" in wan.get("/institution/members")


def test_a_link_ends_with_its_uses_when_taken_back_and_when_forged(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    wan = Browser(app.test_client(), hospital.liaison)
    link, other = link_of(wan, hospital, most_uses="1"), link_of(wan, hospital)
    with own_database.transaction() as session:
        people = [make_citizen(session), make_citizen(session)]
    first, second = (Browser(app.test_client(), person) for person in people)
    first.post(link)
    assert "重新发一份" in second.post(link, 409)
    invitation = UUID(other.rsplit("/", 1)[1][:32])
    wan.post(f"/institution/invitations/{invitation}/withdrawal")
    second.get(other, 409)
    second.get(other[:-1] + ("0" if other[-1] != "0" else "1"), 404)


def test_a_sheet_is_taken_whole_or_comes_back_with_the_reason_in_each_row(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    wan = Browser(app.test_client(), hospital.liaison)
    with own_database.transaction() as session:
        known = session.scalar(sa.select(sa.func.count()).select_from(Invitation))
    phone = a_phone()[3:]
    rows = [
        ["张一", phone, "A1", "内科", "职工"],
        ["张二", phone, "A2", "后勤", ""],
        ["张三", "123", "A3", "", ""],
        ["张四", a_phone()[3:], "A4", "太空部", ""],
        ["张五", a_phone()[3:], "A5", "", "院长"],
        ["张六", a_phone()[3:], "A6", "", "部门管理员"],
        ["张七", a_phone()[3:], "A7", "后勤", "审核员"],
    ]
    where = wan.post("/institution/member-sheets", file=a_sheet(*rows))
    assert "表格有 6 行需要修改" in wan.get(where)
    answers = read_table("answers.xlsx", wan.client.get(f"{where}/content").data)
    assert answers.header == [*HEADER, "错误原因"]
    reasons = [row[-1] for row in answers.rows]
    expected = ["重复", "重复", "11 位", "太空部", "院长", "须写部门", ""]
    assert all(word in reason for word, reason in zip(expected, reasons, strict=True))
    assert reasons[-1] == ""
    with own_database.transaction() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Invitation)) == known


def test_a_good_sheet_invites_all_and_each_person_decides(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    wan = Browser(app.test_client(), hospital.liaison)
    phone = a_phone()
    with own_database.transaction() as session:
        jiang = make_citizen(session, name="江一帆", phone=phone)
        stranger = make_citizen(session)
    rows = [["江先生", phone[3:], "B7", "后勤", "审核员"], ["未注册", a_phone()[3:], "B8", "内科", ""]]
    wan.post("/institution/member-sheets", file=a_sheet(*rows))
    assert "江先生" in wan.get("/institution/invitations")
    browser = Browser(app.test_client(), jiang)
    page = browser.get("/memberships")
    (path,) = re.findall(r'action="(/memberships/invitations/[0-9a-f-]{36})"', page)
    Browser(app.test_client(), stranger).post(path, 409)
    browser.post(path)
    with own_database.transaction() as session:
        member = member_of_person(session, hospital.id, jiang.id)
        assert member is not None
        assert (member.role.value, member.department_id) == ("reviewer", hospital.outside)
        assert session.scalar(sa.select(Invitation.name_sealed).where(Invitation.id == UUID(path[-36:]))) is None
    found = wan.get("/institution/members?staff=B7")
    assert f"/institution/members/{member.id}" in found
    assert wan.get("/institution/members?staff=C9").count("/institution/members/") == 0


def test_the_template_offers_the_institutions_own_departments(app: Flask, hospital: Hospital) -> None:
    wan = Browser(app.test_client(), hospital.liaison)
    table = read_table("template.xlsx", wan.client.get("/institution/member-sheets/template").data)
    assert table.header == HEADER


def test_a_department_manager_sees_and_invites_their_own_departments_only(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    with own_database.transaction() as session:
        outsider = make_citizen(session)
    wan, deng = Browser(app.test_client(), hospital.liaison), Browser(app.test_client(), hospital.manager)
    Browser(app.test_client(), outsider).post(link_of(wan, hospital, department=str(hospital.outside)))
    with own_database.transaction() as session:
        other = member_of_person(session, hospital.id, outsider.id)
        assert other is not None
    assert "共 4 人" not in deng.get("/institution/members")
    assert "共 2 人" in deng.get("/institution/members")
    assert "不在您管理的部门" in deng.get(f"/institution/members/{other.id}", 409)
    deng.post("/institution/invitations", 422, department=str(hospital.outside), most_uses="1")
    where = deng.post("/institution/member-sheets", file=a_sheet(["甲", a_phone()[3:], "", "后勤", ""]))
    assert "您只能邀请到自己管理的部门" in deng.get(where)


def test_a_member_leaves_and_a_last_liaison_does_not(app: Flask, own_database: Database, hospital: Hospital) -> None:
    with own_database.transaction() as session:
        lin = member_of_person(session, hospital.id, hospital.member.id)
        wan = member_of_person(session, hospital.id, hospital.liaison.person.id)
    assert lin is not None
    assert wan is not None
    browser = Browser(app.test_client(), hospital.member)
    browser.post(f"/memberships/{wan.id}/end", 404)
    browser.post(f"/memberships/{lin.id}/end")
    with own_database.transaction() as session:
        assert member_of_person(session, hospital.id, hospital.member.id) is None
        assert memberships_of(session, hospital.member.id) == []
    liaison = Browser(app.test_client(), hospital.liaison)
    assert "最后一位" in liaison.post(f"/memberships/{wan.id}/end", 409)


def test_a_role_changes_on_both_floors(app: Flask, own_database: Database, hospital: Hospital) -> None:
    wan = Browser(app.test_client(), hospital.liaison)
    with own_database.transaction() as session:
        lin = session.scalars(sa.select(Member).where(Member.person_id == hospital.member.id)).one()
    path = f"/institution/members/{lin.id}"
    wan.post(f"{path}/place", 422, role="department_manager", department="")
    wan.post(f"{path}/place", role="department_manager", department=str(hospital.outside))
    with own_database.transaction() as session:
        assert [one.role.value for one in memberships_of(session, hospital.member.id)] == ["department_manager"]
    wan.post(f"{path}/end")
    with own_database.transaction() as session:
        assert memberships_of(session, hospital.member.id) == []


def test_one_person_is_in_several_institutions_and_chooses_which_one_acts(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    with own_database.transaction() as session:
        other = make_hospital(session)
    link = link_of(Browser(app.test_client(), other.liaison), other)
    lin = Browser(app.test_client(), hospital.member)
    lin.post(link)
    page = lin.get("/acting-as")
    assert page.count("赣江医院") == 2
    with own_database.transaction() as session:
        found = memberships_of(session, hospital.member.id)
    membership = next(one.id for one in found if one.organisation_id == other.id)
    lin.post("/acting-as", membership=str(membership))
    assert "赣江医院" in lin.get("/institution")


def test_programs_read_departments_and_members_without_names(app: Flask, hospital: Hospital) -> None:
    wan, deng = (Browser(app.test_client(), who).client for who in (hospital.liaison, hospital.manager))
    assert wan.get("/api/v1/institution").json["type"] == "hospital"
    tree = wan.get("/api/v1/institution/departments").json["items"]
    assert [(one["path"], one["members"]) for one in tree] == [("内科", 2), ("后勤", 0)]
    found = wan.get("/api/v1/institution/members?limit=3").json
    assert (found["total"], len(found["items"])) == (4, 3)
    assert {one["shown_name"] for one in found["items"]} == {None}
    rest = wan.get(f"/api/v1/institution/members?after={found['items'][-1]['number']}").json
    assert [one["role"] for one in rest["items"]] == ["member"]
    assert deng.get("/api/v1/institution/members").json["total"] == 2
    assert wan.get("/api/v1/institution/members?limit=0").status_code == 422
