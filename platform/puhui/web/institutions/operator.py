"""The operator's pages of institutions: who applied, who is in, approving and refusing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext as _

from partners.institutions import queries
from partners.institutions.model import Institution, State, Type
from puhui.members import approve_institution, refuse_institution
from puhui.notices import tell
from puhui.sheets import Column, Sheet, write_book
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.institutions import words
from puhui.web.institutions.forms import RefusalForm, plain
from puhui.web.institutions.views import blueprint
from puhui.web.sending import send_book, wants_book
from puhui.web.trail import record

__all__ = ["blueprint"]
PAGE = 30


@blueprint.get("/operator/institutions")
@audience(Audience.OPERATOR)
def index() -> Response:
    """List institutions by name with filters; as a sheet too."""
    asked: dict[str, Any] = {name: plain(request.args.get(name)) or "" for name in ("state", "type", "county", "name")}
    place = min(max(request.args.get("page", 1, type=int), 1), 10_000)
    limit, offset = (queries.ONE_EXPORT, 0) if wants_book() else (PAGE + 1, (place - 1) * PAGE)
    rows = queries.institutions(
        session(),
        state=State(asked["state"]) if asked["state"] in list(State) else None,
        type=Type(asked["type"]) if asked["type"] in list(Type) else None,
        county=asked["county"][:6],
        name=asked["name"][:60],
        limit=limit,
        offset=offset,
    )
    if wants_book():
        return send_book(_book(rows), _("公共机构"))
    following = url_for("institutions.index", page=place + 1, **asked) if len(rows) > PAGE else None
    return page("institutions/index.html", rows=rows[:PAGE], asked=asked, more=following)


def _book(rows: list[Institution]) -> bytes:
    columns = [Column(_("单位全称"), width=36), Column(_("统一社会信用代码"), width=22), Column(_("单位类型"))]
    columns += [Column(_("县（市、区）代码")), Column(_("状态")), Column(_("申请时间"), "moment")]
    cells = [
        (
            one.name,
            one.credit_code,
            str(words.TYPES[one.type]),
            one.county_code,
            str(words.STATES[one.state]),
            one.applied_at,
        )
        for one in rows
    ]
    return write_book([Sheet(_("公共机构"), columns, cells)])


@blueprint.get("/operator/institutions/<uuid:institution_id>")
@audience(Audience.OPERATOR)
def application(institution_id: UUID) -> Response:
    """Show an institution and, while it waits, the decision."""
    return _application(institution_id, RefusalForm())


@blueprint.post("/operator/institutions/<uuid:institution_id>/approval")
@audience(Audience.OPERATOR)
def approve(institution_id: UUID) -> Response:
    """Approve an institution; who applied becomes its liaison and is told."""
    institution = approve_institution(session(), institution_id, by=current_person().id, now=now())
    record("institution.approved", institution_id)
    _tell(institution, "institution_approved")
    return done(url_for("institutions.application", institution_id=institution_id), _("已通过。"))


@blueprint.post("/operator/institutions/<uuid:institution_id>/refusal")
@audience(Audience.OPERATOR)
def refuse(institution_id: UUID) -> Response:
    """Refuse an application with a reason, which is told."""
    form = RefusalForm()
    if not form.validate_on_submit():
        return _application(institution_id, form, status=422)
    institution = refuse_institution(
        session(), institution_id, by=current_person().id, reason=form.reason.data, now=now()
    )
    record("institution.refused", institution_id)
    _tell(institution, "institution_refused")
    return done(url_for("institutions.application", institution_id=institution_id), _("已退回。"))


def _application(institution_id: UUID, form: RefusalForm, *, status: int = 200) -> Response:
    institution = queries.institution_of(session(), institution_id)
    return page(
        "institutions/application.html",
        status=status,
        institution=institution,
        parent=queries.institution_of(session(), institution.parent_id) if institution.parent_id else None,
        members=queries.count_members(session(), institution_id, which=queries.MemberFilter()),
        years=queries.years_of(session(), institution_id),
        form=form,
    )


def _tell(institution: Institution, kind: str) -> None:
    tell(
        session(),
        person=institution.applied_by,
        kind=kind,
        facts={"name": institution.name},
        link=url_for("institutions.applications"),
        key=f"{kind} {institution.id}",
        now=now(),
    )
