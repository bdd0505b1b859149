"""The first page, for each kind of person, and the privacy text."""

from __future__ import annotations

from flask import Blueprint, Response, url_for
from flask_babel import lazy_gettext as _l

from partners.institutions.queries import institutions_by_id
from puhui.identity.model import Kind, Role
from puhui.identity.rules import PRIVACY_VERSION
from puhui.web import Audience, audience, done, now, page, person_or_none, session
from puhui.web.home.citizen import home_of
from puhui.web.offers.words import title_of

blueprint = Blueprint("home", __name__)
WAYS = (
    ("exchange.show", "coins", _l("积分换碳币")),
    ("offers.index", "gift", _l("兑换")),
    ("vouchers.index", "ticket", _l("我的券")),
    ("paycodes.index", "scan", _l("付款码")),
    ("families.show", "person", _l("家庭")),
    ("gifts.recipients", "leaf", _l("捐赠")),
    ("offers.favourite_index", "gift", _l("我的收藏")),
    ("methods.index", "book", _l("方法学")),
    ("memberships.mine", "person", _l("我的单位")),
)


@blueprint.get("/")
@audience(Audience.PUBLIC)
def show() -> Response:
    """Show the home page of who is asking."""
    person = person_or_none()
    if person is None:
        return page("home/visitor.html")
    if person.acting is None:
        mine = home_of(session(), person.id, now=now())
        return page("home/citizen.html", home=mine, ways=WAYS, title_of=title_of)
    if person.acting.kind is Kind.MERCHANT:
        return page("home/merchant.html")
    if person.acting.kind is Kind.OPERATOR and person.acting.role is Role.OPERATOR:
        return done(url_for("operator.show"))
    if institutions_by_id(session(), [person.acting.organisation_id]):
        return done(url_for("institutions.show"))
    return page("home/staff.html")


@blueprint.get("/privacy")
@audience(Audience.PUBLIC)
def privacy() -> Response:
    """Show what is kept about a person, why, and how to leave."""
    return page("home/privacy.html", privacy_version=PRIVACY_VERSION)
