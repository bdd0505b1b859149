"""A fictional cement plant of the town through two compliance years, its quarry, and what its statements said.

Late statements, a trade that the exchange cancelled, a carry-over, a pledge and a difference with the registry: all go
through the door that files and forms use. Prices of the market are not made up, so nothing is valued here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from partners.enterprises.compliance.actions import file_document
from partners.enterprises.exact import fen, yuan
from partners.enterprises.parties.actions import add_account, register_enterprise, set_policy
from partners.enterprises.reconciliation.actions import reconcile
from partners.enterprises.statements.actions import approve, bring
from puhui.db import Database
from puhui.demo.cast import PASSWORD, PLANT, QUARRY, known
from puhui.identity.model import Kind, Role
from puhui.identity.people import create_organisation, create_person, join
from puhui.identity.vault import Vault
from puhui.market_jobs import tell_of_breaks
from puhui.settings import Settings
from puhui.web.enterprises.tables import columns_of, csv_of

# Valid codes of firms that do not exist (GB 32100-2015 check digit).
CODES = {"plant": "91360000MA0000042X", "quarry": "91360000MA00000431"}
REGISTRY, TRADING = "DJ-QH-0001", "JY-QH-0001"
Cells = dict[str, str]
Statement = tuple[datetime, str, list[Cells]]


def make(database: Database, settings: Settings, now: datetime) -> None:
    """Register the plant and its quarry and hand in two years of statements."""
    people = database.run(lambda session: _open(session, Vault(settings.data_key)))
    for place, statement in enumerate(_story()):
        if statement[0] <= now:
            database.run(partial(_hand_in, people=people, place=place, statement=statement))
    database.run(lambda session: _finish(session, people, now))


def _at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T18:00:00+08:00").astimezone(UTC)


def _open(session: Session, vault: Vault) -> dict[str, UUID]:
    since, people = _at("2024-01-02"), {}
    for firm, sector in ((PLANT, "cement"), (QUARRY, "cement")):
        made = create_organisation(
            session, kind=Kind.ENTERPRISE, name=firm.name, name_en=firm.name_en, now=since, id=known(firm.key)
        )
        register_enterprise(
            session, organisation_id=made.id, credit_code=CODES[firm.key], name=firm.name, sector=sector, now=since
        )
        for one in firm.staff:
            person = create_person(session, vault=vault, phone=one.phone, name=one.name, now=since, password=PASSWORD)
            people[one.role] = person.id
            join(session, person=person, organisation=made, role=Role(one.role), now=since)
    accounts = (("plant", "registry", REGISTRY), ("plant", "trading", TRADING), ("quarry", "registry", "DJ-QH-0002"))
    for key, system, number in accounts:
        add_account(session, enterprise_id=known(key), system=system, account_no=number, market="CEA", now=since)
    set_policy(
        session,
        enterprise_id=known("quarry"),
        lot_policy="moving_average",
        free_first=True,
        closed_until=None,
        parent_id=known("plant"),
    )
    return people


def _story() -> list[Statement]:
    """Answer what was handed in, in the order of arrival."""
    return [*_first_year(), *_second_year()]


def _first_year() -> list[Statement]:
    wrong = _bought("CJ-1104", 500, "2025-11-04", "59.00")
    done = {"year": "2024", "reason": "2024 年度履约", "beneficiary": PLANT.name}
    return [
        (_at("2024-12-23"), "obligations", [_owed("2023", "40000", "2024-12-20")]),
        (_at("2025-10-01"), "allocations", [_moved("FP-2024", "核定分配", "48000", "2025-09-20", year="2024")]),
        (_at("2025-10-08"), "obligations", [_owed("2024", "50000")]),
        (_at("2025-11-05"), "trades", [_bought("CJ-1103", 9_000, "2025-11-03", "58.00"), wrong]),
        # The exchange takes a trade back.
        (_at("2025-11-06"), "trades", [wrong | {"action": "撤销"}]),
        # The surrender is on file before the movement that made it possible, which arrives late.
        (_at("2025-12-11"), "surrenders", [_moved("LY-2", "履约", "50000", "2025-12-10", **done)]),
        (_at("2025-12-11"), "surrenders", [_moved("LY-1", "履约申请", "50000", "2025-12-01", **done)]),
        (_at("2025-12-12"), "movements", [_moved("LS-1110", "划转至登记", "9000", "2025-11-10")]),
        (_at("2025-12-13"), "obligations", [_owed("2024", "50000", "2025-12-10")]),
    ]


def _second_year() -> list[Statement]:
    carried = [
        _moved("JZ-1", "结转申请", "7000", "2026-03-18"),
        _moved("JZ-2", "结转回收", "7000", "2026-03-27"),
        _moved("JZ-3", "结转发放", "7000", "2026-03-30", instrument="CEA25"),
    ]
    pledge = {"instrument": "CEA25", "units": "5000", "certificate_no": "虚构 0000 0001", "control": "未控制"}
    pledge |= {"lender": "青禾农商行（虚构）", "debt": "200000.00", "alert_percent": "120"}
    pledge |= {"starts_on": "2026-05-01", "ends_on": "2027-04-30"}
    snapshot = {"account_no": REGISTRY, "instrument": "CEA25", "registry.available": "6900", "total": "6900"}
    bought = _bought("CJ-1015", 3_000, "2026-10-15", "80.00") | {"instrument": "CEA25"}
    return [
        (_at("2026-04-01"), "carry_overs", carried),
        (_at("2026-05-06"), "pledges", [pledge]),
        (_at("2026-07-01"), "snapshot", [snapshot | {"taken_at": "2026-06-30 18:00:00"}]),
        (_at("2026-10-09"), "obligations", [_owed("2025", "45000")]),
        (
            _at("2026-10-09"),
            "allocations",
            [_moved("FP-2025", "核定分配", "30000", "2026-09-30", instrument="CEA25", year="2025", computed="30000.6")],
        ),
        (_at("2026-10-16"), "trades", [bought]),
    ]


def _owed(year: str, tonnes: str, completed_on: str = "") -> Cells:
    return {"year": year, "verified_t": tonnes, "due_t": tonnes, "notice_no": f"虚构通知-{year}"} | {
        "completed_on": completed_on
    }


def _moved(number: str, kind: str, units: str, day: str, **more: str) -> Cells:
    account = TRADING if kind in ("交易冻结", "交易解冻") else REGISTRY
    usual = {"account_no": account, "instrument": "CEA24", "number": number, "kind": kind, "units": units, "day": day}
    return usual | more


def _bought(number: str, units: int, day: str, price: str) -> Cells:
    usual = {"account_no": TRADING, "instrument": "CEA24", "method": "挂牌协议", "kind": "买入", "number": number}
    usual |= {"day": day, "time": "10:15:00", "price": price, "units": str(units)}
    return usual | {"amount": yuan(fen(price) * units)}


def _hand_in(session: Session, *, people: dict[str, UUID], place: int, statement: Statement) -> None:
    """Let the maker bring some lines and the checker approve them, as of the day on which they came."""
    at, what, lines = statement
    plant, columns = known("plant"), columns_of(what)
    table = [list(columns.values()), *([line.get(name, "") for name in columns] for line in lines)]
    staged = bring(
        session,
        enterprise_id=plant,
        what=what,
        name=f"{what}-{at:%Y-%m-%d}.csv",
        content=csv_of(table),
        staged_by=people["maker"],
        request_id=uuid5(plant, f"statement {place}"),
        now=at,
    )
    if "rejected" in staged.counts:
        raise ValueError(f"the demo's own statement {what} of {at:%Y-%m-%d} was refused: {staged.answers}")
    approve(session, enterprise_id=plant, file_id=staged.file_id, approved_by=people["checker"], now=at)


def _finish(session: Session, people: dict[str, UUID], now: datetime) -> None:
    plant = known("plant")
    for month in (1, 2, 3):
        file_document(
            session,
            enterprise_id=plant,
            year=2026,
            kind="monthly_filing",
            month=month,
            receipt_no=f"虚构存证-{month:02}",
            filed_on=date(2026, month + 1, 15),
            sha256=None,
            recorded_by=people["maker"],
            request_id=uuid5(plant, f"filing {month}"),
            now=now,
        )
    tell_of_breaks(session, plant, reconcile(session, enterprise_id=plant, now=now), now=now)
