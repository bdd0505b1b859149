"""The market mirror's benchmark: trade rows through every rule into the ledger, beside the yardstick."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from partners.enterprises.exact import half_up, yuan
from partners.enterprises.parties.actions import add_account, register_enterprise
from partners.enterprises.prices.actions import import_prices
from partners.enterprises.prices.parsing import HEADERS
from partners.enterprises.records.actions import approve_file, stage_file
from partners.enterprises.records.mapping import TRADE_CONFIRMATION
from puhui import migration
from puhui.addresses import Addresses
from puhui.bench.yardstick import SCHEMA, transactions_per_second
from puhui.db import Database

Tell = Callable[[str], None]
NOW = datetime(2027, 1, 15, tzinfo=UTC)
FIRM = "91360000MA0000001N"
MAKER, CHECKER = UUID(int=1), UUID(int=2)
ACCOUNT = "JY-BENCH"


@dataclass(frozen=True, slots=True)
class Day:
    """A synthetic trading day: prices in fen."""

    on: date
    prev: int
    low: int
    high: int
    close: int


def run(where: Addresses, *, rows: int, yardstick_seconds: int, tell: Tell) -> dict[str, object]:
    """Import *rows* synthetic trade confirmations and answer rows per second and the ratio to the yardstick."""
    days = _days()
    content = _confirmations(days, rows)
    with _own_database(where) as url:
        with psycopg.connect(url) as connection:
            connection.execute(SCHEMA.encode())
        yardstick = transactions_per_second(url, clients=32, seconds=yardstick_seconds)
        tell(f"yardstick, 32 clients: {yardstick:,.0f} a second")
        database = Database(url, pool_size=2)
        try:
            with database.transaction() as session:
                firm = _firm(session, days)
            report = _measure(database, firm, content, rows)
        finally:
            database.dispose()
    per_s = report["rows_per_s"]
    tell(f"{rows:,} rows: staged in {report['stage_s']} s, booked in {report['book_s']} s, {per_s:,.0f} rows a second")
    return {"rows": rows, "yardstick_32": round(yardstick, 1), **report, "ratio": round(per_s / yardstick, 3)}


def _measure(database: Database, firm: UUID, content: bytes, rows: int) -> dict[str, float]:
    file_id = new_id()
    started = time.perf_counter()
    with database.transaction() as session:
        staged = stage_file(
            session,
            enterprise_id=firm,
            name="bench.csv",
            content=content,
            mapping=TRADE_CONFIRMATION,
            staged_by=MAKER,
            request_id=file_id,
            now=NOW,
        )
    if staged.counts != {"staged": rows}:
        raise RuntimeError(f"the synthetic rows were not accepted: {staged.counts}")
    between = time.perf_counter()
    with database.transaction() as session:
        done = approve_file(session, enterprise_id=firm, file_id=file_id, approved_by=CHECKER, now=NOW)
    ended = time.perf_counter()
    return {
        "stage_s": round(between - started, 2),
        "book_s": round(ended - between, 2),
        "rows_per_s": round(rows / (ended - started), 1),
        "booked": sum(one.posted for one in done),
        "waiting": sum(len(one.waiting) for one in done),
    }


def _firm(session: Session, days: list[Day]) -> UUID:
    import_prices(session, name="bench-prices.csv", content=_prices(days), now=NOW)
    firm = new_id()
    session.execute(
        sa.text(
            "INSERT INTO platform.organisation (id, kind, name, created_at) VALUES (:id, 'enterprise', :name, :now)"
        ),
        {"id": firm, "name": "虚构基准厂", "now": NOW},
    )
    register_enterprise(session, organisation_id=firm, credit_code=FIRM, name="虚构基准厂", sector="cement", now=NOW)
    add_account(session, enterprise_id=firm, system="trading", account_no=ACCOUNT, market="CEA", now=NOW)
    return firm


def _days() -> list[Day]:
    """Make a year of weekdays whose prices walk within the band."""
    chance = random.Random(7)  # noqa: S311  # Synthetic data needs no secrecy.
    days: list[Day] = []
    prev, on = 8_000, date(2026, 1, 5)
    while len(days) < 250:
        if on.weekday() < 5:
            close = prev + chance.randrange(-90, 91)
            days.append(Day(on, prev, min(prev, close) - 50, max(prev, close) + 50, close))
            prev = close
        on += timedelta(days=1)
    return days


def _prices(days: list[Day]) -> bytes:
    header = next(header for header in HEADERS if "prev_close" in header)
    lines = [",".join(header)]
    for day in days:
        change = half_up((day.close - day.prev) * 10_000, day.prev)
        rate = f"{'-' if change < 0 else ''}0.{abs(change):04}"
        prices = ",".join(map(yuan, (day.prev, day.prev, day.high, day.low, day.close)))
        lines.append(f"{day.on},CEA25,碳排放配额25,{prices},{rate},1000,{yuan(1000 * day.close)}")
    return "\r\n".join(lines).encode()


def _confirmations(days: list[Day], rows: int) -> bytes:
    """Two buys, then a smaller sale, spread over the days; every row within the rules."""
    chance = random.Random(8)  # noqa: S311  # Synthetic data needs no secrecy.
    lines = [",".join(TRADE_CONFIRMATION.columns.values())]
    for number in range(rows):
        day = days[number * len(days) // rows]
        sells = number % 3 == 2
        price, units = chance.randrange(day.low, day.high + 1), chance.randrange(1, 50) + (0 if sells else 100)
        amount = price * units
        fee = amount // 1_000
        cash = yuan(amount - fee if sells else -amount - fee)
        at = f"{10 if number % 2 else 13}:{number % 60:02}:{number // 60 % 60:02}"
        side = "卖出" if sells else "买入"
        cells = (
            ACCOUNT,
            FIRM,
            "CEA25",
            "挂牌协议",
            side,
            f"T{number:08}",
            day.on.isoformat(),
            at,
            yuan(price),
            str(units),
        )
        lines.append(",".join((*cells, yuan(amount), yuan(fee), cash, "", "", "")))
    return "\r\n".join(lines).encode()


@contextmanager
def _own_database(where: Addresses) -> Iterator[str]:
    name = f"bench_{secrets.token_hex(6)}"
    owner = where.owner.rsplit("/", 1)[0]
    with psycopg.connect(where.owner, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            migration.migrate(f"{owner}/{name}")
            yield f"{owner}/{name}"
        finally:
            # Without FORCE, which an owner may not use on an autovacuum worker; waiting sends the worker away.
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
