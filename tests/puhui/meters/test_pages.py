"""Pages of meters: the liaison's, the reviewer's, the operator's; who may not, may not."""

from __future__ import annotations

import io
from datetime import date
from typing import NamedTuple
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ledger.kernel.ids import new_id
from partners.meters.model import Energy
from partners.meters.queries import bills_of_meter, meters_of, open_findings_of, uses_of
from puhui.db import Database
from puhui.identity.model import Kind, Organisation, Role
from puhui.identity.people import create_person, join
from puhui.sheets import Column, Sheet, read_table, write_book
from tests.factories import VAULT, Staff, a_phone, csrf_token, log_in, make_operator, make_staff
from tests.metered import NOW, bill, make_meter, make_metered

YEAR = ["5000", "5200", "4800", "5100", "4900", "6000", "6400", "6500", "5600", "5000", "4900", "5300"]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
TITLES = ("表号", "月份", "用量", "金额（元）", "是否估抄", "备注", "更正原因")


class Cast(NamedTuple):
    """赣江医院 with two years of bills, its liaison and reviewer, and the operator."""

    institution: UUID
    meter: UUID
    liaison: Staff
    reviewer: Staff
    operator: Staff


@pytest.fixture
def cast(own_database: Database) -> Cast:
    """Committed, so that the pages see it."""
    with own_database.transaction() as session:
        institution = make_metered(session)
        organisation = session.get(Organisation, institution)
        assert organisation is not None
        staff = []
        for role in (Role.LIAISON, Role.REVIEWER):
            person = create_person(session, vault=VAULT, phone=a_phone(), name="万医生", now=NOW)
            staff.append(
                Staff(person, organisation, join(session, person=person, organisation=organisation, role=role, now=NOW))
            )
        meter = make_meter(session, institution)
        bill(session, meter, [*YEAR, *(str(int(value) - 100) for value in YEAR[:10])], first=date(2024, 1, 1))
        water = make_meter(session, institution, number="W-1", energy=Energy.WATER)
        bill(session, water, ["250"] * 24, first=date(2024, 1, 1), price="3")
        return Cast(institution, meter.id, staff[0], staff[1], make_operator(session))


LIAISON_PAGES = [
    "/institution/meters",
    "/institution/meters/form",
    "/institution/bills",
    "/institution/bills?month=2025-03",
    "/institution/bills/template",
    "/institution/findings",
    "/institution/remarks",
    "/institution/indicators",
    "/institution/indicators?period=2025",
    "/institution/indicators?period=2025Q2",
    "/institution/savings?year=2025",
    "/institution/reports",
    "/institution/reports/2025",
    "/institution/reports/2025Q1",
    "/institution/reports/2025-03",
    "/institution/assessment",
]
EXPORTS = [
    "/institution/meters",
    "/institution/bills",
    "/institution/findings",
    "/institution/remarks",
    "/institution/indicators",
    "/institution/savings",
    "/institution/reports",
    "/institution/reports/2025",
    "/institution/reports/2025Q1",
    "/institution/reports/2025-03",
    "/institution/assessment",
]
OPERATOR_PAGES = ["/operator/indicators", "/operator/factors", "/operator/returns", "/operator/assessment-points"]


def test_every_page_answers_the_liaison_and_is_shut_to_others(client: FlaskClient, cast: Cast) -> None:
    for path in LIAISON_PAGES:
        assert client.get(path).status_code == 303, path
    log_in(client, cast.liaison)
    for path in [*LIAISON_PAGES, f"/institution/meters/{cast.meter}"]:
        assert client.get(path).status_code == 200, path
    for path in OPERATOR_PAGES:
        assert client.get(path).status_code == 403, path


def test_every_list_is_a_book_too(client: FlaskClient, cast: Cast) -> None:
    log_in(client, cast.liaison)
    for path in [*EXPORTS, f"/institution/meters/{cast.meter}"]:
        answer = client.get(path, query_string={"as": "xlsx"})
        assert answer.status_code == 200, path
        assert read_table("x.xlsx", answer.data).header, path
    log_in(client, cast.operator)
    for path in OPERATOR_PAGES:
        assert client.get(path).status_code == 200, path
        assert read_table("x.xlsx", client.get(path, query_string={"as": "xlsx"}).data).header, path


def test_the_operator_looks_at_one_institution_and_cannot_write(client: FlaskClient, cast: Cast) -> None:
    log_in(client, cast.operator)
    for path in LIAISON_PAGES:
        if path.endswith(("form", "template")):
            continue
        joint = "&" if "?" in path else "?"
        assert client.get(f"{path}{joint}institution={cast.institution}").status_code == 200, path
        assert client.get(path).status_code == 404, path
    assert _post(client, "/institution/sites", site_name="x").status_code == 403


def test_another_institutions_meter_is_unknown(client: FlaskClient, cast: Cast, own_database: Database) -> None:
    with own_database.transaction() as session:
        other = make_staff(session, kind=Kind.INSTITUTION, organisation="别家", role=Role.LIAISON, name="某")
    log_in(client, other)
    assert client.get(f"/institution/meters/{cast.meter}").status_code == 404


def test_a_liaison_opens_a_site_a_building_and_a_meter(client: FlaskClient, cast: Cast, own_database: Database) -> None:
    log_in(client, cast.liaison)
    assert _post(client, "/institution/sites", site_name="东院区").status_code == 303
    assert _post(client, "/institution/sites", site_name="东院区").status_code == 409
    page = client.get("/institution/meters/form").text
    site = page.split("东院区</option>")[0].rsplit('value="', 1)[1].split('"', 1)[0]
    assert (
        _post(client, "/institution/buildings", site=site, building_name="医技楼", floor_area_m2="0").status_code == 422
    )
    assert (
        _post(client, "/institution/buildings", site=site, building_name="医技楼", floor_area_m2="1200.5").status_code
        == 303
    )
    facts = {
        "place": site,
        "name": "医技楼光伏",
        "energy": "solar",
        "unit": "",
        "opened_on": "2025-01-01",
        "provider": "",
    }
    assert _post(client, "/institution/meters", **facts, number="中文").status_code == 422
    made = _post(client, "/institution/meters", **facts, number="S-9")
    assert made.status_code == 303
    with own_database.transaction() as session:
        assert {meter.number for meter in meters_of(session, cast.institution)} == {"E-1", "W-1", "S-9"}
    closing = _post(client, f"{made.headers['Location']}/closing", closed_on="2026-03-31")
    assert closing.status_code == 303


def test_a_bill_comes_by_form_with_a_photo_and_is_corrected(
    client: FlaskClient, cast: Cast, own_database: Database
) -> None:
    log_in(client, cast.liaison)
    where = f"/institution/meters/{cast.meter}/bills"
    given = {"month": "2025-11", "quantity": "4800.5", "amount": "3120.33", "photo": (io.BytesIO(PNG), "账单.png")}
    assert _post(client, where, **given).status_code == 303
    refused = _post(client, where, month="2025-11", quantity="4700")
    assert refused.status_code == 422
    assert "如要更正，请填写更正原因" in refused.text
    assert _post(client, where, month="2025-11", quantity="4700", reason="抄错").status_code == 303
    shown = client.get(f"/institution/meters/{cast.meter}").text
    assert "第 1 次更正" in shown
    assert "已被更正" in shown
    photo = shown.split("/institution/bills/files/")[1].split('"')[0]
    assert client.get(f"/institution/bills/files/{photo}").data == PNG
    assert _post(client, f"{where}/2025-11/withdrawal", words="重复").status_code == 303
    with own_database.transaction() as session:
        meter = next(m for m in meters_of(session, cast.institution) if m.id == cast.meter)
        assert [b.quantity for b in bills_of_meter(session, meter)][:1] == [None]


def test_a_photo_that_is_no_picture_is_refused(client: FlaskClient, cast: Cast) -> None:
    log_in(client, cast.liaison)
    given = {"month": "2025-11", "quantity": "1", "photo": (io.BytesIO(b"#!/bin/sh"), "账单.png")}
    assert _post(client, f"/institution/meters/{cast.meter}/bills", **given).status_code == 422


def _sheet(*rows: tuple[str, ...]) -> tuple[io.BytesIO, str]:
    cells = [(*row, *("" for _ in range(len(TITLES) - len(row)))) for row in rows]
    return io.BytesIO(write_book([Sheet("账单", [Column(title) for title in TITLES], cells)])), "bills.xlsx"


def test_a_sheet_with_errors_comes_back_with_reasons_and_takes_nothing(
    client: FlaskClient, cast: Cast, own_database: Database
) -> None:
    log_in(client, cast.liaison)
    rows = (("E-1", "2025-11", "4800"), ("E-404", "2025-11", "1"), ("E-1", "十一月", "1"), ("W-1", "2026-01", "-3"))
    answer = _post(client, "/institution/bills/sheet", file=_sheet(*rows))
    assert answer.status_code == 422
    assert "3 行有误，整表未写入" in answer.text
    link = answer.text.split("/institution/bills/files/")[1].split('"')[0]
    table = read_table("x.xlsx", client.get(f"/institution/bills/files/{link}").data)
    reasons = [row[table.header.index("错误原因")] for row in table.rows]
    assert reasons[0] == ""
    assert "没有表号 E-404" in reasons[1]
    assert all(reasons[1:])
    with own_database.transaction() as session:
        november = date(2025, 11, 1)
        assert (cast.meter, november) not in uses_of(session, cast.institution, first=november, last=november)


def test_a_good_sheet_is_taken_once_even_if_it_is_its_own_answer_sheet(client: FlaskClient, cast: Cast) -> None:
    log_in(client, cast.liaison)
    key = str(new_id())
    rows = (("E-1", "2025-11", "4800", "3120"), ("E-1", "2025-12", "5100", "3315"))
    for text in ("2 张新账单", "2 张与已有相同"):
        assert _post(client, "/institution/bills/sheet", key=key, file=_sheet(*rows)).status_code == 303
        assert text in client.get("/institution/bills").text
        key = str(new_id())


def test_the_template_lists_the_meters_and_an_untouched_one_is_no_input(client: FlaskClient, cast: Cast) -> None:
    log_in(client, cast.liaison)
    content = client.get("/institution/bills/template").data
    table = read_table("x.xlsx", content)
    assert tuple(table.header) == TITLES
    assert {row[0] for row in table.rows} == {"E-1", "W-1"}
    answer = _post(client, "/institution/bills/sheet", file=(io.BytesIO(content), "bills.xlsx"))
    assert answer.status_code == 422
    assert "表中没有要写入的行" in answer.text


def test_a_finding_is_confirmed_with_words(client: FlaskClient, cast: Cast, own_database: Database) -> None:
    log_in(client, cast.liaison)
    _post(client, f"/institution/meters/{cast.meter}/bills", month="2025-11", quantity="48000")
    with own_database.transaction() as session:
        finding = next(f for f in open_findings_of(session, cast.institution) if f.code == "spike")
    assert (
        f"是平常（约 {finding.facts['usual']} kWh）的 {finding.facts['times']} 倍"
        in client.get("/institution/findings").text
    )
    where = f"/institution/findings/{finding.id}/confirmation"
    assert _post(client, where, words="").status_code == 422
    assert _post(client, where, words="新装手术室设备").status_code == 303
    assert "已说明：新装手术室设备" in client.get("/institution/findings").text


def test_remarks_targets_and_assessment_are_filled_in(client: FlaskClient, cast: Cast) -> None:
    log_in(client, cast.liaison)
    days = {"kind": "closure", "building": "", "first_day": "2025-02-01", "last_day": "2025-02-10", "words": "春节"}
    assert _post(client, "/institution/remarks", **{**days, "last_day": "2025-01-10"}).status_code == 422
    assert _post(client, "/institution/remarks", **days).status_code == 303
    assert "停用或放假（春节）" in client.get("/institution/savings?year=2025").text
    target = {"year": "2025", "measure": "energy_per_m2", "value": "0.7", "source": "本院计划"}
    assert _post(client, "/institution/targets", **target).status_code == 303
    assert _post(client, "/institution/targets", **{**target, "value": "0"}).status_code == 422
    assert _post(client, "/institution/assessment/2025/S1", points="6", passed="y").status_code == 422
    given = {"points": "4.5", "passed": "y", "words": "已任命", "file": (io.BytesIO(PNG), "任命.png")}
    assert _post(client, "/institution/assessment/2025/S1", **given).status_code == 303
    shown = client.get("/institution/assessment?year=2025").text
    assert "4.50 / 24.00" in shown
    assert "分值或回答不全，暂无结论" in shown
    assert client.get("/institution/assessment/files/" + shown.split("/assessment/files/")[1].split('"')[0]).data == PNG


def test_savings_are_decided_by_the_reviewer_and_not_by_the_liaison(client: FlaskClient, cast: Cast) -> None:
    log_in(client, cast.liaison)
    assert _post(client, "/institution/savings/2025/1").status_code == 403
    log_in(client, cast.reviewer)
    assert _post(client, "/institution/savings/2025/9").status_code == 404
    assert _post(client, "/institution/savings/2025/1").status_code == 303
    shown = client.get("/institution/savings?year=2025").text
    assert "已入账" in shown
    saving = shown.split("/institution/savings/")[1:]
    reversal = next(part for part in saving if "/reversal" in part).split("/reversal")[0]
    assert _post(client, f"/institution/savings/{reversal}/reversal", words="账单有误").status_code == 303
    assert "已撤回" in client.get("/institution/savings?year=2025").text


def test_a_report_is_a_paper_too(client: FlaskClient, cast: Cast) -> None:
    log_in(client, cast.liaison)
    for of in ("2025", "2025Q1", "2025-03"):
        answer = client.get(f"/institution/reports/{of}?as=pdf")
        assert answer.status_code == 200
        assert answer.data.startswith(b"%PDF")
    assert client.get("/institution/reports/2025-13").status_code == 404


def test_the_operator_sets_factors_and_points_with_their_source(client: FlaskClient, cast: Cast) -> None:
    log_in(client, cast.operator)
    factor = {"kind": "coal", "energy": "petrol L", "value": "1.07", "area": "全国", "valid_from": "2020-01-01"}
    assert _post(client, "/operator/factors", **factor, status="uncertain", source="").status_code == 422
    assert _post(client, "/operator/factors", **factor, status="uncertain", source="测试文件").status_code == 303
    assert "测试文件" in client.get("/operator/factors").text
    assert _post(client, "/operator/assessment-points", subject="O1", points="25", source="测试文件").status_code == 303
    assert _post(client, "/operator/assessment-points", subject="X", points="25", source="y").status_code == 422


RETURNS = """机构代码,机构名称,机构类型,建筑面积（m²）,用能人数（人）,用电量（kWh）,用水量（m³）
A1,第一中学,学校,10000,500,{a1},8000
A2,第二中学,学校,9000,450,180000,7000
"""


def test_the_operator_imports_returns_through_the_page(client: FlaskClient, cast: Cast) -> None:
    log_in(client, cast.operator)
    for year, use in (("2024", "200000"), ("2025", "20000")):
        file = (io.BytesIO(RETURNS.format(a1=use).encode()), f"returns-{year}.csv")
        assert _post(client, "/operator/returns", file=file).status_code == 303
    shown = client.get("/operator/returns/2025").text
    assert "由 200000 变为 20000，变化过大" in shown
    assert "没有变化" not in shown
    file = (io.BytesIO(RETURNS.format(a1="20000").encode()), "again-2025.csv")
    _post(client, "/operator/returns", file=file)
    assert "这份文件以前已导入，没有变化。" in client.get("/operator/returns/2025?flagged=1").text
    assert _post(client, "/operator/returns", file=(io.BytesIO(b"a,b\n1,2\n"), "2025.csv")).status_code == 422
    assert _post(client, "/operator/returns", file=(io.BytesIO(RETURNS.encode()), "x.csv")).status_code == 422
    assert client.get("/operator/returns/1999").status_code == 404


def _post(client: FlaskClient, path: str, *, key: str | None = None, **fields: object) -> TestResponse:
    data = {"csrf_token": csrf_token(client), "request_id": key or str(new_id()), **fields}
    return client.post(path, data=data, content_type="multipart/form-data")
