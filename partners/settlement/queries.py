"""Named reads of statements, payouts and what a merchant is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

import ledger
from ledger import NewAccount
from partners.receipts import CNY, Receipt
from partners.settlement.books import COIN, TAKINGS
from partners.settlement.errors import PayoutUnknown, StatementUnknown
from partners.settlement.model import Correction, Funding, Payout, Run, Statement, StatementLine

LINES_AT_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Owed:
    """What a merchant is owed: coins not settled, fen settled and not sent, fen on their way, cash not settled."""

    coins: int
    fen: int
    under_way_fen: int
    unearned_fen: int


def statement_of(session: Session, statement_id: UUID, *, merchant_id: UUID | None = None) -> Statement:
    """Answer a statement, of the merchant where one is named. Raises StatementUnknown."""
    found = session.get(Statement, statement_id)
    if found is None or (merchant_id is not None and found.merchant_id != merchant_id):
        raise StatementUnknown(statement=statement_id)
    return found


def statements(
    session: Session,
    *,
    merchant_id: UUID | None = None,
    since: date | None = None,
    until: date | None = None,
    after: tuple[date, UUID] | None = None,
    limit: int = 30,
) -> Sequence[Statement]:
    """Answer statements, the latest day first, from the one after (through, id) on."""
    query = sa.select(Statement).order_by(Statement.through.desc(), Statement.id.desc()).limit(limit)
    if merchant_id is not None:
        query = query.where(Statement.merchant_id == merchant_id)
    if since is not None:
        query = query.where(Statement.through >= since)
    if until is not None:
        query = query.where(Statement.through <= until)
    if after is not None:
        query = query.where(sa.tuple_(Statement.through, Statement.id) < after)
    return session.scalars(query).all()


def lines_of(
    session: Session, statement_id: UUID, *, after: int = 0, limit: int = LINES_AT_MOST
) -> Sequence[StatementLine]:
    """Answer a statement's lines in their order, from behind place *after*."""
    query = sa.select(StatementLine).where(StatementLine.statement_id == statement_id, StatementLine.place > after)
    return session.scalars(query.order_by(StatementLine.place).limit(limit)).all()


def cash_of(session: Session, statement_id: UUID, merchant_id: UUID) -> Sequence[Receipt]:
    """Answer the cash parts that a statement carries, in the order of their earning."""
    query = sa.select(Receipt).where(Receipt.payee_id == merchant_id, Receipt.statement_id == statement_id)
    return session.scalars(query.order_by(Receipt.earned_at, Receipt.id).limit(LINES_AT_MOST)).all()


def corrections_of(session: Session, statement_id: UUID) -> Sequence[Correction]:
    """Answer the corrections that a statement carries."""
    query = sa.select(Correction).where(Correction.statement_id == statement_id)
    return session.scalars(query.order_by(Correction.made_at, Correction.id).limit(1000)).all()


def corrections_waiting(session: Session, merchant_id: UUID) -> Sequence[Correction]:
    """Answer the corrections that the merchant's next statement is to carry."""
    query = sa.select(Correction).where(Correction.merchant_id == merchant_id, Correction.statement_id.is_(None))
    return session.scalars(query.order_by(Correction.made_at, Correction.id).limit(1000)).all()


def funding_of(session: Session, statement_id: UUID) -> dict[UUID, int]:
    """Answer what each fund paid of a statement."""
    query = sa.select(Funding.fund_id, Funding.fen).where(Funding.statement_id == statement_id)
    return {row[0]: row[1] for row in session.execute(query)}


def payouts(
    session: Session,
    *,
    merchant_id: UUID | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 30,
) -> Sequence[Payout]:
    """Answer payouts, the newest first, from the one after (prepared_at, id) on."""
    query = sa.select(Payout).order_by(Payout.prepared_at.desc(), Payout.id.desc()).limit(limit)
    if merchant_id is not None:
        query = query.where(Payout.merchant_id == merchant_id)
    if after is not None:
        query = query.where(sa.tuple_(Payout.prepared_at, Payout.id) < after)
    return session.scalars(query).all()


def payout_of(session: Session, payout_id: UUID) -> Payout:
    """Answer a payout. Raises PayoutUnknown."""
    found = session.get(Payout, payout_id)
    if found is None:
        raise PayoutUnknown(payout=payout_id)
    return found


def payouts_of(session: Session, statement_ids: Sequence[UUID]) -> dict[UUID, Payout]:
    """Answer the latest payout of each statement, in one statement."""
    query = (
        sa.select(Payout)
        .where(Payout.statement_id.in_(statement_ids))
        .ext(distinct_on(Payout.statement_id))
        .order_by(Payout.statement_id, Payout.attempt.desc())
    )
    return {one.statement_id: one for one in session.scalars(query)}


def last_paid(session: Session, merchant_id: UUID) -> Payout | None:
    """Answer the payout that reached the merchant last."""
    query = sa.select(Payout).where(
        Payout.merchant_id == merchant_id, Payout.paid_at.is_not(None), Payout.failed_at.is_(None)
    )
    return session.scalars(query.order_by(Payout.paid_at.desc()).limit(1)).one_or_none()


def owed(session: Session, merchant_id: UUID, *, now: datetime) -> Owed:
    """Answer what the merchant is owed, from the ledger. Raises AccountUnknown (no takings)."""
    takings = ledger.account_of(session, owner=merchant_id, purpose=TAKINGS, asset=COIN)
    payable, unearned = ledger.open_accounts(
        session, [NewAccount(merchant_id, "payable", CNY), NewAccount(merchant_id, "unearned", CNY)]
    )
    found = ledger.balances(session, [takings, payable, unearned], now=now)
    return Owed(
        coins=found[takings.id].posted,
        fen=found[payable.id].available,
        under_way_fen=found[payable.id].pending,
        unearned_fen=found[unearned.id].available,
    )


def runs(session: Session, *, limit: int = 30) -> Sequence[Run]:
    """Answer the latest runs, the latest day first."""
    return session.scalars(sa.select(Run).order_by(Run.through.desc()).limit(limit)).all()


def run_totals(session: Session, through: date) -> tuple[int, int, int]:
    """Answer how many statements a day has, their net fen, and the fen that wait for money."""
    query = sa.select(
        sa.func.count(),
        sa.func.coalesce(sa.func.sum(Statement.net_fen), 0),
        sa.func.coalesce(sa.func.sum(Statement.waiting_fen), 0),
    ).where(Statement.through == through)
    count, net, waiting = session.execute(query).one()
    return count, int(net), int(waiting)
