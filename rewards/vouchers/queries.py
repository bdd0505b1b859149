"""Named reads of vouchers and scans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from rewards.offers import Offer
from rewards.vouchers.errors import ScanUnknown, VoucherUnknown
from rewards.vouchers.model import Refusal, Scan, State, Voucher
from rewards.vouchers.rules import TRIES, TRIES_WITHIN

STRIPES = 64


@dataclass(frozen=True, slots=True)
class RedeemedTotal:
    """How many vouchers were redeemed, and the coins that they moved."""

    count: int
    coins_units: int


def voucher_of(session: Session, *, citizen_id: UUID, voucher_id: UUID) -> Voucher:
    """Answer the citizen's voucher. Raises VoucherUnknown, also for another citizen's."""
    voucher = session.get(Voucher, (ledger.stripe_of(citizen_id), voucher_id))
    if voucher is None or voucher.citizen_id != citizen_id:
        raise VoucherUnknown(voucher=voucher_id)
    return voucher


def vouchers_of(
    session: Session,
    citizen_id: UUID,
    *,
    state: State | None = None,
    now: datetime,
    after: UUID | None = None,
    limit: int = 20,
) -> Sequence[Voucher]:
    """Answer the citizen's vouchers in *state* at *now*, the newest first, from the one after the voucher *after* on.

    Ids are chosen by the caller and need not rise with time, so the time leads. Raises VoucherUnknown.
    """
    query = sa.select(Voucher).where(Voucher.stripe == ledger.stripe_of(citizen_id), Voucher.citizen_id == citizen_id)
    if state is not None:
        query = query.where(_in_state(state, now))
    if after is not None:
        last = voucher_of(session, citizen_id=citizen_id, voucher_id=after)
        place = sa.tuple_(sa.literal(last.taken_at), sa.literal(last.id))
        query = query.where(sa.tuple_(Voucher.taken_at, Voucher.id) < place)
    return session.scalars(query.order_by(Voucher.taken_at.desc(), Voucher.id.desc()).limit(limit)).all()


def ordinals_taken(session: Session, *, citizen_id: UUID, offer_id: UUID) -> set[int]:
    """Answer the ordinals of the citizen's vouchers of the offer that were not given back.

    What has expired counts until the job has given it back, because its stock is not back either.
    """
    query = sa.select(Voucher.ordinal).where(
        Voucher.stripe == ledger.stripe_of(citizen_id),
        Voucher.citizen_id == citizen_id,
        Voucher.offer_id == offer_id,
        Voucher.released_at.is_(None),
    )
    return set(session.scalars(query))


def voucher_numbered(session: Session, number: int) -> Voucher | None:
    """Answer the youngest voucher with this number; the number says the stripe, so one index entry is read."""
    query = (
        sa.select(Voucher)
        .where(Voucher.stripe == number % STRIPES, Voucher.number == number)
        .order_by(Voucher.taken_at.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def numbered_with_offer(
    session: Session, number: int, *, merchant_id: UUID, clerk_id: UUID, now: datetime
) -> tuple[tuple[Voucher, Offer] | None, int]:
    """Answer the youngest voucher with this number and its offer, and the clerk's wrong tries, in one statement."""
    values = {
        "voucher_stripe": number % STRIPES, "number": number, "stripe": ledger.stripe_of(merchant_id),
        "clerk": clerk_id, "since": now - TRIES_WITHIN,
    }  # fmt: skip
    row = session.execute(_NUMBERED, values).one_or_none()
    if row is None:
        return None, wrong_tries(session, merchant_id=merchant_id, clerk_id=clerk_id, now=now)
    return (row[0], row[1]), row[2]


def voucher_with_id(session: Session, voucher_id: UUID) -> tuple[Voucher, Offer] | None:
    """Answer the voucher of a signed static code and its offer; the code does not say the stripe, so all are asked."""
    query = (
        sa.select(Voucher, Offer)
        .join(Offer, Offer.id == Voucher.offer_id)
        .where(Voucher.stripe.in_(range(STRIPES)), Voucher.id == voucher_id)
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def scan_with_voucher(session: Session, *, merchant_id: UUID, scan_id: UUID) -> tuple[Scan, Voucher, Offer]:
    """Answer an accepted scan of the merchant with its voucher, as it is now, and the offer, in one statement.

    Raises ScanUnknown, also where the scan was refused.
    """
    row = session.execute(_SCANNED, {"stripe": ledger.stripe_of(merchant_id), "scan": scan_id}).one_or_none()
    if row is None or row[0].merchant_id != merchant_id or row[0].refusal is not None:
        raise ScanUnknown(scan=scan_id)
    return row[0], row[1], row[2]


def scan_of(session: Session, *, merchant_id: UUID, scan_id: UUID) -> Scan:
    """Answer a scan of the merchant, accepted or refused. Raises ScanUnknown."""
    scan = session.get(Scan, (ledger.stripe_of(merchant_id), scan_id))
    if scan is None or scan.merchant_id != merchant_id:
        raise ScanUnknown(scan=scan_id)
    return scan


def refused_scans(
    session: Session, merchant_id: UUID, *, before: Scan | None = None, limit: int = 30
) -> Sequence[Scan]:
    """Answer the codes that were refused at the merchant's counters, the newest first, from the one after *before*."""
    query = sa.select(Scan).where(
        Scan.stripe == ledger.stripe_of(merchant_id), Scan.merchant_id == merchant_id, Scan.refusal.is_not(None)
    )
    if before is not None:
        place = sa.tuple_(sa.literal(before.scanned_at), sa.literal(before.id))
        query = query.where(sa.tuple_(Scan.scanned_at, Scan.id) < place)
    return session.scalars(query.order_by(Scan.scanned_at.desc(), Scan.id.desc()).limit(limit)).all()


def scanned_voucher(session: Session, scan: Scan) -> Voucher | None:
    """Answer the voucher that the scan found, as it is now; None where it found none."""
    if scan.voucher_id is None:
        return None
    return session.get(Voucher, (scan.voucher_stripe, scan.voucher_id), populate_existing=True)


def wrong_tries(session: Session, *, merchant_id: UUID, clerk_id: UUID, now: datetime) -> int:
    """Answer how many wrong codes the clerk has read lately, at most as many as are allowed."""
    values = {"stripe": ledger.stripe_of(merchant_id), "clerk": clerk_id, "since": now - TRIES_WITHIN}
    return session.scalar(_TRIES, values) or 0


def redeemed_at_counter(
    session: Session,
    *,
    merchant_id: UUID,
    counter_id: UUID | None = None,
    since: datetime,
    limit: int = 100,
) -> Sequence[Voucher]:
    """Answer what the merchant redeemed since an instant, at one counter or all, the newest first."""
    query = sa.select(Voucher).where(Voucher.merchant_id == merchant_id, Voucher.redeemed_at >= since)
    if counter_id is not None:
        query = query.where(Voucher.counter_id == counter_id)
    return session.scalars(query.order_by(Voucher.redeemed_at.desc(), Voucher.id).limit(limit)).all()


def redeemed_total(session: Session, *, merchant_id: UUID, since: datetime) -> RedeemedTotal:
    """Answer how many vouchers the merchant redeemed since an instant, and for how many coins."""
    query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Voucher.coins_units), 0).cast(sa.BigInteger)).where(
        Voucher.merchant_id == merchant_id, Voucher.redeemed_at >= since, Voucher.undone_at.is_(None)
    )
    return RedeemedTotal(*session.execute(query).one())


def _in_state(state: State, now: datetime) -> sa.ColumnElement[bool]:
    unused = sa.and_(Voucher.redeemed_at.is_(None), Voucher.cancelled_at.is_(None))
    match state:
        case State.UNDONE:
            return Voucher.undone_at.is_not(None)
        case State.REDEEMED:
            return sa.and_(Voucher.redeemed_at.is_not(None), Voucher.undone_at.is_(None))
        case State.CANCELLED:
            return Voucher.cancelled_at.is_not(None)
        case State.EXPIRED:
            return sa.and_(unused, Voucher.expires_at <= now)
        case State.OPEN:
            return sa.and_(unused, Voucher.released_at.is_(None), Voucher.expires_at > now)


# What every scan asks is built once: making the expression anew costs more than asking.
_TRIES = sa.select(sa.func.count()).select_from(
    sa.select(Scan.id)
    .where(
        Scan.stripe == sa.bindparam("stripe"),
        Scan.clerk_id == sa.bindparam("clerk"),
        Scan.scanned_at > sa.bindparam("since"),
        Scan.refusal == Refusal.CODE_WRONG.value,
    )
    .limit(TRIES)
    .subquery()
)
_NUMBERED = (
    sa.select(Voucher, Offer, _TRIES.scalar_subquery())
    .join(Offer, Offer.id == Voucher.offer_id)
    .where(Voucher.stripe == sa.bindparam("voucher_stripe"), Voucher.number == sa.bindparam("number"))
    .order_by(Voucher.taken_at.desc())
    .limit(1)
)
_SCANNED = (
    sa.select(Scan, Voucher, Offer)
    .join(Voucher, sa.and_(Voucher.stripe == Scan.voucher_stripe, Voucher.id == Scan.voucher_id))
    .join(Offer, Offer.id == Voucher.offer_id)
    .where(Scan.stripe == sa.bindparam("stripe"), Scan.id == sa.bindparam("scan"))
    .execution_options(populate_existing=True)
)
