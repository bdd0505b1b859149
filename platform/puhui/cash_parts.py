"""The cash of an offer of coins and cash: paid online before the counter, or at the shop's own till.

A voucher has one receipt at most that is neither given up nor too late: its row is locked while one is begun. What the
counter does about a receipt happens in the transaction that redeems, so nobody pays twice: money that is here becomes
the merchant's, money that may be on its way stops the redemption, and a receipt that nobody pays is given up, so that
what should come for it in spite of that goes back.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from ledger.kernel.errors import DomainError
from partners import receipts, settlement
from partners.receipts import Receipt, State
from rewards import offers, vouchers
from rewards.offers import Deal, Offer
from rewards.vouchers import OfflineScan, Outcome, Voucher
from rewards.vouchers.actions import release_expired
from rewards.vouchers.rules import check_open

PAY_WITHIN = timedelta(minutes=15)
"""So long a citizen may take to pay; afterwards the payment is given up, and the voucher stays good."""
TILL, ONLINE = "till", "online"


class CashPartMissing(DomainError):
    """Nothing is paid in cash for this voucher. Facts: voucher."""

    code = "cash_part_missing"


class CashPartPending(DomainError):
    """The payment service has not said how the payment ended: redeem neither with nor without cash. Facts: voucher."""

    code = "cash_part_pending"


class CashPartChanged(DomainError):
    """The clerk was told otherwise a moment ago: to take cash, or not to. Facts: voucher."""

    code = "cash_part_changed"


@dataclass(frozen=True, slots=True)
class CashPart:
    """The cash of a voucher: *amount_fen*, and the latest receipt for it with its state, if there was one."""

    amount_fen: int
    receipt: Receipt | None = None
    state: State | None = None

    @property
    def is_paid(self) -> bool:
        """Whether the money is here."""
        return self.state is State.PAID

    @property
    def is_pending(self) -> bool:
        """Whether the payment service has still to say how it ended.

        A payment is made at the service only in order to be confirmed at once: one that is merely open there is under
        way, or its answer was lost.
        """
        is_begun = self.state is State.OPEN and self.receipt is not None and self.receipt.payment_id is not None
        return self.state is State.PENDING or is_begun

    @property
    def told(self) -> str:
        """What the clerk is told: the cash was paid online, or is taken at the till."""
        return ONLINE if self.is_paid else TILL


def cash_part_of(
    session: Session, voucher: Voucher, offer: Offer, *, now: datetime, lock: bool = False
) -> CashPart | None:
    """Answer the cash of a voucher and how its payment stands; None where its offer is for coins alone.

    The deal of an offer is fixed once it is on show, so the offer says what the voucher was taken for.
    """
    if offer.deal is not Deal.COINS_CASH or offer.cash_fen is None:
        return None
    receipt = receipts.receipts_about(session, [voucher.id], lock=lock).get(voucher.id)
    if receipt is None:
        return CashPart(offer.cash_fen)
    state = State.GIVEN_UP if _is_too_late(receipt, now) else receipts.receipt_state(session, receipt)
    return CashPart(offer.cash_fen, receipt, state)


def begin_payment(session: Session, *, voucher_id: UUID, citizen_id: UUID, request_id: UUID, now: datetime) -> Receipt:
    """Answer the receipt to pay for an open voucher of the citizen; begun where none waits or is paid.

    Raises VoucherUnknown, VoucherAlreadyRedeemed, VoucherCancelled, VoucherExpired, CashPartMissing, ReceiptConflict.
    """
    voucher = vouchers.voucher_of(session, citizen_id=citizen_id, voucher_id=voucher_id)
    session.refresh(voucher, with_for_update=True)
    check_open(voucher, now=now)
    offer = offers.offer_of(session, voucher.offer_id).offer
    cash = cash_part_of(session, voucher, offer, now=now, lock=True)
    if cash is None:
        raise CashPartMissing(voucher=voucher_id)
    if cash.receipt is not None and cash.state is not State.GIVEN_UP:
        return cash.receipt
    if cash.receipt is not None:
        settlement.give_up_cash_part(session, receipt_id=cash.receipt.id, now=now)
    return settlement.begin_cash_part(
        session, merchant_id=voucher.merchant_id, citizen_id=citizen_id, amount_fen=cash.amount_fen,
        voucher_id=voucher_id, expires_at=min(now + PAY_WITHIN, voucher.expires_at), request_id=request_id, now=now,
    )  # fmt: skip


def take_cash_part(session: Session, voucher: Voucher, offer: Offer, *, told: str | None, now: datetime) -> None:
    """Let the merchant have earned what was paid online, or give up what was not: then the till took it.

    Call it in the transaction that redeems. *told* is what the clerk was told, ONLINE or TILL, where a page told
    something. Raises CashPartPending, CashPartChanged: the redemption must not stay.
    """
    cash = cash_part_of(session, voucher, offer, now=now, lock=True)
    if cash is None:
        return
    if cash.is_pending:
        raise CashPartPending(voucher=voucher.id)
    if told not in (None, cash.told):
        raise CashPartChanged(voucher=voucher.id)
    if cash.receipt is not None:
        _take(session, cash.receipt, is_paid=cash.is_paid, now=now)


def take_queued_cash(session: Session, taken: Collection[OfflineScan], *, now: datetime) -> None:
    """Do the same for what was handed over without a network and is booked now.

    Only what was paid before the code was read is the merchant's: of a later payment the counter could not know, it
    took cash, so that money goes back. Nothing is refused here, because what was handed over is past.
    """
    redeemed = {row.voucher_id: row for row in taken if row.voucher_id and row.outcome == Outcome.REDEEMED}
    for voucher_id, receipt in receipts.receipts_about(session, set(redeemed), lock=True).items():
        was_paid = receipt.booked_at is not None and receipt.booked_at <= redeemed[voucher_id].scanned_at
        _take(session, receipt, is_paid=was_paid, now=now)


def return_cash_part(session: Session, voucher_id: UUID, *, now: datetime) -> None:
    """Take an earning back and let the money go back to whoever paid: the redemption was undone, the voucher is over.

    Raises ReceiptEarned (settled with the merchant already).
    """
    for receipt in receipts.receipts_about(session, [voucher_id], lock=True).values():
        settlement.undo_cash_part(session, receipt_id=receipt.id)
        settlement.give_up_cash_part(session, receipt_id=receipt.id, now=now)


def give_up_cash_of(session: Session, voucher_ids: Collection[UUID], *, now: datetime) -> None:
    """Give up the payments for vouchers that are over unused. What was paid goes back, and what comes late too."""
    for receipt in receipts.receipts_about(session, voucher_ids, lock=True).values():
        settlement.give_up_cash_part(session, receipt_id=receipt.id, now=now)


def cancel_voucher(session: Session, *, voucher_id: UUID, citizen_id: UUID, now: datetime) -> Voucher:
    """Give an unused voucher back with its coins and its cash. Raises what ``vouchers.cancel`` raises."""
    voucher = vouchers.cancel(session, voucher_id=voucher_id, citizen_id=citizen_id, now=now)
    give_up_cash_of(session, [voucher_id], now=now)
    return voucher


def expire_vouchers(session: Session, *, now: datetime, limit: int) -> int:
    """Give back stock and cash of vouchers whose time is over, *limit* at most; answer how many there were."""
    expired = release_expired(session, now=now, limit=limit)
    give_up_cash_of(session, expired, now=now)
    return len(expired)


def give_up_unpaid(session: Session, *, now: datetime, limit: int) -> int:
    """Give up payments that nobody made in time, *limit* at most; answer how many. Their vouchers stay good."""
    due = receipts.unpaid_past_time(session, now=now, limit=limit)
    for one in due:
        # It may have been booked since it was listed: money that is here stays with its voucher.
        if receipts.receipt_of(session, one.id, lock=True).booked_at is None:
            receipts.give_up(session, receipt_id=one.id, now=now)
    return len(due)


def _is_too_late(receipt: Receipt, now: datetime) -> bool:
    """Whether nobody may pay any more, also before the worker has seen it."""
    return receipt.booked_at is None and receipt.expires_at is not None and receipt.expires_at <= now


def _take(session: Session, receipt: Receipt, *, is_paid: bool, now: datetime) -> None:
    if is_paid and receipt.given_up_at is None:
        settlement.earn_cash_part(session, receipt_id=receipt.id, now=now)
    else:
        settlement.give_up_cash_part(session, receipt_id=receipt.id, now=now)
