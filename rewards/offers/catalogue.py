"""The catalogue as a citizen reads it: by place, kind, price and what they can afford, in the order that they like.

A place is a county code of six digits. How far away an offer is follows from the codes alone, without a map: the same
county, the same city (the first four digits), elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from rewards.offers.model import Offer, OfferStock, on_show_at
from rewards.offers.queries import OfferRow

CITY_DIGITS = 4
COUNTIES_AT_MOST = 200


class Nearness(StrEnum):
    """How far an offer is, as far as county codes tell."""

    COUNTY = "county"
    CITY = "city"
    ELSEWHERE = "elsewhere"


class Order(StrEnum):
    """In which order the catalogue is shown."""

    CHEAPEST = "cheapest"
    DEAREST = "dearest"
    NEAREST = "nearest"
    NEWEST = "newest"
    ENDING = "ending"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a citizen looks for; None leaves a field open. *place* orders by nearness, *county_code* narrows.

    *affordable_units* asks for what so many coins buy now: at that price or below, and not sold out.
    """

    kind: str | None = None
    county_code: str | None = None
    place: str | None = None
    coins_at_least: int | None = None
    coins_at_most: int | None = None
    affordable_units: int | None = None
    order: Order = Order.CHEAPEST


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the catalogue ends: the numbers of its order, and the offer."""

    numbers: tuple[int, ...]
    offer_id: UUID


def catalogue(
    session: Session, *, now: datetime, wanted: Wanted, after: Place | None = None, limit: int = 20
) -> Sequence[OfferRow]:
    """Answer the offers on show at *now* in the order wanted, from after a place on."""
    keys = _keys(wanted)
    query = (
        sa.select(Offer, OfferStock.stock_units, OfferStock.left_units)
        .join(OfferStock, OfferStock.offer_id == Offer.id)
        .where(on_show_at(now), *_asked(wanted))
    )
    if after is not None and len(after.numbers) == len(keys):
        last = sa.tuple_(*map(sa.literal, after.numbers), sa.literal(after.offer_id))
        query = query.where(sa.tuple_(*keys, Offer.id) > last)
    return [OfferRow(*row) for row in session.execute(query.order_by(*keys, Offer.id).limit(limit))]


def place_of(offer: Offer, wanted: Wanted) -> Place:
    """Answer where a page that ends with *offer* ends."""
    microseconds = {
        Order.NEWEST: -_epoch(offer.valid_from),
        Order.ENDING: _epoch(offer.valid_until),
    }
    match wanted.order:
        case Order.CHEAPEST:
            numbers: tuple[int, ...] = (offer.coins_units,)
        case Order.DEAREST:
            numbers = (-offer.coins_units,)
        case Order.NEAREST:
            far = list(Nearness).index(nearness(offer.county_code, wanted.place or offer.county_code))
            numbers = (far, offer.coins_units)
        case _:
            numbers = (microseconds[wanted.order],)
    return Place(numbers, offer.id)


def nearness(county_code: str, place: str) -> Nearness:
    """Answer how far an offer's county is from a place."""
    if county_code == place:
        return Nearness.COUNTY
    return Nearness.CITY if county_code[:CITY_DIGITS] == place[:CITY_DIGITS] else Nearness.ELSEWHERE


def counties_on_show(session: Session, *, now: datetime) -> dict[str, int]:
    """Answer how many offers are on show in each county."""
    rows = session.execute(
        sa.select(Offer.county_code, sa.func.count())
        .where(on_show_at(now))
        .group_by(Offer.county_code)
        .order_by(Offer.county_code)
        .limit(COUNTIES_AT_MOST)
    )
    return {row[0]: row[1] for row in rows}


def _asked(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    asked: list[sa.ColumnElement[bool]] = []
    if wanted.kind is not None:
        asked.append(Offer.kind == wanted.kind)
    if wanted.county_code is not None:
        asked.append(Offer.county_code == wanted.county_code)
    if wanted.coins_at_least is not None:
        asked.append(Offer.coins_units >= wanted.coins_at_least)
    if wanted.coins_at_most is not None:
        asked.append(Offer.coins_units <= wanted.coins_at_most)
    if wanted.affordable_units is not None:
        asked += [Offer.coins_units <= wanted.affordable_units, OfferStock.left_units > 0]
    return asked


def _keys(wanted: Wanted) -> list[sa.ColumnElement[int]]:
    far = sa.case(
        (Offer.county_code == wanted.place, 0),
        (sa.func.left(Offer.county_code, CITY_DIGITS) == (wanted.place or "")[:CITY_DIGITS], 1),
        else_=2,
    )
    price = Offer.coins_units.expression
    keys: dict[Order, list[sa.ColumnElement[int]]] = {
        Order.CHEAPEST: [price],
        Order.DEAREST: [-price],
        Order.NEAREST: [far if wanted.place else sa.literal(0), price],
        Order.NEWEST: [-_micro(Offer.valid_from.expression)],
        Order.ENDING: [_micro(Offer.valid_until.expression)],
    }
    return keys[wanted.order]


def _micro(moment: sa.ColumnElement[datetime]) -> sa.ColumnElement[int]:
    return sa.cast(sa.extract("epoch", moment) * 1_000_000, sa.BigInteger)


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond
