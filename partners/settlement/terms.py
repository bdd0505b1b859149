"""The dated terms: what a coin is worth, fees, cycles, where money goes, whether coins must be backed.

A row is never changed. A new one begins now or later, so no statement that was made could have come out otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from psycopg.errors import UniqueViolation
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from partners import sponsors
from partners.settlement.errors import CoinsNotBacked, DatedRowExists, DatedRowLate, SettlementRateMissing
from partners.settlement.model import BackingRule, Cycle, PayoutAccount, SettlementCycle, SettlementFee, SettlementRate

ROWS_AT_MOST = 1000
GRACE = timedelta(minutes=5)
"""A form is filled in with the present minute and sent a little later."""
Dated = TypeVar("Dated", SettlementRate, SettlementFee, BackingRule, SettlementCycle, PayoutAccount)


def set_rate(
    session: Session,
    *,
    coins_units: int,
    fen_units: int,
    valid_from: datetime,
    source: str,
    made_by: UUID,
    now: datetime,
) -> SettlementRate:
    """Let *coins_units* coins be worth *fen_units* fen from *valid_from* on. Raises DatedRowLate, DatedRowExists."""
    known = session.scalars(sa.select(SettlementRate).where(SettlementRate.valid_from == valid_from)).one_or_none()
    if known is not None and (known.coins_units, known.fen_units) == (coins_units, fen_units):
        return known
    _check_begin(valid_from, taken=known is not None, now=now)
    made = SettlementRate(
        id=new_id(), coins_units=coins_units, fen_units=fen_units, valid_from=valid_from, source=source,
        made_by=made_by, made_at=now,
    )  # fmt: skip
    return _added(session, made)


def set_fee(
    session: Session,
    *,
    merchant_id: UUID | None,
    basis_points: int,
    fixed_fen: int,
    valid_from: datetime,
    source: str,
    made_by: UUID,
    now: datetime,
) -> SettlementFee:
    """Set the fee of a merchant, or of all without one of their own. Raises DatedRowLate, DatedRowExists."""
    whose = SettlementFee.merchant_id.is_not_distinct_from(merchant_id)
    known = session.scalars(sa.select(SettlementFee).where(whose, SettlementFee.valid_from == valid_from)).one_or_none()
    if known is not None and (known.basis_points, known.fixed_fen) == (basis_points, fixed_fen):
        return known
    _check_begin(valid_from, taken=known is not None, now=now)
    made = SettlementFee(
        id=new_id(), merchant_id=merchant_id, basis_points=basis_points, fixed_fen=fixed_fen, valid_from=valid_from,
        source=source, made_by=made_by, made_at=now,
    )  # fmt: skip
    return _added(session, made)


def choose_cycle(session: Session, *, merchant_id: UUID, cycle: Cycle, made_by: UUID, now: datetime) -> None:
    """Let a merchant be settled daily or monthly from now on; choosing what is chosen changes nothing."""
    if cycle_of(session, merchant_id) is not cycle:
        _added(session, SettlementCycle(merchant_id=merchant_id, valid_from=now, cycle=cycle.value, made_by=made_by))


def set_payout_account(session: Session, *, merchant_id: UUID, destination: str, made_by: UUID, now: datetime) -> None:
    """Send a merchant's money to *destination* (a ``ba_`` token of the payment service) from now on."""
    if payout_accounts(session, [merchant_id]).get(merchant_id) != destination:
        made = PayoutAccount(merchant_id=merchant_id, valid_from=now, destination=destination, made_by=made_by)
        _added(session, made)


def set_backing(
    session: Session, *, caps: bool, basis_points: int, valid_from: datetime, source: str, made_by: UUID, now: datetime
) -> BackingRule:
    """Say whether points become coins only while funds cover *basis_points* of their cost.

    Raises DatedRowLate, DatedRowExists.
    """
    known = session.scalars(sa.select(BackingRule).where(BackingRule.valid_from == valid_from)).one_or_none()
    if known is not None and (known.caps, known.basis_points) == (caps, basis_points):
        return known
    _check_begin(valid_from, taken=known is not None, now=now)
    made = BackingRule(
        id=new_id(), caps=caps, basis_points=basis_points, valid_from=valid_from, source=source, made_by=made_by,
        made_at=now,
    )  # fmt: skip
    return _added(session, made)


def check_backed(session: Session, *, coins_units: int, now: datetime) -> None:
    """Refuse *coins_units* new coins that the rule of *now* does not allow; call it before they are made.

    Where the rule caps, exchanges take turns behind the funds' locks, so that two cannot both take the last cover.
    Raises CoinsNotBacked.
    """
    rule = backing_at(session, now)
    if not rule.caps:
        return
    some = sponsors.lock_funds(session)
    try:
        worth = rate_in_force(session, now).worth
    except SettlementRateMissing:
        raise CoinsNotBacked(asked=coins_units) from None
    if not sponsors.is_backed(
        available_fen=sum(sponsors.available_fen(session, some).values()),
        unpaid_coins=sponsors.unpaid_coins(session) + coins_units,
        worth=worth,
        basis_points=rule.basis_points,
    ):
        raise CoinsNotBacked(asked=coins_units)


def rates(session: Session) -> Sequence[SettlementRate]:
    """Answer all rates, the newest first."""
    query = sa.select(SettlementRate).order_by(SettlementRate.valid_from.desc()).limit(ROWS_AT_MOST)
    return session.scalars(query).all()


def rate_in_force(session: Session, at: datetime) -> SettlementRate:
    """Answer the rate in force at *at*. Raises SettlementRateMissing."""
    query = sa.select(SettlementRate).where(SettlementRate.valid_from <= at)
    rate = session.scalars(query.order_by(SettlementRate.valid_from.desc()).limit(1)).one_or_none()
    if rate is None:
        raise SettlementRateMissing(at=at)
    return rate


def fees(session: Session, *, merchant_id: UUID | None = None) -> Sequence[SettlementFee]:
    """Answer all fees, the newest first; of one merchant, those that may apply to it."""
    query = sa.select(SettlementFee).order_by(SettlementFee.valid_from.desc(), SettlementFee.id).limit(ROWS_AT_MOST)
    if merchant_id is not None:
        query = query.where(sa.or_(SettlementFee.merchant_id == merchant_id, SettlementFee.merchant_id.is_(None)))
    return session.scalars(query).all()


def cycle_of(session: Session, merchant_id: UUID) -> Cycle:
    """Answer a merchant's choice; daily where it never chose."""
    query = sa.select(SettlementCycle.cycle).where(SettlementCycle.merchant_id == merchant_id)
    chosen = session.scalars(query.order_by(SettlementCycle.valid_from.desc()).limit(1)).one_or_none()
    return Cycle(chosen) if chosen else Cycle.DAY


def payout_accounts(session: Session, merchant_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Answer where the money of merchants goes now; who has said nothing is left out."""
    query = (
        sa.select(PayoutAccount.merchant_id, PayoutAccount.destination)
        .where(PayoutAccount.merchant_id.in_(merchant_ids))
        .ext(distinct_on(PayoutAccount.merchant_id))
        .order_by(PayoutAccount.merchant_id, PayoutAccount.valid_from.desc())
    )
    return {row[0]: row[1] for row in session.execute(query)}


def backing_at(session: Session, at: datetime) -> BackingRule:
    """Answer the backing rule in force; the migration wrote the first."""
    query = sa.select(BackingRule).where(BackingRule.valid_from <= at)
    return session.scalars(query.order_by(BackingRule.valid_from.desc()).limit(1)).one()


def backing_rules(session: Session) -> Sequence[BackingRule]:
    """Answer all backing rules, the newest first."""
    return session.scalars(sa.select(BackingRule).order_by(BackingRule.valid_from.desc()).limit(ROWS_AT_MOST)).all()


def _check_begin(valid_from: datetime, *, taken: bool, now: datetime) -> None:
    if valid_from < now - GRACE:
        raise DatedRowLate(valid_from=valid_from.isoformat())
    if taken:
        raise DatedRowExists(valid_from=valid_from.isoformat())


def _added(session: Session, row: Dated) -> Dated:
    """Add a row; where one from the same instant came in at this very moment, say so. Raises DatedRowExists."""
    try:
        with session.begin_nested():
            session.add(row)
    except sa.exc.IntegrityError as error:
        if not isinstance(error.orig, UniqueViolation):
            raise
        raise DatedRowExists(valid_from=row.valid_from.isoformat()) from None
    return row
