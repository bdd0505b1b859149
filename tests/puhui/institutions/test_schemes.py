"""A liaison writes the rules, tries them, a reviewer publishes them; members see both kinds of points."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

import ledger
from ledger.kernel import clock
from partners.institutions.members import member_of_person
from puhui.db import Database
from puhui.institution_jobs import award_scheme_points, review_scheme_points
from puhui.notices import unread_of
from puhui.sheets import read_table
from rewards.schemes.queries import given_to
from tests.factories import make_citizen
from tests.puhui.institutions.conftest import Browser, Hospital, make_hospital
from tests.scheme import bind, ride


def a_draft(year: int, **given: object) -> dict[str, object]:
    return {
        "purpose": "少开车，多走路",
        "starts_on": f"{year}-01-01",
        "ends_on": f"{year}-12-31",
        "valid_from": f"{year}-01-01",
        "grams_per_point": "1",
        "budget": "1000",
        "person_day": "50",
        "weight-T02": "100",
        "weight-F01": "50",
        **given,
    }


def open_scheme(wan: Browser) -> str:
    where = wan.post("/institution/schemes", year=str(clock.now().year), name="职工低碳积分")
    return where.removesuffix("/draft")


def publish(app: Flask, hospital: Hospital, **given: object) -> str:
    wan, xiong = Browser(app.test_client(), hospital.liaison), Browser(app.test_client(), hospital.reviewer)
    scheme = open_scheme(wan)
    version = wan.post(f"{scheme}/draft", **a_draft(clock.now().year, **given))
    wan.post(f"{version}/submission")
    xiong.post(f"{version}/approval")
    return scheme


def ride_of(session: Session, hospital: Hospital, *, days_ago: int = 0) -> None:
    now = clock.now()
    at = now - timedelta(days=days_ago, minutes=30)
    ride(session, "lin", at=at, now=now)
    bind(session, "lin", hospital.member.id, now=now)


def test_a_liaison_publishes_with_a_reviewer_and_neither_does_the_others_part(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    wan, xiong = Browser(app.test_client(), hospital.liaison), Browser(app.test_client(), hospital.reviewer)
    scheme = open_scheme(wan)
    assert "请至少选一种行为" in wan.post(
        f"{scheme}/draft", 422, **a_draft(2026, **{"weight-T02": "", "weight-F01": ""})
    )
    assert "百分比" in wan.post(f"{scheme}/draft", 422, **a_draft(2026, **{"weight-T02": "x"}))
    xiong.post(f"{scheme}/draft", 403, **a_draft(2026))
    version = wan.post(f"{scheme}/draft", **a_draft(clock.now().year))
    page = wan.get(version)
    assert "每人每日最多 50 分。" in page
    assert "At most 50 points per person and day." in page
    xiong.post(f"{version}/approval", 409)
    wan.post(f"{version}/submission")
    with own_database.transaction() as session:
        assert [one.kind for one in unread_of(session, hospital.reviewer.person.id)] == ["scheme_submitted"]
    wan.post(f"{scheme}/draft", 409, **a_draft(clock.now().year))
    wan.post(f"{version}/approval", 403)
    xiong.post(f"{version}/refusal", 422)
    xiong.post(f"{version}/refusal", reason="预算太小")
    assert "预算太小" in wan.get(version)
    again = wan.post(f"{scheme}/draft", **a_draft(clock.now().year, budget="2000"))
    assert again.endswith("/2")
    wan.post(f"{again}/submission")
    xiong.post(f"{again}/approval")
    assert "已发布" in wan.get(again)
    with own_database.transaction() as session:
        kinds = [one.kind for one in unread_of(session, hospital.liaison.person.id)]
    assert kinds.count("scheme_decided") == 2


def test_the_worker_gives_points_and_the_member_sees_both_kinds_apart(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    scheme = publish(app, hospital)
    with own_database.transaction() as session:
        member = member_of_person(session, hospital.id, hospital.member.id)
        assert member is not None
        member.joined_at = clock.now() - timedelta(days=1)
        ride_of(session, hospital)
    assert award_scheme_points(own_database, clock.now()) == {"schemes": 1, "acts": 1}
    assert review_scheme_points(own_database, clock.now())["taken_back"] == 0
    scheme_id = UUID(scheme.rsplit("/", 1)[1])
    with own_database.transaction() as session:
        assert given_to(session, scheme_id, hospital.member.id) == 50_00
        assert ledger.audit(session).holds
    lin = Browser(app.test_client(), hospital.member)
    mine = lin.get("/memberships")
    assert ">80<" in mine
    assert ">50<" in mine
    shown = lin.get(f"/schemes/{scheme_id}")
    assert "已达个人限额" in shown
    book = read_table("mine.xlsx", lin.client.get(f"/schemes/{scheme_id}?as=xlsx").data)
    assert book.rows[0][1:] == ["共享单车骑行", "50", "已达个人限额"]
    wan = Browser(app.test_client(), hospital.liaison)
    assert "内科" in wan.get(scheme)
    results = read_table("results.xlsx", wan.client.get(f"{scheme}?as=xlsx").data)
    assert results.rows[0] == ["内科", "1", "1", "50"]


def test_who_left_still_sees_their_points_and_a_stranger_sees_nothing(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    scheme_id = UUID(publish(app, hospital).rsplit("/", 1)[1])
    with own_database.transaction() as session:
        member = member_of_person(session, hospital.id, hospital.member.id)
        assert member is not None
        member.joined_at = clock.now() - timedelta(days=1)
        ride_of(session, hospital)
    award_scheme_points(own_database, clock.now())
    lin = Browser(app.test_client(), hospital.member)
    lin.post(f"/memberships/{member.id}/end")
    assert ">50<" in lin.get(f"/schemes/{scheme_id}").replace("\n", "")
    assert "职工低碳积分" in lin.get("/memberships")
    Browser(app.test_client(), hospital.manager).get(f"/schemes/{scheme_id}")
    with own_database.transaction() as session:
        stranger = make_citizen(session)
    Browser(app.test_client(), stranger).get(f"/schemes/{scheme_id}", 404)


def test_a_version_is_tried_on_last_month_in_numbers_only(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    today = clock.now()
    last_month = (today.replace(day=1) - today).days - 1
    with own_database.transaction() as session:
        ride_of(session, hospital, days_ago=-last_month)
    wan = Browser(app.test_client(), hospital.liaison)
    scheme = open_scheme(wan)
    version = wan.post(f"{scheme}/draft", **a_draft(today.year))
    page = wan.get(f"{version}/simulation")
    assert "会得分（共 4 人）" in page
    assert re.search(r"内科.*?50", page, re.S)
    assert "林晓" not in page
    assert wan.get(scheme).count("还没有发出积分") == 1


@pytest.mark.parametrize("path", ["", "/draft", "/versions/1", "/versions/1/simulation"])
def test_a_scheme_of_another_institution_is_not_there(
    app: Flask, own_database: Database, hospital: Hospital, path: str
) -> None:
    with own_database.transaction() as session:
        other = make_hospital(session)
    scheme = open_scheme(Browser(app.test_client(), hospital.liaison))
    Browser(app.test_client(), other.liaison).get(f"{scheme}{path}", 404)


def test_an_ended_scheme_is_over_for_good(app: Flask, hospital: Hospital) -> None:
    scheme = publish(app, hospital)
    wan = Browser(app.test_client(), hospital.liaison)
    wan.post(f"{scheme}/closure")
    assert "已经结束" in wan.post(f"{scheme}/draft", 409, **a_draft(clock.now().year))


def test_programs_read_what_a_scheme_gave_in_decimals(app: Flask, own_database: Database, hospital: Hospital) -> None:
    scheme = publish(app, hospital)
    with own_database.transaction() as session:
        member = member_of_person(session, hospital.id, hospital.member.id)
        assert member is not None
        member.joined_at = clock.now() - timedelta(days=1)
        ride_of(session, hospital)
    award_scheme_points(own_database, clock.now())
    wan = Browser(app.test_client(), hospital.liaison).client
    assert [one["awarded_points"] for one in wan.get("/api/v1/institution/schemes").json["items"]] == ["50.00"]
    found = wan.get(f"/api/v1{scheme}/results").json
    assert (found["awarded_points"], found["budget_points"]) == ("50.00", "1000.00")
    assert [(one["people"], one["acts"], one["points"]) for one in found["departments"]] == [(1, 1, "50.00")]
    assert found["methods"] == [{"method": "T02", "acts": 1, "points": "50.00"}]
