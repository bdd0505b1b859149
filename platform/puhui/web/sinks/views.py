"""Pages of carbon sinks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _

from puhui.files import DOCUMENTS, keep_file, send_file_of
from puhui.identity.model import Organisation
from puhui.identity.people import person_of_phone
from puhui.identity.rules import phone_number
from puhui.sheets import Column, Sheet, write_book
from puhui.volunteering import sign_off_shift
from puhui.web import Audience, audience, current_person, done, house, now, page, session
from puhui.web.events.blueprint import attempt
from puhui.web.sending import send_book, takes_files, wants_book
from puhui.web.sinks.forms import METHOD_WORDS, FactorForm, ParcelForm, ProjectForm, RecordForm, ShiftForm, YearForm
from puhui.web.trail import record
from rewards import gifts, units
from rewards.sinks import actions, queries, rules
from rewards.sinks.model import SinkProject
from rewards.sinks.queries import ProjectRow

blueprint = Blueprint("sinks", __name__)
PAGE, MOST_ROWS = 20, 5_000


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"sink_methods": METHOD_WORDS, "sink_rules": rules.METHODS}


@blueprint.get("/sinks")
@audience(Audience.PUBLIC)
def index() -> Response:
    """List the approved projects."""
    limit = MOST_ROWS if wants_book() else PAGE + 1
    rows = queries.projects(session(), approved_only=True, before=_cursor(), limit=limit)
    if wants_book():
        return send_book(_book(rows), _("碳汇项目"))
    more = url_for("sinks.index", after=rows[PAGE - 1].project.id) if len(rows) > PAGE else None
    return page("sinks/index.html", rows=rows[:PAGE], more=more)


@blueprint.get("/sinks/<uuid:project_id>")
@audience(Audience.PUBLIC)
def show(project_id: UUID) -> Response:
    """Show a project with its land, its records and what was issued."""
    return page("sinks/show.html", **_context(queries.project_of(session(), project_id)))


@blueprint.get("/sink-desk")
@audience(Audience.INSTITUTION)
def desk() -> Response:
    """List the organisation's projects, with the form for a further one."""
    mine = current_person().organisation_id
    limit = MOST_ROWS if wants_book() else PAGE + 1
    rows = queries.projects(session(), organisation_id=mine, before=_cursor(), limit=limit)
    if wants_book():
        return send_book(_book(rows), _("碳汇项目"))
    more = url_for("sinks.desk", after=rows[PAGE - 1].project.id) if len(rows) > PAGE else None
    return page("sinks/desk.html", rows=rows[:PAGE], more=more, form=ProjectForm())


@blueprint.post("/sink-desk")
@audience(Audience.INSTITUTION_MANAGER)
def register() -> Response:
    """Register a project for the operator's review."""
    form = ProjectForm()
    if not form.validate_on_submit():
        return page("sinks/desk.html", rows=[], more=None, form=form, status=422)
    project_id = UUID(form.request_key)

    def act() -> None:
        actions.register_project(
            session(), project_id=project_id, organisation_id=current_person().organisation_id, name=form.name.data,
            county_code=form.county_code.data, method=form.method.data, words=form.words.data or "",
            by=current_person().id, now=now(),
        )  # fmt: skip
        record("sink.registered", project_id)

    return attempt(url_for("sinks.desk"), act, _("已登记，等运营方审核。"))


@blueprint.get("/sink-desk/<uuid:project_id>")
@audience(Audience.INSTITUTION)
def work(project_id: UUID) -> Response:
    """Show a project of the own organisation with what can be done."""
    project = _mine(project_id)
    return page(
        "sinks/work.html",
        **_context(project),
        shifts=queries.shifts_of(session(), project.id),
        parcel=ParcelForm(formdata=None, county_code=project.county_code),
        record=RecordForm(formdata=None),
        shift=ShiftForm(formdata=None),
    )


@blueprint.post("/sink-desk/<uuid:project_id>/parcels")
@audience(Audience.INSTITUTION_MANAGER)
def add_parcel(project_id: UUID) -> Response:
    """Add a piece of land."""
    project, form = _mine(project_id), ParcelForm()
    if not form.validate_on_submit():
        return _wrong(project)
    return attempt(
        url_for("sinks.work", project_id=project.id),
        lambda: actions.add_parcel(
            session(),
            project=project,
            name=form.name.data,
            area_mu=form.area_mu.number or Decimal(0),
            county_code=form.county_code.data,
        ),
        _("已加入地块。"),
    )


@blueprint.post("/sink-desk/<uuid:project_id>/records")
@takes_files(10)
@audience(Audience.INSTITUTION_MANAGER)
def add_record(project_id: UUID) -> Response:
    """Record what was counted in a year, with a file."""
    project, form = _mine(project_id), RecordForm()
    if not form.validate_on_submit():
        return _wrong(project)
    me, upload = current_person().id, request.files.get("proof")

    def act() -> None:
        kept = []
        if upload is not None and upload.filename:
            content = upload.read()
            kept.append(
                keep_file(
                    session(), owner=project.organisation_id, name=upload.filename, content=content, kinds=DOCUMENTS,
                    by=me, now=now(),
                ).id
            )  # fmt: skip
        made = actions.record_year(
            session(), record_id=UUID(form.request_key), project=project, year=form.year.data,
            quantity=form.quantity.number or Decimal(0), words=form.words.data, files=kept, by=me, now=now(),
        )  # fmt: skip
        record("sink.recorded", made.id, year=made.year)

    return attempt(url_for("sinks.work", project_id=project.id), act, _("已记录，等另一人审核。"))


@blueprint.post("/sink-desk/<uuid:project_id>/shifts")
@audience(Audience.INSTITUTION_MANAGER)
def add_shift(project_id: UUID) -> Response:
    """Sign a volunteer's day off: points come through the method S01, grams through none."""
    project, form, target = _mine(project_id), ShiftForm(), url_for("sinks.work", project_id=project_id)
    if not form.validate_on_submit():
        return _wrong(project)

    def act() -> None:
        phone = phone_number(form.phone.data)
        person = person_of_phone(session(), vault=house().vault, phone=phone)
        if person is None:
            abort(404)
        made = sign_off_shift(
            session(), shift_id=UUID(form.request_key), project=project, person_id=person.id, day=form.day.data,
            hours=form.hours.data, by=current_person().id, now=now(),
        )  # fmt: skip
        record("sink.shift_signed_off", made.id, hours=made.hours, points=made.points)

    return attempt(target, act, _("已签认，积分已发给志愿者。"))


@blueprint.post("/sink-desk/<uuid:project_id>/gifts")
@audience(Audience.INSTITUTION_MANAGER)
def open_gifts(project_id: UUID) -> Response:
    """Let citizens give coins and points to a project."""
    project = _mine(project_id)

    def act() -> None:
        actions.open_gifts(session(), project=project, now=now())
        gifts.open_recipient(session(), id=project.id, kind="sink", name=project.name, now=now())
        record("sink.opened_for_gifts", project.id)

    return attempt(url_for("sinks.work", project_id=project.id), act, _("已开放捐赠，只作为公众贡献展示。"))


@blueprint.get("/sink-records/<uuid:record_id>/files/<int:place>")
@audience(Audience.INSTITUTION, Audience.OPERATOR)
def file(record_id: UUID, place: int) -> Response:
    """Send a record's file to the project's organisation or to the operator."""
    person, record = current_person(), queries.record_of(session(), record_id)
    project = queries.project_of(session(), record.project_id)
    is_operator = person.acting is not None and person.acting.kind == "operator"
    if (not is_operator and project.organisation_id != person.organisation_id) or place >= len(record.files):
        abort(404)
    return send_file_of(session(), record.files[place])


@blueprint.get("/sink-reviews")
@audience(Audience.OPERATOR)
def reviews() -> Response:
    """Show what waits for the operator, the methods' factors, and what can be issued."""
    return page(
        "sinks/reviews.html",
        projects=queries.waiting_projects(session()),
        records=queries.waiting_records(session()),
        approved=queries.projects(session(), approved_only=True, limit=50),
        factors={code: queries.factor_of(session(), code) for code in rules.METHODS},
        factor=FactorForm(formdata=None),
        year=YearForm(formdata=None),
    )


@blueprint.post("/sink-reviews/projects/<uuid:project_id>")
@audience(Audience.OPERATOR)
def review_project(project_id: UUID) -> Response:
    """Approve a project or send it back."""
    project, approves = queries.project_of(session(), project_id), request.form.get("decision") == "approved"

    def act() -> None:
        actions.review_project(
            session(), project=project, approves=approves, note="", by=current_person().id, now=now()
        )
        record("sink.reviewed", project.id, approved=approves)

    return attempt(url_for("sinks.reviews"), act, _("已审核。"))


@blueprint.post("/sink-reviews/records/<uuid:record_id>")
@audience(Audience.OPERATOR)
def review_record(record_id: UUID) -> Response:
    """Approve a record or send it back."""
    kept, approves = queries.record_of(session(), record_id), request.form.get("decision") == "approved"

    def act() -> None:
        actions.review_record(session(), record=kept, approves=approves, note="", by=current_person().id, now=now())
        record("sink.record_reviewed", kept.id, approved=approves)

    return attempt(url_for("sinks.reviews"), act, _("已审核。"))


@blueprint.post("/sink-reviews/factors")
@audience(Audience.OPERATOR)
def set_factor() -> Response:
    """Set what a unit of a method is worth, with its source."""
    form, target = FactorForm(), url_for("sinks.reviews")
    if not form.validate_on_submit():
        return done(target, _("请填写方法、克数、不确定度和来源。"))

    def act() -> None:
        actions.set_factor(
            session(), factor_id=UUID(form.request_key), method=form.method.data,
            grams_per_unit=form.grams_per_unit.data, permille=form.percent.data * 10, source=form.source.data,
            by=current_person().id, now=now(),
        )  # fmt: skip
        record("sink.factor_set", form.request_key, method=form.method.data, grams=form.grams_per_unit.data)

    return attempt(target, act, _("已设定，已签发的不变。"))


@blueprint.post("/sink-reviews/projects/<uuid:project_id>/years")
@audience(Audience.OPERATOR)
def enter_year(project_id: UUID) -> Response:
    """Enter a year's issue; a second operator lets it count on the page of units."""
    project, form, target = queries.project_of(session(), project_id), YearForm(), url_for("sinks.reviews")
    if not form.validate_on_submit():
        return done(target, _("请填写年份。"))

    def act() -> None:
        made = actions.enter_year(session(), project=project, year=form.year.data, by=current_person().id, now=now())
        record("sink.year_entered", project.id, year=form.year.data, grams=made.grams)

    return attempt(target, act, _("已录入，等另一人在“减排单位”页复核入账。"))


def _mine(project_id: UUID) -> SinkProject:
    return queries.project_of(session(), project_id, organisation_id=current_person().organisation_id)


def _wrong(project: SinkProject) -> Response:
    return done(url_for("sinks.work", project_id=project.id), _("填写有误，请检查必填项和格式后再提交。"))


def _context(project: SinkProject) -> dict[str, Any]:
    return {
        "project": project,
        "organisation": session().get_one(Organisation, project.organisation_id).name,
        "parcels": queries.parcels_of(session(), project.id),
        "records": queries.records_of(session(), project.id),
        "issues": units.issues(session(), sink_project_id=project.id),
        "factor_in_force": queries.factor_of(session(), project.method),
        "given": gifts.given_to(session(), [project.id])[project.id] if project.gifts_at else None,
        "hours": sum(shift.hours for shift in queries.shifts_of(session(), project.id, limit=10_000)),
    }


def _book(rows: list[ProjectRow]) -> bytes:
    columns = [
        Column(_("项目"), width=36), Column(_("编号"), "whole"), Column(_("县（市、区）代码")), Column(_("核算方法")),
        Column(_("面积（亩）"), "decimal"), Column(_("志愿工时"), "whole"), Column(_("登记"), "moment"),
    ]  # fmt: skip
    cells = [
        (
            row.project.name, row.project.number, row.project.county_code, str(METHOD_WORDS[row.project.method]),
            row.area_mu, row.hours, row.project.made_at,
        )
        for row in rows
    ]  # fmt: skip
    return write_book([Sheet(_("碳汇项目"), columns, cells)])


def _cursor() -> UUID | None:
    try:
        return UUID(request.args.get("after", ""))
    except ValueError:
        return None
