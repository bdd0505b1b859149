"""Pages of the catalogue and of the offers that a citizen keeps an eye on."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from partners import merchants
from puhui.sheets import Column, Sheet, write_book
from puhui.web import Audience, audience, current_person, done, now, page, person_or_none, session
from puhui.web.forms import ActionForm
from puhui.web.offers.words import (
    MERCHANT_KINDS,
    NEARNESS,
    OFFER_KINDS,
    ORDERS,
    description_of,
    name_of,
    stock_of,
    title_of,
)
from puhui.web.sending import send_book, wants_book
from rewards import coins, families, favourites, offers
from rewards.offers.catalogue import Order, Place, Wanted, catalogue, counties_on_show, nearness, place_of
from rewards.vouchers.held import taken_of

blueprint = Blueprint("offers", __name__)
PAGE = 20
BOOK_ROWS = 2000
LONGEST_PRICE = 9


@dataclass(frozen=True, slots=True)
class Purse:
    """What can pay for an offer: the citizen's own coins, or the family's."""

    units: int
    family_id: UUID | None


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {
        "offer_kinds": OFFER_KINDS,
        "merchant_kinds": MERCHANT_KINDS,
        "title_of": title_of,
        "description_of": description_of,
        "name_in": name_of,
        "stock_of": stock_of,
    }


@blueprint.get("/offers")
@audience(Audience.PUBLIC)
def index() -> Response:
    """List what is on show, by place, kind and price; a citizen can ask for what they can afford now."""
    balance = _coins()
    wanted = _wanted(balance)
    if wants_book():
        return _book(wanted)
    rows = catalogue(session(), now=now(), wanted=wanted, after=_cursor(), limit=PAGE + 1)
    shown = rows[:PAGE]
    return page(
        "offers/index.html",
        rows=shown,
        merchants=merchants.merchants_by_id(session(), {row.offer.merchant_id for row in shown}),
        taken=_taken({row.offer.id for row in shown}),
        coins_units=balance,
        wanted=wanted,
        affordable=wanted.affordable_units is not None,
        counties=counties_on_show(session(), now=now()),
        orders=ORDERS,
        near=NEARNESS,
        nearness=nearness,
        asked=_asked,
        more=_asked(after=_written(place_of(shown[-1].offer, wanted))) if len(rows) > PAGE else None,
    )


@blueprint.get("/offers/<uuid:offer_id>")
@audience(Audience.PUBLIC)
def show(offer_id: UUID) -> Response:
    """Show one offer with everything that decides whether it can be taken, and what can pay for it."""
    row = offers.offer_of(session(), offer_id)
    citizen = _citizen()
    return page(
        "offers/show.html",
        row=row,
        offer=row.offer,
        merchant=merchants.merchant_of(session(), row.offer.merchant_id),
        stores=merchants.stores_of(session(), row.offer.merchant_id),
        purses=_purses(citizen) if citizen else [],
        citizen=citizen,
        taken=_taken({offer_id}).get(offer_id, 0),
        is_open=offers.is_open(row.offer, now=now()),
        is_favourite=citizen is not None and favourites.is_favourite(session(), citizen_id=citizen, offer_id=offer_id),
        ends_at=offers.voucher_end(row.offer, taken_at=now()),
        form=ActionForm(),
    )


@blueprint.get("/favourites")
@audience(Audience.CITIZEN)
def favourite_index() -> Response:
    """List the offers that the citizen marked."""
    rows = favourites.favourites_of(
        session(), current_person().id, after=request.args.get("after", type=UUID), limit=PAGE + 1
    )
    shown = rows[:PAGE]
    return page(
        "offers/favourites.html",
        rows=shown,
        merchants=merchants.merchants_by_id(session(), {row.offer.merchant_id for row in shown}),
        taken=_taken({row.offer.id for row in shown}),
        more=url_for("offers.favourite_index", after=shown[-1].offer.id) if len(rows) > PAGE else None,
    )


@blueprint.post("/favourites/<uuid:offer_id>")
@audience(Audience.CITIZEN)
def mark(offer_id: UUID) -> Response:
    """Mark an offer."""
    favourites.add_favourite(session(), citizen_id=current_person().id, offer_id=offer_id, now=now())
    return done(url_for("offers.show", offer_id=offer_id), gettext("已收藏。"))


@blueprint.post("/favourites/<uuid:offer_id>/removal")
@audience(Audience.CITIZEN)
def unmark(offer_id: UUID) -> Response:
    """Mark an offer no longer."""
    favourites.remove_favourite(session(), citizen_id=current_person().id, offer_id=offer_id)
    return done(url_for("offers.show", offer_id=offer_id), gettext("已取消收藏。"))


def _citizen() -> UUID | None:
    person = person_or_none()
    return person.id if person is not None and person.acting is None else None


def _coins() -> int | None:
    """Answer what the citizen who is looking can spend; None for everybody else."""
    citizen = _citizen()
    return coins.coins_of(session(), citizen, now=now()).available if citizen else None


def _purses(citizen: UUID) -> list[Purse]:
    """Answer what may pay: the citizen's own coins first, then the family's where the head allows it."""
    own = Purse(coins.coins_of(session(), citizen, now=now()).available, None)
    family = families.family_of(session(), citizen)
    if family is None or not families.membership_of(session(), family_id=family.id, person_id=citizen).may_spend:
        return [own]
    return [own, Purse(coins.coins_of(session(), family.id, now=now()).available, family.id)]


def _taken(offer_ids: set[UUID]) -> dict[UUID, int]:
    """Answer how many of each offer the citizen has taken and not given back."""
    citizen = _citizen()
    return taken_of(session(), citizen_id=citizen, offer_ids=offer_ids) if citizen else {}


def _wanted(balance: int | None) -> Wanted:
    args = request.args
    kind, order = args.get("kind"), args.get("order", "")
    affordable = balance is not None and args.get("affordable") == "1"
    return Wanted(
        kind=kind if kind in offers.KINDS else None,
        county_code=_code("county"),
        place=_code("near"),
        coins_at_least=_price("from"),
        coins_at_most=_price("to"),
        affordable_units=balance if affordable else None,
        order=Order(order) if order in list(Order) else Order.CHEAPEST,
    )


def _code(name: str) -> str | None:
    text = request.args.get(name, "")
    return text if len(text) == 6 and text.isascii() and text.isdigit() else None


def _price(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_PRICE else None


def _asked(**changes: str | int | None) -> str:
    """Answer the address of this list with some of the wishes changed; the place in the list is not kept."""
    kept: dict[str, str | int | None] = {
        name: value for name, value in request.args.items() if name not in ("after", "as") and value
    }
    wishes = {name: value for name, value in {**kept, **changes}.items() if value is not None}
    return f"{url_for('offers.index')}?{urlencode(wishes)}" if wishes else url_for("offers.index")


def _cursor() -> Place | None:
    """Read where the last page ended; an unreadable place is the beginning."""
    *numbers, offer_id = request.args.get("after", "").split("~")
    try:
        return Place(tuple(int(number) for number in numbers), UUID(offer_id))
    except ValueError:
        return None


def _written(place: Place) -> str:
    return "~".join([*map(str, place.numbers), str(place.offer_id)])


def _book(wanted: Wanted) -> Response:
    rows = catalogue(session(), now=now(), wanted=wanted, limit=BOOK_ROWS)
    shops = merchants.merchants_by_id(session(), {row.offer.merchant_id for row in rows})
    columns = [
        Column(gettext("兑换品"), width=28), Column(gettext("商户"), width=24), Column(gettext("种类")),
        Column(gettext("地区代码")), Column(gettext("碳币"), "whole"), Column(gettext("剩余"), "whole"),
        Column(gettext("每人限兑"), "whole"), Column(gettext("兑换期至"), "moment"),
    ]  # fmt: skip
    lines = [
        [
            title_of(row.offer), name_of(shops[row.offer.merchant_id]), str(OFFER_KINDS[row.offer.kind]),
            row.offer.county_code, row.offer.coins_units, row.left_units, row.offer.per_person, row.offer.valid_until,
        ]
        for row in rows
    ]  # fmt: skip
    return send_book(write_book([Sheet(gettext("兑换品"), columns, lines)]), gettext("兑换品"))
