"""Pages of a family: what it has, who is in it, and what the head may do."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from puhui.identity.current import name_of
from puhui.web import Audience, audience, current_person, now, page, session
from puhui.web.families import acts
from puhui.web.families.pages import label_of, own_family, shown
from puhui.web.forms import ActionForm
from rewards import families

blueprint = Blueprint("families", __name__)
blueprint.add_url_rule("/families", view_func=acts.found, methods=["POST"])
blueprint.add_url_rule("/family/membership", view_func=acts.join, methods=["POST"])
blueprint.add_url_rule("/family/invitations", view_func=acts.invite, methods=["POST"])
blueprint.add_url_rule("/family/invitations/<uuid:invitation_id>/revocation", view_func=acts.revoke, methods=["POST"])
blueprint.add_url_rule("/family/minors", view_func=acts.add_minor, methods=["POST"])
blueprint.add_url_rule("/family/shares", view_func=acts.put_in, methods=["POST"])
blueprint.add_url_rule("/family/members/<uuid:member_id>/spending", view_func=acts.allow, methods=["POST"])
blueprint.add_url_rule("/family/members/<uuid:member_id>/removal", view_func=acts.remove, methods=["POST"])
blueprint.add_url_rule("/family/dissolution", view_func=acts.dissolve, methods=["POST"])


@blueprint.get("/family")
@audience(Audience.CITIZEN)
def show() -> Response:
    """Show the citizen's family; who has none may found one or join by a code."""
    return shown()


@blueprint.get("/family/dissolution")
@audience(Audience.CITIZEN)
def ask_dissolution() -> Response:
    """Ask the head before the family ends, and say who gets what."""
    family = own_family()
    return page(
        "families/dissolution.html",
        family=family,
        parts=families.parts_of(session(), family, now=now()),
        name_of=lambda person: name_of(session(), person),
        form=ActionForm(),
    )


@blueprint.get("/family/members/<uuid:member_id>/removal")
@audience(Audience.CITIZEN)
def ask_removal(member_id: UUID) -> Response:
    """Ask before a member goes, and say what stays."""
    family = own_family()
    member = next((row for row in families.members_of(session(), family.id) if row.id == member_id), None)
    if member is None:
        raise families.FamilyMemberUnknown(member=member_id)
    is_own = member.person_id == current_person().id
    return page("families/removal.html", member=member, is_own=is_own, label=label_of(member), form=ActionForm())
