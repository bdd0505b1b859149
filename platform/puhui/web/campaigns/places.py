"""Where codes are shown: opening and closing a place, the full-screen page, the poster."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for
from flask_babel import gettext as _

from ledger.kernel.errors import DomainError
from puhui.codes import campaign_code_book
from puhui.identity.model import Role
from puhui.papers import write_paper
from puhui.problems import problem_of, sentence_of
from puhui.qr import svg
from puhui.web import Audience, audience, done, now, page, session
from puhui.web.campaigns.forms import PlaceForm
from puhui.web.campaigns.views import blueprint, showing
from puhui.web.institutions.standing import standing, standing_as
from puhui.web.sending import send_paper
from puhui.web.trail import record
from rewards.campaigns import actions, queries
from rewards.campaigns.model import Campaign, Place, PlaceKind
from rewards.campaigns.rules import code_of
from rewards.vouchers import grouped

__all__ = ["blueprint"]


@blueprint.post("/institution/campaigns/<uuid:campaign_id>/places")
@audience(Audience.INSTITUTION_MANAGER)
def open_place(campaign_id: UUID) -> Response:
    """Open a place whose code people scan."""
    mine, form = standing_as(Role.LIAISON, Role.DEPARTMENT_MANAGER), PlaceForm()
    queries.campaign_of(session(), campaign_id, institution_id=mine.institution.id)
    if not form.validate_on_submit():
        return showing(mine, campaign_id, form, status=422)
    opens, closes = form.minutes()
    try:
        place = actions.open_place(
            session(), campaign_id, kind=PlaceKind(form.kind.data), name=form.name.data, opens=opens, closes=closes,
            most_a_day=form.most_a_day.data, place_id=UUID(form.request_key), now=now(),
        )  # fmt: skip
    except DomainError as error:
        form.name.errors = [sentence_of(error)]
        return showing(mine, campaign_id, form, status=problem_of(error).status)
    record("campaign.place_opened", place.id)
    return done(url_for("campaigns.show", campaign_id=campaign_id), _("签到点已开设。"))


@blueprint.post("/institution/campaigns/<uuid:campaign_id>/places/<uuid:place_id>/closure")
@audience(Audience.INSTITUTION_MANAGER)
def close_place(campaign_id: UUID, place_id: UUID) -> Response:
    """Take a place's code out of use."""
    standing_as(Role.LIAISON, Role.DEPARTMENT_MANAGER)
    _found(campaign_id, place_id)
    actions.close_place(session(), campaign_id, place_id, now=now())
    record("campaign.place_closed", place_id)
    return done(url_for("campaigns.show", campaign_id=campaign_id), _("签到点已停用。"))


@blueprint.get("/institution/campaigns/<uuid:campaign_id>/places/<uuid:place_id>")
@audience(Audience.INSTITUTION_MANAGER)
def screen(campaign_id: UUID, place_id: UUID) -> Response:
    """Show a place's code over the whole screen; the page loads itself anew when the code changes."""
    campaign, place = _found(campaign_id, place_id)
    codes = campaign_code_book()
    return page(
        "campaigns/screen.html", campaign=campaign, place=place, again=codes.seconds_left(at=now()), **_code(place)
    )


@blueprint.get("/institution/campaigns/<uuid:campaign_id>/places/<uuid:place_id>/poster")
@audience(Audience.INSTITUTION_MANAGER)
def poster(campaign_id: UUID, place_id: UUID) -> Response:
    """Send a poster's paper to print."""
    campaign, place = _found(campaign_id, place_id)
    paper = write_paper("campaigns/poster_paper.html", campaign=campaign, place=place, **_code(place))
    return send_paper(paper, f"{campaign.title} {place.name}")


def _code(place: Place) -> dict[str, Any]:
    code = code_of(place, campaign_code_book(), at=now())
    address = url_for("campaigns.arriving", code=code, _external=True)
    return {"digits": grouped(code), "qr": svg(address, label=_("签到二维码"))}


def _found(campaign_id: UUID, place_id: UUID) -> tuple[Campaign, Place]:
    campaign = queries.campaign_of(session(), campaign_id, institution_id=standing().institution.id)
    return campaign, queries.place_of(session(), campaign_id, place_id)
