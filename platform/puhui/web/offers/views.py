"""Pages of the catalogue."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from partners import merchants
from puhui.web import Audience, audience, now, page, person_or_none, session
from puhui.web.forms import ActionForm
from puhui.web.offers.words import MERCHANT_KINDS, OFFER_KINDS, description_of, name_of, title_of
from rewards import coins, offers, vouchers

blueprint = Blueprint("offers", __name__)
PAGE = 20


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {
        "offer_kinds": OFFER_KINDS,
        "merchant_kinds": MERCHANT_KINDS,
        "title_of": title_of,
        "description_of": description_of,
        "name_in": name_of,
    }


@blueprint.get("/offers")
@audience(Audience.PUBLIC)
def index() -> Response:
    """List what is open now, the cheapest first; a citizen can ask for what they can afford."""
    balance = _coins()
    kind = request.args.get("kind")
    affordable = balance is not None and request.args.get("affordable") == "1"
    wanted = offers.OfferFilter(
        kind=kind if kind in offers.KINDS else None, coins_at_most=balance if affordable else None
    )
    rows = offers.open_offers(session(), now=now(), wanted=wanted, after=_cursor(), limit=PAGE + 1)
    shown = rows[:PAGE]
    return page(
        "offers/index.html",
        rows=shown,
        merchants=merchants.merchants_by_id(session(), {row.offer.merchant_id for row in shown}),
        coins_units=balance,
        wanted=wanted,
        affordable=affordable,
        more=_next(shown[-1].offer) if len(rows) > PAGE else None,
    )


@blueprint.get("/offers/<uuid:offer_id>")
@audience(Audience.PUBLIC)
def show(offer_id: UUID) -> Response:
    """Show one offer with everything that decides whether it can be taken."""
    row = offers.offer_of(session(), offer_id)
    person = person_or_none()
    citizen = person.id if person is not None and person.acting is None else None
    taken = vouchers.ordinals_taken(session(), citizen_id=citizen, offer_id=offer_id) if citizen else set()
    return page(
        "offers/show.html",
        row=row,
        offer=row.offer,
        merchant=merchants.merchant_of(session(), row.offer.merchant_id),
        stores=merchants.stores_of(session(), row.offer.merchant_id),
        coins_units=_coins(),
        citizen=citizen,
        taken=len(taken),
        is_open=offers.is_open(row.offer, now=now()),
        ends_at=offers.voucher_end(row.offer, taken_at=now()),
        form=ActionForm(),
    )


def _coins() -> int | None:
    """Answer what the citizen who is looking can spend; None for everybody else."""
    person = person_or_none()
    if person is None or person.acting is not None:
        return None
    return coins.coins_of(session(), person.id, now=now()).available


def _cursor() -> tuple[int, UUID] | None:
    """Read where the last page ended; an unreadable place is the beginning."""
    price, _, offer_id = request.args.get("after", "").partition(".")
    try:
        return int(price), UUID(offer_id)
    except ValueError:
        return None


def _next(last: offers.Offer) -> str:
    kind, affordable = request.args.get("kind"), request.args.get("affordable")
    return url_for("offers.index", after=f"{last.coins_units}.{last.id}", kind=kind, affordable=affordable)
