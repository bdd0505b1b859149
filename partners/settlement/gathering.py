"""What the ledger says of a merchant's takings and no statement has yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import ledger
from partners.settlement.model import Mark, StatementLine
from partners.settlement.rules import Movement

PAGE = 10_000
OVERLAP = timedelta(days=1)
"""No transaction is open for so long: what was posted earlier and not seen then was not there."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
SETTLEMENT = "settlement"


@dataclass(frozen=True, slots=True)
class Gathered:
    """Movements without a statement, the fen of settled ones that were reversed, and the latest instant looked at."""

    movements: list[Movement]
    settled_fen: dict[int, int]
    seen_until: datetime


def take_turn(session: Session, merchant_id: UUID) -> Mark:
    """Answer the merchant's mark, locked: of two runs of one merchant the second waits here and finds it done."""
    session.execute(insert(Mark).values(merchant_id=merchant_id, look_since=BEGINNING).on_conflict_do_nothing())
    query = sa.select(Mark).where(Mark.merchant_id == merchant_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def gather(session: Session, *, takings: ledger.Account, since: datetime) -> Gathered:
    """Answer every movement of *takings* posted since an instant that no statement has, whatever its kind.

    One statement a page of ten thousand, and three more.
    """
    posted = [line for page in _pages(session, takings, since) for line in page]
    moved = _movements(session, [line for line in posted if line.kind != SETTLEMENT])
    settled_fen = _settled(
        session, {one.transfer_id for one in moved} | {one.reverses for one in moved if one.reverses}
    )
    return Gathered(
        movements=[one for one in moved if one.transfer_id not in settled_fen],
        settled_fen=settled_fen,
        seen_until=max((line.posted_at for line in posted), default=since),
    )


def next_look(gathered: Gathered, left: list[Movement]) -> datetime:
    """Answer from when the next run has to look: the earliest that is left, and a day more."""
    earliest = min((one.posted_at for one in left), default=gathered.seen_until)
    return max(BEGINNING, earliest - OVERLAP)


def _pages(session: Session, takings: ledger.Account, since: datetime) -> Iterator[list[ledger.StatementLine]]:
    after: str | None = None
    while True:
        page = ledger.statement(session, takings, after=after, limit=PAGE, since=since)
        if page.lines:
            yield page.lines
        after = page.after
        if after is None:
            return


def _settled(session: Session, ids: set[int]) -> dict[int, int]:
    query = sa.select(StatementLine.transfer_id, StatementLine.fen).where(
        StatementLine.stripe == sa.any_(sa.literal([one & 63 for one in ids], sa.ARRAY(sa.SmallInteger))),
        StatementLine.transfer_id == sa.any_(sa.literal(list(ids), sa.ARRAY(sa.BigInteger))),
    )
    return {row[0]: row[1] for row in session.execute(query)} if ids else {}


def _movements(session: Session, lines: Sequence[ledger.StatementLine]) -> list[Movement]:
    """Answer whole transfers: what left the takings was drawn from as many of their parts as it took."""
    wholes = _wholes(session, [line.transfer_id for line in lines])
    by_whole: dict[int, Movement] = {}
    for line in lines:
        whole, reverses = wholes[line.transfer_id]
        before = by_whole.get(whole)
        by_whole[whole] = Movement(
            transfer_id=whole,
            change=line.change + (before.change if before else 0),
            kind=line.kind,
            occurred_at=line.occurred_at,
            posted_at=line.posted_at,
            reverses=reverses,
            reference=line.reference,
        )
    return [one for one in by_whole.values() if one.change]


def _wholes(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int | None]]:
    """Answer, by the ids of rows, the transfer that each is part of, and what that reverses."""
    found = session.execute(sa.text("SELECT id, whole, reverses FROM partners.wholes_of(:ids)"), {"ids": list(ids)})
    return {row.id: (row.whole, row.reverses) for row in found}
