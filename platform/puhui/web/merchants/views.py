"""The page of a merchant."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from partners import merchants
from puhui.web import Audience, audience, now, page, session
from puhui.web.merchants.words import APPLICATION_STATES, deal_of, hours_of
from rewards import offers

blueprint = Blueprint("merchants", __name__)


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"application_states": APPLICATION_STATES, "hours_of": hours_of, "deal_of": deal_of}


@blueprint.get("/merchants/<uuid:merchant_id>")
@audience(Audience.PUBLIC)
def show(merchant_id: UUID) -> Response:
    """Show where the merchant's stores are and what it offers now."""
    return page(
        "merchants/show.html",
        merchant=merchants.merchant_of(session(), merchant_id),
        stores=merchants.stores_of(session(), merchant_id),
        rows=[row for row in offers.offers_of_merchant(session(), merchant_id) if offers.is_open(row.offer, now=now())],
    )
