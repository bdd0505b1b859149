"""Prices for everybody; holdings, files and breaks for the enterprise's own people."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from partners.enterprises.compliance.actions import record_obligation
from partners.enterprises.parties.actions import add_account, register_enterprise
from partners.enterprises.prices.actions import import_prices
from partners.enterprises.prices.model import DayPrice
from puhui.db import Database
from puhui.identity.model import Kind, Role
from puhui.identity.people import create_person, join
from puhui.web.market.chart import chart_of
from tests.factories import VAULT, Staff, a_phone, csrf_token, log_in, make_citizen, make_staff
from tests.partners.enterprises.world import credit_code, movements

FINAL = "以注册登记系统记录为准"
ALLOCATED = {"流水号": "R1", "业务类型": "核定分配", "数量": "1234", "日期": "2026-03-02"}
PRICES = (
    "trade_date,subject_code,subject_name,prev_close,open,high,low,close,change_rate,listed_qty_t,listed_amount_cny\n"
    "{0},CEA25,碳排放配额25,97.00,97.00,97.50,96.50,97.40,0.0041,100,9740.00\n"
    "{1},CEA25,碳排放配额25,97.40,97.40,98.50,97.00,98.00,0.0062,100,9800.00\n"
)


@pytest.fixture
def people(own_database: Database) -> dict[Role, Staff]:
    """A maker and a checker of one fictional plant, with prices of yesterday and the day before."""
    with own_database.transaction() as session:
        maker = make_staff(session, kind=Kind.ENTERPRISE, organisation="虚构水泥厂", role=Role.MAKER, name="经办甲")
        now = clock.now()
        person = create_person(session, vault=VAULT, phone=a_phone(), name="复核乙", now=now)
        plant = maker.organisation.id
        membership = join(session, person=person, organisation=maker.organisation, role=Role.CHECKER, now=now)
        register_enterprise(
            session, organisation_id=plant, credit_code=credit_code(1), name="虚构水泥厂", sector="cement", now=now
        )
        add_account(session, enterprise_id=plant, system="registry", account_no="DJ-0001", market="CEA", now=now)
        days = [(now - timedelta(days=ago)).date() for ago in (2, 1)]
        import_prices(session, name="p.csv", content=PRICES.format(*days).encode(), now=now)
        return {Role.MAKER: maker, Role.CHECKER: Staff(person, maker.organisation, membership)}


def bring(client: FlaskClient, content: bytes) -> str:
    """Let the maker send a file; answers where the page of the file is."""
    sent = {
        "csrf_token": csrf_token(client),
        "request_id": str(new_id()),
        "what": "movements",
        "file": (io.BytesIO(content), "登记流水.csv"),
    }
    answer = client.post("/enterprise/files", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_prices_are_open_and_say_what_is_final(client: FlaskClient, people: dict[Role, Staff]) -> None:
    listed = client.get("/market").text
    assert FINAL in listed
    assert "¥98.00" in listed
    shown = client.get("/market/CEA25").text
    assert "<polyline points=" in shown
    assert FINAL in shown
    assert "这是指数" in client.get("/market/COMCEA").text
    assert client.get("/market/CEA99").status_code == 404


def test_programs_read_the_same_figures(client: FlaskClient, people: dict[Role, Staff]) -> None:
    shown = client.get("/api/v1/market/instruments/CEA25").json
    assert shown is not None
    assert [(day["close"], day["volume_t"]) for day in shown["days"]] == [("98.00", 100), ("97.40", 100)]
    totals = client.get("/api/v1/market/years/2025").json
    assert totals == {
        "year": 2025,
        "days": 0,
        "volume_t": 0,
        "amount_cny": "0.00",
        "vwap": None,
        "last_close": None,
    }
    assert client.get("/api/v1/market/years/2020").status_code == 404
    assert client.get("/api/v1/market/instruments/CEA99").status_code == 404
    assert client.get("/api/v1/market/instruments/%00").status_code == 404


def test_a_file_is_checked_approved_by_another_and_held(app: Flask, people: dict[Role, Staff]) -> None:
    maker, checker = log_in(app.test_client(), people[Role.MAKER]), log_in(app.test_client(), people[Role.CHECKER])
    page = bring(maker, movements(ALLOCATED, ALLOCATED | {"流水号": "R2", "数量": "0"}))
    shown = maker.get(page).text
    assert "数量至少为 1。" in shown
    assert "复核入账" not in shown
    assert maker.post(f"{page}/approval", data={"csrf_token": csrf_token(maker)}).status_code == 403
    assert "复核入账" in checker.get(page).text
    assert checker.post(f"{page}/approval", data={"csrf_token": csrf_token(checker)}).status_code == 303
    held = checker.get("/enterprise").text
    assert "1,234" in held
    assert "¥120,932.00" in held or "¥120932.00" in held
    assert "核定分配" in checker.get("/enterprise/records?instrument=CEA25&kind=allocation").text
    assert "没有符合条件的记录" in checker.get("/enterprise/records?instrument=CEA24").text
    assert checker.get("/enterprise/records?instrument=%00&page=-1").status_code == 200


def test_a_checker_sends_a_file_back_with_a_reason(app: Flask, people: dict[Role, Staff]) -> None:
    maker, checker = log_in(app.test_client(), people[Role.MAKER]), log_in(app.test_client(), people[Role.CHECKER])
    page = bring(maker, movements(ALLOCATED))
    token = csrf_token(checker)
    assert checker.post(f"{page}/rejection", data={"csrf_token": token, "reason": ""}).status_code == 422
    assert checker.post(f"{page}/rejection", data={"csrf_token": token, "reason": "缺页"}).status_code == 303
    assert "缺页" in maker.get(page).text


def test_every_page_of_an_enterprise_says_what_is_final(app: Flask, people: dict[Role, Staff]) -> None:
    client = log_in(app.test_client(), people[Role.CHECKER])
    for path in ("", "/records", "/files", "/obligations", "/breaks"):
        answer = client.get(f"/enterprise{path}")
        assert answer.status_code == 200
        assert FINAL in answer.text


def test_a_reader_plans_how_to_close_a_gap(app: Flask, people: dict[Role, Staff], own_database: Database) -> None:
    with own_database.transaction() as session:
        record_obligation(
            session,
            enterprise_id=people[Role.MAKER].organisation.id,
            year=2025,
            verified_t=1_000,
            due_t=1_000,
            notice_no="虚构通知",
            recorded_by=people[Role.MAKER].person.id,
            now=clock.now(),
        )
    client = log_in(app.test_client(), people[Role.CHECKER])
    assert "测算补缺口的办法" in client.get("/enterprise/obligations").text
    shown = client.get("/enterprise/obligations/2025/plan?allowance=97.40&credit=86.00").text
    # Fifty tonnes of credits at 86 yuan and 950 allowances at 97.40 yuan.
    assert "¥96830.00" in shown
    assert "¥97400.00" in shown
    assert client.get("/enterprise/obligations/2025/plan?allowance=abc").status_code == 422
    assert client.get("/enterprise/obligations/2019/plan").status_code == 404


def test_another_firm_and_a_citizen_see_nothing(app: Flask, people: dict[Role, Staff], own_database: Database) -> None:
    page = bring(log_in(app.test_client(), people[Role.MAKER]), movements(ALLOCATED))
    with own_database.transaction() as session:
        other = make_staff(session, kind=Kind.ENTERPRISE, organisation="虚构钢厂", role=Role.CHECKER, name="丙")
        lin = make_citizen(session)
        register_enterprise(
            session,
            organisation_id=other.organisation.id,
            credit_code=credit_code(2),
            name="虚构钢厂",
            sector="steel",
            now=clock.now(),
        )
    assert log_in(app.test_client(), other).get(page).status_code == 404
    assert log_in(app.test_client(), lin).get("/enterprise").status_code == 403


def test_a_chart_needs_two_traded_days() -> None:
    traded = DayPrice("CEA25", date(2026, 3, 2), "", None, None, None, None, 8_000, None, 5, 40_000)
    later = DayPrice("CEA25", date(2026, 3, 4), "", None, None, None, None, 9_000, None, 5, 45_000)
    idle = DayPrice("CEA25", date(2026, 3, 3), "", None, None, None, None, 1, None, 0, 0)
    assert chart_of([traded, idle]) is None
    chart = chart_of([traded, idle, later])
    assert chart is not None
    assert (chart.points, chart.low_fen, chart.high_fen) == ("0,240 720,0", 8_000, 9_000)
