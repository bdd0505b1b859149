"""What the town's people bought: points turned into coins, offers taken, most of them redeemed at the counter."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger import AccountUnknown
from puhui.codes import code_book_of
from puhui.demo.cast import MERCHANTS, SEED, Firm, known
from puhui.identity.model import Membership
from puhui.settings import Settings
from rewards import coins, vouchers

COINS_A_DAY = 2000  # What one may turn into coins in a day.
EXCHANGE_DAYS = 3
STEPS_KEPT = 3  # Not every point is turned into coins, so that there is something left to try.


def make(session: Session, settings: Settings, people: dict[str, UUID], now: datetime) -> None:
    """Let each citizen turn two thirds of the points into coins and take some offers of each merchant."""
    dice = Random(SEED + 1)
    for name, person in people.items():
        _exchange(session, name, person, now - timedelta(days=9))
        for firm in MERCHANTS:
            _buy(session, settings, name, person, firm, dice=dice, now=now)


def _exchange(session: Session, name: str, person: UUID, at: datetime) -> None:
    try:
        account = ledger.account_of(session, owner=person, purpose="points", asset="point")
    except AccountUnknown:
        return
    rate = coins.rate_at(session, at)
    left = ledger.balance(session, account).available * (STEPS_KEPT - 1) // STEPS_KEPT
    for day in range(EXCHANGE_DAYS):
        points = min(left, COINS_A_DAY // rate.gives_units * rate.takes_units)
        if points < rate.takes_units:
            break
        coins.exchange(
            session,
            citizen_id=person,
            points_units=points,
            rate_id=rate.id,
            request_id=known(f"exchange/{name}/{day}"),
            now=at - timedelta(days=EXCHANGE_DAYS - day),
        )
        left -= points


def _buy(
    session: Session, settings: Settings, name: str, person: UUID, firm: Firm, *, dice: Random, now: datetime
) -> None:
    for offer in firm.offers:
        taken_at = now - timedelta(days=dice.randint(1, 7), minutes=dice.randint(0, 600))
        if coins.coins_of(session, person, now=now).available < offer.coins * 2 or dice.random() < 0.35:
            continue
        voucher = vouchers.take_offer(
            session, offer_id=known(f"{firm.key}/{offer.key}"), citizen_id=person,
            request_id=known(f"take/{name}/{offer.key}"), now=taken_at,
        )  # fmt: skip
        if dice.random() < 0.75:
            _redeem(session, settings, voucher, firm, now=taken_at + timedelta(minutes=dice.randint(5, 90)))


def _redeem(session: Session, settings: Settings, voucher: vouchers.Voucher, firm: Firm, *, now: datetime) -> None:
    codes = code_book_of(settings)
    clerk = session.scalars(
        sa.select(Membership.person_id).where(Membership.organisation_id == known(firm.key)).order_by(Membership.id)
    ).first()
    if clerk is None:
        raise LookupError(firm.key)
    scan = vouchers.scan_code(
        session, code=codes.code(voucher.number, at=now), codes=codes, merchant_id=known(firm.key),
        counter_id=known(f"{firm.key}/counter"), clerk_id=clerk, request_id=known(f"scan/{voucher.id}"), now=now,
    )  # fmt: skip
    vouchers.redeem(session, scan_id=scan.id, merchant_id=known(firm.key), clerk_id=clerk, now=now)
