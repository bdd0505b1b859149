"""A fictional cement plant and its statements. No real firm has a position here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from partners.enterprises.holdings.actions import Synced
from partners.enterprises.parties.actions import add_account, register_enterprise
from partners.enterprises.parties.model import Enterprise
from partners.enterprises.records.actions import approve_file, stage_file
from partners.enterprises.records.files import Staged
from partners.enterprises.records.mapping import REGISTRY_MOVEMENTS, TRADE_CONFIRMATION, Mapping

NOW = datetime(2026, 8, 20, 9, tzinfo=UTC)
MAKER, CHECKER = UUID(int=1), UUID(int=2)
TRADING, REGISTRY = "JY-0001", "DJ-0001"
DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(number: int) -> str:
    """Make a valid code of a fictional firm (GB 32100-2015: weights 3^i mod 31)."""
    body = f"91360000MA{number:07}"
    total = sum(DIGITS.index(letter) * pow(3, place, 31) for place, letter in enumerate(body))
    return body + DIGITS[-total % 31]


def plant(session: Session, number: int = 1, *, sector: str = "cement", standing: str = "participant") -> Enterprise:
    """Register a fictional plant with a registry and a trading account."""
    organisation = uuid4()
    session.execute(
        sa.text(
            "INSERT INTO platform.organisation (id, kind, name, created_at) VALUES (:id, 'enterprise', :name, :now)"
        ),
        {"id": organisation, "name": f"虚构水泥{number}厂", "now": NOW},
    )
    enterprise = register_enterprise(
        session,
        organisation_id=organisation,
        credit_code=credit_code(number),
        name=f"虚构水泥{number}厂",
        sector=sector,
        standing=standing,
        now=NOW,
    )
    for system, prefix in (("trading", "JY"), ("registry", "DJ")):
        add_account(
            session,
            enterprise_id=organisation,
            system=system,
            account_no=f"{prefix}-{number:04}",
            market="CEA",
            now=NOW,
        )
    return enterprise


def trades(*rows: dict[str, str], account: str = TRADING) -> bytes:
    """Write a trade confirmation file: what a row leaves out is an ordinary listed buy."""
    usual = {
        "交易账号": account,
        "标的代码": "CEA25",
        "交易方式": "挂牌协议",
        "买卖方向": "买入",
        "成交时间": "10:00:00",
    }
    return _file(list(TRADE_CONFIRMATION.columns.values()), [_priced(usual | row) for row in rows])


def movements(*rows: dict[str, str], account: str = REGISTRY) -> bytes:
    """Write a registry movement file."""
    usual = {"登记账号": account, "标的代码": "CEA25"}
    return _file(list(REGISTRY_MOVEMENTS.columns.values()), [usual | row for row in rows])


def _priced(row: dict[str, str]) -> dict[str, str]:
    if "成交金额" in row or not (row.get("成交价", "").replace(".", "").isdigit() and row["成交量"].isdigit()):
        return row
    fen = round(float(row["成交价"]) * 100) * int(row["成交量"])
    return row | {"成交金额": f"{fen // 100}.{fen % 100:02}"}


def _file(header: Sequence[str], rows: Sequence[dict[str, str]]) -> bytes:
    lines = [",".join(header), *(",".join(row.get(name, "") for name in header) for row in rows)]
    return "\r\n".join(lines).encode()


def stage(session: Session, enterprise: Enterprise, content: bytes, mapping: Mapping, *, now: datetime = NOW) -> Staged:
    """Let the maker bring a file."""
    return stage_file(
        session,
        enterprise_id=enterprise.id,
        name="statement.csv",
        content=content,
        mapping=mapping,
        staged_by=MAKER,
        request_id=new_id(),
        now=now,
    )


def book(session: Session, enterprise: Enterprise, content: bytes, *, now: datetime = NOW) -> list[Synced]:
    """Let the maker bring a file and the checker approve it; every line must pass."""
    mapping = TRADE_CONFIRMATION if "成交编号".encode() in content else REGISTRY_MOVEMENTS
    staged = stage(session, enterprise, content, mapping, now=now)
    refused = [(answer.line, answer.findings) for answer in staged.answers if answer.outcome != "staged"]
    assert not refused, refused
    return approve_file(session, enterprise_id=enterprise.id, file_id=staged.file_id, approved_by=CHECKER, now=now)
