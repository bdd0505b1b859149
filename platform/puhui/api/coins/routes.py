"""``/api/v1/coins``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from flask_smorest import Blueprint

from ledger import StatementLine
from puhui.api.coins.schemas import CoinEntriesQuerySchema, CoinEntryListSchema, CoinsSchema
from puhui.web import Audience, audience, current_person, now, session
from puhui.web.exchange.history import expiring_of
from rewards import coins
from rewards.coins import Expiring

blueprint = Blueprint("coins_api", __name__, url_prefix="/api/v1", description="What a citizen has and had")


class Coins(TypedDict):
    """What CoinsSchema dumps."""

    available_units: int
    held_units: int
    expiring: list[Expiring]


class EntriesQuery(TypedDict):
    """What CoinEntriesQuerySchema loads."""

    after: str | None
    limit: int


class Entries(TypedDict):
    """What CoinEntryListSchema dumps."""

    items: Sequence[StatementLine]
    after: str | None


@blueprint.route("/coins", methods=["GET"])
@blueprint.response(200, CoinsSchema)
@audience(Audience.CITIZEN)
def show() -> Coins:
    """Answer the citizen's coins, and what expires when."""
    citizen = current_person().id
    balance = coins.coins_of(session(), citizen, now=now())
    return Coins(available_units=balance.available, held_units=balance.pending, expiring=expiring_of(citizen, now()))


@blueprint.route("/coins/entries", methods=["GET"])
@blueprint.arguments(CoinEntriesQuerySchema, location="query")
@blueprint.response(200, CoinEntryListSchema)
@audience(Audience.CITIZEN)
def entries(query: EntriesQuery) -> Entries:
    """Answer the history of the citizen's coins, the newest first."""
    found = coins.history_of(session(), current_person().id, after=query["after"], limit=query["limit"])
    return Entries(items=found.lines if found else [], after=found.after if found else None)
