"""Settling one merchant through one day, once: read, lay out, post, write down, prepare the payout.

One transaction a merchant, with a number of statements that does not grow with its redemptions (two more for every ten
thousand). Turns are taken in one order: the merchant's mark, the funds, then the ledger's accounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import ledger
from ledger import NewTransfer
from partners import sponsors
from partners.merchants import Merchant
from partners.receipts import Purpose, Receipt, ReceiptRefund
from partners.settlement import books, gathering, rules, terms
from partners.settlement.books import Accounts
from partners.settlement.gathering import Gathered
from partners.settlement.model import Correction, Funding, Run, Statement, StatementLine
from partners.settlement.rules import Layout
from partners.settlement.sending import prepare_payout


@dataclass(frozen=True, slots=True)
class _Sums:
    """What else a statement carries: cash that was earned, corrections, the fee."""

    cash: Sequence[Receipt]
    cash_fen: int
    corrections: Sequence[Correction]
    basis_points: int
    fixed_fen: int
    fee_fen: int

    @property
    def correction_fen(self) -> int:
        return sum(one.fen for one in self.corrections)


def statement_id_of(merchant_id: UUID, through: date) -> UUID:
    """Answer the id of a merchant's statement through a day: always the same, so that it is made once."""
    return uuid5(NAMESPACE_URL, f"https://puhui.example/settlement/{merchant_id}/{through.isoformat()}")


def settle_merchant(session: Session, *, merchant_id: UUID, through: date, now: datetime) -> Statement | None:
    """Settle what a merchant took through the local day *through* and answer the statement.

    The same merchant and day answer the statement that is there. None where nothing is due: no movement, another
    cycle, more went back than came (it waits), or a later day is settled already. Raises SettlementDayOpen,
    SettlementRateMissing, AccountUnknown; InsufficientBalance where somebody undid just now (run it again).
    """
    rules.check_day_over(through, now=now)
    mark = gathering.take_turn(session, merchant_id)
    statement_id = statement_id_of(merchant_id, through)
    known = session.get(Statement, statement_id)
    if known is not None or not _is_due(session, merchant_id, through):
        return known
    accounts = books.accounts_for(session, merchant_id)
    gathered = gathering.gather(session, takings=accounts.takings, since=mark.look_since)
    funds = sponsors.available_fen(session, sponsors.lock_funds(session))
    layout, sums = _lay_out(session, merchant_id, gathered, through=through, funds=funds)
    if layout.coins < 0 or layout.fen < 0 or not (layout.lines or layout.waiting or sums.cash or sums.corrections):
        return None
    statement = _statement(session, layout, sums, merchant_id=merchant_id, through=through, accounts=accounts, now=now)
    drawn = rules.draw(funds, need_fen=statement.gross_fen + statement.correction_fen)
    _post(session, statement, layout, drawn, accounts=accounts, now=now)
    _write(session, statement, layout, sums, drawn)
    mark.look_since = gathering.next_look(gathered, [*layout.waiting, *layout.later])
    session.flush()
    prepare_payout(session, statement, accounts=accounts, now=now)
    return statement


def ask_run(session: Session, *, through: date, asked_by: UUID | None, now: datetime) -> Run:
    """Write down that every merchant is to be settled through a day; the worker does it. Raises SettlementDayOpen."""
    rules.check_day_over(through, now=now)
    new = insert(Run).values(through=through, asked_at=now, asked_by=asked_by, merchants=0, done=0)
    session.execute(new.on_conflict_do_nothing())
    run = session.get_one(Run, through, with_for_update=True, populate_existing=True)
    if run.finished_at is not None:
        run.asked_at, run.asked_by, run.finished_at, run.done = now, asked_by, None, 0
    session.flush()
    return run


def unfinished_runs(session: Session) -> Sequence[Run]:
    """Answer the runs that are to be done, the earliest day first."""
    query = sa.select(Run).where(Run.finished_at.is_(None)).order_by(Run.through).limit(100)
    return session.scalars(query).all()


def merchants_after(session: Session, after: UUID | None, *, limit: int = 100) -> Sequence[UUID]:
    """Answer the ids of merchants behind *after*, in the order in which a run takes them."""
    query = sa.select(Merchant.id).order_by(Merchant.id).limit(limit)
    return session.scalars(query if after is None else query.where(Merchant.id > after)).all()


def note_progress(session: Session, *, through: date, done: int, finished: bool, now: datetime) -> None:
    """Keep how far a run is."""
    count = sa.select(sa.func.count()).select_from(Merchant).scalar_subquery()
    values = {"done": done, "merchants": count, "seen_at": now, "finished_at": now if finished else None}
    session.execute(sa.update(Run).where(Run.through == through).values(values))


def _is_due(session: Session, merchant_id: UUID, through: date) -> bool:
    later = sa.select(Statement.id).where(Statement.merchant_id == merchant_id, Statement.through > through).limit(1)
    return rules.is_due(terms.cycle_of(session, merchant_id), through) and session.scalar(later) is None


def _lay_out(
    session: Session, merchant_id: UUID, gathered: Gathered, *, through: date, funds: Mapping[UUID, int]
) -> tuple[Layout, _Sums]:
    """Lay the statement out; corrections for the merchant are older debts and come before new coins."""
    until, budget_fen = rules.until_of(through), sum(funds.values())
    corrections = _corrections(session, merchant_id, until) if funds else []
    owed = [one.fen for one in corrections if one.fen > 0]
    first = sum(
        fen
        for fen, fits in zip(owed, rules.choose_corrections(owed, budget_fen=budget_fen, net_fen=0), strict=True)
        if fits
    )
    layout = rules.lay_out(
        gathered.movements,
        until=until,
        rates=terms.rates(session),
        settled_fen=gathered.settled_fen,
        budget_fen=budget_fen - first,
    )
    points, fixed = rules.fee_at(terms.fees(session, merchant_id=merchant_id), merchant_id, until)
    fee = rules.fee_fen(layout.fen, basis_points=points, fixed_fen=fixed)
    cash, cash_fen = _cash(session, merchant_id, until)
    net = layout.fen + cash_fen - fee
    fits = rules.choose_corrections([one.fen for one in corrections], budget_fen=first, net_fen=net)
    carried = [one for one, fit in zip(corrections, fits, strict=True) if fit]
    return layout, _Sums(cash, cash_fen, carried, points, fixed, fee)


def _corrections(session: Session, merchant_id: UUID, until: datetime) -> Sequence[Correction]:
    query = sa.select(Correction).where(
        Correction.merchant_id == merchant_id, Correction.statement_id.is_(None), Correction.made_at < until
    )
    return session.scalars(query.order_by(Correction.made_at, Correction.id).with_for_update()).all()


def _cash(session: Session, merchant_id: UUID, until: datetime) -> tuple[Sequence[Receipt], int]:
    """Answer the cash parts earned and not settled, and their fen less what of them went back."""
    due = (
        sa.select(Receipt)
        .where(Receipt.payee_id == merchant_id, Receipt.purpose == Purpose.CASH_PART, Receipt.statement_id.is_(None))
        .where(Receipt.earned_at < until)
        .order_by(Receipt.earned_at, Receipt.id)
        .limit(gathering.PAGE)
        .with_for_update()
    )
    found = session.scalars(due.execution_options(populate_existing=True)).all()
    back = sa.select(sa.func.coalesce(sa.func.sum(ReceiptRefund.amount_fen), 0)).where(
        ReceiptRefund.receipt_id.in_([one.id for one in found]), ReceiptRefund.failed_at.is_(None)
    )
    gone = int(session.scalar(back) or 0) if found else 0
    return found, sum(one.amount_fen for one in found) - gone


def _statement(
    session: Session,
    layout: Layout,
    sums: _Sums,
    *,
    merchant_id: UUID,
    through: date,
    accounts: Accounts,
    now: datetime,
) -> Statement:
    before = sa.select(Statement.closing_coins).where(Statement.merchant_id == merchant_id)
    opening = session.scalar(before.order_by(Statement.through.desc()).limit(1)) or 0
    closing = sum(one.change for one in layout.waiting)
    undone = -sum(line.movement.change for line in layout.lines if line.movement.change < 0)
    net = layout.fen + sums.cash_fen + sums.correction_fen - sums.fee_fen
    payable = ledger.balance(session, accounts.payable).posted
    return Statement(
        id=statement_id_of(merchant_id, through), merchant_id=merchant_id, through=through,
        cycle=terms.cycle_of(session, merchant_id).value, made_at=now, lines=len(layout.lines), opening_coins=opening,
        taken_coins=layout.coins + closing - opening + undone, undone_coins=undone, settled_coins=layout.coins,
        closing_coins=closing, waiting_lines=len(layout.waiting), waiting_fen=layout.waiting_fen, gross_fen=layout.fen,
        cash_fen=sums.cash_fen, correction_fen=sums.correction_fen, basis_points=sums.basis_points,
        fixed_fen=sums.fixed_fen, fee_fen=sums.fee_fen, net_fen=net, opening_fen=payable, closing_fen=payable + net,
    )  # fmt: skip


def _post(
    session: Session,
    statement: Statement,
    layout: Layout,
    drawn: Mapping[UUID, int],
    *,
    accounts: Accounts,
    now: datetime,
) -> None:
    """Move coins and fen in one list, so that they stand or fall together; its request id is the statement's."""
    payable, reference = accounts.payable.id, statement.id
    transfers = books.fund_transfers(session, accounts, drawn, statement_id=reference, now=now)
    if layout.coins:
        coins = NewTransfer(
            accounts.takings.id, accounts.settled.id, layout.coins, now, gathering.SETTLEMENT, reference
        )
        transfers.append(coins)
    if statement.cash_fen:
        transfers.append(NewTransfer(accounts.unearned.id, payable, statement.cash_fen, now, "cash_part", reference))
    if statement.fee_fen:
        transfers.append(NewTransfer(payable, accounts.fees.id, statement.fee_fen, now, "fee", reference))
    ledger.post(session, transfers, request_id=statement.id, now=now)


def _write(session: Session, statement: Statement, layout: Layout, sums: _Sums, drawn: Mapping[UUID, int]) -> None:
    session.add(statement)
    session.flush()
    if layout.lines:
        session.execute(
            sa.insert(StatementLine), [_row(statement.id, n, line) for n, line in enumerate(layout.lines, 1)]
        )
    session.add_all(Funding(statement_id=statement.id, fund_id=fund, fen=fen) for fund, fen in drawn.items())
    for receipt in sums.cash:
        receipt.statement_id = statement.id
    for correction in sums.corrections:
        correction.statement_id = statement.id
    session.flush()


def _row(statement_id: UUID, place: int, line: rules.Line) -> dict[str, object]:
    movement = line.movement
    return {
        "stripe": movement.transfer_id & 63,
        "transfer_id": movement.transfer_id,
        "statement_id": statement_id,
        "place": place,
        "kind": movement.kind,
        "coins_units": movement.change,
        "fen": line.fen,
        "occurred_at": movement.occurred_at,
        "reverses": movement.reverses,
        "reference": movement.reference,
    }
