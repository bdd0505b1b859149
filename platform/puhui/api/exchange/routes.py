"""``/api/v1/exchange-rate`` and ``/api/v1/exchanges``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict
from uuid import UUID

from flask import abort
from flask_smorest import Blueprint

from puhui.api.exchange.schemas import (
    ExchangeListSchema,
    ExchangeSchema,
    ExchangesQuerySchema,
    NewExchangeSchema,
    RateSchema,
)
from puhui.backing import exchange_backed
from puhui.web import Audience, audience, current_person, now, session
from rewards import coins

blueprint = Blueprint("exchange_api", __name__, url_prefix="/api/v1", description="Points become coins")


class NewExchange(TypedDict):
    """What NewExchangeSchema loads."""

    request_id: UUID
    points_units: int
    rate_id: UUID


@blueprint.route("/exchange-rate", methods=["GET"])
@blueprint.response(200, RateSchema)
@audience(Audience.PUBLIC)
def rate() -> coins.Rate:
    """Answer the rate in force.

    Send its id with an exchange, so that nobody exchanges at a rate they have not seen.
    """
    return coins.rate_at(session(), now())


@blueprint.route("/exchanges", methods=["GET"])
@blueprint.arguments(ExchangesQuerySchema, location="query")
@blueprint.response(200, ExchangeListSchema)
@audience(Audience.CITIZEN)
def index(query: dict[str, object]) -> dict[str, Sequence[coins.Exchange]]:
    """Answer the citizen's exchanges, the newest first."""
    after, limit = query.get("after"), query["limit"]
    found = coins.exchanges_of(
        session(),
        current_person().id,
        after=after if isinstance(after, UUID) else None,
        limit=limit if isinstance(limit, int) else 20,
    )
    return {"items": found}


@blueprint.route("/exchanges", methods=["POST"])
@blueprint.arguments(NewExchangeSchema)
@blueprint.response(201, ExchangeSchema)
@audience(Audience.CITIZEN)
def create(wanted: NewExchange) -> coins.Exchange:
    """Turn points into coins.

    Safe to repeat: the same request id answers the same exchange.
    """
    return exchange_backed(
        session(),
        citizen_id=current_person().id,
        points_units=wanted["points_units"],
        rate_id=wanted["rate_id"],
        request_id=wanted["request_id"],
        now=now(),
    )


@blueprint.route("/exchanges/<uuid:exchange_id>", methods=["GET"])
@blueprint.response(200, ExchangeSchema)
@audience(Audience.CITIZEN)
def show(exchange_id: UUID) -> coins.Exchange:
    """Answer one exchange."""
    made = coins.exchange_of(session(), citizen_id=current_person().id, exchange_id=exchange_id)
    return made if made is not None else abort(404)
