"""Named reads of funds and of where the coins are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger import NewAccount, Side
from partners.receipts import CNY, Purpose, Receipt, ReceiptRefund
from partners.sponsors.errors import FundUnknown
from partners.sponsors.model import CoinFigures, Fund

FUNDS_AT_MOST = 200
SETTLED = NewAccount(ledger.SYSTEM, "settled", "coin", spread=True)
"""Where coins end that merchants were paid for."""


@dataclass(frozen=True, slots=True)
class FundFigures:
    """A fund in fen: *given* came in, *returned* went back to sponsors, *spent* went to merchants, the rest is left."""

    fund: Fund
    given_fen: int
    returned_fen: int
    left_fen: int
    held_fen: int

    @property
    def spent_fen(self) -> int:
        """What merchants were paid from it."""
        return self.given_fen - self.returned_fen - self.left_fen

    @property
    def available_fen(self) -> int:
        """What is left and not on its way back to a sponsor."""
        return self.left_fen - self.held_fen


def fund_of(session: Session, fund_id: UUID) -> Fund:
    """Answer a fund. Raises FundUnknown."""
    fund = session.get(Fund, fund_id)
    if fund is None:
        raise FundUnknown(fund=fund_id)
    return fund


def funds(session: Session) -> Sequence[Fund]:
    """Answer all funds in the order in which they pay, two hundred at most."""
    return session.scalars(sa.select(Fund).order_by(Fund.opened_at, Fund.id).limit(FUNDS_AT_MOST)).all()


def lock_funds(session: Session) -> Sequence[Fund]:
    """Answer the open funds in the order in which they pay, locked: who spends from them takes turns."""
    query = sa.select(Fund).where(Fund.closed_at.is_(None)).order_by(Fund.opened_at, Fund.id).limit(FUNDS_AT_MOST)
    return session.scalars(query.with_for_update()).all()


def available_fen(session: Session, some: Sequence[Fund]) -> dict[UUID, int]:
    """Answer what each fund can spend now, in two statements."""
    accounts = ledger.open_accounts(session, [NewAccount(one.id, "fund", CNY) for one in some])
    found = ledger.balances(session, accounts) if accounts else {}
    return {account.owner: found[account.id].available for account in accounts}


def fund_figures(session: Session, some: Sequence[Fund]) -> list[FundFigures]:
    """Answer the figures of funds, in their order and a constant number of statements."""
    accounts = ledger.open_accounts(session, [NewAccount(one.id, "fund", CNY) for one in some])
    left = ledger.balances(session, accounts) if accounts else {}
    given = _sums(session, some, Receipt.amount_fen, refunds=False)
    returned = _sums(session, some, ReceiptRefund.amount_fen, refunds=True)
    by_owner = {account.owner: left[account.id] for account in accounts}
    return [
        FundFigures(
            fund=one,
            given_fen=given.get(one.id, 0),
            returned_fen=returned.get(one.id, 0),
            left_fen=by_owner[one.id].posted,
            held_fen=by_owner[one.id].pending,
        )
        for one in some
    ]


def latest_figures(session: Session) -> CoinFigures | None:
    """Answer where all coins were when they were last counted; None before the first time."""
    return session.scalars(sa.select(CoinFigures).order_by(CoinFigures.taken_at.desc()).limit(1)).one_or_none()


def unpaid_coins(session: Session) -> int:
    """Answer how many coins may still cost money as of now, from 192 rows; those in sinks count as if they might."""
    issuance, expired, settled = ledger.open_accounts(
        session,
        [
            NewAccount(ledger.SYSTEM, "issuance", "coin", Side.DEBIT, floor=False, spread=True),
            NewAccount(ledger.SYSTEM, "expired", "coin", floor=False, spread=True),
            SETTLED,
        ],
    )
    found = ledger.balances(session, [issuance, expired, settled])
    return found[issuance.id].posted - found[expired.id].posted - found[settled.id].posted


def _sums(
    session: Session, some: Sequence[Fund], amount: sa.orm.InstrumentedAttribute[int], *, refunds: bool
) -> dict[UUID, int]:
    query = sa.select(Receipt.payee_id, sa.func.sum(amount)).where(
        Receipt.payee_id.in_([one.id for one in some]),
        Receipt.purpose == Purpose.TOP_UP,
        Receipt.booked_at.is_not(None),
    )
    if refunds:
        query = query.join(
            ReceiptRefund, sa.and_(ReceiptRefund.stripe == Receipt.stripe, ReceiptRefund.receipt_id == Receipt.id)
        ).where(ReceiptRefund.booked_at.is_not(None))
    return {row[0]: int(row[1]) for row in session.execute(query.group_by(Receipt.payee_id))}
