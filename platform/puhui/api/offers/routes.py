"""``/api/v1/offers``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict
from uuid import UUID

from flask_smorest import Blueprint

from puhui.api.offers.schemas import OfferListSchema, OfferSchema, OffersQuerySchema
from puhui.web import Audience, audience, now, session
from rewards import offers

blueprint = Blueprint("offers_api", __name__, url_prefix="/api/v1", description="What coins buy")


class OffersQuery(TypedDict):
    """What OffersQuerySchema loads."""

    kind: str | None
    county_code: str | None
    coins_at_most: int | None
    after_coins: int | None
    after_id: UUID | None
    limit: int


@blueprint.route("/offers", methods=["GET"])
@blueprint.arguments(OffersQuerySchema, location="query")
@blueprint.response(200, OfferListSchema)
@audience(Audience.PUBLIC)
def index(query: OffersQuery) -> dict[str, Sequence[offers.OfferRow]]:
    """Answer the offers that are open now, the cheapest first.

    The next page is asked for with price and id of the last offer.
    """
    price, offer_id = query["after_coins"], query["after_id"]
    found = offers.open_offers(
        session(),
        now=now(),
        wanted=offers.OfferFilter(query["kind"], query["county_code"], query["coins_at_most"]),
        after=(price, offer_id) if price is not None and offer_id is not None else None,
        limit=query["limit"],
    )
    return {"items": found}


@blueprint.route("/offers/<uuid:offer_id>", methods=["GET"])
@blueprint.response(200, OfferSchema)
@audience(Audience.PUBLIC)
def show(offer_id: UUID) -> offers.OfferRow:
    """Answer one offer, open or not."""
    return offers.offer_of(session(), offer_id)
