"""The checks of sheets, line by line: pure functions of cells and world, with the numbers of rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import TypeVar
from uuid import UUID

from partners.enterprises.exact import NumberInvalid, fen, whole
from partners.enterprises.findings import Finding, reject, warn
from partners.enterprises.instruments.model import Kind
from partners.enterprises.parties.rules import credit_code
from partners.enterprises.pledges.errors import PledgeExceeds, PledgeTermInvalid
from partners.enterprises.pledges.model import Control, Pledge
from partners.enterprises.pledges.rules import check_pledge, remarks
from partners.enterprises.records.model import MARKET_TIME, Slot
from partners.enterprises.records.parsing import day_of
from partners.enterprises.records.surroundings import ALIASES
from partners.enterprises.statements.model import Facts, Sheet, World

T = TypeVar("T")
NOBODY = UUID(int=0)
SLOT_TITLES = {
    Slot.REGISTRY: "登记可用",
    Slot.TRADING: "交易可用",
    Slot.NEXT_DAY: "T+1 待可用",
    Slot.FROZEN: "司法冻结",
    Slot.TRADING_FROZEN: "交易冻结",
    Slot.PENDING_SURRENDER: "履约在途",
    Slot.PENDING_OFFSET: "抵销在途",
    Slot.PENDING_CARRY: "结转在途",
    Slot.PENDING_CANCEL: "注销在途",
}
CONTROLS = {
    "未控制": Control.NONE,
    "登记系统冻结": Control.REGISTRY_FROZEN,
    "交易系统锁定": Control.EXCHANGE_LOCKED,
    "三方监管": Control.TRIPARTITE,
}


class _Cells:
    """A line's cells, read one by one; what cannot be read is remembered as a finding."""

    def __init__(self, cells: Mapping[str, str], columns: Mapping[str, str]) -> None:
        self._cells, self._columns = cells, columns
        self.findings: list[Finding] = []

    def read(self, name: str, reader: Callable[[str], T]) -> T | None:
        text = self._cells.get(name, "").strip()
        if not text:
            return None
        try:
            return reader(text)
        except NumberInvalid:
            self.findings.append(reject(6, "number_unreadable", cell=text[:60], column=self._columns[name]))
        except (ValueError, LookupError):
            self.findings.append(reject(2, "cell_unreadable", cell=text[:60], column=self._columns[name]))
        return None

    def needed(self, name: str, reader: Callable[[str], T]) -> T | None:
        if not self._cells.get(name, "").strip():
            self.findings.append(reject(2, "cell_missing", column=self._columns[name]))
            return None
        return self.read(name, reader)

    def instrument(self, world: World) -> str:
        code = self._cells.get("instrument", "").strip()
        found = world.instruments.get(code) or world.instruments.get(ALIASES.get(code, ""))
        if found is None:
            self.findings.append(reject(5, "instrument_unknown", instrument=code[:60]))
        elif found.kind is Kind.INDEX:
            self.findings.append(reject(5, "index_is_no_instrument", instrument=code))
        return found.code if found else code

    def party(self, world: World) -> None:
        text, account = self._cells.get("credit_code", ""), self._cells.get("account_no", "").strip()
        if text and credit_code(text) is None:
            self.findings.append(reject(3, "credit_code_invalid"))
        elif text and credit_code(text) != world.enterprise.credit_code:
            self.findings.append(reject(3, "another_enterprise"))
        if account and account not in world.accounts:
            self.findings.append(reject(4, "account_not_of_enterprise", account=account[:60]))
        if world.enterprise.standing != "participant":
            self.findings.append(reject(39, "may_not_hold_rights", standing=world.enterprise.standing))


def moment_of(text: str) -> datetime:
    """Read an instant of the market's clock; a day alone is its last second. Raises ValueError."""
    day, _, at = text.strip().replace("T", " ").partition(" ")
    clock = time.fromisoformat(at.strip()) if at.strip() else time(23, 59, 59)
    if clock.tzinfo is not None:
        raise ValueError(text)
    return datetime.combine(day_of(day), clock, MARKET_TIME)


def _count(text: str) -> int:
    number = whole(text)
    if number < 0:
        raise NumberInvalid(text)
    return number


def check_snapshot(cells: Mapping[str, str], world: World) -> tuple[list[Facts], list[Finding]]:
    """A line of a registry snapshot: each state that it names; an empty cell says nothing. The sum must be right."""
    line = _Cells(cells, SNAPSHOT.columns)
    line.party(world)
    code, taken_at = line.instrument(world), line.needed("taken_at", moment_of)
    read = {slot: line.read(slot.value, _count) for slot in SLOT_TITLES}
    said = {slot: units for slot, units in read.items() if units is not None}
    total = line.read("total", _count)
    if not said and not line.findings:
        line.findings.append(reject(2, "snapshot_says_nothing"))
    if total is not None and said and total != sum(said.values()):
        line.findings.append(reject(34, "states_do_not_add_up", total=total, sum=sum(said.values())))
    if taken_at is not None and taken_at.date() > world.today:
        line.findings.append(reject(2, "day_to_come", day=taken_at.date().isoformat()))
    at = taken_at.isoformat() if taken_at else ""
    facts: list[Facts] = [
        {"instrument": code, "slot": slot.value, "taken_at": at, "units": units} for slot, units in said.items()
    ]
    return facts, line.findings


def check_pledged(cells: Mapping[str, str], world: World) -> tuple[list[Facts], list[Finding]]:
    """A pledge: within what is free, under a certificate of its own, its end after its start (rule 30)."""
    line = _Cells(cells, PLEDGES.columns)
    line.party(world)
    code = line.instrument(world)
    units, debt = line.needed("units", _count), line.needed("debt", fen)
    starts, ends = line.needed("starts_on", day_of), line.needed("ends_on", day_of)
    certificate, lender = line.needed("certificate_no", _name), line.needed("lender", _name)
    control, alert = line.read("control", CONTROLS.__getitem__) or Control.NONE, line.read("alert_percent", _percent)
    if line.findings or None in (units, debt, starts, ends, certificate, lender):
        return [], line.findings
    pledge = Pledge(
        *(NOBODY, world.enterprise.id, code, units or 0, certificate or "", control, lender or "", debt or 0),
        *(alert or 100, starts or world.today, ends or world.today, None, None),
    )
    findings = [*_may_be_pledged(pledge, world), *_to_look_at(pledge, world)]
    if not any(one.severity == "R" for one in findings):
        world.pledges.append(pledge)
        world.certificates.add(pledge.certificate_no)
    return [_pledge_facts(pledge)], findings


def _pledge_facts(pledge: Pledge) -> Facts:
    return {
        "instrument": pledge.instrument,
        "units": pledge.units,
        "certificate_no": pledge.certificate_no,
        "control": pledge.control.value,
        "lender": pledge.lender,
        "debt_fen": pledge.debt_fen,
        "alert_percent": pledge.alert_percent,
        "starts_on": pledge.starts_on.isoformat(),
        "ends_on": pledge.ends_on.isoformat(),
    }


def _may_be_pledged(pledge: Pledge, world: World) -> list[Finding]:
    if pledge.units < 1:
        return [reject(6, "quantity_below_one", units=pledge.units)]
    if pledge.debt_fen < 1:
        return [reject(6, "price_missing")]
    if pledge.certificate_no in world.certificates:
        return [reject(30, "certificate_used", certificate=pledge.certificate_no)]
    open_ones = [one for one in world.pledges if one.instrument == pledge.instrument]
    try:
        check_pledge(pledge, available=world.available.get(pledge.instrument, 0), pledges=open_ones)
    except PledgeTermInvalid:
        return [reject(30, "term_not_in_order")]
    except PledgeExceeds as error:
        return [reject(30, "pledge_over_free", free=int(str(error.facts["available"])), asked=pledge.units)]
    return []


def _to_look_at(pledge: Pledge, world: World) -> list[Finding]:
    instrument = world.instruments[pledge.instrument]
    deadline = world.book.next_deadline(world.today)
    until = world.book.surrenderable_until(instrument.vintage, world.today) if instrument.kind is Kind.CEA else None
    found = remarks(pledge, value_fen=pledge.debt_fen * 100, deadline=deadline, surrenderable_until=until)
    return list(found)


def check_release(cells: Mapping[str, str], world: World) -> tuple[list[Facts], list[Finding]]:
    """The release of a pledge: an open one of this enterprise, with its document."""
    line = _Cells(cells, RELEASES.columns)
    certificate, document = line.needed("certificate_no", _name), line.needed("release_no", _name)
    if certificate and certificate not in {one.certificate_no for one in world.pledges if one.released_at is None}:
        line.findings.append(reject(30, "pledge_not_open", certificate=certificate[:60]))
    return [{"certificate_no": certificate or "", "release_no": document or ""}], line.findings


def check_obligation(cells: Mapping[str, str], world: World) -> tuple[list[Facts], list[Finding]]:
    """A year's obligation as its notice says, and the day of its certificate where it is done (rule 24)."""
    line = _Cells(cells, OBLIGATIONS.columns)
    year = line.needed("year", lambda text: int(_count(text.removesuffix("年"))))
    verified, due = line.needed("verified_t", _count), line.needed("due_t", _count)
    notice, done = line.needed("notice_no", _name), line.read("completed_on", day_of)
    if year is not None and year not in world.book.years:
        line.findings.append(reject(24, "year_without_deadline", year=year))
    if done is not None and done > world.today:
        line.findings.append(reject(2, "day_to_come", day=done.isoformat()))
    if year is not None and done is not None and year in world.book.years and done > world.book.years[year].deadline:
        line.findings.append(warn(24, "completed_late", day=done.isoformat()))
    facts: Facts = {"year": year, "verified_t": verified, "due_t": due, "notice_no": notice}
    return [facts | {"completed_on": done.isoformat() if done else None}], line.findings


def _name(text: str) -> str:
    if len(text) > 200:
        raise ValueError(text)
    return text


def _percent(text: str) -> int:
    number = _count(text.removesuffix("%"))
    if not 1 <= number <= 1000:
        raise NumberInvalid(text)
    return number


SNAPSHOT = Sheet(
    columns={
        "account_no": "登记账号",
        "credit_code": "统一社会信用代码",
        "instrument": "标的代码",
        **{slot.value: title for slot, title in SLOT_TITLES.items()},
        "total": "合计",
        "taken_at": "截止时间",
    },
    required=frozenset({"instrument", "taken_at"}),
    check=check_snapshot,
    sample={"account_no": "DJ-0001", "instrument": "CEA25", Slot.REGISTRY.value: "6900", Slot.TRADING.value: "0"}
    | {"total": "6900", "taken_at": "2026-06-30 18:00:00"},
)
PLEDGES = Sheet(
    columns={
        "instrument": "标的代码",
        "units": "数量",
        "certificate_no": "中登网登记证明编号",
        "control": "控制方式",
        "lender": "质权人",
        "debt": "债务金额（元）",
        "alert_percent": "警戒线（%）",
        "starts_on": "起始日",
        "ends_on": "到期日",
    },
    required=frozenset({"instrument", "units", "certificate_no", "lender", "debt", "starts_on", "ends_on"}),
    check=check_pledged,
    words={"control": {word: control.value for word, control in CONTROLS.items()}},
    sample={"instrument": "CEA25", "units": "1000", "certificate_no": "0000 0000 0000 0000 0001", "control": "未控制"}
    | {"lender": "虚构银行", "debt": "50000.00", "alert_percent": "120"}
    | {"starts_on": "2026-05-01", "ends_on": "2026-11-30"},
)
RELEASES = Sheet(
    columns={"certificate_no": "中登网登记证明编号", "release_no": "解除文件编号"},
    required=frozenset({"certificate_no", "release_no"}),
    check=check_release,
    sample={"certificate_no": "0000 0000 0000 0000 0001", "release_no": "JC-2026-001"},
)
OBLIGATIONS = Sheet(
    columns={
        "year": "年度",
        "verified_t": "经核查排放量",
        "due_t": "应清缴量",
        "notice_no": "通知编号",
        "completed_on": "履约证明日期",
    },
    required=frozenset({"year", "verified_t", "due_t", "notice_no"}),
    check=check_obligation,
    sample={"year": "2025", "verified_t": "50000", "due_t": "50000", "notice_no": "QJ-2025-001"},
)
SHEETS: dict[str, Sheet] = {
    "snapshot": SNAPSHOT,
    "pledges": PLEDGES,
    "releases": RELEASES,
    "obligations": OBLIGATIONS,
}
