"""Coins and points given to an event or a sink: once, for good, while it takes them."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from puhui.db import Database
from rewards import gifts, points
from tests.cafe import NOON, give_coins, give_points, purse
from tests.purse import at_once, names


@pytest.fixture
def lin(session: Session) -> UUID:
    citizen = new_id()
    give_coins(session, citizen, 50)
    give_points(session, citizen, 900)
    return citizen


@pytest.fixture
def marathon(session: Session) -> gifts.Recipient:
    return gifts.open_recipient(session, id=new_id(), kind="event", name="青禾半程马拉松", now=NOON)


def give(session: Session, lin: UUID, to: gifts.Recipient, units: int, asset: str = "coin") -> gifts.Gift:
    return gifts.give(
        session, citizen_id=lin, recipient_id=to.id, asset=asset, units=units, request_id=new_id(), now=NOON
    )


def test_coins_and_points_are_given_and_counted_apart(session: Session, lin: UUID, marathon: gifts.Recipient) -> None:
    made = [
        give(session, lin, marathon, 20),
        give(session, lin, marathon, 5),
        give(session, lin, marathon, 400, "point"),
    ]
    assert purse(session, lin) == (25, 0)
    assert points.points_of(session, lin, now=NOON) == 500
    assert gifts.given_to(session, [marathon.id]) == {marathon.id: {"coin": 25, "point": 400}}
    donated = ledger.account_of(session, owner=marathon.id, purpose="donated", asset="coin")
    assert ledger.balance(session, donated).posted == 25
    assert {gift.id for gift in gifts.gifts_of(session, lin)} == {gift.id for gift in made}
    assert ledger.audit(session).holds


def test_the_same_request_gives_once(session: Session, lin: UUID, marathon: gifts.Recipient) -> None:
    request_id = new_id()
    facts = {"citizen_id": lin, "recipient_id": marathon.id, "asset": "coin", "request_id": request_id, "now": NOON}
    made = gifts.give(session, units=20, **facts)
    assert gifts.give(session, units=20, **facts) is made
    assert purse(session, lin) == (30, 0)
    with pytest.raises(gifts.GiftConflict):
        gifts.give(session, units=21, **facts)


def test_nobody_gives_more_than_they_have(session: Session, lin: UUID, marathon: gifts.Recipient) -> None:
    with pytest.raises(ledger.InsufficientBalance):
        give(session, lin, marathon, 51)
    with pytest.raises(ledger.UnitsInvalid):
        give(session, lin, marathon, 0)
    assert gifts.given_to(session, [marathon.id]) == {marathon.id: {}}


def test_a_closed_recipient_takes_nothing_and_keeps_what_it_has(
    session: Session, lin: UUID, marathon: gifts.Recipient
) -> None:
    give(session, lin, marathon, 20)
    gifts.close_recipient(session, id=marathon.id, now=NOON)
    with pytest.raises(gifts.RecipientClosed):
        give(session, lin, marathon, 1)
    assert list(gifts.recipients_open(session)) == []
    assert gifts.given_to(session, [marathon.id]) == {marathon.id: {"coin": 20}}


def test_a_recipient_is_an_event_or_a_sink_with_a_name(session: Session, marathon: gifts.Recipient) -> None:
    with pytest.raises(gifts.RecipientInvalid):
        gifts.open_recipient(session, id=new_id(), kind="person", name="王", now=NOON)
    with pytest.raises(gifts.RecipientInvalid):
        gifts.open_recipient(session, id=marathon.id, kind="sink", name="碳汇林", now=NOON)
    renamed = gifts.open_recipient(session, id=marathon.id, kind="event", name="青禾马拉松", now=NOON)
    assert (renamed.name, renamed.opened_at) == ("青禾马拉松", NOON)
    with pytest.raises(gifts.RecipientUnknown):
        gifts.close_recipient(session, id=new_id(), now=NOON)


def test_a_gift_is_its_givers_alone(session: Session, lin: UUID, marathon: gifts.Recipient) -> None:
    made = give(session, lin, marathon, 20)
    assert gifts.gift_of(session, citizen_id=lin, gift_id=made.id) is made
    with pytest.raises(gifts.GiftUnknown):
        gifts.gift_of(session, citizen_id=new_id(), gift_id=made.id)


def test_gifts_beside_a_closing_are_whole_or_refused(own_database: Database) -> None:
    lin = new_id()
    with own_database.transaction() as session:
        give_coins(session, lin, 50)
        wood = gifts.open_recipient(session, id=new_id(), kind="sink", name="青禾碳汇林", now=NOON)
    answers = at_once(
        own_database,
        *[lambda session: give(session, lin, wood, 20).id] * 3,
        lambda session: gifts.close_recipient(session, id=wood.id, now=NOON),
    )
    given = 20 * names(answers).count("UUID")
    assert given <= 40
    with own_database.transaction() as session:
        assert sum(purse(session, lin)) == 50 - given
        assert gifts.given_to(session, [wood.id])[wood.id].get("coin", 0) == given
