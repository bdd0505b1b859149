"""What a citizen keeps an eye on."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from rewards.favourites import add_favourite, favourites_of, is_favourite, remove_favourite
from rewards.offers import OfferUnknown
from tests.cafe import NOON, open_cafe, open_offer


def test_an_offer_is_marked_once_and_unmarked(session: Session) -> None:
    cafe, lin = open_cafe(session), new_id()
    cake = open_offer(session, cafe.id, title="蛋糕")
    for offer_id in (cafe.coffee, cafe.coffee, cake):
        add_favourite(session, citizen_id=lin, offer_id=offer_id, now=NOON)
    found = favourites_of(session, lin)
    assert {row.offer.id for row in found} == {cafe.coffee, cake}
    first = favourites_of(session, lin, limit=1)[0].offer.id
    assert [row.offer.id for row in favourites_of(session, lin, after=first)] == [found[1].offer.id]
    assert favourites_of(session, new_id()) == []
    remove_favourite(session, citizen_id=lin, offer_id=cake)
    assert not is_favourite(session, citizen_id=lin, offer_id=cake)
    assert is_favourite(session, citizen_id=lin, offer_id=cafe.coffee)


def test_what_is_not_offered_cannot_be_marked(session: Session) -> None:
    with pytest.raises(OfferUnknown):
        add_favourite(session, citizen_id=new_id(), offer_id=new_id(), now=NOON)
