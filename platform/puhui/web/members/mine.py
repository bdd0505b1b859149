"""What a person chooses about their own institutions: joining, how to appear, leaving. Needs no switch of identity."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, url_for
from flask_babel import gettext as _

from partners.institutions import members, queries
from partners.institutions.model import Invitation, Member, ShownAs
from partners.institutions.rules import check_invitation
from puhui.identity.model import Person
from puhui.invitations import invitation_id_of
from puhui.members import accept_invitation, end
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.institutions.words import department_paths
from puhui.web.members.forms import AppearanceForm
from rewards.campaigns.model import CampaignState
from rewards.campaigns.queries import campaigns_of
from rewards.campaigns.rules import state_of
from rewards.points import points_of
from rewards.schemes.model import Scheme
from rewards.schemes.queries import given_to, schemes_of, schemes_of_person

blueprint = Blueprint("memberships", __name__)


@blueprint.get("/memberships")
@audience(Audience.SIGNED_IN)
def mine() -> Response:
    """Show a person's institutions, what each gave, and the invitations that wait."""
    person = current_person().id
    rows = queries.memberships_of_person(session(), person)
    return page(
        "members/mine.html",
        rows=[(member, institution, _path(member), _running(institution.id)) for member, institution in rows],
        given=_given(person, [institution.id for _member, institution in rows]),
        points=points_of(session(), person, now=now()),
        invitations=queries.invitations_for(session(), _addressee(), now=now()),
        form=AppearanceForm(formdata=None),
    )


def _given(person: UUID, institutions: list[UUID]) -> list[tuple[Scheme, int]]:
    """Answer the schemes of the person's institutions and of those left, with what each gave, newest first."""
    schemes = {scheme.id: scheme for scheme in schemes_of_person(session(), person)}
    for institution in institutions:
        schemes |= {scheme.id: scheme for scheme in schemes_of(session(), institution, limit=3)}
    return [(scheme, given_to(session(), scheme.id, person)) for scheme in schemes.values()]


def _running(institution_id: UUID) -> list[tuple[object, CampaignState]]:
    found = [
        (one, state_of(one, now=now())) for one in campaigns_of(session(), institution_id, published=True, limit=10)
    ]
    return [(one, state) for one, state in found if state is not CampaignState.OVER]


def _path(member: Member) -> str | None:
    return department_paths(queries.tree_of(session(), member.institution_id)).get(member.department_id)


@blueprint.post("/memberships/<uuid:member_id>/appearance")
@audience(Audience.SIGNED_IN)
def appear(member_id: UUID) -> Response:
    """Keep how the person wants to appear to colleagues."""
    member, form = _own(member_id), AppearanceForm()
    if not form.validate_on_submit():
        abort(422)
    members.choose_appearance(
        session(), member.institution_id, person_id=current_person().id, shown_as=ShownAs(form.shown_as.data)
    )
    return done(url_for("memberships.mine"), _("已保存。"))


@blueprint.post("/memberships/<uuid:member_id>/end")
@audience(Audience.SIGNED_IN)
def leave(member_id: UUID) -> Response:
    """Leave an institution; points stay the person's own."""
    member = _own(member_id)
    acting = current_person().acting
    end(session(), member.institution_id, member_id, now=now())
    target = url_for("log_in.show") if acting and acting.organisation_id == member.institution_id else None
    return done(target or url_for("memberships.mine"), _("已退出，您的积分仍归您。"))


def _own(member_id: UUID) -> Member:
    found = [member for member, _ in queries.memberships_of_person(session(), current_person().id)]
    return next((member for member in found if member.id == member_id), None) or abort(404)


@blueprint.get("/invitations/<token>")
@audience(Audience.SIGNED_IN)
def invitation(token: str) -> Response:
    """Show who invites, to what, and what colleagues will see."""
    found = _invited(token)
    return page(
        "members/invited.html",
        institution=queries.institution_of(session(), found.institution_id),
        path=department_paths(queries.tree_of(session(), found.institution_id)).get(found.department_id),
        target=url_for("memberships.accept", token=token),
        known=members.member_of_person(session(), found.institution_id, current_person().id),
    )


@blueprint.post("/invitations/<token>")
@audience(Audience.SIGNED_IN)
def accept(token: str) -> Response:
    """Join by a link."""
    return _accept(invitation_id_of(token) or abort(404))


@blueprint.post("/memberships/invitations/<uuid:invitation_id>")
@audience(Audience.SIGNED_IN)
def accept_named(invitation_id: UUID) -> Response:
    """Join by an invitation for the person's own phone."""
    return _accept(invitation_id)


def _accept(invitation_id: UUID) -> Response:
    accept_invitation(session(), invitation_id, person_id=current_person().id, now=now())
    return done(url_for("memberships.mine"), _("已加入。同事默认看不到您的姓名，可在下面更改。"))


def _invited(token: str) -> Invitation:
    """Answer the invitation where it can still be used. Raises InvitationNotAccepted."""
    invitation_id = invitation_id_of(token) or abort(404)
    found = queries.invitation_of(session(), invitation_id)
    if found is not None and members.member_of_person(session(), found.institution_id, current_person().id):
        return found
    return check_invitation(found, addressee=_addressee(), now=now())


def _addressee() -> bytes:
    return session().get_one(Person, current_person().id).phone_hash or b""
