"""Pages of members for those who look after them: the list, a member, inviting by link, QR and sheet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _

from ledger.kernel.errors import DomainError
from partners.institutions import members as joining
from partners.institutions import queries
from partners.institutions.errors import MemberElsewhere
from partners.institutions.model import Invitation, Member, MemberRole
from partners.institutions.queries import ONE_EXPORT, MemberFilter
from puhui.identity.model import Role
from puhui.invitations import token_of
from puhui.members import appearances, end, place, staff_hash, unseal
from puhui.problems import problem_of, sentence_of
from puhui.qr import svg
from puhui.sheets import Column, Sheet, write_book
from puhui.web import Audience, audience, current_person, done, house, now, page, session
from puhui.web.institutions import words
from puhui.web.institutions.forms import plain
from puhui.web.institutions.standing import Standing, standing, standing_as, tree
from puhui.web.members.forms import LinkForm, PlaceForm
from puhui.web.sending import send_book, wants_book
from puhui.web.trail import record

blueprint = Blueprint("members", __name__)
PAGE = 50
INVITERS = (Role.LIAISON, Role.DEPARTMENT_MANAGER)


@blueprint.get("/institution/members")
@audience(Audience.INSTITUTION_MANAGER)
def index() -> Response:
    """List members with filters, by number; as a sheet too. Names are shown where the member chose so."""
    mine, found = standing(), tree()
    asked: dict[str, Any] = {name: plain(request.args.get(name)) or "" for name in ("department", "role", "staff")}
    which = _filter(mine, asked)
    after = max(request.args.get("after", 0, type=int), 0)
    limit = ONE_EXPORT if wants_book() else PAGE + 1
    rows = queries.members(session(), mine.institution.id, which=which, after=min(after, 2**31), limit=limit)
    names = appearances(session(), house().vault, {one.person_id: one.shown_as for one in rows})
    paths = words.department_paths(found)
    if wants_book():
        return send_book(_book(mine, rows, names, paths), _("成员"))
    following = url_for("members.index", after=rows[PAGE - 1].number, **asked) if len(rows) > PAGE else None
    return page(
        "members/index.html",
        standing=mine,
        rows=rows[:PAGE],
        names=names,
        paths=paths,
        asked=asked,
        total=queries.count_members(session(), mine.institution.id, which=which),
        more=following,
    )


def _filter(mine: Standing, asked: dict[str, str]) -> MemberFilter:
    found = tree()
    departments = mine.scope(found)
    try:
        wanted = UUID(asked["department"])
    except ValueError:
        wanted = None
    if wanted in found.by_id and wanted is not None:
        below = found.within(wanted)
        departments = below if departments is None else [one for one in below if one in departments]
    return MemberFilter(
        departments=departments,
        role=MemberRole(asked["role"]) if asked["role"] in list(MemberRole) else None,
        staff_hash=staff_hash(mine.institution.id, house().vault, asked["staff"][:60]) if asked["staff"] else None,
    )


def _book(mine: Standing, rows: list[Member], names: dict[UUID, str], paths: dict[object, str]) -> bytes:
    columns = [
        Column(_("编号"), "whole"),
        Column(_("姓名（本人选择显示）")),
        Column(_("工号")),
        Column(_("部门"), width=30),
    ]
    columns += [Column(_("角色")), Column(_("加入时间"), "moment")]
    vault = house().vault
    cells = [
        (
            one.number,
            names.get(one.person_id, ""),
            unseal(mine.institution, vault, field="staff", sealed=one.staff_sealed) or "",
            paths.get(one.department_id, ""),
            str(words.MEMBER_ROLES[one.role]),
            one.joined_at,
        )
        for one in rows
    ]
    return write_book([Sheet(_("成员"), columns, cells)])


@blueprint.get("/institution/members/<uuid:member_id>")
@audience(Audience.INSTITUTION_MANAGER)
def show(member_id: UUID) -> Response:
    """Show a member: department, role, and how to change them."""
    mine, member = _looked_after(member_id)
    return _member(mine, member, PlaceForm(data={"role": member.role.value, "department": member.department_id}))


@blueprint.post("/institution/members/<uuid:member_id>/place")
@audience(Audience.INSTITUTION_MANAGER)
def move(member_id: UUID) -> Response:
    """Give a member another department or role."""
    mine, member = _looked_after(member_id)
    form = _placing(mine, PlaceForm())
    if not form.validate_on_submit():
        return _member(mine, member, form, status=422)
    if not mine.leads and form.role.data != member.role.value:
        abort(403)
    try:
        place(
            session(),
            mine.institution.id,
            member_id,
            role=MemberRole(form.role.data),
            department_id=UUID(form.department.data) if form.department.data else None,
            now=now(),
        )
    except DomainError as error:
        form.role.errors = [sentence_of(error)]
        return _member(mine, member, form, status=problem_of(error).status)
    record("member.placed", member_id, role=form.role.data)
    return done(url_for("members.show", member_id=member_id), _("已保存。"))


@blueprint.post("/institution/members/<uuid:member_id>/end")
@audience(Audience.INSTITUTION_MANAGER)
def remove(member_id: UUID) -> Response:
    """End a membership; what the person earned stays theirs."""
    standing_as(Role.LIAISON)
    mine, member = _looked_after(member_id)
    end(session(), mine.institution.id, member.id, now=now())
    record("member.ended", member_id)
    return done(url_for("members.index"), _("已移出。其积分仍归本人。"))


def _looked_after(member_id: UUID) -> tuple[Standing, Member]:
    mine = standing()
    member = queries.member_of(session(), mine.institution.id, member_id)
    scope = mine.scope(tree())
    if scope is not None and member.department_id not in scope:
        raise MemberElsewhere(member=member_id)
    return mine, member


def _member(mine: Standing, member: Member, form: PlaceForm, *, status: int = 200) -> Response:
    return page(
        "members/show.html",
        status=status,
        standing=mine,
        member=member,
        name=appearances(session(), house().vault, {member.person_id: member.shown_as}).get(member.person_id),
        staff=unseal(mine.institution, house().vault, field="staff", sealed=member.staff_sealed),
        path=words.department_paths(tree()).get(member.department_id),
        form=_placing(mine, form),
    )


def _placing(mine: Standing, form: PlaceForm | LinkForm) -> PlaceForm | LinkForm:
    """Offer the departments that the person looks after."""
    found = tree()
    scope = mine.scope(found)
    paths = words.department_paths(found)
    choices = [(str(one), path) for one, path in paths.items() if scope is None or one in scope]
    form.department.choices = choices if scope is not None else [("", _("（不分部门）")), *choices]
    return form


@blueprint.get("/institution/invitations")
@audience(Audience.INSTITUTION_MANAGER)
def invitations() -> Response:
    """Show the links and the open invitations of sheets, and how to make more."""
    return _invitations(standing_as(*INVITERS), LinkForm())


@blueprint.post("/institution/invitations")
@audience(Audience.INSTITUTION_MANAGER)
def invite() -> Response:
    """Make a link by which people join as members."""
    mine = standing_as(*INVITERS)
    form = _placing(mine, LinkForm())
    if not form.validate_on_submit():
        return _invitations(mine, LinkForm(formdata=None) if "department" not in form else form, status=422)
    made = joining.invite_by_link(
        session(),
        mine.institution.id,
        by=current_person().id,
        most_uses=form.most_uses.data,
        department_id=UUID(form.department.data) if form.department.data else None,
        now=now(),
    )
    record("invitation.made", made.id, most_uses=form.most_uses.data)
    return done(url_for("members.invitation", invitation_id=made.id), _("链接已生成。"))


@blueprint.get("/institution/invitations/<uuid:invitation_id>")
@audience(Audience.INSTITUTION_MANAGER)
def invitation(invitation_id: UUID) -> Response:
    """Show a link and its QR code."""
    mine = standing_as(*INVITERS)
    found = _invitation(mine, invitation_id)
    link = url_for("memberships.invitation", token=token_of(found.id), _external=True)
    return page(
        "members/invitation.html",
        standing=mine,
        invitation=found,
        link=link,
        qr=svg(link, label=_("邀请二维码")),
        path=words.department_paths(tree()).get(found.department_id),
    )


@blueprint.post("/institution/invitations/<uuid:invitation_id>/withdrawal")
@audience(Audience.INSTITUTION_MANAGER)
def withdraw(invitation_id: UUID) -> Response:
    """Take an invitation back."""
    mine = standing_as(*INVITERS)
    _invitation(mine, invitation_id)
    joining.withdraw_invitation(session(), mine.institution.id, invitation_id, now=now())
    record("invitation.withdrawn", invitation_id)
    return done(url_for("members.invitations"), _("已收回。"))


def _invitation(mine: Standing, invitation_id: UUID) -> Invitation:
    found = queries.invitation_of(session(), invitation_id)
    scope = mine.scope(tree())
    if found is None or found.institution_id != mine.institution.id:
        abort(404)
    if scope is not None and found.department_id not in scope:
        abort(403)
    return found


def _invitations(mine: Standing, form: LinkForm, *, status: int = 200) -> Response:
    where = max(request.args.get("page", 1, type=int), 1)
    found, scope = queries.invitations_of, mine.scope(tree())
    links = found(session(), mine.institution.id, links=True, now=now(), limit=50)
    named = found(
        session(), mine.institution.id, links=False, now=now(), limit=PAGE + 1, offset=min(where - 1, 10_000) * PAGE
    )
    vault = house().vault
    return page(
        "members/invitations.html",
        status=status,
        standing=mine,
        links=[one for one in links if scope is None or one.department_id in scope],
        named=[
            (one, unseal(mine.institution, vault, field="name", sealed=one.name_sealed))
            for one in named[:PAGE]
            if scope is None or one.department_id in scope
        ],
        more=url_for("members.invitations", page=where + 1) if len(named) > PAGE else None,
        paths=words.department_paths(tree()),
        form=_placing(mine, form),
    )
