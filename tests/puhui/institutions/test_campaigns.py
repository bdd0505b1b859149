"""A campaign is planned, published, joined by choice, checked into by code; a certificate can be verified by all."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from ledger.kernel import clock
from puhui.codes import campaign_code_book_of
from puhui.db import Database
from puhui.institution_jobs import count_campaigns
from puhui.notices import unread_of
from puhui.redeeming import kind_of
from puhui.sheets import read_table
from rewards.campaigns.queries import places_of, progress_of
from rewards.campaigns.rules import code_of
from rewards.vouchers import CodeKind
from tests.factories import SETTINGS, make_citizen
from tests.puhui.institutions.conftest import Browser, Hospital
from tests.scheme import bind, ride

CODES = campaign_code_book_of(SETTINGS)


def a_plan(**given: object) -> dict[str, object]:
    today = clock.now().date()
    return {
        "template": "green_travel",
        "title": "135 绿色出行",
        "purpose": "少开一天车",
        "starts_on": str(today - timedelta(days=2)),
        "ends_on": str(today + timedelta(days=5)),
        "goal": "grams",
        "goal_amount": "1000",
        "ranks": "y",
        "least_group": "3",
        "method": ["T02", "T01"],
        **given,
    }


def publish(wan: Browser, **given: object) -> str:
    campaign = wan.post("/institution/campaign-plans", **a_plan(**given))
    wan.post(f"{campaign}/publication")
    return campaign


def a_screen(wan: Browser, campaign: str, own_database: Database) -> str:
    wan.post(f"{campaign}/places", kind="screen", name="一楼大厅")
    with own_database.transaction() as session:
        (place,) = places_of(session, id_of(campaign))
    return f"{campaign}/places/{place.id}"


def id_of(campaign: str) -> UUID:
    return UUID(campaign.rsplit("/", 1)[1])


def code_now(session: Session, campaign: str) -> str:
    return code_of(places_of(session, id_of(campaign))[0], CODES, at=clock.now())


def test_a_campaign_is_planned_then_published_and_members_are_told_once(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    wan = Browser(app.test_client(), hospital.liaison)
    assert "1 公里内步行" in wan.get("/institution/campaign-plans?template=green_travel")
    assert "请选" not in wan.get("/institution/campaign-plans?template=own")
    assert "计入的行为" in wan.post("/institution/campaign-plans", 422, **a_plan(method=[]))
    campaign = wan.post("/institution/campaign-plans", **a_plan())
    lin = Browser(app.test_client(), hospital.member)
    lin.get(f"/campaigns/{id_of(campaign)}", 404)
    wan.post(f"{campaign}/plan", **a_plan(title="绿色出行一周"))
    wan.post(f"{campaign}/publication")
    wan.post(f"{campaign}/plan", 409, **a_plan())
    assert "绿色出行一周" in lin.get(f"/campaigns/{id_of(campaign)}")
    with own_database.transaction() as session:
        assert [one.kind for one in unread_of(session, hospital.member.id)] == ["campaign_published"]


def test_a_member_joins_by_choice_and_progress_comes_in_by_itself(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    wan, lin = Browser(app.test_client(), hospital.liaison), Browser(app.test_client(), hospital.member)
    campaign = publish(wan)
    mine = f"/campaigns/{id_of(campaign)}"
    with own_database.transaction() as session:
        now = clock.now()
        ride(session, "lin", at=now - timedelta(minutes=30), now=now)
        bind(session, "lin", hospital.member.id, now=now)
    lin.post(f"{mine}/entry")
    assert count_campaigns(own_database, clock.now()) == {"campaigns": 1}
    assert "80 g" in lin.get(mine)
    book = read_table("teams.xlsx", wan.client.get(f"{campaign}?as=xlsx").data)
    assert ["内科", "2", "1", "1", "80", "40"] in book.rows
    lin.post(f"{mine}/departure")
    with own_database.transaction() as session:
        assert progress_of(session, id_of(campaign)).entered == 0


def test_a_member_checks_in_by_the_code_of_a_screen_and_looking_alone_does_nothing(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    wan, lin = Browser(app.test_client(), hospital.liaison), Browser(app.test_client(), hospital.member)
    campaign = publish(wan)
    screen = wan.get(a_screen(wan, campaign, own_database))
    assert re.search(r'http-equiv="refresh" content="\d+"', screen)
    with own_database.transaction() as session:
        code = code_now(session, campaign)
    assert "在“一楼大厅”签到" in lin.get(f"/check-ins/{code}")
    with own_database.transaction() as session:
        assert progress_of(session, id_of(campaign)).check_ins == 0
    assert lin.post("/check-ins", code=code) == f"/campaigns/{id_of(campaign)}"
    lin.post("/check-ins", code=code)
    with own_database.transaction() as session:
        assert progress_of(session, id_of(campaign)).check_ins == 1
    assert "签到码无法使用" in lin.post("/check-ins", 409, code="7" * 18)
    assert "签到码无法使用" in lin.get("/check-ins/760000000000000000", 409)


def test_who_is_no_member_is_told_how_to_become_one_and_does_not_check_in(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    wan = Browser(app.test_client(), hospital.liaison)
    campaign = publish(wan)
    a_screen(wan, campaign, own_database)
    with own_database.transaction() as session:
        code, stranger = code_now(session, campaign), make_citizen(session)
    browser = Browser(app.test_client(), stranger)
    assert "请先加入单位" in browser.get(f"/check-ins/{code}")
    browser.post("/check-ins", 409, code=code)
    browser.get(f"/campaigns/{id_of(campaign)}", 404)


def test_a_place_is_limited_closed_and_a_poster_is_printed(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    wan, lin = Browser(app.test_client(), hospital.liaison), Browser(app.test_client(), hospital.member)
    campaign = publish(wan)
    assert "每日上限" in wan.post(f"{campaign}/places", 422, kind="poster", name="食堂", opens="11:00", closes="13:00")
    wan.post(f"{campaign}/places", kind="poster", name="食堂", most_a_day="100")
    with own_database.transaction() as session:
        (place,) = places_of(session, id_of(campaign))
        code = code_of(place, CODES, at=clock.now())
    path = f"{campaign}/places/{place.id}"
    assert "refresh" not in wan.get(path)
    assert wan.client.get(f"{path}/poster").data.startswith(b"%PDF-")
    lin.get(f"/check-ins/{code}")
    wan.post(f"{path}/closure")
    lin.get(f"/check-ins/{code}", 409)


def test_names_appear_by_choice_alone(app: Flask, own_database: Database, hospital: Hospital) -> None:
    wan = Browser(app.test_client(), hospital.liaison)
    campaign = publish(wan)
    mine = f"/campaigns/{id_of(campaign)}"
    people = [hospital.member, hospital.liaison.person, hospital.reviewer.person]
    with own_database.transaction() as session:
        now = clock.now()
        for place, person in enumerate(people):
            ride(session, f"r{place}", at=now - timedelta(minutes=30), now=now, km=str(3 - place))
            bind(session, f"r{place}", person.id, now=now)
    browsers = [Browser(app.test_client(), person) for person in people]
    for browser in browsers:
        browser.post(f"{mine}/entry")
    count_campaigns(own_database, clock.now())
    assert "林晓" not in browsers[1].get(mine)
    assert "匿名同事" in browsers[1].get(mine)
    browsers[0].post(f"{mine}/appearance", shown_as="name")
    browsers[2].post(f"{mine}/appearance", shown_as="name")
    page = browsers[1].get(mine)
    assert "林晓" in page
    assert "熊审核" not in page, "the last of three stands in the lower half, which is never shown"


def test_a_certificate_is_the_holders_paper_and_anybodys_to_verify(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    wan, lin = Browser(app.test_client(), hospital.liaison), Browser(app.test_client(), hospital.member)
    campaign = publish(wan)
    mine = f"/campaigns/{id_of(campaign)}"
    lin.post(f"{mine}/entry")
    lin.post(f"{mine}/certificate", 409)
    a_screen(wan, campaign, own_database)
    with own_database.transaction() as session:
        code = code_now(session, campaign)
    lin.post("/check-ins", code=code)
    page = lin.post(f"{mine}/certificate")
    visitor = app.test_client()
    shown = visitor.get(page)
    assert shown.status_code == 200
    assert "135 绿色出行" in shown.text
    assert "林晓" not in shown.text
    assert visitor.get("/campaign-certificates/222222222222").status_code == 404
    assert lin.client.get(f"{page}/paper").data.startswith(b"%PDF-")
    wan.get(f"{page}/paper", 404)


def test_a_campaign_called_off_takes_nobody_and_keeps_what_was_done(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    wan, lin = Browser(app.test_client(), hospital.liaison), Browser(app.test_client(), hospital.member)
    campaign = publish(wan)
    lin.post(f"/campaigns/{id_of(campaign)}/entry")
    wan.post(f"{campaign}/closure")
    lin.post(f"/campaigns/{id_of(campaign)}/entry", 409)
    with own_database.transaction() as session:
        assert progress_of(session, id_of(campaign)).entered == 1


def test_programs_read_progress_and_anybody_verifies_a_certificate(
    app: Flask, own_database: Database, hospital: Hospital
) -> None:
    wan, lin = Browser(app.test_client(), hospital.liaison), Browser(app.test_client(), hospital.member)
    campaign = publish(wan)
    a_screen(wan, campaign, own_database)
    with own_database.transaction() as session:
        code = code_now(session, campaign)
    lin.post("/check-ins", code=code)
    listed = wan.client.get("/api/v1/institution/campaigns").json
    assert [(one["title"], one["state"]) for one in listed["items"]] == [("135 绿色出行", "running")]
    progress = wan.client.get(f"/api/v1/institution/campaigns/{id_of(campaign)}/progress").json
    assert (progress["entered"], progress["check_ins"]) == (1, 1)
    assert {team["name"]: team["entered"] for team in progress["teams"]} == {"内科": 1, "后勤": 0}
    page = lin.post(f"/campaigns/{id_of(campaign)}/certificate")
    found = app.test_client().get(f"/api/v1/campaign-certificates/{page.rsplit('/', 1)[1]}").json
    assert (found["institution"], found["check_ins"]) == ("赣江医院", 1)
    assert app.test_client().get("/api/v1/campaign-certificates/2222").status_code == 404
    assert lin.client.get("/api/v1/institution/campaigns").status_code == 403


def test_a_counters_scanner_knows_a_campaigns_code_by_its_digits_or_its_address() -> None:
    code = CODES.code(17, at=clock.now())
    for shown in (code, f"https://puhui.example/check-ins/{code}", " ".join((code[:4], code[4:]))):
        assert kind_of(shown) is CodeKind.CHECK_IN
    assert kind_of("https://elsewhere.example/7") is None
