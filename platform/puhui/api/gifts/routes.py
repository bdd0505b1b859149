"""``/api/v1/recipients`` and ``/api/v1/gifts``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict
from uuid import UUID

from flask_smorest import Blueprint

from puhui.api.gifts.schemas import GiftListSchema, GiftPageSchema, GiftSchema, NewGiftSchema, RecipientListSchema
from puhui.web import Audience, audience, current_person, now, session
from rewards import gifts
from rewards.gifts import Gift, Recipient

blueprint = Blueprint("gifts_api", __name__, url_prefix="/api/v1", description="Giving to events and carbon sinks")


class Page(TypedDict):
    """What GiftPageSchema loads."""

    after: UUID | None
    limit: int


class NewGift(TypedDict):
    """What NewGiftSchema loads."""

    request_id: UUID
    recipient_id: UUID
    asset: str
    units: int


@blueprint.route("/recipients", methods=["GET"])
@blueprint.arguments(GiftPageSchema, location="query")
@blueprint.response(200, RecipientListSchema)
@audience(Audience.CITIZEN)
def recipients(query: Page) -> dict[str, Sequence[Recipient]]:
    """Answer who takes gifts now, the newest first."""
    return {"items": gifts.recipients_open(session(), after=query["after"], limit=query["limit"])}


@blueprint.route("/gifts", methods=["GET"])
@blueprint.arguments(GiftPageSchema, location="query")
@blueprint.response(200, GiftListSchema)
@audience(Audience.CITIZEN)
def index(query: Page) -> dict[str, Sequence[Gift]]:
    """Answer the citizen's gifts, the newest first."""
    return {"items": gifts.gifts_of(session(), current_person().id, after=query["after"], limit=query["limit"])}


@blueprint.route("/gifts", methods=["POST"])
@blueprint.arguments(NewGiftSchema)
@blueprint.response(201, GiftSchema)
@audience(Audience.CITIZEN)
def create(wanted: NewGift) -> Gift:
    """Give coins or points; a gift cannot be taken back.

    Safe to repeat: the same request id answers the same gift.
    """
    return gifts.give(
        session(),
        citizen_id=current_person().id,
        recipient_id=wanted["recipient_id"],
        asset=wanted["asset"],
        units=wanted["units"],
        request_id=wanted["request_id"],
        now=now(),
    )


@blueprint.route("/gifts/<uuid:gift_id>", methods=["GET"])
@blueprint.response(200, GiftSchema)
@audience(Audience.CITIZEN)
def show(gift_id: UUID) -> Gift:
    """Answer one gift."""
    return gifts.gift_of(session(), citizen_id=current_person().id, gift_id=gift_id)
