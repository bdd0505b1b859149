"""The counter through its pages and its JSON: one scanner, two taps, pay codes, undoing, lists, the trail."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import ledger
from ledger.kernel import clock
from ledger.kernel.ids import new_id
from puhui.codes import code_book_of, pay_code_book_of, voucher_signing_key_of
from puhui.identity.model import AuditEntry
from puhui.notices import notices_of
from puhui.redeeming import CODE_KINDS, kind_of
from rewards import offers, paycodes
from rewards.campaigns.rules import PREFIX as CHECK_IN
from rewards.offers import Terms
from rewards.vouchers import CodeKind, Refusal, Voucher
from rewards.vouchers.signature import sign_voucher
from tests.cafe import COUNTY, give_coins, left, open_offer, purse, take
from tests.factories import SETTINGS, csrf_token
from tests.puhui.merchants.conftest import Town, send
from tests.puhui.merchants.conftest import town as town  # noqa: PLC0414  # The fixture is named here to be found.

CODES, PAY = code_book_of(SETTINGS), pay_code_book_of(SETTINGS)
LIN = UUID("01a20000-0000-7000-8000-00000000000a")


def voucher_of(town: Town, *, offer: UUID | None = None) -> Voucher:
    with town.database.transaction() as session:
        give_coins(session, LIN, 200, now=clock.now())
        return take(session, offer or town.cafe.coffee, LIN, now=clock.now())


def pay_code(town: Town, coins: int = 100) -> str:
    with town.database.transaction() as session:
        give_coins(session, LIN, coins, now=clock.now())
        opened = paycodes.open_pay_code(session, citizen_id=LIN, request_id=new_id(), now=clock.now())
    return PAY.code(opened.number, at=clock.now())


def scan(town: Town, code: str):  # type: ignore[no-untyped-def]  # Werkzeug's answer.
    return send(town.clerk, "/counter/scans", counter=town.cafe.counter_id, code=code)


def redeemed(town: Town, offer: UUID | None = None):  # type: ignore[no-untyped-def]  # Werkzeug's answer.
    found = scan(town, CODES.code(voucher_of(town, offer=offer).number, at=clock.now()))
    return send(town.clerk, f"{found.request.path}/redemption")


def acts(session: Session) -> list[tuple[str, dict[str, object]]]:
    query = sa.select(AuditEntry.action, AuditEntry.facts).order_by(AuditEntry.id)
    return [(action, facts) for action, facts in session.execute(query)]


def api(browser: FlaskClient, path: str, body: dict[str, object]):  # type: ignore[no-untyped-def]  # Werkzeug's answer.
    headers = {"X-CSRFToken": csrf_token(browser)}
    return browser.post(f"/api/v1/counter{path}", json=body, headers=headers)


def test_the_first_digits_say_what_a_code_is_and_no_two_kinds_share_them() -> None:
    assert len(set(CODE_KINDS.values())) == len(CODE_KINDS) == 3
    assert all(len(prefix) == 2 and 70 <= int(prefix) <= 79 for prefix in CODE_KINDS)
    assert kind_of("7012 3456 7890 1234 56") is CodeKind.VOUCHER
    assert kind_of("71" + "0" * 16) is CodeKind.PAY_CODE
    assert kind_of(CHECK_IN + "0" * 16) is CodeKind.CHECK_IN
    assert [kind_of(text) for text in ("", "70", "101234567890123456", "七" * 18)] == [None] * 4


def test_a_voucher_is_two_taps_then_undone_with_everything_back(town: Town) -> None:
    done = redeemed(town)
    assert "已核销" in done.text
    undone = send(town.clerk, f"{done.request.path}/undoing", reason="wrong_item")
    assert 'data-outcome="undone"' in undone.text
    assert "扫错券或交付错商品" in undone.text
    again = send(town.clerk, f"{done.request.path}/undoing", reason="other")
    assert "扫错券或交付错商品" in again.text
    with town.database.transaction() as session:
        assert purse(session, LIN, now=clock.now()) == (200, 0)
        assert left(session, town.cafe.coffee) == 10
        assert [notice.kind for notice in notices_of(session, LIN)] == ["redemption_undone"]
        trail = acts(session)
        assert [action for action, _ in trail] == ["voucher.redeemed", "voucher.undone"]
        assert trail[1][1] == {"counter": str(town.cafe.counter_id), "coins": 30, "reason": "wrong_item"}
        assert ledger.audit(session).holds


def test_after_ten_minutes_undoing_is_refused_in_a_sentence(town: Town) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        done = redeemed(town)
        time.shift(timedelta(minutes=10, seconds=1))
        assert "10 分钟内可撤销" not in town.clerk.get(done.request.path).text
        late = send(town.clerk, f"{done.request.path}/undoing", reason="other")
        assert "核销超过 10 分钟，不能撤销" in late.text
    with town.database.transaction() as session:
        assert [action for action, _ in acts(session)] == ["voucher.redeemed"]


def test_a_pay_code_is_read_by_the_same_scanner_charged_once_and_undone(town: Town) -> None:
    code = pay_code(town)
    found = scan(town, " ".join(re.findall("..?.?.?", code)))
    assert "确认收款" in found.text
    path = found.request.path
    hidden = re.search(r'name="code"[^>]*value="([^"]+)"', found.text)
    assert hidden is not None
    paid = send(town.clerk, f"{path}/charge", code=hidden[1], coins=12)
    assert "12 碳币" in paid.text
    assert "已收款" in paid.text
    assert "已收款" in send(town.clerk, f"{path}/charge", code=hidden[1], coins=12).text
    with town.database.transaction() as session:
        assert purse(session, LIN, now=clock.now()) == (88, 0)
    assert "不能再" not in paid.text
    assert "重新打开付款码" in scan(town, code).text
    undone = send(town.clerk, f"{path}/undoing", reason="wrong_amount")
    assert 'data-outcome="undone"' in undone.text
    with town.database.transaction() as session:
        assert purse(session, LIN, now=clock.now()) == (100, 0)
        assert [action for action, _ in acts(session)] == ["pay_code.charged", "pay_code.undone"]
        assert ledger.audit(session).holds


def test_a_pay_code_is_refused_with_words_for_the_clerk_alone(town: Town) -> None:
    found = scan(town, pay_code(town, coins=5))
    hidden = re.search(r'name="code"[^>]*value="([^"]+)"', found.text)
    assert hidden is not None
    for coins, status in (("6", 409), ("0", 422), ("x", 422)):
        assert send(town.clerk, f"{found.request.path}/charge", code=hidden[1], coins=coins).status_code == status
    other = send(town.clerk, f"{found.request.path}/charge", code=PAY.code(1, at=clock.now()), coins=1)
    assert other.status_code == 409
    wrong = scan(town, "71" + "1" * 16)
    assert "不正确" in wrong.text
    assert "活动签到码" in scan(town, CHECK_IN + "1" * 16).text


def test_the_code_of_a_pay_code_is_not_kept(town: Town) -> None:
    code = pay_code(town)
    scan(town, code)
    with town.database.transaction() as session:
        rows = session.execute(sa.text("SELECT row_to_json(s)::text FROM rewards.scan s")).scalars().all()
    assert rows
    assert all(code not in row for row in rows)


def test_a_voucher_outside_its_hours_says_when_it_is_good(town: Town) -> None:
    with time_machine.travel("2026-11-22T04:00:00Z", tick=False) as time:
        now = clock.now()
        with town.database.transaction() as session:
            morning = offers.open_offer(
                session, offer_id=new_id(), merchant_id=town.cafe.id, county_code=COUNTY, kind="drink",
                title="早安咖啡",
                title_en="Morning", description="", description_en="", coins_units=5, stock_units=5, per_person=5,
                voucher_days=7, valid_from=now - timedelta(days=1), valid_until=now + timedelta(days=9),
                terms=Terms(weekdays=0b0011111, opens_minute=7 * 60, closes_minute=9 * 60),
            )  # fmt: skip
        voucher = voucher_of(town, offer=morning.id)
        refused = scan(town, CODES.code(voucher.number, at=clock.now()))
        assert "周一、周二、周三、周四、周五 07:00–09:00" in refused.text
        assert send(town.clerk, f"{refused.request.path}/redemption").status_code == 404
        time.move_to("2026-11-23T00:30:00Z")
        assert "请交付" in scan(town, CODES.code(voucher.number, at=clock.now())).text


def test_a_static_code_is_taken_online_as_well(town: Town) -> None:
    voucher = voucher_of(town)
    code = sign_voucher(voucher, key=voucher_signing_key_of(SETTINGS))
    assert "美式咖啡一杯" in scan(town, code).text


def test_failed_tries_are_kept_for_the_manager_and_the_operator(town: Town) -> None:
    scan(town, "70" + "1" * 16)
    scan(town, "hello")
    for browser, path in (
        (town.manager, "/merchant/refused-scans"),
        (town.operator, f"/operator/merchants/{town.cafe.id}/refused-scans"),
    ):
        page = browser.get(path).text
        assert "券码不正确" in page
        assert "这不是普惠的券码" in page
    assert town.clerk.get("/merchant/refused-scans").status_code == 403


def test_the_day_is_listed_with_a_running_sum_page_by_page(town: Town) -> None:
    with town.database.transaction() as session:
        tea = open_offer(session, town.cafe.id, per_person=9, now=clock.now())
    for _ in range(3):
        done = redeemed(town, tea)
    send(town.clerk, f"{done.request.path}/undoing", reason="other")
    page = town.clerk.get("/counter/takings").text
    assert "今日已核销 2 笔" in page
    assert "共 60 碳币" in page
    assert "另有 1 笔已撤销" in page
    assert re.findall(r"累计 (\d+)", page) == ["60", "30"]
    yesterday = (clock.now() - timedelta(days=2)).date().isoformat()
    assert "这一天没有核销" in town.clerk.get(f"/counter/takings?day={yesterday}").text
    today = api(
        town.clerk, "/scans", {"request_id": str(new_id()), "counter_id": str(town.cafe.counter_id), "code": "x"}
    )
    assert today.json["refusal"] == Refusal.NOT_A_VOUCHER_CODE
    listed = town.clerk.get("/api/v1/counter/takings").json["today"]
    assert [(row["running_units"], row["undone_at"] is None) for row in listed] == [(60, False), (60, True), (30, True)]


def test_a_program_scans_charges_undoes_and_uploads(town: Town) -> None:
    counter, scan_id = str(town.cafe.counter_id), str(new_id())
    code = pay_code(town)
    read = api(town.clerk, "/scans", {"request_id": scan_id, "counter_id": counter, "code": code}).json
    assert (read["kind"], read["refusal"]) == ("pay_code", None)
    charged = api(town.clerk, f"/scans/{scan_id}/charge", {"code": code, "coins_units": 7})
    assert (charged.status_code, charged.json["coins_units"]) == (201, 7)
    assert api(town.clerk, f"/scans/{scan_id}/undoing", {"reason": "wrong_amount"}).status_code == 200
    facts = town.clerk.get(f"/api/v1/counter/offline-facts?counter_id={counter}").json
    assert (facts["rule"]["voucher_units"], len(facts["keys"]), facts["used_units"]) == (100, 1, 0)
    assert [offer["coins_units"] for offer in facts["offers"]] == [30]
    static = sign_voucher(voucher_of(town), key=voucher_signing_key_of(SETTINGS))
    items = [{"nonce": str(new_id()), "code": static, "scanned_at": clock.now().isoformat(), "clerk_id": str(new_id())}]
    for _ in range(2):
        answer = api(town.clerk, "/offline-scans", {"counter_id": counter, "items": items})
        assert [row["outcome"] for row in answer.json["items"]] == ["redeemed"]
    again = [{**items[0], "nonce": str(new_id())}]
    conflict = api(town.clerk, "/offline-scans", {"counter_id": counter, "items": again}).json["items"]
    assert [row["outcome"] for row in conflict] == [Refusal.REDEEMED]
    assert "1 笔有冲突" in town.manager.get("/merchant").text
    assert "已处理" in town.manager.get("/merchant/offline-scans").text
    seen = send(town.manager, f"/merchant/offline-scans/{again[0]['nonce']}/acknowledgement")
    assert "已标记为已处理" in seen.text
    with town.database.transaction() as session:
        uploads = [facts for action, facts in acts(session) if action == "offline.uploaded"]
        assert uploads == [{"scans": 1, "conflicts": 0}, {"scans": 1, "conflicts": 1}]
        (row,) = session.execute(sa.text("SELECT clerk_id FROM rewards.offline_scan WHERE outcome = 'redeemed'"))
        assert row.clerk_id == town.cafe.clerk.person.id


@pytest.mark.parametrize("body", [{}, {"counter_id": "x", "items": []}, {"counter_id": str(new_id()), "items": [{}]}])
def test_an_unclear_upload_is_said_clearly(town: Town, body: dict[str, object]) -> None:
    assert api(town.clerk, "/offline-scans", body).status_code == 422


def test_another_merchants_counter_is_no_place_to_scan(town: Town) -> None:
    assert send(town.clerk, "/counter/scans", counter=new_id(), code="x").status_code == 404
