"""The API's document, for programs and for people."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Response, current_app, jsonify

from puhui.problems import PROBLEMS
from puhui.web import Audience, audience, page
from puhui.web.api_docs.reader import operations

blueprint = Blueprint("api_docs", __name__)


@blueprint.get("/api/v1/openapi.json")
@audience(Audience.PUBLIC)
def document() -> Response:
    """Answer the OpenAPI document."""
    return jsonify(_document())


@blueprint.get("/developers")
@audience(Audience.PUBLIC)
def show() -> Response:
    """Show the API as a page."""
    problems = sorted((code, int(problem.status), str(problem.sentence)) for code, problem in PROBLEMS.items())
    return page("api_docs/show.html", tags=operations(_document()), problems=problems)


def _document() -> dict[str, Any]:
    return cast(dict[str, Any], current_app.extensions["puhui_openapi"].to_dict())
