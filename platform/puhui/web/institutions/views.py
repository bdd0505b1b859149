"""Pages of an institution for those in it: applying, its first page, its figures by year, its departments."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from ledger.kernel.errors import DomainError
from partners.institutions import actions, queries
from partners.institutions.model import Type
from puhui.identity.model import Role
from puhui.members import Application, apply_institution
from puhui.problems import problem_of, sentence_of
from puhui.sheets import Column, Sheet, write_book
from puhui.web import Audience, audience, current_person, done, house, now, page, session
from puhui.web.institutions import words
from puhui.web.institutions.forms import ApplicationForm, DepartmentForm, NameForm, PlaceForm, YearForm
from puhui.web.institutions.standing import Standing, standing, standing_as, tree
from puhui.web.sending import send_book, wants_book
from puhui.web.trail import record
from rewards.campaigns.queries import campaigns_of
from rewards.campaigns.rules import state_of
from rewards.schemes.queries import schemes_of

blueprint = Blueprint("institutions", __name__)


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {
        "institution_types": words.TYPES,
        "institution_states": words.STATES,
        "member_roles": words.MEMBER_ROLES,
        "appearances": words.APPEARANCES,
    }


@blueprint.get("/institution-applications")
@audience(Audience.SIGNED_IN)
def applications() -> Response:
    """Show what the person applied for, and the form to apply."""
    return _applications(ApplicationForm())


@blueprint.post("/institution-applications")
@audience(Audience.SIGNED_IN)
def apply() -> Response:
    """Apply for an institution; the operator decides."""
    form = ApplicationForm()
    if not form.validate_on_submit():
        return _applications(form, status=422)
    try:
        apply_institution(
            session(),
            vault=house().vault,
            application=Application(
                name=form.name.data,
                name_en=form.name_en.data or None,
                code=form.code.data,
                type=Type(form.type.data),
                county_code=form.county_code.data,
                parent_id=queries.id_of_code(session(), form.parent_code.data),
            ),
            by=current_person().id,
            id=UUID(form.request_key),
            now=now(),
        )
    except DomainError as error:
        session().rollback()
        at = form.parent_code if error.code in ("parent_unfit", "institution_unknown") else form.code
        at.errors = [sentence_of(error)]
        return _applications(form, status=problem_of(error).status)
    return done(url_for("institutions.applications"), _("申请已提交，运营方审核后您会成为节能联络员。"))


def _applications(form: ApplicationForm, *, status: int = 200) -> Response:
    mine = queries.applications_of(session(), current_person().id)
    return page("institutions/applications.html", status=status, form=form, rows=mine)


@blueprint.get("/institution")
@audience(Audience.INSTITUTION)
def show() -> Response:
    """Show the institution's first page, by what the person may do there."""
    mine, found = standing(), tree()
    parent = mine.institution.parent_id
    campaigns = campaigns_of(session(), mine.institution.id, published=not mine.manages, limit=5)
    return page(
        "institutions/show.html",
        standing=mine,
        parent=queries.institution_of(session(), parent) if parent else None,
        children=queries.children_of(session(), mine.institution.id, limit=20),
        departments=len(found.by_id),
        members=queries.count_members(session(), mine.institution.id, which=queries.MemberFilter()),
        years=queries.years_of(session(), mine.institution.id)[:1],
        schemes=schemes_of(session(), mine.institution.id, limit=3),
        campaigns=[(one, state_of(one, now=now())) for one in campaigns],
    )


@blueprint.get("/institution/years")
@audience(Audience.INSTITUTION_MANAGER)
def years() -> Response:
    """Show floor area and headcount by year, with a form for the liaison."""
    mine = standing()
    rows = queries.years_of(session(), mine.institution.id)
    if wants_book():
        columns = [
            Column(_("年份"), "whole"),
            Column(_("建筑面积（平方米）"), "decimal"),
            Column(_("用能人数"), "whole"),
        ]
        columns += [Column(_("依据"), width=40), Column(_("登记时间"), "moment")]
        cells = [(one.year, one.floor_area_m2, one.headcount, one.source, one.recorded_at) for one in rows]
        return send_book(write_book([Sheet(_("年度基础数据"), columns, cells)]), _("年度基础数据"))
    return _years(mine, YearForm(data={"year": now().year}))


@blueprint.post("/institution/years")
@audience(Audience.INSTITUTION_MANAGER)
def record_year() -> Response:
    """Record floor area and headcount of a year; a correction is a further record."""
    mine, form = standing_as(Role.LIAISON), YearForm()
    if not form.validate_on_submit():
        return _years(mine, form, status=422)
    try:
        recorded = actions.record_year(
            session(),
            mine.institution.id,
            year=form.year.data,
            floor_area_m2=form.floor_area_m2.data,
            headcount=form.headcount.data,
            source=form.source.data,
            by=current_person().id,
            now=now(),
        )
    except DomainError as error:
        form.year.errors = [sentence_of(error)]
        return _years(mine, form, status=problem_of(error).status)
    record("institution.year_recorded", mine.institution.id, year=recorded.year)
    return done(url_for("institutions.years"), _("已登记。"))


def _years(mine: Standing, form: YearForm, *, status: int = 200) -> Response:
    rows = queries.years_of(session(), mine.institution.id)
    return page("institutions/years.html", status=status, standing=mine, rows=rows, form=form)


@blueprint.get("/institution/departments")
@audience(Audience.INSTITUTION_MANAGER)
def departments() -> Response:
    """Show the tree of departments with how many members each has; as a sheet too."""
    mine = standing()
    if wants_book():
        found, counts = tree(), queries.members_by_department(session(), mine.institution.id)
        paths = words.department_paths(found)
        cells = [(paths[one.id], level, counts.get(one.id, 0)) for level, one in found]
        columns = [Column(_("部门"), width=40), Column(_("级别"), "whole"), Column(_("人数"), "whole")]
        return send_book(write_book([Sheet(_("部门"), columns, cells)]), _("部门"))
    return _departments(mine, DepartmentForm())


@blueprint.post("/institution/departments")
@audience(Audience.INSTITUTION_MANAGER)
def open_department() -> Response:
    """Open a department."""
    mine, form = standing_as(Role.LIAISON), DepartmentForm()
    _offer_parents(form)
    if not form.validate_on_submit():
        return _departments(mine, form, status=422)
    try:
        opened = actions.open_department(
            session(), mine.institution.id, name=form.name.data, parent_id=_parent(form), now=now(),
            department_id=UUID(form.request_key),
        )  # fmt: skip
    except DomainError as error:
        form.name.errors = [sentence_of(error)]
        return _departments(mine, form, status=problem_of(error).status)
    record("department.opened", opened.id)
    return done(url_for("institutions.departments"), _("已开设。"))


def _departments(mine: Standing, form: DepartmentForm, *, status: int = 200) -> Response:
    _offer_parents(form)
    return page(
        "institutions/departments.html",
        status=status,
        standing=mine,
        tree=tree(),
        counts=queries.members_by_department(session(), mine.institution.id),
        form=form,
    )


@blueprint.get("/institution/departments/<uuid:department_id>")
@audience(Audience.INSTITUTION_MANAGER)
def department(department_id: UUID) -> Response:
    """Show a department: its way from the top, its members, and how to rename, move or close it."""
    found = tree().find(department_id)
    return _department(department_id, NameForm(data={"name": found.name}), PlaceForm(data={"parent": found.parent_id}))


@blueprint.post("/institution/departments/<uuid:department_id>/name")
@audience(Audience.INSTITUTION_MANAGER)
def rename_department(department_id: UUID) -> Response:
    """Give a department another name."""
    mine, form = standing_as(Role.LIAISON), NameForm()
    if not form.validate_on_submit():
        return _department(department_id, form, PlaceForm(formdata=None), status=422)
    try:
        actions.rename_department(session(), mine.institution.id, department_id, name=form.name.data)
    except DomainError as error:
        form.name.errors = [sentence_of(error)]
        return _department(department_id, form, PlaceForm(formdata=None), status=problem_of(error).status)
    record("department.renamed", department_id)
    return done(url_for("institutions.department", department_id=department_id), _("已改名。"))


@blueprint.post("/institution/departments/<uuid:department_id>/place")
@audience(Audience.INSTITUTION_MANAGER)
def move_department(department_id: UUID) -> Response:
    """Move a department with all below it."""
    mine, form = standing_as(Role.LIAISON), PlaceForm()
    _offer_parents(form)
    try:
        if not form.validate_on_submit():
            return _department(department_id, NameForm(formdata=None), form, status=422)
        actions.move_department(session(), mine.institution.id, department_id, parent_id=_parent(form))
    except DomainError as error:
        form.parent.errors = [sentence_of(error)]
        return _department(department_id, NameForm(formdata=None), form, status=problem_of(error).status)
    record("department.moved", department_id)
    return done(url_for("institutions.department", department_id=department_id), _("已移动。"))


@blueprint.post("/institution/departments/<uuid:department_id>/closure")
@audience(Audience.INSTITUTION_MANAGER)
def close_department(department_id: UUID) -> Response:
    """Close a department that nobody is in."""
    mine = standing_as(Role.LIAISON)
    actions.close_department(session(), mine.institution.id, department_id, now=now())
    record("department.closed", department_id)
    return done(url_for("institutions.departments"), _("已关闭。"))


def _department(department_id: UUID, name: NameForm, place: PlaceForm, *, status: int = 200) -> Response:
    found, mine = tree(), standing()
    one = found.find(department_id)
    _offer_parents(place)
    if place.parent.data is None:
        place.parent.data = str(one.parent_id or "")
    if not name.name.data:
        name.name.data = one.name
    return page(
        "institutions/department.html",
        status=status,
        standing=mine,
        department=one,
        path=found.path(department_id)[:-1],
        below=found.below(department_id),
        members=queries.members_by_department(session(), mine.institution.id).get(department_id, 0),
        name_form=name,
        place_form=place,
    )


def _offer_parents(form: DepartmentForm | PlaceForm) -> None:
    paths = words.department_paths(tree())
    form.parent.choices = [("", _("（无上级）")), *((str(one), path) for one, path in paths.items())]


def _parent(form: DepartmentForm | PlaceForm) -> UUID | None:
    return UUID(form.parent.data) if form.parent.data else None
