"""The catalogue: what is on show, in the order wanted, page after page."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from rewards.offers.catalogue import (
    Nearness,
    Order,
    Wanted,
    catalogue,
    counties_on_show,
    nearness,
    place_of,
)
from rewards.offers.model import Offer
from tests.cafe import NOON, Cafe, open_cafe, open_offer

HOME, CITY, FAR = "360102", "360103", "360402"


@pytest.fixture
def cafe(session: Session) -> Cafe:
    """The café's coffee for 30 at home, a cake for 12 in the same city, a ticket for 50 elsewhere."""
    made = open_cafe(session)
    _move(session, open_offer(session, made.id, price=12, kind="food", title="蛋糕"), CITY, days=3)
    _move(session, open_offer(session, made.id, price=50, kind="ticket", title="门票", stock=0), FAR, days=9)
    return made


def _move(session: Session, offer_id: UUID, county: str, *, days: int) -> None:
    offer = session.get_one(Offer, offer_id)
    offer.county_code, offer.valid_until = county, NOON + timedelta(days=days)
    offer.valid_from -= timedelta(days=days)
    session.flush()


def prices(session: Session, wanted: Wanted) -> list[int]:
    """Read the catalogue one offer a page."""
    found, after = [], None
    while rows := catalogue(session, now=NOON, wanted=wanted, after=after, limit=1):
        found.append(rows[0].offer.coins_units)
        after = place_of(rows[0].offer, wanted)
    return found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), [12, 30, 50]),
        (Wanted(order=Order.DEAREST), [50, 30, 12]),
        (Wanted(order=Order.NEAREST, place=HOME), [30, 12, 50]),
        (Wanted(order=Order.NEAREST, place=FAR), [50, 12, 30]),
        (Wanted(order=Order.NEAREST), [12, 30, 50]),
        (Wanted(order=Order.NEWEST), [30, 12, 50]),
        (Wanted(order=Order.ENDING), [12, 50, 30]),
        (Wanted(kind="food"), [12]),
        (Wanted(county_code=HOME), [30]),
        (Wanted(coins_at_least=13, coins_at_most=40), [30]),
        (Wanted(affordable_units=60), [12, 30]),
        (Wanted(affordable_units=11), []),
    ],
)
def test_the_catalogue_shows_what_is_wanted_in_its_order(
    session: Session, cafe: Cafe, wanted: Wanted, found: list[int]
) -> None:
    assert prices(session, wanted) == found


def test_what_is_not_on_show_is_not_in_the_catalogue(session: Session, cafe: Cafe) -> None:
    session.get_one(Offer, cafe.coffee).paused_at = NOON
    session.flush()
    assert prices(session, Wanted()) == [12, 50]
    assert counties_on_show(session, now=NOON) == {CITY: 1, FAR: 1}


def test_codes_tell_how_far_an_offer_is() -> None:
    assert [nearness(county, HOME) for county in (HOME, CITY, FAR)] == list(Nearness)
