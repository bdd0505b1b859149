"""Pages of the exchange."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext

from ledger.kernel.errors import DomainError
from partners.settlement import CoinsNotBacked
from puhui.backing import exchange_backed
from puhui.problems import sentence_of
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.exchange import history
from puhui.web.exchange.forms import ExchangeForm
from rewards import coins, offers, points
from rewards.limits import limits_at

blueprint = Blueprint("exchange", __name__)
SHOWN_OFFERS = 3
SHOWN_EXCHANGES = 5
blueprint.add_url_rule("/coins", "history", history.history)
blueprint.add_url_rule("/coins/<int:transfer_id>", "entry", history.entry)
blueprint.add_app_template_filter(history.last_day, "last_day")


@blueprint.get("/exchange")
@audience(Audience.CITIZEN)
def show() -> Response:
    """Show the rate of the day and what an amount of points would become and buy."""
    citizen = current_person().id
    rate = coins.rate_at(session(), now())
    owned = points.points_of(session(), citizen, now=now())
    most = _most(citizen, rate, owned)
    wanted = min(_points_wanted(most.points_units), most.points_units)
    made = coins.preview(rate, points_units=wanted)
    balance = coins.coins_of(session(), citizen, now=now())
    after = balance.available + made.coins_units
    buys = offers.best_within(session(), now=now(), coins_units=after, limit=SHOWN_OFFERS)
    return page(
        "exchange/show.html",
        fragment="exchange/_preview.html",
        rate=rate,
        points_units=owned,
        most=most,
        left_today=_left_today(citizen),
        made=made,
        coins_units=balance.available,
        coins_after=after,
        buys=[(row, min(after // row.offer.coins_units, row.offer.per_person, row.left_units)) for row in buys],
        exchanges=coins.exchanges_of(session(), citizen, limit=SHOWN_EXCHANGES),
        form=ExchangeForm(points=made.points_units, rate_id=str(rate.id)),
    )


@blueprint.post("/exchanges")
@audience(Audience.CITIZEN)
def create() -> Response:
    """Turn points into coins and show the receipt; where that cannot be, say so beside the preview."""
    form = ExchangeForm()
    if not form.validate():
        abort(422)
    try:
        made = exchange_backed(
            session(),
            citizen_id=current_person().id,
            points_units=form.points.data,
            rate_id=UUID(form.rate_id.data),
            request_id=UUID(form.request_key),
            now=now(),
        )
    except (coins.ExchangeLimitReached, CoinsNotBacked) as error:
        return _refused(error)
    return done(url_for("exchange.receipt", exchange_id=made.id), gettext("兑换成功。"))


@blueprint.get("/exchanges/<uuid:exchange_id>")
@audience(Audience.CITIZEN)
def receipt(exchange_id: UUID) -> Response:
    """Show one exchange: what was taken, what was given, at which rate."""
    citizen = current_person().id
    made = coins.exchange_of(session(), citizen_id=citizen, exchange_id=exchange_id)
    if made is None:
        abort(404)
    return page("exchange/receipt.html", made=made, rate=coins.rate_of(session(), made.rate_id))


def _most(citizen: UUID, rate: coins.Rate, owned: int) -> coins.Preview:
    """Answer the largest exchange that the person may make now: of what they own, within the day's limit."""
    within_day = _left_today(citizen) // rate.gives_units * rate.takes_units
    return coins.preview(rate, points_units=min(owned, within_day))


def _left_today(citizen: UUID) -> int:
    exchanged = coins.exchanged_today(session(), citizen, now=now())
    return coins.left_today(exchanged, limits=limits_at(session(), now()))


def _points_wanted(most: int) -> int:
    """Answer how many points the address asks about; all that make whole coins where it says nothing readable."""
    text = request.args.get("points", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else most


def _refused(error: DomainError) -> Response:
    """Go back to the exchange and say why; nothing of what was begun stays."""
    session().rollback()
    return done(url_for("exchange.show"), sentence_of(error))
