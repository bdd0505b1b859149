"""A scheme as its members see it, also after leaving: the rules in force and one's own points."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext as _

from partners.institutions.members import member_of_person
from partners.institutions.queries import institution_of
from puhui.sheets import Column, Sheet, write_book
from puhui.web import Audience, audience, current_person, now, page, session
from puhui.web.methods.words import method_name
from puhui.web.schemes import words
from puhui.web.schemes.forms import points_of_units
from puhui.web.schemes.views import blueprint
from puhui.web.sending import send_book, wants_book
from rewards.methods import catalogue
from rewards.points import points_of
from rewards.schemes import queries
from rewards.schemes.errors import SchemeUnknown
from rewards.schemes.model import Award, Scheme
from rewards.schemes.rules import settings_of

__all__ = ["blueprint"]
PAGE = 30


@blueprint.get("/schemes/<uuid:scheme_id>")
@audience(Audience.SIGNED_IN)
def rules(scheme_id: UUID) -> Response:
    """Show a member the rules in force and the member's own points, beside the citizen's."""
    person = current_person().id
    scheme = _visible(scheme_id, person)
    place = min(max(request.args.get("page", 1, type=int), 1), 10_000)
    limit = 10_000 if wants_book() else PAGE + 1
    awards = queries.awards_of(
        session(), scheme_id, person, limit=limit, offset=0 if wants_book() else (place - 1) * PAGE
    )
    if wants_book():
        return send_book(_book(awards), scheme.name)
    approved = queries.approved_versions(session(), scheme_id)
    institution = institution_of(session(), scheme.institution_id)
    texts = (
        words.rule_texts(settings_of(approved[-1]), institution=institution.name, name=scheme.name) if approved else []
    )
    return page(
        "schemes/rules.html",
        scheme=scheme,
        institution=institution,
        given=queries.given_to(session(), scheme_id, person),
        points=points_of(session(), person, now=now()),
        texts=texts,
        version=approved[-1] if approved else None,
        awards=[(one, method_name(catalogue().method(one.method))) for one in awards[:PAGE]],
        more=url_for("schemes.rules", scheme_id=scheme_id, page=place + 1) if len(awards) > PAGE else None,
    )


def _book(awards: Sequence[Award]) -> bytes:
    rows = [
        (
            one.day,
            method_name(catalogue().method(one.method)),
            points_of_units(one.units),
            str(words.AWARD_CODES[one.code]),
        )
        for one in awards
    ]
    columns = [Column(_("日期"), "date"), Column(_("行为"), width=24), Column(_("积分"), "decimal"), Column(_("说明"))]
    return write_book([Sheet(_("单位积分明细"), columns, rows)])


def _visible(scheme_id: UUID, person: UUID) -> Scheme:
    """Answer the scheme to a member of its institution, or to one whom it gave something. Raises SchemeUnknown."""
    known = {scheme.id: scheme for scheme in queries.schemes_of_person(session(), person)}
    if scheme_id in known:
        return known[scheme_id]
    scheme = session().get(Scheme, scheme_id)
    if scheme is None or member_of_person(session(), scheme.institution_id, person) is None:
        raise SchemeUnknown(scheme=scheme_id)
    return scheme
