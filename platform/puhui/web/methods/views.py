"""How acts become grams: open to everybody, with formula, factor, source and history."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, Response, request

from puhui.web import Audience, audience, now, page
from puhui.web.methods import words
from rewards.methods import catalogue, quantity_text

blueprint = Blueprint("methods", __name__)
LONGEST_SEARCH = 60


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {
        "method_name": words.method_name,
        "category_name": words.category_name,
        "unit_name": words.unit_name,
        "in_words": words.in_words,
        "cap_words": words.cap_words,
        "tier_words": words.TIERS,
        "method_statuses": words.STATUSES,
        "quantity_text": quantity_text,
    }


@blueprint.get("/methods")
@audience(Audience.PUBLIC)
def index() -> Response:
    """List the methods by category, or those that a search finds."""
    text = request.args.get("q", "")[:LONGEST_SEARCH]
    found = catalogue().search(text)
    groups = [(category, list(methods)) for category, methods in groupby(found, key=words.category_name)]
    return page("methods/index.html", groups=groups, count=len(found), q=text)


@blueprint.get("/methods/<string:code>")
@audience(Audience.PUBLIC)
def show(code: str) -> Response:
    """Show one method: its current version, its caps and its history."""
    method = catalogue().method(code.upper())
    return page("methods/show.html", method=method, version=method.current, rate=catalogue().rate_on(now().date()))
