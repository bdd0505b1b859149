"""Turning points into coins: two transfers under one request id, so that they stand or fall together."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import ledger
from ledger import NewAccount, NewTransfer, Side
from rewards.coins import queries, rules
from rewards.coins.errors import ExchangeConflict
from rewards.coins.model import Exchange, Rate
from rewards.limits import limits_at

POINT, COIN = "point", "coin"
KIND = "exchange"


def exchange(
    session: Session,
    *,
    citizen_id: UUID,
    points_units: int,
    rate_id: UUID,
    request_id: UUID,
    now: datetime,
) -> Exchange:
    """Turn *points_units* into coins at the rate of now, which must be the *rate_id* that the person saw.

    Points that do not fill a step of the rate stay. The same request answers the first answer again.
    Raises ExchangeConflict, RateMissing, RateChanged, ExchangeTooSmall, InsufficientBalance, ExchangeLimitReached.
    """
    key = (ledger.stripe_of(citizen_id), request_id)
    asked = session.get(Rate, rate_id)
    known = session.get(Exchange, key)
    if known is None:
        rate = queries.rate_at(session, now)
        rules.check_rate_shown(rate, shown=rate_id)
        made = rules.check_exchange(rate, points_units=points_units)
        if _record(session, key, citizen_id=citizen_id, rate=rate, made=made, now=now):
            transfers = _transfers(session, citizen_id, made, request_id, now)
            ledger.post(session, transfers, request_id=request_id, now=now)
            # The person's accounts are ours from here on, so that two exchanges at one instant see each other.
            rules.check_day(queries.exchanged_today(session, citizen_id, now=now), limits=limits_at(session, now))
        known = session.get_one(Exchange, key)
    return _same(known, citizen_id=citizen_id, rate=asked, points_units=points_units)


def open_coins(session: Session, citizen_id: UUID) -> ledger.Account:
    """Answer the citizen's coin account, opened where it is not there yet."""
    return ledger.open_account(session, owner=citizen_id, purpose="coins", asset=COIN)


def _record(
    session: Session, key: tuple[int, UUID], *, citizen_id: UUID, rate: Rate, made: rules.Preview, now: datetime
) -> bool:
    """Write the exchange down; false where the same request was written at the same instant and is committed now."""
    row = insert(Exchange).values(
        stripe=key[0],
        id=key[1],
        citizen_id=citizen_id,
        rate_id=rate.id,
        points_units=made.points_units,
        coins_units=made.coins_units,
        exchanged_at=now,
    )
    return session.scalar(row.on_conflict_do_nothing().returning(Exchange.id)) is not None


def _same(known: Exchange, *, citizen_id: UUID, rate: Rate | None, points_units: int) -> Exchange:
    if rate is None or (citizen_id, rate.id) != (known.citizen_id, known.rate_id):
        raise ExchangeConflict(exchange=known.id)
    if rules.preview(rate, points_units=points_units).points_units != known.points_units:
        raise ExchangeConflict(exchange=known.id)
    return known


def _transfers(
    session: Session, citizen_id: UUID, made: rules.Preview, exchange_id: UUID, now: datetime
) -> list[NewTransfer]:
    points, converted, issuance, coins = ledger.open_accounts(
        session,
        [
            NewAccount(citizen_id, "points", POINT),
            NewAccount(ledger.SYSTEM, "converted", POINT, spread=True),
            NewAccount(ledger.SYSTEM, "issuance", COIN, Side.DEBIT, floor=False, spread=True),
            NewAccount(citizen_id, "coins", COIN),
        ],
    )
    return [
        NewTransfer(points.id, converted.id, made.points_units, now, KIND, exchange_id),
        NewTransfer(issuance.id, coins.id, made.coins_units, now, KIND, exchange_id),
    ]
