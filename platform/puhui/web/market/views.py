"""Prices: what was published, by whom, and which of it is no price to value with."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response

from partners.enterprises.exact import yuan
from partners.enterprises.instruments.model import Instrument, Kind, Quantity
from partners.enterprises.instruments.queries import instrument_of, instruments_by_code
from partners.enterprises.instruments.rules import shown
from partners.enterprises.prices.queries import last_traded, price_history, year_totals
from partners.enterprises.records.model import MARKET_TIME
from partners.enterprises.rulebook.queries import rulebook
from puhui.web import Audience, audience, now, page, session
from puhui.web.market.chart import chart_of

blueprint = Blueprint("market", __name__)
FIRST_YEAR = 2021
SHOWN_DAYS = 20


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"yuan": yuan, "units_in": _units_in, "now_year": lambda: now().astimezone(MARKET_TIME).year}


def _units_in(instrument: Instrument, units: int) -> str:
    """Write whole units as the displayed unit of their instrument, with the unit."""
    text = shown(Quantity(instrument, units))
    integer, dot, fraction = text.partition(".")
    return f"{int(integer):,}{dot}{fraction} {instrument.unit}"


@blueprint.get("/market")
@audience(Audience.PUBLIC)
def index() -> Response:
    """Show the vintages with their last traded close, and the totals of the years."""
    today = now().astimezone(MARKET_TIME).date()
    book = rulebook(session())
    rows = [
        (instrument, last_traded(session(), code, until=today), book.is_surrenderable(instrument.vintage, today))
        for code, instrument in instruments_by_code(session(), kind=Kind.CEA).items()
    ]
    years = [year_totals(session(), year) for year in range(today.year, FIRST_YEAR - 1, -1)]
    return page("market/index.html", rows=rows, years=[year for year in years if year.volume_t])


@blueprint.get("/market/<string:code>")
@audience(Audience.PUBLIC)
def show(code: str) -> Response:
    """Show the history of one instrument or of the composite: a chart of traded closes and the last days."""
    instrument = instrument_of(session(), code.upper())
    today = now().astimezone(MARKET_TIME).date()
    last = last_traded(session(), instrument.code, until=today)
    until = last.day if last else today
    prices = price_history(session(), instrument.code, since=until - timedelta(days=365), until=today)
    return page(
        "market/show.html",
        instrument=instrument,
        counts=rulebook(session()).is_surrenderable(instrument.vintage, today),
        last=last,
        stale_days=(today - last.day).days if last else None,
        chart=chart_of(prices),
        prices=prices[-SHOWN_DAYS:][::-1],
    )
