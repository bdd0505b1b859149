"""``GET /api/v1/funds``: the same figures as the public page."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from partners import sponsors
from partners.sponsors import CoinFigures, FundFigures
from puhui.api.sponsors.schemas import CoverSchema
from puhui.web import Audience, audience, session
from puhui.web.sponsors.views import coins_and_rate, covered

blueprint = Blueprint("sponsors_api", __name__, url_prefix="/api/v1", description="What stands behind coins")


@blueprint.route("/funds", methods=["GET"])
@blueprint.response(200, CoverSchema)
@audience(Audience.PUBLIC)
def index() -> dict[str, Any]:
    """Answer all coins, all funds, and which part of what coins may still cost is covered."""
    rows = sponsors.fund_figures(session(), sponsors.funds(session()))
    figures, rate = coins_and_rate()
    points = covered(rows, figures, rate)
    return {
        "coins": _coins(figures) if figures is not None else None,
        "available": plain_yuan(sum(row.available_fen for row in rows)),
        "cover_percent": plain_yuan(points) if points is not None else None,
        "funds": [_fund(row) for row in rows],
    }


def plain_yuan(fen: int) -> str:
    """Answer a whole number of hundredths as a plain decimal."""
    sign, size = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{size // 100}.{size % 100:02d}"


def _coins(figures: CoinFigures) -> dict[str, Any]:
    return {
        "counted_at": figures.taken_at,
        "issued": figures.issued,
        "outstanding": figures.outstanding,
        "redeemed": figures.redeemed,
        "unsettled": figures.taken,
        "expired": figures.expired,
        "elsewhere": figures.elsewhere,
    }


def _fund(row: FundFigures) -> dict[str, Any]:
    return {
        "id": row.fund.id,
        "name": row.fund.name,
        "given": plain_yuan(row.given_fen),
        "returned": plain_yuan(row.returned_fen),
        "spent": plain_yuan(row.spent_fen),
        "left": plain_yuan(row.left_fen),
    }
