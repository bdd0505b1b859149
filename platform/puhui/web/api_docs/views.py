"""The API's document, for programs and for people."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify

from puhui.web import Audience, audience, page

blueprint = Blueprint("api_docs", __name__)


@blueprint.get("/api/v1/openapi.json")
@audience(Audience.PUBLIC)
def document() -> Response:
    """Answer the OpenAPI document."""
    return jsonify(current_app.extensions["puhui_openapi"].to_dict())


@blueprint.get("/developers")
@audience(Audience.PUBLIC)
def show() -> Response:
    """Show the API as a page."""
    return page("api_docs/show.html", document=current_app.extensions["puhui_openapi"].to_dict())
