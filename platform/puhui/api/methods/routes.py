"""``GET /api/v1/methods``: every method with its history, as the pages show it."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from puhui.api.methods.schemas import MethodSchema, MethodSummarySchema
from puhui.api.schemas import ProblemSchema
from puhui.web import Audience, audience
from rewards.methods import catalogue
from rewards.methods.facts import method_facts

blueprint = Blueprint("methods_api", __name__, url_prefix="/api/v1/methods", description="How acts become grams")


@blueprint.route("", methods=["GET"])
@blueprint.response(200, MethodSummarySchema(many=True))
@audience(Audience.PUBLIC)
def index() -> list[dict[str, Any]]:
    """List every method in its current version.

    There are some dozens, so the list has no pages.
    """
    return [method_facts(method) for method in catalogue().methods]


@blueprint.route("/<string:code>", methods=["GET"])
@blueprint.response(200, MethodSchema)
@blueprint.alt_response(404, schema=ProblemSchema, description="No method has this code")
@audience(Audience.PUBLIC)
def show(code: str) -> dict[str, Any]:
    """Show a method with all its versions."""
    return method_facts(catalogue().method(code))
