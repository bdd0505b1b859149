"""Named reads of rates and exchanges, and of the coins that a citizen has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from rewards.coins.errors import RateMissing
from rewards.coins.model import Exchange, Rate
from rewards.limits import day_start

COIN, COINS = "coin", "coins"
RATES_AT_MOST = 100


def rate_at(session: Session, at: datetime) -> Rate:
    """Answer the rate from points to coins in force at *at*. Raises RateMissing."""
    rate = session.scalars(_point_to_coin().where(Rate.valid_from <= at).limit(1)).one_or_none()
    if rate is None:
        raise RateMissing(from_asset="point", to_asset=COIN, at=at)
    return rate


def rate_of(session: Session, rate_id: UUID) -> Rate:
    """Answer a rate by its id, in force or not. Raises RateMissing."""
    rate = session.get(Rate, rate_id)
    if rate is None:
        raise RateMissing(rate=rate_id)
    return rate


def rates(session: Session) -> Sequence[Rate]:
    """Answer all rates from points to coins, the newest first."""
    return session.scalars(_point_to_coin().limit(RATES_AT_MOST)).all()


def coins_of(session: Session, citizen_id: UUID, *, now: datetime) -> ledger.Balance:
    """Answer the citizen's coins at *now*: *available* can be spent, *pending* is held by open vouchers."""
    try:
        account = ledger.account_of(session, owner=citizen_id, purpose=COINS, asset=COIN)
    except ledger.AccountUnknown:
        return ledger.Balance(posted=0, pending=0, available=0, incoming=0)
    return ledger.balance(session, account, now=now)


def exchange_of(session: Session, *, citizen_id: UUID, exchange_id: UUID) -> Exchange | None:
    """Answer the citizen's exchange, or None where there is none."""
    exchange = session.get(Exchange, (ledger.stripe_of(citizen_id), exchange_id))
    return exchange if exchange is not None and exchange.citizen_id == citizen_id else None


def exchanges_of(
    session: Session, citizen_id: UUID, *, after: UUID | None = None, limit: int = 20
) -> Sequence[Exchange]:
    """Answer the citizen's exchanges, the newest first, from the one after the exchange *after* on.

    Ids are chosen by the caller and need not rise with time, so the time leads. An unknown *after* is the beginning.
    """
    query = sa.select(Exchange).where(
        Exchange.stripe == ledger.stripe_of(citizen_id), Exchange.citizen_id == citizen_id
    )
    last = exchange_of(session, citizen_id=citizen_id, exchange_id=after) if after is not None else None
    if last is not None:
        place = sa.tuple_(sa.literal(last.exchanged_at), sa.literal(last.id))
        query = query.where(sa.tuple_(Exchange.exchanged_at, Exchange.id) < place)
    return session.scalars(query.order_by(Exchange.exchanged_at.desc(), Exchange.id.desc()).limit(limit)).all()


def exchanged_today(session: Session, citizen_id: UUID, *, now: datetime) -> int:
    """Answer how many coins the citizen has made of points in the local day of *now*."""
    query = sa.select(sa.func.coalesce(sa.func.sum(Exchange.coins_units), 0).cast(sa.BigInteger)).where(
        Exchange.stripe == ledger.stripe_of(citizen_id),
        Exchange.citizen_id == citizen_id,
        Exchange.exchanged_at >= day_start(now),
    )
    return session.scalars(query).one()


def _point_to_coin() -> sa.Select[Rate]:
    return sa.select(Rate).where(Rate.from_asset == "point", Rate.to_asset == COIN).order_by(Rate.valid_from.desc())
