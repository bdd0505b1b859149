"""Reconciling both ways: what was sent, what the payment service says, and what the ledger holds.

The lists of the service are read outside and handed in. A difference is written down once, told with its age, closed
by a person with words; one that is gone at a later look is closed as such. Nothing is repaired silently.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from partners import receipts
from partners.payments import Balance, PaymentEvent, PaymentIntent, Refund
from partners.payments import Payout as ServicePayout
from partners.receipts import Receipt, ReceiptRefund
from partners.settlement.errors import SettlementBreakUnknown
from partners.settlement.model import Break, Payout, PayoutState, Statement

GONE = "no longer found"
LATE = timedelta(days=3)
EVENT_LATE = timedelta(hours=1)
Fact = str | int | None


@dataclass(frozen=True, slots=True)
class Told:
    """What the service says. *is_whole* tells that its lists were read to their ends."""

    payouts: Sequence[ServicePayout]
    intents: Sequence[PaymentIntent]
    refunds: Sequence[Refund]
    balance: Balance
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not agree; amounts in *facts* are fen."""

    kind: str
    subject: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


def reconcile(session: Session, told: Told, *, now: datetime) -> Sequence[Break]:
    """Compare, write differences down, close those that are gone, and answer the open breaks."""
    found = [
        *_payouts(session, told, now),
        *_receipts(session, told),
        *_refunds(session, told),
        *_ledger(session, told),
        *_messages(session, now),
    ]
    _write(session, found, now)
    return open_breaks(session)


def open_breaks(session: Session, *, limit: int = 500) -> Sequence[Break]:
    """Answer the breaks that nobody has closed, the oldest first."""
    query = sa.select(Break).where(Break.resolved_at.is_(None)).order_by(Break.found_at, Break.id).limit(limit)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def closed_breaks(session: Session, *, limit: int = 50) -> Sequence[Break]:
    """Answer the breaks that were closed, the latest first."""
    query = sa.select(Break).where(Break.resolved_at.is_not(None))
    return session.scalars(query.order_by(Break.resolved_at.desc(), Break.id).limit(limit)).all()


def resolve(session: Session, *, break_id: UUID, words: str, resolved_by: UUID, now: datetime) -> Break:
    """Close an open break with *words* that say how. Raises SettlementBreakUnknown."""
    found = session.get(Break, break_id, with_for_update=True, populate_existing=True)
    if found is None or found.resolved_at is not None:
        raise SettlementBreakUnknown(break_id=break_id)
    found.resolved_at, found.resolved_by, found.resolution = now, resolved_by, words
    session.flush()
    return found


def _payouts(session: Session, told: Told, now: datetime) -> Iterator[Difference]:
    theirs = {one.id: one for one in told.payouts if one.currency == receipts.CNY}
    ours = {str(one.payment_id): one for one in _sent_payouts(session, told, theirs)}
    for payment_id, payout in ours.items():
        other = theirs.get(payment_id)
        if other is None:
            yield Difference("payout_missing_there", payment_id, {"ours": payout.amount_fen, "state": payout.state})
        elif other.amount_fen != payout.amount_fen:
            yield Difference("payout_amount", payment_id, {"ours": payout.amount_fen, "theirs": other.amount_fen})
        elif _end_of(other.status) not in (None, payout.state):
            yield Difference("payout_state", payment_id, {"ours": payout.state, "theirs": other.status})
    for payment_id, other in theirs.items():
        if payment_id not in ours:
            yield Difference("payout_unknown_here", payment_id, {"theirs": other.amount_fen, "state": other.status})
    late = sa.select(Payout).where(
        Payout.paid_at.is_(None), Payout.failed_at.is_(None), Payout.prepared_at < now - LATE
    )
    for payout in session.scalars(late.order_by(Payout.id).limit(1000)):
        facts: dict[str, Fact] = {"ours": payout.amount_fen, "state": payout.state, "problem": payout.last_problem}
        yield Difference("payout_late", str(payout.id), facts)


def _sent_payouts(session: Session, told: Told, theirs: Mapping[str, ServicePayout]) -> Sequence[Payout]:
    """Answer our sent payouts: all of them where the service's list is whole, else those that it names."""
    query = sa.select(Payout).where(Payout.payment_id.is_not(None))
    return session.scalars(query if told.is_whole else query.where(Payout.payment_id.in_(list(theirs)))).all()


def _end_of(status: str) -> PayoutState | None:
    ends = {"paid": PayoutState.PAID, "failed": PayoutState.FAILED, "canceled": PayoutState.FAILED}
    return ends.get(status)


def _receipts(session: Session, told: Told) -> Iterator[Difference]:
    arrived = {one.id: one for one in told.intents if one.status == "succeeded" and one.currency == receipts.CNY}
    ours = receipts.receipts_by_payment(session, list(arrived))
    for payment_id, intent in arrived.items():
        receipt = ours.get(payment_id)
        if receipt is None:
            yield Difference("receipt_unknown_here", payment_id, {"theirs": intent.received_fen})
        elif receipt.booked_at is None:
            facts: dict[str, Fact] = {"ours": receipt.amount_fen, "theirs": intent.received_fen}
            yield Difference("receipt_not_booked", payment_id, facts)
    if told.is_whole:
        booked = session.execute(
            sa.select(Receipt.payment_id, Receipt.amount_fen).where(Receipt.booked_at.is_not(None))
        )
        for booked_id, amount_fen in booked:
            if booked_id not in arrived:
                yield Difference("receipt_missing_there", str(booked_id), {"ours": amount_fen})


def _refunds(session: Session, told: Told) -> Iterator[Difference]:
    theirs = {one.id: one for one in told.refunds}
    query = sa.select(ReceiptRefund).where(ReceiptRefund.refund_id.in_(list(theirs)))
    ours = {str(one.refund_id): one for one in session.scalars(query)}
    for refund_id, other in theirs.items():
        mine = ours.get(refund_id)
        if mine is None:
            yield Difference("refund_unknown_here", refund_id, {"theirs": other.amount_fen})
        elif mine.amount_fen != other.amount_fen or (other.status == "succeeded") != (mine.booked_at is not None):
            facts: dict[str, Fact] = {"ours": mine.amount_fen, "theirs": other.amount_fen, "state": other.status}
            yield Difference("refund_state", refund_id, facts)


def _ledger(session: Session, told: Told) -> Iterator[Difference]:
    """Compare balances: what lies at the service, less what it has sent and not told the end of; and what is owed."""
    sent = sa.select(sa.func.coalesce(sa.func.sum(Payout.amount_fen), 0)).where(
        Payout.payment_id.is_not(None), Payout.paid_at.is_(None), Payout.failed_at.is_(None)
    )
    refunding = sa.select(sa.func.coalesce(sa.func.sum(ReceiptRefund.amount_fen), 0)).where(
        ReceiptRefund.refund_id.is_not(None), ReceiptRefund.booked_at.is_(None), ReceiptRefund.failed_at.is_(None)
    )
    under_way = int(session.scalar(sent) or 0) + int(session.scalar(refunding) or 0)
    here = ledger.balance(session, receipts.at_service(session)).posted - under_way
    there = told.balance.available.get(receipts.CNY, 0) + told.balance.pending.get(receipts.CNY, 0)
    if here != there:
        yield Difference("balance", receipts.CNY, {"ours": here, "theirs": there})
    owed = dict(session.execute(_owed_by_statements()).all())
    accounts = ledger.open_accounts(session, [ledger.NewAccount(one, "payable", receipts.CNY) for one in owed])
    held = ledger.balances(session, accounts) if accounts else {}
    for account in accounts:
        if held[account.id].posted != owed[account.owner]:
            facts: dict[str, Fact] = {"ours": int(owed[account.owner]), "ledger": held[account.id].posted}
            yield Difference("payable", str(account.owner), facts)


def _owed_by_statements() -> sa.Select[UUID, int]:
    """Answer what statements say less what was paid, by merchant."""
    paid = (
        sa.select(Payout.merchant_id, sa.func.sum(Payout.amount_fen).label("fen"))
        .where(Payout.paid_at.is_not(None), Payout.failed_at.is_(None))
        .group_by(Payout.merchant_id)
        .subquery()
    )
    stated = (
        sa.select(Statement.merchant_id, sa.func.sum(Statement.net_fen).label("fen"))
        .group_by(Statement.merchant_id)
        .subquery()
    )
    left = (stated.c.fen - sa.func.coalesce(paid.c.fen, 0)).cast(sa.BigInteger)
    return sa.select(stated.c.merchant_id, left).outerjoin(paid, paid.c.merchant_id == stated.c.merchant_id)


def _messages(session: Session, now: datetime) -> Iterator[Difference]:
    waiting = sa.select(sa.func.count()).where(
        PaymentEvent.processed_at.is_(None), PaymentEvent.received_at < now - EVENT_LATE
    )
    if count := session.scalar(waiting):
        yield Difference("messages_waiting", "webhooks", {"count": count})


def _write(session: Session, found: Sequence[Difference], now: datetime) -> None:
    rows = [
        {
            "id": new_id(),
            "kind": one.kind,
            "subject": one.subject,
            "facts": dict(one.facts),
            "facts_hash": hashlib.sha256(json.dumps(dict(one.facts), sort_keys=True).encode()).digest(),
            "found_at": now,
            "seen_at": now,
        }
        for one in found
    ]
    if rows:
        added = insert(Break).values(rows)
        keys = ("kind", "subject", "facts_hash")
        session.execute(added.on_conflict_do_update(index_elements=keys, set_={"seen_at": added.excluded.seen_at}))
    session.execute(
        sa.update(Break)
        .where(Break.resolved_at.is_(None), Break.seen_at < now)
        .values(resolved_at=now, resolution=GONE)
    )
    # What was closed because it was gone, and is there again, is open again.
    session.execute(
        sa.update(Break)
        .where(Break.resolution == GONE, Break.resolved_by.is_(None), Break.seen_at == now, Break.resolved_at < now)
        .values(resolved_at=None, resolution=None)
    )
