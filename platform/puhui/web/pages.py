"""Answers of views: a page, or its fragment when htmx asks; a redirect with a word after something was done."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, flash, make_response, redirect, render_template, request


def page(template: str, *, fragment: str | None = None, status: int = 200, **context: object) -> Response:
    """Render *template*, or only *fragment* when htmx asks for a part of the page."""
    response = make_response(
        render_template(fragment if fragment and wants_fragment() else template, **context), status
    )
    if fragment:
        response.vary.add("HX-Request")
    return response


def wants_fragment() -> bool:
    """Whether htmx will put the answer into a part of the page that is there."""
    headers = request.headers
    if "HX-History-Restore-Request" in headers or "HX-Boosted" in headers:
        return False
    return headers.get("HX-Request") == "true" and headers.get("HX-Request-Type") != "full"


def done(target: str, message: str | None = None) -> Response:
    """Answer that something was done: go to *target* (303) and say *message* there once."""
    if message:
        flash(message)
    if request.headers.get("HX-Request") == "true":
        return Response(status=204, headers={"HX-Redirect": target})
    return make_response(redirect(target, 303))


def safe_target(target: str | None, fallback: str) -> str:
    """Answer *target* when it is a path of our own, else *fallback*: nobody is sent elsewhere after logging in."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or not target.isprintable():
        return fallback
    parts = urlsplit(target)
    return fallback if parts.scheme or parts.netloc else target
