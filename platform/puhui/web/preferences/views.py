"""The page of preferences and the buttons that set one."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, abort, request, url_for

from puhui.web import Audience, audience, done, house, page, safe_target
from puhui.web.preferences.choices import CHOICES, COOKIES

blueprint = Blueprint("preferences", __name__)
KEPT = timedelta(days=365)


@blueprint.get("/preferences")
@audience(Audience.PUBLIC)
def show() -> Response:
    """Show language, colours and text size."""
    return page("preferences/show.html")


@blueprint.post("/preferences")
@audience(Audience.PUBLIC)
def change() -> Response:
    """Set one preference and go back to where the button was."""
    response = done(safe_target(request.form.get("next"), url_for("preferences.show")))
    for name, choices in CHOICES.items():
        value = request.form.get(name)
        if value is None:
            continue
        if value not in choices:
            abort(400)
        is_secure = not house().settings.is_development
        response.set_cookie(COOKIES[name], value, max_age=KEPT, httponly=True, samesite="Lax", secure=is_secure)
    return response
