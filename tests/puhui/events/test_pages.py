"""Events through their pages, as the organiser, the reviewer, the guest, the operator and the public see them."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from puhui.db import Database
from puhui.event_jobs import check_units, forget_guests, remind_events
from puhui.guests import name_of_guest
from puhui.identity.model import Kind, Role
from puhui.identity.people import create_person, join
from puhui.notices import notices_of
from puhui.pool import POOL
from puhui.sheets import read_table
from rewards import gifts, units
from rewards.events import queries
from tests.cafe import give_coins
from tests.factories import VAULT, Staff, a_phone, csrf_token, log_in, make_citizen, make_operator, make_staff

CITY_TIME = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Hall:
    """赣江医院: Wan organises, Tu reviews, Xu operates; a guest has a phone and no account."""

    database: Database
    wan: FlaskClient
    tu: FlaskClient
    xu: FlaskClient
    guest: FlaskClient
    liaison: Staff


@pytest.fixture
def hall(client: FlaskClient, own_database: Database) -> Hall:
    with own_database.transaction() as session:
        wan = make_staff(session, kind=Kind.INSTITUTION, organisation="赣江医院", role=Role.LIAISON, name="万医生")
        person = create_person(session, vault=VAULT, phone=a_phone(), name="涂主任", now=clock.now())
        tu = join(session, person=person, organisation=wan.organisation, role=Role.REVIEWER, now=clock.now())
        xu = make_operator(session)
        new = units.NewIssue(
            kind=units.UnitKind.PUHUI, registry="示范登记簿", first_serial="JX-0001", last_serial="JX-5000",
            grams_per_unit=1_000, holder=POOL, project="青禾公交", year=2026, source="示范文件",
        )  # fmt: skip
        issue = units.enter_issue(session, new, issue_id=new_id(), by=new_id(), now=clock.now())
        units.approve_issue(session, issue_id=issue.id, by=new_id(), now=clock.now())
    app = client.application
    reviewer = log_in(app.test_client(), Staff(person, wan.organisation, tu))
    return Hall(own_database, log_in(app.test_client(), wan), reviewer, log_in(app.test_client(), xu), client, wan)


def send(browser: FlaskClient, path: str, **fields: object) -> TestResponse:
    """Send a form with its CSRF token and, unless one is given, a request id."""
    form = {"csrf_token": csrf_token(browser), "request_id": str(new_id()), **fields}
    return browser.post(path, data=form, follow_redirects=True)


def small_meeting(hall: Hall, **fields: object) -> str:
    """Let Wan fill the short form in; answers the address of the meeting's page."""
    start = (clock.now() - timedelta(hours=1)).astimezone(CITY_TIME)
    values = {
        "name": "节能例会", "place": "302 室", "starts_at": start.strftime("%Y-%m-%dT%H:%M"), "hours": "2",
        "people": "12", "lunches": "0", "mode": "metro", "km": "1", "measures": ["0", "2"], "power": "0.25",
        "power_source": "会议室分表", **fields,
    }  # fmt: skip
    answer = send(hall.wan, "/event-desk/small-meeting", **values)
    assert answer.status_code == 200, answer.text
    return answer.request.path


def approved_certificate(hall: Hall, work: str) -> str:
    """Let Wan hand the meeting in and Tu approve it; answers the certificate's code."""
    assert "等另一人审核" in send(hall.wan, f"{work}/inventory/submission").text
    review = work.replace("event-desk", "event-reviews")
    shown = send(hall.tu, f"{review}/decision", decision="approved", note="").text
    found = re.search(r"/certificates/([2-9A-Z]{12})", shown)
    assert found, shown
    return found[1]


def test_a_small_meeting_goes_from_three_clicks_to_a_certificate_that_anyone_can_check(hall: Hall) -> None:
    work = small_meeting(hall)
    code = approved_certificate(hall, work)
    grouped = "-".join(code[start : start + 4] for start in range(0, 12, 4))
    shown = hall.guest.get("/certificates", query_string={"code": grouped.lower()}, follow_redirects=True)
    for words in ("证书有效", "节能例会", "赣江医院", "JX-0001", "0.5836", "2023", "会议室分表", "自我声明", grouped):
        assert words in shown.text, words
    assert "没有这个核验码" in hall.guest.get("/certificates?code=ABCD").text
    with hall.database.transaction() as session:
        certificate = queries.certificate_coded(session, code)
        # 12 · 2 h · 0.25 kWh · 583.6 g and 24 pkm · 61 g
        assert (certificate.content["grams"], certificate.content["retired_grams"]) == (3_502 + 1_464, 5_000)
        assert str(certificate.content["units"][0]["transfer_id"]) in shown.text
        assert certificate.content["request_ids"][0] in shown.text


def test_the_paper_of_a_certificate_is_a_pdf(hall: Hall) -> None:
    pytest.importorskip("weasyprint", reason="papers need Pango", exc_type=OSError)
    code = approved_certificate(hall, small_meeting(hall))
    paper = hall.guest.get(f"/certificates/{code}/paper")
    assert (paper.status_code, paper.data[:5]) == (200, b"%PDF-")


def test_nobody_approves_their_own_meeting_and_another_house_sees_nothing(hall: Hall) -> None:
    work = small_meeting(hall)
    send(hall.wan, f"{work}/inventory/submission")
    review = work.replace("event-desk", "event-reviews")
    assert "须由另一人审核" in send(hall.wan, f"{review}/decision", decision="approved").text
    with hall.database.transaction() as session:
        other = make_staff(session, kind=Kind.INSTITUTION, organisation="别家", role=Role.REVIEWER, name="别人")
    stranger = log_in(hall.guest.application.test_client(), other)
    for path in (work, review, f"{work}/participants", f"{work}/inventory"):
        assert stranger.get(path).status_code == 404, path
    assert stranger.post(f"{review}/decision", data={"csrf_token": csrf_token(stranger)}).status_code == 404
    assert "节能例会" in hall.xu.get("/event-reviews").text


def test_a_number_without_a_source_is_asked_for_and_the_operators_is_filled_in(hall: Hall) -> None:
    asked = send(hall.wan, "/event-desk/small-meeting", name="x", place="y", starts_at="2026-11-22T09:00", hours="1",
                 people="3", lunches="3", mode="", km="", power="0.2", power_source="分表")  # fmt: skip
    assert asked.status_code == 422
    assert "没有查到可引用的因子" in asked.text
    send(hall.xu, "/event-parameters", item="meal", value="0.8", source="示范食堂采购单")
    form = hall.wan.get("/event-desk/small-meeting").text
    assert 'value="0.8"' in form
    assert "示范食堂采购单" in form
    assert "示范食堂采购单" in hall.guest.get("/event-parameters").text
    assert send(hall.wan, "/event-parameters", item="meal", value="1", source="x").status_code == 403


def screen_link(hall: Hall, work: str) -> str:
    """Answer what the QR code on the screen leads to."""
    found = re.search(r'data-sign-in href="http://localhost(/[^"]+)"', hall.wan.get(f"{work}/screen").text)
    assert found
    return found[1].replace("&amp;", "&")


def sign_in(hall: Hall, link: str, **fields: object) -> TestResponse:
    shown = hall.guest.get(link)
    assert shown.status_code == 200, shown.text
    values = dict(re.findall(r'name="(shown|request_id)"[^>]*value="([^"]*)"', shown.text))
    filled = {"name": "林晓", "mode": "metro", "km": "4.5", **values, **fields}
    return send(hall.guest, link.split("?", maxsplit=1)[0], **filled)


def test_a_guest_without_an_account_signs_in_by_the_screens_code(hall: Hall) -> None:
    work = small_meeting(hall)
    link = screen_link(hall, work)
    assert "549 g ± 165 g" in sign_in(hall, link, phone="13800138000").text  # 9 km · 61 g, ± 30 %
    assert "签到成功" in sign_in(hall, link, phone="13800138000", mode="car").text
    people = hall.wan.get(f"{work}/participants").text
    assert "林晓" in people
    assert "138****8000" in people
    assert "13800138000" not in people
    event_id = UUID(work.split("/")[2])
    with hall.database.transaction() as session:
        found = queries.participants(session, event_id)
        assert [(one.mode, one.metres, one.signed_in_how) for one in found] == [("car", 9_000, "screen")]
        assert name_of_guest(VAULT, found[0]) == "林晓"
        assert "林晓".encode() not in (found[0].name_sealed or b"")
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=True):
        gone = hall.guest.get(link)
        assert gone.status_code == 410
        assert "签到码已更换" in gone.text


def test_a_poster_signs_in_until_it_is_taken_out_of_use(hall: Hall) -> None:
    pytest.importorskip("weasyprint", reason="papers need Pango", exc_type=OSError)
    work = small_meeting(hall)
    assert "海报未启用" in hall.wan.get(f"{work}/poster", follow_redirects=True).text
    send(hall.wan, f"{work}/poster", use="yes")
    assert hall.wan.get(f"{work}/poster").data[:5] == b"%PDF-"
    send(hall.wan, f"{work}/poster", use="no")
    assert "海报未启用" in hall.wan.get(f"{work}/poster", follow_redirects=True).text


def test_a_wrong_form_of_a_guest_says_what_is_wrong_and_keeps_the_pass(hall: Hall) -> None:
    link = screen_link(hall, small_meeting(hall))
    wrong = sign_in(hall, link, name="", km="很远", phone="12")
    assert wrong.status_code == 422
    assert "请填写不小于 0 的数" in wrong.text
    assert 'name="shown" value="screen.' in wrong.text
    assert (
        send(hall.guest, link.split("?")[0], name="林晓", mode="metro", km="1", shown="screen.9.AAAAAAAA").status_code
        == 410
    )


def full_event(hall: Hall) -> str:
    start = (clock.now() - timedelta(days=1)).astimezone(CITY_TIME)
    answer = send(
        hall.wan, "/event-desk/full-event", kind="sport", name="青禾马拉松", place="滨江跑道", people="5000",
        starts_at=start.strftime("%Y-%m-%dT%H:%M"), ends_at=(start + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M"),
        boundary="会期", measures="竹制奖牌\n请乘公共交通", evaluator="",
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return answer.request.path


def upload(hall: Hall, work: str, rows: str) -> TestResponse:
    content = f"姓名,手机号,出行方式,单程公里数\n{rows}".encode()
    fields = {"csrf_token": csrf_token(hall.wan), "sheet": (io.BytesIO(content), "名单.csv")}
    return hall.wan.post(f"{work}/participants", data=fields, follow_redirects=True)


def test_a_sheet_is_taken_whole_or_comes_back_with_its_reasons(hall: Hall) -> None:
    work = full_event(hall)
    wrong = upload(hall, work, "甲,,地铁,5\n,13800000000,,\n乙,12,,\n丙,,火箭,1\n")
    table = read_table("x.xlsx", wrong.data)
    reasons = [row[-1] for row in table.rows]
    assert reasons[0] == ""
    assert all(reasons[1:])
    assert "签到 0 / 报名 0" in hall.wan.get(work).text
    assert "已导入 2 人" in upload(hall, work, "甲,13800000001,地铁,5\n乙,,小汽车,8.5\n").text
    assert "签到 0 / 报名 2" in hall.wan.get(work).text
    sheet = read_table("x.xlsx", hall.wan.get(f"{work}/participants?as=xlsx").data)
    assert [row[0] for row in sheet.rows] == ["甲", "乙"]
    template = read_table("x.xlsx", hall.wan.get(f"{work}/participants/template").data)
    assert template.header == ["姓名", "手机号", "出行方式", "单程公里数"]


def test_a_marathon_takes_the_full_way_with_survey_proof_and_two_reviews(hall: Hall) -> None:
    work = full_event(hall)
    rows = "".join(f"{n}号,,{'地铁' if n % 2 else '火车'},{5 + n % 7}\n" for n in range(40))
    upload(hall, work, rows)
    send(hall.wan, f"{work}/inventories")
    assert "没有查到可引用的因子" in send(hall.wan, f"{work}/inventory/travel").text
    sources = {"factor-rail": "0.03", "source-rail": "组织方填报"}
    assert "已按出行调查更新" in send(hall.wan, f"{work}/inventory/travel", **sources).text
    added = send(hall.wan, f"{work}/inventory/lines", item="grid_power", quantity="1200", quantity_percent="5")
    assert "700.32 kg" in added.text, re.findall(r'role="status">([^<]*)|class="wrong"[^>]*>([^<]*)', added.text)
    assert send(hall.wan, f"{work}/inventory/lines", item="grid_power", quantity="-3").status_code == 422
    send(hall.wan, f"{work}/inventory/submission")
    review = work.replace("event-desk", "event-reviews")
    assert "40/40" not in hall.tu.get(review).text
    assert "40 → 5000" in hall.tu.get(review).text
    send(hall.tu, f"{review}/decision", decision="approved", note="数据齐全")
    send(hall.wan, f"{work}/plans", covers="upper")
    proof = {
        "kind": "ccer", "registry": "国家登记系统", "project": "示范造林", "year": "2025", "first_serial": "C-001",
        "last_serial": "C-003", "tonnes": "5", "cancelled_on": clock.now().astimezone(CITY_TIME).date().isoformat(),
        "certificate_no": "ZX-9", "proof": (io.BytesIO(b"%PDF-1.4 proof"), "proof.pdf"),
    }  # fmt: skip
    assert "ZX-9" in send(hall.wan, f"{work}/plan/proofs", **proof).text
    assert hall.wan.get(f"{work}/plan/proofs/1").data.startswith(b"%PDF")
    assert "请写明原因" in send(hall.wan, f"{work}/plan/submission", reason="").text
    send(hall.wan, f"{work}/plan/submission", reason="配额未参与交易")
    send(hall.tu, f"{review}/decision", decision="approved", note="")
    assert "请先勾选" in send(hall.wan, f"{work}/retirement").text
    done = send(hall.wan, f"{work}/retirement", sure="y")
    assert "证书已签发" in done.text
    assert "证书第 1 版" in send(hall.wan, f"{work}/retirement", sure="y").text
    with hall.database.transaction() as session:
        assert units.differences(session) == []


def test_what_citizens_give_is_a_contribution_and_never_an_offset(hall: Hall) -> None:
    work = small_meeting(hall)
    send(hall.wan, f"{work}/gifts")
    event_id = UUID(work.split("/")[2])
    with hall.database.transaction() as session:
        lin = make_citizen(session)
        give_coins(session, lin.id, 50, now=clock.now())
        gifts.give(
            session, citizen_id=lin.id, recipient_id=event_id, asset="coin", units=50, request_id=new_id(),
            now=clock.now(),
        )  # fmt: skip
    code = approved_certificate(hall, work)
    for page in (hall.guest.get(f"/events/{event_id}").text, hall.guest.get(f"/certificates/{code}").text):
        assert "50 碳币" in page
        assert "不计入抵消" in page
    with hall.database.transaction() as session:
        assert queries.certificate_coded(session, code).content["retired_grams"] == 5_000


def test_reminders_come_before_the_deadline_once_each(hall: Hall) -> None:
    full_event(hall)
    begin = clock.now()
    told = []
    for days in (3, 9, 300, 335, 335, 350, 360, 364, 500):
        with time_machine.travel(begin + timedelta(days=days), tick=False):
            told.append(remind_events(hall.database, clock.now())["told"])
    # Two people are told of the inventory, then at 90, 30, 15 and 7 days; after the deadline nobody is.
    assert told == [0, 2, 2, 2, 0, 2, 2, 2, 0]
    with hall.database.transaction() as session:
        kinds = {row.kind for row in notices_of(session, hall.liaison.person.id)}
    assert kinds == {"event_inventory_due", "event_offset_due"}


def test_the_jobs_check_units_and_forget_guests(hall: Hall) -> None:
    link = screen_link(hall, small_meeting(hall))
    sign_in(hall, link)
    assert check_units(hall.database, clock.now()) == {"differences": 0}
    assert forget_guests(hall.database, clock.now()) == {"guests": 0}
    assert forget_guests(hall.database, clock.now() + timedelta(days=100)) == {"guests": 1}


def test_the_pool_is_filled_by_two_operators(hall: Hall) -> None:
    fields = {
        "registry": "示范登记簿", "project": "青禾单车", "method": "", "year": "2026", "first_serial": "B-01",
        "last_serial": "B-99", "kilograms": "1", "source": "示范文件 2",
    }  # fmt: skip
    assert "须另一人复核" in send(hall.xu, "/units", **fields).text
    assert "已登记过" not in send(hall.xu, "/units", **{**fields, "first_serial": "C-01", "last_serial": "C-02"}).text
    assert "不是连续的一段" in send(hall.xu, "/units", **{**fields, "last_serial": "D-99"}).text
    with hall.database.transaction() as session:
        other = make_operator(session)
        waiting = next(row.issue.id for row in units.issues(session) if row.first_serial == "B-01")
    second = log_in(hall.guest.application.test_client(), other)
    assert "已复核入账" in send(second, f"/units/{waiting}/approval").text
    assert "5.10 t" in hall.guest.get("/units").text


def test_every_list_is_a_sheet_too(hall: Hall) -> None:
    work = small_meeting(hall)
    approved_certificate(hall, work)
    for browser, path in (
        (hall.guest, "/events"), (hall.guest, "/certificates"), (hall.guest, "/units"), (hall.guest, "/sinks"),
        (hall.wan, "/event-desk"), (hall.wan, work), (hall.tu, "/event-reviews"), (hall.wan, "/sink-desk"),
    ):  # fmt: skip
        answer = browser.get(path, query_string={"as": "xlsx"})
        assert answer.data[:2] == b"PK", path


def test_a_school_registers_a_sink_and_nothing_is_issued_without_a_factor(hall: Hall) -> None:
    send(hall.wan, "/sink-desk", name="后山护绿", county_code="360102", method="tree_care", words="")
    sink = re.search(r"/sink-desk/([0-9a-f-]{36})", hall.wan.get("/sink-desk").text)
    assert sink
    work, reviews = f"/sink-desk/{sink[1]}", "/sink-reviews"
    send(hall.wan, f"{work}/parcels", name="东坡", area_mu="3.5", county_code="360102")
    send(hall.xu, f"{reviews}/projects/{sink[1]}", decision="approved")
    proof = (io.BytesIO(b"%PDF-1.4 count"), "count.pdf")
    send(hall.wan, f"{work}/records", year="2025", quantity="100", words="逐棵清点", proof=proof)
    record = re.search(rf"{reviews}/records/([0-9a-f-]{{36}})", hall.xu.get(reviews).text)
    assert record
    assert hall.xu.get(f"/sink-records/{record[1]}/files/0").data.startswith(b"%PDF")
    assert hall.guest.get(f"/sink-records/{record[1]}/files/0").status_code == 303
    send(hall.xu, f"{reviews}/records/{record[1]}", decision="approved")
    assert "没有可靠系数" in send(hall.xu, f"{reviews}/projects/{sink[1]}/years", year="2025").text
    send(hall.xu, f"{reviews}/factors", method="tree_care", grams_per_unit="5000", percent="30", source="示范监测")
    assert "等另一人" in send(hall.xu, f"{reviews}/projects/{sink[1]}/years", year="2025").text
    phone = a_phone()
    with hall.database.transaction() as session:
        make_citizen(session, phone=phone)
    day = clock.now().astimezone(CITY_TIME).date().isoformat()
    assert "60 积分" in send(hall.wan, f"{work}/shifts", phone=phone, day=day, hours="3").text
    assert "3.5 亩" in hall.guest.get(f"/sinks/{sink[1]}").text
