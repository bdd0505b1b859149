"""``GET /api/v1/market/…``: public figures. The registry's record is final (以注册登记系统记录为准)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_smorest import Blueprint

from partners.enterprises.exact import yuan
from partners.enterprises.instruments.queries import instrument_of
from partners.enterprises.prices.queries import last_traded, price_history, year_totals
from partners.enterprises.records.model import MARKET_TIME
from puhui.api.market.schemas import InstrumentSchema, YearSchema
from puhui.api.schemas import ProblemSchema
from puhui.web import Audience, audience, now, session

blueprint = Blueprint("market_api", __name__, url_prefix="/api/v1/market", description="Public carbon market figures")
SHOWN_DAYS = 100


@blueprint.route("/years/<int(min=2021, max=2100):year>", methods=["GET"])
@blueprint.response(200, YearSchema)
@blueprint.alt_response(404, schema=ProblemSchema, description="No year of the market")
@audience(Audience.PUBLIC)
def year(year: int) -> dict[str, Any]:
    """Answer a year's totals over all vintages and methods."""
    totals = year_totals(session(), year)
    return {
        "year": year,
        "days": totals.days,
        "volume_t": totals.volume_t,
        "amount_cny": yuan(totals.amount_fen),
        "vwap": totals.vwap,
        "last_close": yuan(totals.last_close_fen) if totals.last_close_fen else None,
    }


@blueprint.route("/instruments/<string:code>", methods=["GET"])
@blueprint.response(200, InstrumentSchema)
@blueprint.alt_response(404, schema=ProblemSchema, description="No instrument has this code")
@audience(Audience.PUBLIC)
def instrument(code: str) -> dict[str, Any]:
    """Answer an instrument and its last hundred trading days up to its last trade and after."""
    found = instrument_of(session(), code)
    today = now().astimezone(MARKET_TIME).date()
    last = last_traded(session(), found.code, until=today)
    prices = price_history(
        session(), found.code, since=(last.day if last else today) - timedelta(days=365), until=today
    )
    return {
        "code": found.code,
        "name": found.name,
        "is_tradable": found.is_tradable,
        "source": found.source,
        "days": [
            {
                "day": row.day.isoformat(),
                "close": yuan(row.close_fen),
                "high": yuan(row.high_fen) if row.high_fen else None,
                "low": yuan(row.low_fen) if row.low_fen else None,
                "volume_t": row.volume_t,
            }
            for row in prices[-SHOWN_DAYS:][::-1]
        ],
    }
