"""Scans that a counter without a network queued: uploaded later, each once, within the caps of the day's rule.

What was handed over is past; the upload says for each whether the coins are the merchant's, or why not. A conflict
(used elsewhere, expired, cancelled meanwhile) is the merchant's risk, and the caps bound it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from rewards import offers
from rewards.offers import Offer
from rewards.vouchers import queries, rules
from rewards.vouchers.actions import close_if_open
from rewards.vouchers.counter import Verify
from rewards.vouchers.errors import OfflineBatchInvalid
from rewards.vouchers.model import CodeKind, OfflineRule, OfflineScan, Refusal, Scan, Voucher

MOST_ITEMS = 200
MOST_REVOKED = 2_000
CLOCKS_DIFFER = timedelta(minutes=5)
"""A counter's clock may be so far ahead of ours."""


class Outcome(StrEnum):
    """What became of a queued scan; besides these it may be any ``Refusal``."""

    REDEEMED = "redeemed"
    NONCE_USED = "nonce_used"
    TOO_LATE = "uploaded_too_late"
    OVER_VOUCHER_CAP = "over_voucher_cap"
    OVER_DAY_CAP = "over_day_cap"
    SUSPENDED = "merchant_suspended"


@dataclass(frozen=True, slots=True)
class QueuedScan:
    """A signed static code that *clerk_id* read at *scanned_at* without a network; *nonce* was made at the counter."""

    nonce: UUID
    code: str
    scanned_at: datetime
    clerk_id: UUID


def upload_scans(
    session: Session,
    *,
    items: Sequence[QueuedScan],
    verify: Verify,
    merchant_id: UUID,
    counter_id: UUID,
    now: datetime,
) -> list[OfflineScan]:
    """Take a counter's queue in, in the order given, and answer what became of each; a nonce counts once.

    *verify* answers the voucher of a code whose signature is ours, else None. Raises OfflineBatchInvalid.
    """
    if not 1 <= len(items) <= MOST_ITEMS:
        raise OfflineBatchInvalid(most=MOST_ITEMS)
    # Uploads of one counter come one after the other, so that the day's cap holds whatever two phones send.
    session.execute(_TURN, {"counter": str(counter_id)})
    desk = _Desk(merchant_id, counter_id, verify, offline_rule_at(session, now))
    return [_take_in(session, item, desk, now) for item in items]


def offline_rule_at(session: Session, now: datetime) -> OfflineRule:
    """Answer the caps in force at *now*; there has always been one."""
    query = sa.select(OfflineRule).where(OfflineRule.valid_from <= now).order_by(OfflineRule.valid_from.desc())
    return session.scalars(query.limit(1)).one()


def offline_units(session: Session, *, merchant_id: UUID, counter_id: UUID, day: datetime) -> int:
    """Answer the coins that the counter handed over offline in the local day that *day* lies in."""
    start = rules.day_start(day)
    query = sa.select(sa.func.coalesce(sa.func.sum(OfflineScan.coins_units), 0).cast(sa.BigInteger)).where(
        OfflineScan.stripe == ledger.stripe_of(merchant_id),
        OfflineScan.counter_id == counter_id,
        OfflineScan.scanned_at >= start,
        OfflineScan.scanned_at < rules.day_start(start + timedelta(days=1, hours=12)),
        OfflineScan.outcome == Outcome.REDEEMED,
    )
    return session.scalars(query).one()


def revoked_ids(session: Session, *, merchant_id: UUID, now: datetime) -> Sequence[UUID]:
    """Answer the merchant's vouchers that are over before their time: used, cancelled, undone. 2,000 at most.

    A counter fetches them while it can, to refuse these codes when it cannot ask.
    """
    query = sa.select(Voucher.id).where(
        Voucher.merchant_id == merchant_id,
        Voucher.expires_at > now,
        sa.or_(Voucher.redeemed_at.is_not(None), Voucher.released_at.is_not(None)),
    )
    return session.scalars(query.order_by(Voucher.expires_at.desc(), Voucher.id).limit(MOST_REVOKED)).all()


def offline_scans_of(
    session: Session,
    merchant_id: UUID,
    *,
    only_conflicts: bool = False,
    before: OfflineScan | None = None,
    limit: int = 20,
) -> Sequence[OfflineScan]:
    """Answer what the merchant's counters uploaded, the newest first, from the one after *before* on."""
    query = sa.select(OfflineScan).where(
        OfflineScan.stripe == ledger.stripe_of(merchant_id), OfflineScan.merchant_id == merchant_id
    )
    if only_conflicts:
        query = query.where(OfflineScan.outcome != Outcome.REDEEMED, OfflineScan.seen_at.is_(None))
    if before is not None:
        place = sa.tuple_(sa.literal(before.uploaded_at), sa.literal(before.id))
        query = query.where(sa.tuple_(OfflineScan.uploaded_at, OfflineScan.id) < place)
    return session.scalars(query.order_by(OfflineScan.uploaded_at.desc(), OfflineScan.id.desc()).limit(limit)).all()


def offline_scan_of(session: Session, *, merchant_id: UUID, nonce: UUID) -> OfflineScan | None:
    """Answer an uploaded scan of the merchant, or None."""
    found = session.get(OfflineScan, (ledger.stripe_of(merchant_id), nonce))
    return found if found is not None and found.merchant_id == merchant_id else None


def mark_seen(session: Session, scan: OfflineScan, *, by: UUID, now: datetime) -> None:
    """Remember that a manager has looked at a conflict; once is enough."""
    if scan.seen_at is None:
        scan.seen_at, scan.seen_by = now, by
        session.flush()


_TURN = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:counter, 14))")


@dataclass(frozen=True, slots=True)
class _Desk:
    merchant_id: UUID
    counter_id: UUID
    verify: Verify
    rule: OfflineRule


def _take_in(session: Session, item: QueuedScan, desk: _Desk, now: datetime) -> OfflineScan:
    stripe, code_hash = ledger.stripe_of(desk.merchant_id), hashlib.sha256(item.code.encode()).digest()
    row = OfflineScan(
        stripe=stripe, id=item.nonce, merchant_id=desk.merchant_id, counter_id=desk.counter_id, clerk_id=item.clerk_id,
        scanned_at=item.scanned_at, uploaded_at=now, code_hash=code_hash, outcome=Outcome.NONCE_USED.value,
        coins_units=None, voucher_stripe=None, voucher_id=None, seen_at=None, seen_by=None,
    )  # fmt: skip
    known = session.get(OfflineScan, (stripe, item.nonce))
    if known is not None:
        return known if (known.code_hash, known.counter_id) == (code_hash, desk.counter_id) else row
    if session.get(Scan, (stripe, item.nonce)) is not None:
        return row
    voucher_id = desk.verify(item.code)
    voucher, offer = (queries.voucher_with_id(session, voucher_id) if voucher_id else None) or (None, None)
    refusal = _refusal(session, voucher, offer, row, desk.rule)
    if voucher is not None and refusal != Refusal.OTHER_MERCHANT:
        row.voucher_stripe, row.voucher_id, row.coins_units = voucher.stripe, voucher.id, voucher.coins_units
    if refusal is None and voucher is not None:
        refusal = _redeem(session, row, voucher, now)
    row.outcome = (refusal or Outcome.REDEEMED).value
    session.add(row)
    session.flush()
    return row


def _refusal(
    session: Session, voucher: Voucher | None, offer: Offer | None, row: OfflineScan, rule: OfflineRule
) -> Refusal | Outcome | None:
    now = row.uploaded_at
    refusal = rules.refusal_of_voucher(voucher, merchant_id=row.merchant_id, now=now)
    if voucher is None or offer is None or refusal is not None:
        return refusal
    if not timedelta(0) <= now + CLOCKS_DIFFER - row.scanned_at <= timedelta(hours=rule.upload_hours) + CLOCKS_DIFFER:
        return Outcome.TOO_LATE
    if not offers.is_usable(offer, now=row.scanned_at):
        return Refusal.OUTSIDE_HOURS
    if voucher.coins_units > rule.voucher_units:
        return Outcome.OVER_VOUCHER_CAP
    used = offline_units(session, merchant_id=row.merchant_id, counter_id=row.counter_id, day=row.scanned_at)
    return Outcome.OVER_DAY_CAP if used + voucher.coins_units > rule.counter_day_units else None


def _redeem(session: Session, row: OfflineScan, voucher: Voucher, now: datetime) -> Refusal | Outcome | None:
    """Redeem under the nonce, with a scan of the same id, so that it can be looked at and undone like any other."""
    try:
        with session.begin_nested():
            closed = session.execute(
                close_if_open(voucher, now=now)
                .values(redeemed_at=now, redemption_id=row.id, redeemed_by=row.clerk_id, counter_id=row.counter_id)
                .returning(Voucher.id)
            ).one_or_none()
            session.refresh(voucher)
            if closed is None:
                return rules.refusal_of_voucher(voucher, merchant_id=row.merchant_id, now=now)
            ledger.settle(session, voucher.hold_id, request_id=row.id, now=now)
            session.add(
                Scan(
                    stripe=row.stripe, id=row.id, merchant_id=row.merchant_id, counter_id=row.counter_id,
                    clerk_id=row.clerk_id, scanned_at=row.scanned_at, code_hash=row.code_hash, refusal=None,
                    voucher_stripe=voucher.stripe, voucher_id=voucher.id, kind=CodeKind.VOUCHER.value,
                )
            )  # fmt: skip
            session.flush()
    except ledger.HoldEnded:
        return Refusal.EXPIRED
    except ledger.AccountClosed:
        return Outcome.SUSPENDED
    return None
