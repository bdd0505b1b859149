"""The first page, for each kind of person, and the privacy text."""

from __future__ import annotations

from flask import Blueprint, Response

from puhui.identity.model import Kind
from puhui.identity.rules import PRIVACY_VERSION
from puhui.web import Audience, audience, page, person_or_none

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@audience(Audience.PUBLIC)
def show() -> Response:
    """Show the home page of who is asking."""
    person = person_or_none()
    if person is None:
        return page("home/visitor.html")
    if person.acting is None:
        return page("home/citizen.html")
    if person.acting.kind is Kind.MERCHANT:
        return page("home/merchant.html")
    return page("home/staff.html")


@blueprint.get("/privacy")
@audience(Audience.PUBLIC)
def privacy() -> Response:
    """Show what is kept about a person, why, and how to leave."""
    return page("home/privacy.html", privacy_version=PRIVACY_VERSION)
