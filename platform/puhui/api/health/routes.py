"""``GET /api/v1/health``: for load balancers and people on call."""

from __future__ import annotations

import marshmallow as ma
import sqlalchemy as sa
from flask_smorest import Blueprint

from puhui.web import Audience, audience, session

blueprint = Blueprint("health_api", __name__, url_prefix="/api/v1", description="Whether the service answers")


class HealthSchema(ma.Schema):
    """The state of the service."""

    status = ma.fields.String(required=True, metadata={"description": "Always ok; a fault is a 5xx", "example": "ok"})
    database = ma.fields.String(required=True, metadata={"description": "The newest migration", "example": "0008_jobs"})


@blueprint.route("/health", methods=["GET"])
@blueprint.response(200, HealthSchema)
@audience(Audience.PUBLIC)
def show() -> dict[str, str]:
    """Answer ok when the database answers.

    The newest migration is named, so that a deployment can be checked.
    """
    return {
        "status": "ok",
        "database": session().execute(sa.text("SELECT version_num FROM schema_version")).scalar_one(),
    }
