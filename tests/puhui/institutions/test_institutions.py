"""An institution applies, is approved, opens departments and records its figures."""

from __future__ import annotations

import re
from decimal import Decimal

from flask import Flask

from partners.institutions.queries import tree_of, year_of
from puhui.db import Database
from puhui.identity.people import memberships_of
from puhui.notices import unread_of
from puhui.sheets import read_table
from tests.factories import make_citizen, make_operator
from tests.institution import a_credit_code
from tests.puhui.institutions.conftest import Browser, Hospital


def test_a_citizen_applies_and_becomes_the_liaison_once_the_operator_approves(
    app: Flask, own_database: Database
) -> None:
    with own_database.transaction() as session:
        wan, xu = make_citizen(session, name="万医生"), make_operator(session)
    code = a_credit_code()
    applicant = Browser(app.test_client(), wan)
    facts = {"name": "赣江医院", "code": code, "type": "hospital", "county_code": "360102"}
    assert "校验位" in applicant.post("/institution-applications", 422, **{**facts, "code": code[:-1] + "?"})
    applicant.post("/institution-applications", **facts)
    assert "待审核" in applicant.get("/institution-applications")
    operator = Browser(app.test_client(), xu)
    listed = operator.get("/operator/institutions?state=applied&type=hospital&county=3601&name=赣江")
    (path,) = re.findall(r'href="(/operator/institutions/[0-9a-f-]{36})"', listed)
    operator.post(f"{path}/approval")
    with own_database.transaction() as session:
        assert [(one.organisation_name, one.role.value) for one in memberships_of(session, wan.id)] == [
            ("赣江医院", "liaison")
        ]
        assert [one.kind for one in unread_of(session, wan.id)] == ["institution_approved"]
    assert "已通过" in applicant.get("/institution-applications")
    other = Browser(app.test_client(), wan)
    assert "已经申请过" in other.post("/institution-applications", 409, **facts)


def test_a_refused_application_says_why_and_may_come_again(app: Flask, own_database: Database) -> None:
    with own_database.transaction() as session:
        wan, xu = make_citizen(session), make_operator(session)
    facts = {"name": "赣江医院", "code": a_credit_code(), "type": "hospital", "county_code": "360102"}
    applicant, operator = Browser(app.test_client(), wan), Browser(app.test_client(), xu)
    applicant.post("/institution-applications", **facts)
    (path,) = re.findall(r'href="(/operator/institutions/[0-9a-f-]{36})"', operator.get("/operator/institutions"))
    operator.post(f"{path}/refusal", 422)
    operator.post(f"{path}/refusal", reason="名称与证书不符")
    operator.post(f"{path}/approval", 409)
    assert "名称与证书不符" in applicant.get("/institution-applications")
    applicant.post("/institution-applications", **facts)


def test_an_institution_lies_below_another_by_that_ones_code(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    with own_database.transaction() as session:
        person = make_citizen(session)
        above = session.get_one(type(hospital.liaison.organisation), hospital.id).credit_code
    browser = Browser(app.test_client(), person)
    facts = {"name": "赣江医院东院", "code": a_credit_code(), "type": "hospital", "county_code": "360102"}
    assert "没有这个单位" in browser.post("/institution-applications", 404, **facts, parent_code="12360100000000000X")
    browser.post("/institution-applications", **facts, parent_code=above)


def test_a_liaison_opens_renames_moves_and_closes_departments(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    wan = Browser(app.test_client(), hospital.liaison)
    wan.post("/institution/departments", name="一病区", parent=str(hospital.inside))
    assert "请换个名称" in wan.post("/institution/departments", 409, name="内科", parent="")
    with own_database.transaction() as session:
        ward = next(one for _, one in tree_of(session, hospital.id) if one.name == "一病区")
    wan.post("/institution/departments", 422, name="  ", parent="")
    path = f"/institution/departments/{ward.id}"
    wan.post(f"{path}/name", name="二病区")
    wan.post(f"{path}/place", parent=str(hospital.outside))
    assert "后勤" in wan.get(path)
    assert "自己" in wan.post(f"/institution/departments/{hospital.outside}/place", 409, parent=str(ward.id))
    assert "先移走" in wan.post(f"/institution/departments/{hospital.inside}/closure", 409)
    wan.post(f"{path}/closure")
    assert "二病区" not in wan.get("/institution/departments")


def test_only_the_liaison_changes_departments_and_figures(app: Flask, hospital: Hospital) -> None:
    for who in (hospital.manager, hospital.reviewer):
        browser = Browser(app.test_client(), who)
        browser.get("/institution/departments")
        browser.post("/institution/departments", 403, name="新部门", parent="")
        browser.post("/institution/years", 403, year="2025", floor_area_m2="1", headcount="1", source="x")
    Browser(app.test_client(), hospital.member).get("/institution/departments", 403)


def test_figures_of_a_year_are_corrected_by_a_further_record(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    wan = Browser(app.test_client(), hospital.liaison)
    facts = {"year": "2025", "headcount": "1200", "source": "2025 年能耗统计报表"}
    wan.post("/institution/years", floor_area_m2="80000", **facts)
    wan.post("/institution/years", floor_area_m2="81234.5", **facts)
    wan.post("/institution/years", 422, floor_area_m2="-1", **facts)
    with own_database.transaction() as session:
        found = year_of(session, hospital.id, 2025)
    assert found is not None
    assert (found.floor_area_m2, found.headcount) == (Decimal("81234.50"), 1200)
    book = wan.client.get("/institution/years?as=xlsx")
    assert read_table("years.xlsx", book.data).rows[0][:3] == ["2025", "81234.5", "1200"]


def test_the_first_page_is_the_institutions_and_its_lists_are_sheets(app: Flask, hospital: Hospital) -> None:
    wan = Browser(app.test_client(), hospital.liaison)
    assert wan.client.get("/").headers["Location"] == "/institution"
    assert "赣江医院" in wan.get("/institution")
    for path in ("departments", "members", "schemes", "campaigns"):
        book = wan.client.get(f"/institution/{path}?as=xlsx")
        assert read_table("list.xlsx", book.data).header, path
