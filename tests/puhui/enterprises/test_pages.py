"""The enterprise's pages: sheets in, forms, a second person, holdings, papers, differences, downloads."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient

from ledger.kernel.ids import new_id
from puhui.db import Database
from puhui.sheets import Column, Sheet, read_table, write_book
from tests.factories import csrf_token, log_in, make_citizen
from tests.partners.enterprises.world import credit_code
from tests.puhui.enterprises.conftest import XLSX, Plant

FINAL = "以注册登记系统记录为准"
OPENING = {"account_no": "DJ-0001", "instrument": "CEA25", "number": "QC1", "units": "5000", "day": "2026-01-05"}
PLEDGE = {"instrument": "CEA25", "units": "4000", "certificate_no": "C-1", "control": "未控制", "lender": "虚构银行"}
PLEDGE |= {"debt": "500000.00", "alert_percent": "120", "starts_on": "2026-05-01", "ends_on": "2026-11-30"}


def filled(template: bytes, *rows: dict[str, str]) -> bytes:
    """Fill a template that was downloaded, as a maker does in a spreadsheet."""
    header = read_table("t.xlsx", template).header
    lines = [[row.get(title, "") for title in header] for row in rows]
    return write_book([Sheet("流水", [Column(title) for title in header], lines)])


def test_a_workbook_is_checked_answered_row_by_row_and_approved(firm: Plant) -> None:
    maker = firm.browse(firm.maker)
    template = maker.get("/enterprise/templates/allocations")
    assert template.mimetype == XLSX
    good = {"登记账号": "DJ-0001", "标的代码": "CEA25", "通知编号": "FP1", "业务类型": "核定分配", "数量": "100"}
    good |= {"日期": "2026-03-02", "年度": "2025", "计算值": "100.7"}
    page = firm.bring("allocations", "通知.xlsx", filled(template.data, good, good | {"通知编号": "FP2", "数量": "0"}))
    shown = maker.get(page).text
    assert "数量至少为 1。" in shown
    assert FINAL in shown
    answers = read_table("a.xlsx", maker.get(page + "?as=xlsx").data)
    assert answers.header[-4:] == ["结果", "规则", "级别", "说明"]
    assert [row[-4] for row in answers.rows] == ["通过校验", "已退回"]
    assert maker.get(page + "/content").data.startswith(b"PK")
    assert maker.post(f"{page}/approval", data={"csrf_token": csrf_token(maker)}).status_code == 403
    firm.approve(page)
    held = firm.browse(firm.reader).get("/enterprise").text
    assert "100 t" in held
    assert firm.bring("allocations", "again.xlsx", filled(template.data, good | {"数量": "7"})) != page


@pytest.mark.parametrize("what", ["trades", "snapshot", "pledges", "obligations", "carry_overs", "openings"])
def test_every_template_can_be_downloaded_and_typed(firm: Plant, what: str) -> None:
    maker = firm.browse(firm.maker)
    assert maker.get(f"/enterprise/templates/{what}").mimetype == XLSX
    assert "校验并提交复核" in maker.get(f"/enterprise/forms/{what}").text
    assert firm.browse(firm.reader).get(f"/enterprise/forms/{what}").status_code == 403
    assert maker.get("/enterprise/forms/nothing").status_code == 404
    assert maker.get("/enterprise/templates/nothing").status_code == 404


def test_a_pledge_is_typed_approved_watched_and_released(firm: Plant) -> None:
    firm.approve(firm.enter("openings", **OPENING))
    maker = firm.browse(firm.maker)
    too_much = {"csrf_token": csrf_token(maker), "request_id": str(new_id()), **PLEDGE, "units": "5001"}
    refused = maker.post("/enterprise/forms/pledges", data=too_much)
    assert (refused.status_code, "可质押 5000，申请 5001" in refused.text) == (422, True)
    firm.approve(firm.enter("pledges", **PLEDGE))
    shown = maker.get("/enterprise/pledges").text
    # 4,000 t at 98.00 yuan are 392,000 yuan against a debt of 500,000.
    assert "为债务的 78%" in shown
    assert "质押物价值低于警戒线。" in shown
    assert "1,000 t" in shown
    firm.approve(firm.enter("releases", certificate_no="C-1", release_no="JC-1"))
    assert "没有质押。" in maker.get("/enterprise/pledges").text
    assert "JC-1" in maker.get("/enterprise/pledges?all=1").text


def test_two_pledges_that_wait_cannot_both_come_in(firm: Plant) -> None:
    firm.approve(firm.enter("openings", **OPENING))
    first, second = firm.enter("pledges", **PLEDGE), firm.enter("pledges", **PLEDGE | {"certificate_no": "C-2"})
    firm.approve(first)
    checker = firm.browse(firm.checker)
    refused = checker.post(f"{second}/approval", data={"csrf_token": csrf_token(checker)})
    assert (refused.status_code, "已质押的不能再质押" in refused.text) == (409, True)


def test_a_snapshot_opens_a_difference_that_is_owned_and_resolved(firm: Plant) -> None:
    firm.approve(firm.enter("openings", **OPENING))
    snapshot = {"account_no": "DJ-0001", "instrument": "CEA25", "registry.available": "4900", "taken_at": "2026-06-30"}
    firm.approve(firm.enter("snapshot", **snapshot))
    maker = firm.browse(firm.maker)
    shown = maker.get("/enterprise/breaks").text
    assert "登记快照 4900，镜像 5000。" in shown
    assert "碳资产有新的差异" in maker.get("/notices").text
    found = shown.split("/enterprise/breaks/", 1)[1].split("/", 1)[0]
    maker.post(f"/enterprise/breaks/{found}/owner", data={"csrf_token": csrf_token(maker)})
    assert "负责：经办甲" in maker.get("/enterprise/breaks").text
    empty = maker.post(
        f"/enterprise/breaks/{found}/resolution", data={"csrf_token": csrf_token(maker), "cause": "timing"}
    )
    assert empty.status_code == 422
    said = {"csrf_token": csrf_token(maker), "cause": "source_corrects", "resolution": "登记机构次日更正"}
    assert maker.post(f"/enterprise/breaks/{found}/resolution", data=said).status_code == 303
    assert "没有未处理的差异。" in maker.get("/enterprise/breaks").text
    assert "对方更正 · 登记机构次日更正" in maker.get("/enterprise/breaks?all=1").text
    assert "5,000 t" in maker.get("/enterprise").text


def test_papers_of_the_year_are_filed_with_their_receipt(firm: Plant) -> None:
    maker = firm.browse(firm.maker)
    usual = {"csrf_token": csrf_token(maker), "kind": "monthly_filing", "receipt_no": "CZ-01", "filed_on": "2026-03-01"}

    def send(**more: object) -> int:
        sent = usual | {"request_id": str(new_id())} | more
        answer = maker.post("/enterprise/documents?year=2026", data=sent, content_type="multipart/form-data")
        return answer.status_code

    assert send() == 422
    assert send(month="1", file=(io.BytesIO(b"hello"), "a.pdf")) == 422
    assert send(month="1", file=(io.BytesIO(b"%PDF-1.7 test"), "a.pdf")) == 303
    shown = maker.get("/enterprise/documents?year=2026").text
    assert "CZ-01" in shown
    paper = shown.split('href="/enterprise/documents/', 1)[1].split('"', 1)[0]
    assert maker.get(f"/enterprise/documents/{paper}").data.startswith(b"%PDF")
    assert maker.get(f"/enterprise/documents/{new_id()}").status_code == 404


def test_a_file_with_its_own_words_is_mapped_previewed_and_brought(firm: Plant) -> None:
    maker = firm.browse(firm.maker)
    content = "编号,方向,日期,标的,量,单价,金额,账户\r\n1,B,2026-03-04,CEA25,10,80.00,800.00,JY-0001\r\n".encode(
        "gb18030"
    )
    begun = maker.post(
        "/enterprise/mappings",
        data={
            "csrf_token": csrf_token(maker),
            "request_id": str(new_id()),
            "base": "trades",
            "file": (io.BytesIO(content), "own.csv"),
        },
        content_type="multipart/form-data",
    )
    address = begun.headers["Location"]
    assert "请核对表头" in maker.get(address).text
    chosen = {"base": "trades", "column.number": "编号", "column.kind": "方向", "column.day": "日期", "money": "yuan"}
    chosen |= {"column.instrument": "标的", "column.units": "量", "column.price": "单价", "column.amount": "金额"}
    chosen |= {"column.account_no": "账户", "constant.method": "挂牌协议", "words": "B=买入"}
    preview = maker.get(address.split("?")[0], query_string=chosen).text
    assert "预览：前 1 行" in preview
    assert "<td>买入</td>" in preview
    kept = maker.post(address.split("?")[0], data=chosen | {"csrf_token": csrf_token(maker), "name": "my-broker"})
    assert kept.status_code == 303
    page = firm.bring("my-broker", "own.csv", content)
    assert "通过校验" in maker.get(page).text
    wrong = maker.post(address.split("?")[0], data=chosen | {"csrf_token": csrf_token(maker), "name": "Ä"})
    assert wrong.status_code == 422


PAGES = [
    *("/enterprise", "/enterprise/records", "/enterprise/files", "/enterprise/obligations", "/enterprise/documents"),
    *("/enterprise/pledges", "/enterprise/breaks", "/enterprise/notes/2026"),
    *("/enterprise/lots/CEA25", "/enterprise/obligations/2025/plan", "/market", "/market/rules"),
]
REPORTS = (
    "/enterprise",
    "/enterprise/records",
    "/enterprise/obligations",
    "/enterprise/pledges",
    "/enterprise/notes/2026",
)


@pytest.fixture
def reader(firm: Plant) -> FlaskClient:
    """A reader of a plant that holds, owes and pledged something."""
    firm.approve(firm.enter("openings", **OPENING))
    firm.approve(firm.enter("pledges", **PLEDGE))
    firm.approve(firm.enter("obligations", year="2025", verified_t="6000", due_t="6000", notice_no="QJ-1"))
    return firm.browse(firm.reader)


def test_every_page_says_whose_record_is_final_and_every_report_is_a_sheet_and_a_paper(reader: FlaskClient) -> None:
    for address in PAGES:
        shown = reader.get(address)
        assert (address, shown.status_code, FINAL in shown.text) == (address, 200, True)
    for address in (*REPORTS, "/enterprise/breaks", "/enterprise/documents", "/enterprise/files"):
        assert (address, reader.get(f"{address}?as=xlsx").mimetype) == (address, XLSX)
    for address in REPORTS:
        assert (address, reader.get(f"{address}?as=pdf").data[:5]) == (address, b"%PDF-")
    held = read_table("h.xlsx", reader.get("/enterprise?as=xlsx").data)
    assert held.rows[-1][:5] == ["CEA25", "碳排放配额25", "合计", "5000", "t"]


def test_holdings_are_shown_as_of_any_day_and_records_by_filter(reader: FlaskClient) -> None:
    assert "还没有持仓" in reader.get("/enterprise?on=2026-01-04").text
    assert "5,000 t" in reader.get("/enterprise?on=2026-01-05").text
    for odd in ("on=yesterday", "on=0001-01-01", "on="):
        assert reader.get(f"/enterprise?{odd}").status_code == 200
    found = "/enterprise/records?instrument=CEA25&kind=opening&state=approved&since=2026-01-05&until=2026-01-05"
    assert "5,000" in reader.get(found).text
    later = "/enterprise/records?kind=opening&since=2026-01-06"
    assert "没有符合条件的记录" in reader.get(later).text
    assert len(read_table("b.xlsx", reader.get(found + "&as=xlsx").data).rows) == 1


def test_a_mix_of_ones_own_is_priced_and_held_against_the_limits(reader: FlaskClient) -> None:
    asked = "/enterprise/obligations/2025/plan?allowance=100&credit=80&buy=500&offset=400&carry=10"
    shown = reader.get(asked).text
    # Five per cent of 6,000 t are 300 t; 500 × 100 + 400 × 80 yuan; 1,000 t are missing.
    assert "抵销超过上限 100 吨。" in shown
    assert "结转超过上限 10 吨。" in shown
    assert "¥82000.00" in shown
    assert "90 吨" in shown
    assert reader.get("/enterprise/obligations/2025/plan?allowance=100&buy=-1").status_code == 422


def test_an_enterprise_asks_to_join_and_the_operator_admits_it(firm: Plant, own_database: Database) -> None:
    with own_database.transaction() as session:
        lin = make_citizen(session)
    client = log_in(firm.browse(firm.reader).application.test_client(), lin)
    asked = {"name": "虚构玻璃厂", "credit_code": credit_code(8), "sector": "other", "standing": "participant"}

    def ask(**more: str) -> int:
        sent = {"csrf_token": csrf_token(client), "request_id": str(new_id()), **asked, **more}
        return client.post("/enterprise/application", data=sent).status_code

    assert ask(credit_code="91360000MA0000008X") == 422
    assert ask() == 303
    assert ask() == 422
    assert ask(credit_code=credit_code(9), name="虚构交易所", standing="exchange") == 303
    operator = firm.browse(firm.operator)
    listed = operator.get("/operator/enterprises").text
    pages = [part.split('"', 1)[0] for part in listed.split('href="/operator/enterprises/applications/')[1:]]
    shown = {page: operator.get(f"/operator/enterprises/applications/{page}").text for page in pages}
    exchange = next(page for page, text in shown.items() if "虚构交易所" in text)
    plant = next(page for page, text in shown.items() if "虚构玻璃厂" in text)
    token = {"csrf_token": csrf_token(operator)}
    assert operator.post(f"/operator/enterprises/applications/{exchange}/admission", data=token).status_code == 409
    refusal = token | {"reason": "交易机构不得入驻"}
    assert operator.post(f"/operator/enterprises/applications/{exchange}/refusal", data=refusal).status_code == 303
    admitted = operator.post(f"/operator/enterprises/applications/{plant}/admission", data=token)
    assert admitted.status_code == 303
    place = admitted.headers["Location"]
    assert "林晓 · 经办" in operator.get(place).text
    member = token | {"phone": "13800138123", "name": "新复核", "role": "checker"}
    assert operator.post(f"{place}/members", data=member).status_code == 303
    assert operator.post(f"{place}/members", data=member | {"phone": "12"}).status_code == 422
    assert "新复核 · 复核" in operator.get(place).text
    policy = token | {"lot_policy": "first_in_first_out", "free_first": "y", "closed_until": "2025-12-31", "parent": ""}
    assert operator.post(f"{place}/policy", data=policy).status_code == 303
    itself = policy | {"parent": place.rsplit("/", 1)[1]}
    assert operator.post(f"{place}/policy", data=itself).status_code == 422
    assert "交易机构不得入驻" in client.get("/enterprise/application").text


def test_the_operator_adds_rows_to_the_rulebook(firm: Plant) -> None:
    operator = firm.browse(firm.operator)
    assert "暂空：未查到公布的数值" in operator.get("/market/rules").text
    row = {
        "csrf_token": csrf_token(operator),
        "name": "holding_limit_t",
        "value": "1000000",
        "valid_from": "2027-01-01",
    }
    row |= {"standing": "official", "citation": "虚构公告"}
    assert operator.post("/operator/market/parameters", data=row).status_code == 303
    assert operator.post("/operator/market/parameters", data=row).status_code == 422
    assert "虚构公告" in operator.get("/market/rules").text
    vintage = {"csrf_token": csrf_token(operator), "year": "2025", "vintage": "2026", "accepted": "y"}
    vintage |= {"valid_from": "2026-09-01", "standing": "official", "citation": "虚构方案"}
    assert operator.post("/operator/market/vintages", data=vintage).status_code == 303
    assert "虚构方案" in operator.get("/market/rules").text
    assert operator.get("/operator/market/breaks").status_code == 200
    assert firm.browse(firm.maker).get("/operator/enterprises").status_code == 403
