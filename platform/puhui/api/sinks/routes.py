"""``/api/v1/sinks``."""

from __future__ import annotations

from typing import Any, TypedDict
from uuid import UUID

from flask_smorest import Blueprint

from puhui.api.sinks.schemas import SinkListSchema, SinksQuerySchema
from puhui.web import Audience, audience, session
from rewards.sinks import queries

blueprint = Blueprint("sinks_api", __name__, url_prefix="/api/v1", description="Carbon sinks of villages and schools")


class SinksQuery(TypedDict):
    """What SinksQuerySchema loads."""

    after: UUID | None
    limit: int


@blueprint.route("/sinks", methods=["GET"])
@blueprint.arguments(SinksQuerySchema, location="query")
@blueprint.response(200, SinkListSchema)
@audience(Audience.PUBLIC)
def index(query: SinksQuery) -> dict[str, Any]:
    """Answer the approved projects, the newest first."""
    rows = queries.projects(session(), approved_only=True, before=query["after"], limit=query["limit"])
    return {
        "items": [
            {
                "id": row.project.id,
                "number": row.project.number,
                "name": row.project.name,
                "county_code": row.project.county_code,
                "method": row.project.method,
                "area_mu": row.area_mu,
                "hours": row.hours,
            }
            for row in rows
        ]
    }
