"""What a citizen's home shows: what was saved, what it buys now, what came in last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import get_locale
from sqlalchemy.orm import Session

import ledger
from rewards.activities import Activity, activities_of
from rewards.coins import Expiring, expiring_of
from rewards.methods import catalogue
from rewards.offers import OfferFilter, OfferRow, best_within, open_offers

LATEST = 3
BUYS = 3
EXPIRING = 2


@dataclass(frozen=True, slots=True)
class Latest:
    """An activity as home lists it: its method's name, the provider's wall clock, grams and points."""

    id: UUID
    title: str
    at: datetime
    grams: int
    points: int


@dataclass(frozen=True, slots=True)
class Home:
    """The figures and lists of a citizen's home; *next_offer* is the cheapest one where nothing is affordable yet."""

    grams: int
    points: int
    coins: int
    held_coins: int
    expiring: Sequence[Expiring]
    buys: Sequence[OfferRow]
    next_offer: OfferRow | None
    latest: Sequence[Latest]


def home_of(session: Session, citizen: UUID, *, now: datetime) -> Home:
    """Read a citizen's home."""
    accounts = {account.purpose: account for account in ledger.accounts_of(session, citizen)}
    found = ledger.balances(session, accounts.values())
    nothing = ledger.Balance(posted=0, pending=0, available=0, incoming=0)
    grams, points, coins = (
        found[accounts[purpose].id] if purpose in accounts else nothing for purpose in ("reduction", "points", "coins")
    )
    buys = best_within(session, now=now, coins_units=coins.available, limit=BUYS)
    cheapest = [] if buys else open_offers(session, now=now, wanted=OfferFilter(), limit=1)
    return Home(
        grams=grams.posted,
        points=points.available,
        coins=coins.available,
        held_coins=coins.pending,
        expiring=expiring_of(session, accounts["coins"], now=now)[:EXPIRING] if coins.available else [],
        buys=buys,
        next_offer=cheapest[0] if cheapest else None,
        latest=[_latest(row) for row in activities_of(session, citizen, after=None, limit=LATEST).activities],
    )


def _latest(row: Activity) -> Latest:
    method = catalogue().method(row.method)
    title = method.name_zh if get_locale().language == "zh" else method.name_en
    return Latest(id=row.id, title=title, at=row.local_start, grams=row.grams, points=row.points)
