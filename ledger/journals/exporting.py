"""Export a period: opening balances, every transfer as an entry, closing balances that the reader's program checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from itertools import groupby
from typing import Any

from psycopg.rows import RowFactory, namedtuple_row

from ledger.connection import SessionLike, driver, rows
from ledger.journals.model import Entry, Line
from ledger.journals.writing import STYLES, Holding, account_name, commodity_names

FIRST, LAST = date(1, 1, 2), date(9999, 12, 30)
PAGE = 5_000


def export_journal(
    session: SessionLike, *, style: str, since: date | None = None, until: date | None = None, zone: tzinfo = UTC
) -> Iterator[str]:
    """Answer the lines of a journal of what occurred from the day *since* until before the day *until*, in a zone.

    *style* is a key of `STYLES`. The balances at the end are added up apart from the entries before them.
    """
    names = _Names(session)
    beginning, end = _midnight(since or FIRST, zone), _midnight(until or LAST, zone)
    opening = [] if since is None else names.holdings(session, beginning)
    closing = names.holdings(session, end)
    first, last = rows(
        session,
        "SELECT min(occurred_at), max(occurred_at) FROM ledger.transfer WHERE occurred_at >= %s AND occurred_at < %s",
        beginning, end,
    )[0]  # fmt: skip
    first_day = since or (first or datetime.now(zone)).astimezone(zone).date()
    last_day = until or (last or datetime.now(zone)).astimezone(zone).date() + timedelta(days=1)
    spelling = STYLES[style]
    yield from spelling.head(names.all(), first_day)
    if opening:
        lines = [Line(held.account, held.amount, held.commodity) for held in opening]
        yield from spelling.entry(Entry(first_day, "opening balances", lines))
    for entry in _entries(session, names, beginning, end, zone):
        yield from spelling.entry(entry)
    if closing:
        yield from spelling.balances(closing, last_day)


class _Names:
    """What accounts and assets are called in journals, and how many decimals they show."""

    def __init__(self, session: SessionLike) -> None:
        found = rows(session, "SELECT * FROM ledger.journal_account")
        commodities = commodity_names({row.asset for row in found})
        self._of = {
            row.account: (
                account_name(row.owner, row.purpose, on_debit_side=row.normal_side == "D"),
                commodities[row.asset],
                row.scale,
            )
            for row in found
        }

    def all(self) -> Iterable[tuple[str, str]]:
        return {(account, commodity) for account, commodity, _ in self._of.values()}

    def holdings(self, session: SessionLike, before: datetime) -> list[Holding]:
        found = rows(session, "SELECT * FROM ledger.journal_balances(%s)", before)
        lines = [self.line(row) for row in found]
        return [Holding(line.account, line.amount, line.commodity) for line in lines]

    def line(self, row: Any) -> Line:  # noqa: ANN401  # A named tuple of psycopg.
        account, commodity, scale = self._of[row.account]
        return Line(account, Decimal(row.change).scaleb(-scale), commodity)


def _entries(session: SessionLike, names: _Names, beginning: datetime, end: datetime, zone: tzinfo) -> Iterator[Entry]:
    """Read the transfers page by page, so that a long period needs no long memory."""
    make: RowFactory[Any] = namedtuple_row
    connection = driver(session)
    with connection.cursor("ledger_journal", row_factory=make, withhold=connection.autocommit) as cursor:
        cursor.itersize = PAGE
        cursor.execute("SELECT * FROM ledger.journal_lines(%s, %s)", (beginning, end))
        for transfer, group in groupby(cursor, key=lambda row: row.transfer):
            found = list(group)
            notes = {"transfer": str(transfer), "occurred": found[0].occurred_at.isoformat()}
            if found[0].reference is not None:
                notes["reference"] = str(found[0].reference)
            day = found[0].occurred_at.astimezone(zone).date()
            yield Entry(day, found[0].kind, [names.line(row) for row in found], notes)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)
