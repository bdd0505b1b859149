"""Money of a statement on its way: prepared (held), sent, paid or failed (back with what the merchant is owed).

Nothing here calls the service; ``puhui.settlement_jobs`` does, outside any transaction. The key of a call comes from
the payout, so a call that is made again after a crash is the same call.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger import NewHold
from partners.payments import Payment, observe_answer
from partners.payments import Payout as ServicePayout
from partners.receipts import pause
from partners.settlement import terms
from partners.settlement.books import Accounts, accounts_for
from partners.settlement.errors import PayoutUnderWay, PayoutUnknown
from partners.settlement.model import Payout, PayoutAccount, Statement

BATCH = 100
KIND = "payout"


def prepare_payout(session: Session, statement: Statement, *, accounts: Accounts, now: datetime) -> Payout | None:
    """Hold what a statement owes for its payout; None where it owes nothing."""
    return _prepare(session, statement, attempt=1, accounts=accounts, now=now) if statement.net_fen else None


def pay_again(session: Session, *, payout_id: UUID, now: datetime) -> Payout:
    """Prepare a further attempt for a payout that failed. Raises PayoutUnknown, PayoutUnderWay, InsufficientBalance."""
    failed = session.get(Payout, payout_id, with_for_update=True)
    if failed is None:
        raise PayoutUnknown(payout=payout_id)
    newest = session.scalars(
        sa.select(Payout).where(Payout.statement_id == failed.statement_id).order_by(Payout.attempt.desc()).limit(1)
    ).one()
    if newest.id != failed.id or failed.failed_at is None:
        raise PayoutUnderWay(payout=payout_id)
    statement = session.get_one(Statement, failed.statement_id)
    accounts = accounts_for(session, failed.merchant_id)
    return _prepare(session, statement, attempt=failed.attempt + 1, accounts=accounts, now=now)


def due_payouts(session: Session, *, now: datetime, limit: int = BATCH) -> Sequence[Payout]:
    """Answer payouts that are to be called now, with their destination, and put their next try off.

    A merchant that has not said where its money goes waits. Nobody else calls them meanwhile.
    """
    due = (
        sa.select(Payout)
        .where(Payout.payment_id.is_(None), Payout.failed_at.is_(None), Payout.next_try_at <= now)
        .where(sa.or_(Payout.destination.is_not(None), Payout.merchant_id.in_(sa.select(PayoutAccount.merchant_id))))
        .order_by(Payout.next_try_at, Payout.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = session.scalars(due.execution_options(populate_existing=True)).all()
    where = terms.payout_accounts(session, [one.merchant_id for one in found])
    for one in found:
        # Once called, the destination stays: the same key must be the same call.
        one.destination = one.destination or where[one.merchant_id]
        one.tries += 1
        one.next_try_at = now + pause(one.tries)
    session.flush()
    return found


def call_key(payout: Payout) -> UUID:
    """Answer the request id of a payout's call: of the run, the attempt and how often the service surely refused."""
    return uuid5(payout.id, f"call/{payout.key_number}")


def note_sent(session: Session, *, payout_id: UUID, answer: ServicePayout, now: datetime) -> None:
    """Write down which of the service's payouts this one is, and what it said."""
    payout = session.get_one(Payout, payout_id, with_for_update=True, populate_existing=True)
    if payout.payment_id is None:
        payout.payment_id, payout.sent_at, payout.last_problem = answer.id, now, None
        session.flush()
    observe_answer(session, answer, now=now)


def note_problem(session: Session, *, payout_id: UUID, code: str, is_refusal: bool) -> None:
    """Write down why a call did not succeed. Only after a refusal, when surely nothing happened, the key changes."""
    payout = session.get_one(Payout, payout_id, with_for_update=True, populate_existing=True)
    if payout.payment_id is None:
        payout.last_problem = code
        payout.key_number += is_refusal
        session.flush()


def fail_unsent(session: Session, *, payout_id: UUID, code: str, now: datetime) -> None:
    """End a payout that the service refuses for good before it began: the money is owed again."""
    payout = session.get_one(Payout, payout_id, with_for_update=True, populate_existing=True)
    if payout.payment_id is None and payout.failed_at is None:
        _fail(session, payout, code=code, now=now)
        session.flush()


def book_payouts(session: Session, *, now: datetime, limit: int = BATCH) -> int:
    """Book what the service said of payouts that were sent, each end once, whatever the order of its words."""
    told = sa.or_(
        sa.and_(Payment.status == "paid", Payout.paid_at.is_(None)), Payment.status.in_(("failed", "canceled"))
    )
    news = (
        sa.select(Payout, Payment)
        .join(Payment, Payment.id == Payout.payment_id)
        .where(Payout.failed_at.is_(None), told)
        .order_by(Payout.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Payout)
        .execution_options(populate_existing=True)
    )
    found = session.execute(news).all()
    for payout, payment in found:
        if payment.status == "paid":
            posting = ledger.settle(session, payout.hold_id, request_id=uuid5(payout.id, "paid"), now=now)
            payout.paid_at, payout.transfer_id = now, posting.transfer_ids[0]
        else:
            _fail(session, payout, code=payment.failure_code or payment.status, now=now)
    session.flush()
    return len(found)


def _fail(session: Session, payout: Payout, *, code: str, now: datetime) -> None:
    key = uuid5(payout.id, "failed")
    if payout.transfer_id is None:
        ledger.release(session, payout.hold_id, request_id=key, now=now)
    else:
        ledger.reverse(session, [payout.transfer_id], reason=code, request_id=key, now=now)
    payout.failed_at, payout.failure_code = now, code


def _prepare(session: Session, statement: Statement, *, attempt: int, accounts: Accounts, now: datetime) -> Payout:
    payout_id = uuid5(statement.id, f"payout/{attempt}")
    held = NewHold(accounts.payable.id, accounts.service.id, statement.net_fen, None, KIND, statement.id)
    hold = ledger.hold(session, [held], request_id=uuid5(payout_id, "hold"), now=now)[0]
    made = Payout(
        id=payout_id, merchant_id=statement.merchant_id, statement_id=statement.id, attempt=attempt,
        amount_fen=statement.net_fen, destination=None, hold_id=hold.id, transfer_id=None, prepared_at=now, tries=0,
        next_try_at=now, key_number=0, last_problem=None, payment_id=None, sent_at=None, paid_at=None, failed_at=None,
        failure_code=None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made
