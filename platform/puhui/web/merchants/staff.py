"""Staff: invited by phone with a link that works once, removed at once, at least one manager left."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from ledger.kernel.errors import DomainError
from puhui.identity.current import COOKIE, name_of
from puhui.identity.errors import CodeNotAccepted
from puhui.identity.invitations import (
    LastManager,
    StaffInvitation,
    accept,
    change_role,
    dismiss,
    invitation_of_token,
    invite,
    invited_phone,
    open_invitations,
    revoke,
    staff_rows,
)
from puhui.identity.log_in import count_wrong_code, open_log_in, use_code
from puhui.identity.model import Organisation, Role
from puhui.identity.rules import masked, phone_number
from puhui.problems import problem_of, sentence_of
from puhui.sheets import Column
from puhui.web import Audience, apart, audience, current_person, done, house, now, page, session
from puhui.web.frame import ROLE_NAMES
from puhui.web.merchants.applications import sent_code
from puhui.web.merchants.books import send_list
from puhui.web.merchants.forms import AcceptForm, InviteForm
from puhui.web.sending import wants_book
from puhui.web.trail import record

blueprint = Blueprint("merchant_staff", __name__)
PAGE, BOOK = 50, 1_000


@blueprint.get("/merchant/staff")
@audience(Audience.MERCHANT_MANAGER)
def index() -> Response:
    """List who works here and who is invited."""
    return _index(InviteForm(formdata=None))


@blueprint.post("/merchant/staff-invitations")
@audience(Audience.MERCHANT_MANAGER)
def create() -> Response:
    """Invite a phone; the link is shown once, to be passed on."""
    form = InviteForm()
    if not form.validate_on_submit():
        return _index(form, status=422)
    organisation = session().get_one(Organisation, current_person().organisation_id)
    try:
        invitation, token = invite(
            session(), vault=house().vault, organisation=organisation, role=Role(form.role.data),
            phone=phone_number(form.phone.data), invited_by=current_person().id, now=now(),
        )  # fmt: skip
    except DomainError as error:
        form.phone.errors = [sentence_of(error)]
        return _index(form, status=problem_of(error).status)
    record("staff.invited", invitation.id, role=invitation.role)
    link = url_for("merchant_staff.show_invitation", token=token, _external=True)
    return _index(InviteForm(formdata=None), link=link)


@blueprint.post("/merchant/staff-invitations/<uuid:invitation_id>/revocation")
@audience(Audience.MERCHANT_MANAGER)
def take_back(invitation_id: UUID) -> Response:
    """Take an invitation back."""
    revoke(session(), invitation_id=invitation_id, organisation_id=current_person().organisation_id, now=now())
    record("staff.invitation_revoked", invitation_id)
    return done(url_for("merchant_staff.index"), gettext("邀请已撤回。"))


@blueprint.post("/merchant/staff/<uuid:membership_id>/removal")
@audience(Audience.MERCHANT_MANAGER)
def remove(membership_id: UUID) -> Response:
    """End a membership; whoever is logged in under it is out at once."""
    try:
        dismiss(
            session(), membership_id=membership_id, organisation_id=current_person().organisation_id,
            keeps=Role.MANAGER, now=now(),
        )  # fmt: skip
    except LastManager as error:
        return done(url_for("merchant_staff.index"), sentence_of(error))
    record("staff.removed", membership_id)
    return done(url_for("merchant_staff.index"), gettext("已移除，其登录已全部失效。"))


@blueprint.post("/merchant/staff/<uuid:membership_id>/role")
@audience(Audience.MERCHANT_MANAGER)
def role(membership_id: UUID) -> Response:
    """Make a clerk a manager, or a manager a clerk."""
    wanted = Role.MANAGER if request.form.get("role") == "manager" else Role.CLERK
    try:
        joined = change_role(
            session(), membership_id=membership_id, organisation_id=current_person().organisation_id, role=wanted,
            keeps=Role.MANAGER, now=now(),
        )  # fmt: skip
    except LastManager as error:
        return done(url_for("merchant_staff.index"), sentence_of(error))
    record("staff.role_changed", joined.id, role=wanted.value)
    return done(url_for("merchant_staff.index"), gettext("角色已更改，对方需重新登录。"))


@blueprint.get("/staff-invitations/<token>")
@audience(Audience.PUBLIC)
def show_invitation(token: str) -> Response:
    """Show to what the link invites, and offer to send a code to the invited phone."""
    return _invitation(invitation_of_token(session(), token, now=now()), token)


@blueprint.post("/staff-invitations/<token>/phone-code")
@audience(Audience.PUBLIC)
def create_code(token: str) -> Response:
    """Send a code to the invited phone."""
    invitation = invitation_of_token(session(), token, now=now())
    return _invitation(invitation, token, form=AcceptForm(formdata=None), code=sent_code(_phone(invitation)))


@blueprint.post("/staff-invitations/<token>/acceptance")
@audience(Audience.PUBLIC)
def create_acceptance(token: str) -> Response:
    """Join with a password of one's own and be logged in."""
    form, vault = AcceptForm(), house().vault
    invitation = invitation_of_token(session(), token, now=now())
    phone = _phone(invitation)
    if not form.validate_on_submit():
        return _invitation(invitation, token, form=form, status=422)
    try:
        use_code(session(), vault=vault, phone=phone, code=form.code.data.strip(), now=now())
        joined = accept(
            session(), vault=vault, invitation=invitation, phone=phone, name=form.name.data.strip(),
            password=form.password.data, now=now(),
        )  # fmt: skip
    except DomainError as error:
        if isinstance(error, CodeNotAccepted):
            with apart() as opened:
                count_wrong_code(opened, vault=vault, phone=phone)
        field = form.code if isinstance(error, CodeNotAccepted) else form.password
        field.errors = [sentence_of(error)]
        return _invitation(invitation, token, form=form, status=problem_of(error).status)
    cookie, ends_at = open_log_in(session(), person_id=joined.person_id, membership_id=joined.id, now=now())
    response = done(url_for("home.show"), gettext("欢迎加入，请记住刚设置的密码。"))
    response.set_cookie(
        COOKIE, cookie, expires=ends_at, httponly=True, samesite="Lax", secure=not house().settings.is_development
    )
    return response


def _phone(invitation: StaffInvitation) -> str:
    phone = invited_phone(session(), vault=house().vault, invitation=invitation)
    if phone is None:
        raise LookupError("who invited has left; the link ends with them")
    return phone


def _invitation(
    invitation: StaffInvitation,
    token: str,
    *,
    form: AcceptForm | None = None,
    code: str | None = None,
    status: int = 200,
) -> Response:
    return page(
        "merchants/invitation.html",
        organisation=session().get_one(Organisation, invitation.organisation_id),
        role=ROLE_NAMES[Role(invitation.role)],
        phone=masked(_phone(invitation)),
        token=token,
        form=form,
        shown_code=code,
        status=status,
    )


def _index(form: InviteForm, *, link: str | None = None, status: int = 200) -> Response:
    organisation_id, vault = current_person().organisation_id, house().vault
    after = request.args.get("after", type=UUID)
    rows = staff_rows(session(), organisation_id, after=after, limit=BOOK if wants_book() else PAGE + 1)
    names = {row.person_id: name_of(session(), row.person_id) or "—" for row in rows}
    if wants_book() and request.method == "GET":
        columns = [Column(gettext("姓名")), Column(gettext("角色")), Column(gettext("加入时间"), "moment")]
        lines = [[names[row.person_id], str(ROLE_NAMES[row.role]), row.started_at] for row in rows]
        return send_list(gettext("人员"), columns, lines)
    invited = open_invitations(session(), organisation_id, now=now())
    phones = {one.id: masked(invited_phone(session(), vault=vault, invitation=one) or "") for one in invited}
    return page(
        "merchants/staff.html",
        rows=rows[:PAGE],
        names=names,
        invited=invited,
        phones=phones,
        form=form,
        link=link,
        more=url_for("merchant_staff.index", after=rows[PAGE - 1].membership_id) if len(rows) > PAGE else None,
        status=status,
    )
