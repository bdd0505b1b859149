"""What the manager, the operator, a sponsor and everybody see and do."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from partners import receipts, settlement, sponsors
from partners.receipts import Purpose, State
from partners.settlement import Statement
from puhui import settlement_jobs
from puhui.identity.audit import acts_of
from puhui.identity.model import Kind, Role
from puhui.sheets import read_table
from tests.cafe import NOON
from tests.factories import csrf_token, log_in, make_citizen, make_staff
from tests.partners.payments.conftest import Sandbox
from tests.partners.settlement.world import NIGHT, TODAY
from tests.puhui.settlement.conftest import Desk


def _post(client: FlaskClient, path: str, **fields: str) -> str:
    sent = client.post(path, data={"csrf_token": csrf_token(client), "request_id": str(new_id()), **fields})
    assert sent.status_code == 303, sent.text
    return client.get(sent.location).text


def _refused(client: FlaskClient, path: str, **fields: str) -> tuple[int, str]:
    sent = client.post(path, data={"csrf_token": csrf_token(client), "request_id": str(new_id()), **fields})
    return sent.status_code, sent.text


def test_the_manager_sees_what_is_owed_and_the_statement(desk: Desk, statement: Statement) -> None:
    client = desk.browser(desk.manager)
    assert "结算单与付款" in client.get("/counter/takings").text
    shown = client.get("/settlement").text
    assert "¥15.00" in shown
    assert "待付出" in shown
    page = client.get(f"/settlement/statements/{statement.id}").text
    for word in ("兑换券核销", "撤销", "¥15.00", "-¥6.00", "绿行基金"):
        assert word in page
    assert "¥15.00" in client.get("/settlement/payouts").text


def test_a_statement_goes_out_as_sheet_and_as_paper(desk: Desk, statement: Statement) -> None:
    client = desk.browser(desk.manager)
    book = client.get(f"/settlement/statements/{statement.id}?as=xlsx").data
    lines = read_table("结算单.xlsx", book, sheet="明细")
    assert [row[2:5] for row in lines.rows] == [
        ["兑换券核销", "12", "6"],
        ["撤销", "-12", "-6"],
        ["兑换券核销", "30", "15"],
    ]
    sums = dict(row[:2] for row in read_table("结算单.xlsx", book, sheet="汇总").rows)
    assert (sums["本次应付（元）"], sums["本期撤销碳币"]) == ("15", "12")
    paper = client.get(f"/settlement/statements/{statement.id}?as=pdf")
    assert (paper.status_code, paper.data[:5]) == (200, b"%PDF-")
    for path in ("/settlement", "/settlement/payouts"):
        assert read_table("a.xlsx", client.get(f"{path}?as=xlsx").data).rows


def test_another_merchant_and_a_clerk_see_nothing_of_it(desk: Desk, statement: Statement) -> None:
    with desk.database.transaction() as session:
        stranger = make_staff(session, kind=Kind.MERCHANT, organisation="别家", role=Role.MANAGER, name="别人")
    assert desk.browser(stranger).get(f"/settlement/statements/{statement.id}").status_code == 404
    assert desk.browser(desk.town.cafe.clerk).get("/settlement").status_code == 403
    assert desk.browser(desk.manager).get("/operator/settlement").status_code == 403


def test_the_manager_disputes_and_the_operator_answers_with_a_correction(desk: Desk, statement: Statement) -> None:
    manager, operator = desk.browser(desk.manager), desk.browser(desk.operator)
    path = f"/settlement/statements/{statement.id}/disputes"
    assert "异议已提交" in _post(manager, path, reason="少算一杯", place="3")
    assert _refused(manager, path, reason="再说一次", place="3")[0] == 409
    assert _refused(manager, path, reason="", place="")[0] == 422
    assert _refused(manager, path, reason="没有这行", place="99")[0] == 409
    page = operator.get("/operator/settlement/disputes").text
    dispute = re.search(r"answer=([0-9a-f-]{36})", page)
    assert dispute is not None
    assert "少算一杯" in operator.get(f"/operator/settlement/disputes?answer={dispute[1]}").text
    answer = f"/operator/settlement/disputes/{dispute[1]}/answer"
    assert _refused(operator, answer, decision="accept", amount="0", words="补")[0] == 409
    assert "已答复" in _post(operator, answer, decision="accept", amount="7.50", words="补一杯")
    assert "补一杯" in manager.get("/settlement").text
    with desk.database.transaction() as session:
        acts = [act.action for act in acts_of(session, action="settlement.")]
        assert [one.fen for one in settlement.corrections_waiting(session, desk.town.cafe.id)] == [750]
    assert sorted(acts) == ["settlement.dispute_answered", "settlement.disputed"]


def test_the_manager_chooses_the_cycle(desk: Desk) -> None:
    assert "每月结算" in _post(desk.browser(desk.manager), "/settlement/cycle", cycle="month")
    with desk.database.transaction() as session:
        assert settlement.cycle_of(session, desk.town.cafe.id) is settlement.Cycle.MONTH


def test_the_operator_sees_everything_of_all_merchants(desk: Desk, statement: Statement) -> None:
    client = desk.browser(desk.operator)
    assert "结算" in client.get("/operator").text
    for path, word in (
        ("/operator/settlement", "批次"),
        ("/operator/settlement/statements", "云上咖啡"),
        (f"/operator/settlement/statements?through={TODAY}", "云上咖啡"),
        ("/operator/settlement/payouts", "云上咖啡"),
        ("/operator/settlement/terms", "协议第 3 条"),
        ("/operator/settlement/disputes", "没有异议"),
        ("/operator/settlement/breaks", "没有未处理的差异"),
        (f"/settlement/statements/{statement.id}", "兑换券核销"),
    ):
        answer = client.get(path)
        assert (answer.status_code, word in answer.text) == (200, True), path
    for path in ("", "/statements", "/payouts", "/terms", "/disputes", "/breaks"):
        assert client.get(f"/operator/settlement{path}?as=xlsx").mimetype.endswith("sheet"), path


def test_the_operator_asks_for_a_run_and_the_worker_does_it(desk: Desk) -> None:
    client = desk.browser(desk.operator)
    future = (clock.now() + timedelta(days=2)).date().isoformat()
    assert _refused(client, "/operator/settlement/runs", through=future)[0] == 409
    assert "已排队" in _post(client, "/operator/settlement/runs", through="2026-11-01")
    assert settlement_jobs.resume_runs(desk.database, NIGHT)["runs"] == 1
    assert "已完成" in client.get("/operator/settlement").text


def test_terms_are_added_and_the_past_is_refused(desk: Desk) -> None:
    client = desk.browser(desk.operator)
    rate = {"coins": "3", "amount": "2", "source": "补充协议"}
    assert "3 碳币 = ¥2.00" in _post(client, "/operator/settlement/rates", **rate)
    past = (clock.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert _refused(client, "/operator/settlement/rates", **rate, valid_from=past)[0] == 409
    assert _refused(client, "/operator/settlement/rates", **{**rate, "amount": "1.234"})[0] == 422
    fee = {"basis_points": "60", "fixed": "0.10", "source": "补充协议"}
    assert "云上咖啡" in _post(client, "/operator/settlement/fees", **fee, merchant_id=str(desk.town.cafe.id))
    assert "所有商户" in _post(client, "/operator/settlement/fees", **fee)
    assert _refused(client, "/operator/settlement/fees", **fee, merchant_id=str(new_id()))[0] == 409
    rule = {"caps": "y", "percent": "90", "source": "理事会决议"}
    assert "90% 时暂停兑换" in _post(client, "/operator/settlement/backing-rules", **rule)
    account = {"merchant_id": str(desk.town.cafe.id), "destination": "ba_new"}
    assert "已登记" in _post(client, "/operator/settlement/payout-accounts", **account)
    assert _refused(client, "/operator/settlement/payout-accounts", **{**account, "destination": "6222…"})[0] == 422


def test_a_payout_that_came_back_is_paid_again(desk: Desk) -> None:
    with desk.database.transaction() as session:
        payout = settlement.payouts(session)[0]
        settlement.fail_unsent(session, payout_id=payout.id, code="account_closed", now=NIGHT)
    client = desk.browser(desk.operator)
    assert "收款账户已注销" in client.get("/operator/settlement/payouts").text
    path = f"/operator/settlement/payouts/{payout.id}/attempts"
    assert "已重新备付" in _post(client, path)
    assert "不能再付" in _post(client, path)
    assert "第 2 次" in desk.browser(desk.manager).get("/settlement/payouts").text


def test_a_break_is_found_shown_and_closed_with_words(desk: Desk) -> None:
    """The world's fund was filled without the service, so the balances differ."""
    client = desk.browser(desk.operator)
    shown = _post(client, "/operator/settlement/reconciliations")
    assert "支付服务余额与账本不一致" in shown
    found = re.search(r"answer=([0-9a-f-]{36})", shown)
    assert found is not None
    path = f"/operator/settlement/breaks/{found[1]}/resolution"
    assert _refused(client, path, words=" ")[0] == 422
    assert "没有未处理的差异" in _post(client, path, words="期初资金，线下到账")
    assert client.get("/operator/settlement/breaks").text.count("期初资金，线下到账") == 1


def test_everybody_sees_how_far_the_funds_reach(desk: Desk) -> None:
    shown = desk.browser(None).get("/funds").text
    for word in ("绿行基金", "¥9,985.00", "覆盖率", "协议第 3 条"):
        assert word in shown
    assert 'href="/funds"' in desk.browser(None).get("/").text
    assert 'href="/funds"' in desk.browser(None).get("/offers").text
    assert "¥9,985.00" in desk.browser(None).get(f"/funds/{desk.town.fund}").text
    assert desk.browser(None).get("/funds?as=xlsx").mimetype.endswith("sheet")


def test_a_top_up_goes_through_declined_and_paid(desk: Desk) -> None:
    client = desk.browser(desk.operator)
    path = f"/funds/{desk.town.fund}"
    assert _refused(client, f"{path}/top-ups", amount="-3")[0] == 422
    shown = _post(client, f"{path}/top-ups", amount="1,200.50")
    assert "¥1,200.50" in shown
    pay = re.search(r'action="(/receipts/[0-9a-f-]{36}/payment)"', shown)
    assert pay is not None
    assert "付款未通过" in _post(client, pay[1], payment_method="pm_card_visa_chargeDeclined")
    assert "已记入账本" in _post(client, pay[1], payment_method="pm_card_visa")
    assert "¥11,185.50" in client.get(path).text
    assert "已到账" in client.get(path).text


def test_a_top_up_whose_answer_is_lost_waits_and_is_looked_at(desk: Desk, sandbox: Sandbox) -> None:
    client = desk.browser(desk.operator)
    shown = _post(client, f"/funds/{desk.town.fund}/top-ups", amount="10")
    receipt = re.search(r"/receipts/([0-9a-f-]{36})/payment", shown)
    assert receipt is not None
    _post(client, f"/receipts/{receipt[1]}/payment", payment_method="pm_card_visa_chargeDeclined")
    sandbox.control("fault", fault="drop-after", times=2, path="/v1/payment_intents/")
    waiting = _post(client, f"/receipts/{receipt[1]}/payment", payment_method="pm_card_visa")
    assert "支付服务还没有说结果" in waiting
    assert "已记入账本" in _post(client, f"/receipts/{receipt[1]}/inspection")


def test_a_top_up_is_given_back_as_far_as_it_is_not_spent(desk: Desk) -> None:
    client = desk.browser(desk.operator)
    shown = _post(client, f"/funds/{desk.town.fund}/top-ups", amount="10")
    receipt = re.search(r"/receipts/([0-9a-f-]{36})/payment", shown)
    assert receipt is not None
    _post(client, f"/receipts/{receipt[1]}/payment", payment_method="pm_card_visa")
    path = f"/funds/{desk.town.fund}"
    assert "不能撤回" in client.get(f"{path}?receipt={receipt[1]}").text
    fields = {"receipt_id": receipt[1], "reason": "活动取消"}
    assert _refused(client, f"{path}/returns", **fields, amount="10.01")[0] == 409
    assert "原路退还" in _post(client, f"{path}/returns", **fields, amount="4")
    assert "¥4.00" in client.get(path).text


def test_a_sponsor_tops_up_its_own_fund_and_no_other(desk: Desk) -> None:
    with desk.database.transaction() as session:
        plant = make_staff(session, kind=Kind.ENTERPRISE, organisation="赣江水泥", role=Role.MAKER, name="胡工")
        own = sponsors.open_fund(
            session,
            fund_id=new_id(),
            name="水泥厂基金",
            name_en="Plant",
            organisation_id=plant.organisation.id,
            now=NOON,
        )
    client = desk.browser(plant)
    assert "支付" in _post(client, f"/funds/{own.id}/top-ups", amount="5")
    assert _refused(client, f"/funds/{desk.town.fund}/top-ups", amount="5")[0] == 404
    assert "top-ups" not in client.get(f"/funds/{desk.town.fund}").text


def test_the_operator_opens_a_fund(desk: Desk) -> None:
    client = desk.browser(desk.operator)
    fund = {"name": "新基金", "name_en": "New", "purpose": "绿色出行"}
    assert "基金已设立" in _post(client, "/funds", **fund)
    assert _refused(client, "/funds", **fund)[0] == 409
    assert _refused(client, "/funds", **{**fund, "name": "另一个"}, organisation_id=str(new_id()))[0] == 422
    assert _refused(desk.browser(desk.manager), "/funds", **fund)[0] == 403


def test_a_citizen_pays_the_cash_part_and_nobody_else_sees_it(desk: Desk) -> None:
    with desk.database.transaction() as session:
        lin, other = make_citizen(session), make_citizen(session, name="别人")
        receipt = settlement.begin_cash_part(
            session, merchant_id=desk.town.cafe.id, citizen_id=lin.id, amount_fen=500, voucher_id=new_id(),
            expires_at=clock.now() + timedelta(minutes=15), request_id=new_id(), now=clock.now(),
        )  # fmt: skip
    path = f"/receipts/{receipt.id}"
    assert log_in(desk.app.test_client(), other).get(path).status_code == 404
    client = log_in(desk.app.test_client(), lin)
    assert "¥5.00" in client.get(path).text
    assert "已记入账本" in _post(client, f"{path}/payment", payment_method="pm_card_visa")
    with desk.database.transaction() as session:
        rows = receipts.receipts_for(session, desk.town.cafe.id, purpose=Purpose.CASH_PART)
    assert [state for _, state in rows] == [State.PAID]


@pytest.mark.parametrize("path", ["/funds", "/operator/settlement/terms", "/settlement"])
def test_pages_speak_english_too(desk: Desk, path: str) -> None:
    client = desk.browser(desk.manager if path == "/settlement" else desk.operator)
    client.post("/preferences", data={"csrf_token": csrf_token(client), "language": "en", "next": "/"})
    assert re.search(r"Cover|Settlement", client.get(path).text)
