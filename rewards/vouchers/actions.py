"""Taking, cancelling and expiring vouchers.

Locks are taken in one order everywhere: voucher, then stock, then family, then the ledger's accounts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger import NewHold
from rewards import families, offers
from rewards.coins import open_coins
from rewards.vouchers import queries, rules
from rewards.vouchers.errors import VoucherConflict, VoucherExpired
from rewards.vouchers.model import Voucher

KIND = "voucher"


def take_offer(
    session: Session,
    *,
    offer_id: UUID,
    citizen_id: UUID,
    request_id: UUID,
    now: datetime,
    family_id: UUID | None = None,
) -> Voucher:
    """Reserve one of the offer, hold its coins (the citizen's, or a family's) for the merchant, answer the voucher.

    The same request answers the same voucher again. Raises OfferUnknown, VoucherConflict, OfferNotOpen, OfferSoldOut,
    OfferLimitReached, FamilyUnknown, FamilySpendingRefused, InsufficientBalance.
    """
    # The stock's lock first: what the offer says after it holds until this transaction ends.
    left = offers.lock_stock(session, offer_id)
    offer = offers.offer_of(session, offer_id).offer
    known = session.get(Voucher, (ledger.stripe_of(citizen_id), request_id))
    if known is not None:
        return _same(known, offer_id=offer_id, citizen_id=citizen_id, family_id=family_id)
    ordinals = queries.ordinals_taken(session, citizen_id=citizen_id, offer_id=offer_id)
    offers.check_takable(offer, left_units=left, taken=len(ordinals), now=now)
    if family_id is not None:
        families.check_spender(session, family_id=family_id, person_id=citizen_id)
    offers.move_stock(session, {offer_id: -1})
    expires_at = offers.voucher_end(offer, taken_at=now)
    payer = family_id or citizen_id
    hold = _hold(session, offer, payer=payer, voucher_id=request_id, expires_at=expires_at, now=now)
    voucher = Voucher(
        stripe=ledger.stripe_of(citizen_id), id=request_id, number=_next_number(session, citizen_id),
        citizen_id=citizen_id, offer_id=offer_id, merchant_id=offer.merchant_id,
        ordinal=offers.next_ordinal(ordinals), coins_units=offer.coins_units, offer_version=offer.text_version,
        hold_id=hold.id, taken_at=now, expires_at=expires_at, redeemed_at=None, redemption_id=None, redeemed_by=None,
        counter_id=None, cancelled_at=None, released_at=None, undone_at=None, undone_by=None, undo_reason=None,
        family_id=family_id,
    )  # fmt: skip
    session.add(voucher)
    session.flush()
    return voucher


def cancel(session: Session, *, voucher_id: UUID, citizen_id: UUID, now: datetime) -> Voucher:
    """Give an unused voucher back: its coins are free again, its stock is back. Cancelling twice changes nothing.

    Raises VoucherUnknown, VoucherAlreadyRedeemed, VoucherExpired.
    """
    voucher = queries.voucher_of(session, citizen_id=citizen_id, voucher_id=voucher_id)
    closed = session.execute(
        close_if_open(voucher, now=now).values(cancelled_at=now, released_at=now).returning(Voucher.id)
    ).one_or_none()
    session.refresh(voucher)
    if closed is None:
        if voucher.cancelled_at is None:
            rules.check_open(voucher, now=now)
        return voucher
    offers.move_stock(session, {voucher.offer_id: 1})
    try:
        ledger.release(session, voucher.hold_id, request_id=uuid5(voucher.id, "cancellation"), now=now)
    except ledger.HoldEnded:
        # The ledger's job ended the hold in the same moment: its clock was past the voucher's end already.
        raise VoucherExpired(voucher=voucher.id, at=voucher.expires_at) from None
    return voucher


def expire_vouchers(session: Session, *, now: datetime, limit: int) -> int:
    """Give back the stock of vouchers whose time is over, *limit* at most; answer how many there were."""
    return len(release_expired(session, now=now, limit=limit))


def release_expired(session: Session, *, now: datetime, limit: int) -> Sequence[UUID]:
    """Give back the stock of vouchers whose time is over, *limit* at most; answer these vouchers.

    The hold in the ledger ends at the same instant as the voucher, so the ledger's own expiry gives the coins back.
    A voucher that is being redeemed at this moment is left for the next run.
    """
    due = (
        sa.select(Voucher.stripe, Voucher.id)
        .where(Voucher.redeemed_at.is_(None), Voucher.released_at.is_(None), Voucher.expires_at <= now)
        .order_by(Voucher.expires_at, Voucher.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    released = session.execute(
        sa.update(Voucher)
        .where(Voucher.stripe == due.c.stripe, Voucher.id == due.c.id)
        .values(released_at=now)
        .returning(Voucher.id, Voucher.offer_id)
        .execution_options(synchronize_session=False)
    ).all()
    offers.move_stock(session, Counter(row.offer_id for row in released))
    return [row.id for row in released]


def close_if_open(voucher: Voucher, *, now: datetime) -> sa.Update:
    """Answer an update that touches the voucher only while it is open: of two at one instant, one finds it so."""
    return (
        sa.update(Voucher)
        .where(
            Voucher.stripe == voucher.stripe,
            Voucher.id == voucher.id,
            Voucher.redeemed_at.is_(None),
            Voucher.released_at.is_(None),
            Voucher.expires_at > now,
        )
        .execution_options(synchronize_session=False)
    )


def _same(known: Voucher, *, offer_id: UUID, citizen_id: UUID, family_id: UUID | None) -> Voucher:
    if (known.offer_id, known.citizen_id, known.family_id) != (offer_id, citizen_id, family_id):
        raise VoucherConflict(voucher=known.id)
    return known


def _hold(
    session: Session, offer: offers.Offer, *, payer: UUID, voucher_id: UUID, expires_at: datetime, now: datetime
) -> ledger.Hold:
    coins = open_coins(session, payer)
    takings = ledger.account_of(session, owner=offer.merchant_id, purpose="takings", asset="coin")
    new = NewHold(coins.id, takings.id, offer.coins_units, expires_at, KIND, voucher_id)
    return ledger.hold(session, [new], request_id=voucher_id, now=now)[0]


def _next_number(session: Session, citizen_id: UUID) -> int:
    """Answer the number of a new voucher: a serial and, in its lowest six bits, the stripe of its row."""
    serial: int = session.execute(sa.text("SELECT nextval('rewards.voucher_serial')")).scalar_one()
    return serial * queries.STRIPES + ledger.stripe_of(citizen_id)
