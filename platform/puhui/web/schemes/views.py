"""Pages of schemes: opened and drafted by the liaison, decided by a reviewer, read by everybody."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from ledger.kernel.errors import DomainError
from puhui.identity.model import Role
from puhui.institution_jobs import tenures_of
from puhui.notices import Notice, staff_of, tell_many
from puhui.problems import problem_of, sentence_of
from puhui.sheets import Column, Sheet, write_book
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.institutions.forms import RefusalForm
from puhui.web.institutions.standing import Standing, standing, standing_as, tree
from puhui.web.institutions.words import department_paths
from puhui.web.methods.words import category_name, method_name
from puhui.web.schemes import words
from puhui.web.schemes.forms import DraftForm, SchemeForm, form_data, points_of_units, weights_in
from puhui.web.schemes.simulating import simulation_of
from puhui.web.sending import send_book, wants_book
from puhui.web.trail import record
from rewards.methods import catalogue
from rewards.schemes import actions, queries
from rewards.schemes.model import Scheme, SchemeVersion
from rewards.schemes.rules import forecast, settings_of

blueprint = Blueprint("schemes", __name__)
blueprint.add_app_template_filter(words.scheme_points, "scheme_points")


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"version_states": words.STATES, "award_codes": words.AWARD_CODES}


@blueprint.get("/institution/schemes")
@audience(Audience.INSTITUTION_MANAGER)
def index() -> Response:
    """List the institution's schemes; as a sheet too."""
    mine = standing()
    if wants_book():
        rows = queries.schemes_of(session(), mine.institution.id, limit=1000)
        columns = [Column(_("年度"), "whole"), Column(_("名称"), width=30), Column(_("已发积分"), "decimal")]
        cells = [(one.year, one.name, points_of_units(one.awarded_units)) for one in rows]
        return send_book(write_book([Sheet(_("积分制"), columns, cells)]), _("积分制"))
    return _index(mine, SchemeForm(data={"year": now().year}))


@blueprint.post("/institution/schemes")
@audience(Audience.INSTITUTION_MANAGER)
def create() -> Response:
    """Open a scheme, still without rules."""
    mine, form = standing_as(Role.LIAISON), SchemeForm()
    if not form.validate_on_submit():
        return _index(mine, form, status=422)
    try:
        scheme = actions.open_scheme(
            session(), institution_id=mine.institution.id, year=form.year.data, name=form.name.data,
            by=current_person().id, now=now(), scheme_id=UUID(form.request_key),
        )  # fmt: skip
    except DomainError as error:
        form.name.errors = [sentence_of(error)]
        return _index(mine, form, status=problem_of(error).status)
    record("scheme.opened", scheme.id)
    return done(url_for("schemes.drafting", scheme_id=scheme.id), _("已开设，请写规则。"))


def _index(mine: Standing, form: SchemeForm, *, status: int = 200) -> Response:
    rows = queries.schemes_of(session(), mine.institution.id)
    return page("schemes/index.html", status=status, standing=mine, rows=rows, form=form)


def _scheme(mine: Standing, scheme_id: UUID) -> Scheme:
    return queries.scheme_of(session(), scheme_id, institution_id=mine.institution.id)


def _today() -> date:
    return now().astimezone(actions.CITY_TIME).date()


@blueprint.get("/institution/schemes/<uuid:scheme_id>")
@audience(Audience.INSTITUTION_MANAGER)
def show(scheme_id: UUID) -> Response:
    """Show what a scheme gave, its budget and forecast, its versions; the results as a sheet too."""
    mine = standing()
    scheme = _scheme(mine, scheme_id)
    approved = queries.approved_versions(session(), scheme_id)
    settings = settings_of(approved[-1]) if approved else None
    results, methods = (
        queries.results_by_department(session(), scheme_id),
        queries.results_by_method(session(), scheme_id),
    )
    paths = department_paths(tree())
    if wants_book():
        return send_book(_results_book(results, methods, paths), scheme.name)
    return page(
        "schemes/show.html",
        standing=mine,
        scheme=scheme,
        versions=queries.versions_of(session(), scheme_id),
        forecast=forecast(settings, awarded_units=scheme.awarded_units, today=_today()) if settings else None,
        results=results,
        methods=[(method_name(catalogue().method(code)), acts, units) for code, acts, units in methods],
        paths=paths,
    )


def _results_book(
    results: list[queries.DepartmentResult], methods: list[tuple[str, int, int]], paths: dict[object, str]
) -> bytes:
    columns = [Column(_("部门"), width=36), Column(_("得分人数"), "whole"), Column(_("行为次数"), "whole")]
    columns += [Column(_("积分"), "decimal")]
    rows = [
        (paths.get(one.department_id, _("未分部门")), one.people, one.acts, points_of_units(one.units))
        for one in results
    ]
    by_method = [Column(_("行为"), width=30), Column(_("次数"), "whole"), Column(_("积分"), "decimal")]
    lines = [(method_name(catalogue().method(code)), acts, points_of_units(units)) for code, acts, units in methods]
    return write_book([Sheet(_("按部门"), columns, rows), Sheet(_("按行为"), by_method, lines)])


@blueprint.get("/institution/schemes/<uuid:scheme_id>/draft")
@audience(Audience.INSTITUTION_MANAGER)
def drafting(scheme_id: UUID) -> Response:
    """Show the form of the next version, filled with the newest one's rules."""
    mine = standing_as(Role.LIAISON)
    scheme = _scheme(mine, scheme_id)
    versions = queries.versions_of(session(), scheme_id)
    if not versions:
        year = scheme.year
        data: dict[str, object] = {
            "starts_on": date(year, 1, 1), "ends_on": date(year, 12, 31), "valid_from": date(year, 1, 1),
            "grams_per_point": 200,
        }  # fmt: skip
        return _drafting(scheme, DraftForm(data=data), {})
    settings = settings_of(versions[0])
    data = form_data(settings)
    if queries.approved_versions(session(), scheme_id):
        data["valid_from"] = _today() + timedelta(days=1)
    return _drafting(scheme, DraftForm(data=data), dict(settings.weights))


@blueprint.post("/institution/schemes/<uuid:scheme_id>/draft")
@audience(Audience.INSTITUTION_MANAGER)
def draft(scheme_id: UUID) -> Response:
    """Keep a draft."""
    mine, form = standing_as(Role.LIAISON), DraftForm()
    scheme = _scheme(mine, scheme_id)
    try:
        weights = weights_in(request.form)
    except ValueError:
        form.validate()
        return _drafting(scheme, form, {}, status=422, wrong=_("权重须是 1 至 1000 的整数（百分比）。"))
    if not form.validate_on_submit():
        return _drafting(scheme, form, weights, status=422)
    try:
        version = actions.draft(
            session(), scheme_id, settings=form.settings(weights), author=current_person().id, now=now()
        )
    except DomainError as error:
        status = problem_of(error).status
        return _drafting(scheme, form, weights, status=status, wrong=sentence_of(error))
    record("scheme.drafted", scheme_id, version=version.version)
    return done(
        url_for("schemes.version", scheme_id=scheme_id, number=version.version), _("草稿已保存，可先试算再提交。")
    )


def _drafting(
    scheme: Scheme, form: DraftForm, weights: dict[str, int], *, status: int = 200, wrong: str | None = None
) -> Response:
    groups: dict[str, list[tuple[str, str]]] = {}
    for method in catalogue().methods:
        groups.setdefault(category_name(method), []).append((method.code, method_name(method)))
    return page(
        "schemes/drafting.html", status=status, scheme=scheme, form=form, weights=weights, groups=groups, wrong=wrong
    )


@blueprint.get("/institution/schemes/<uuid:scheme_id>/versions/<int:number>")
@audience(Audience.INSTITUTION_MANAGER)
def version(scheme_id: UUID, number: int) -> Response:
    """Show a version's rules in Chinese and English, and what may be done with it."""
    return _version(standing(), scheme_id, number, RefusalForm())


def _version(mine: Standing, scheme_id: UUID, number: int, form: RefusalForm, *, status: int = 200) -> Response:
    scheme = _scheme(mine, scheme_id)
    found = queries.version_of(session(), scheme_id, min(number, 32767))
    texts = words.rule_texts(settings_of(found), institution=mine.institution.name, name=scheme.name)
    return page(
        "schemes/version.html",
        status=status,
        standing=mine,
        scheme=scheme,
        version=found,
        texts=texts,
        is_author=found.author == current_person().id,
        form=form,
    )


@blueprint.get("/institution/schemes/<uuid:scheme_id>/versions/<int:number>/simulation")
@audience(Audience.INSTITUTION_MANAGER)
def simulation(scheme_id: UUID, number: int) -> Response:
    """Show what last month's acts would have given under a version, in numbers only."""
    mine = standing()
    scheme = _scheme(mine, scheme_id)
    found = queries.version_of(session(), scheme_id, min(number, 32767))
    told_of = simulation_of(session(), settings_of(found), tenures_of(session(), mine.institution.id), today=_today())
    return page(
        "schemes/simulation.html", standing=mine, scheme=scheme, version=found, told=told_of,
        paths=department_paths(tree()), name_of=lambda code: method_name(catalogue().method(code)),
    )  # fmt: skip


@blueprint.post("/institution/schemes/<uuid:scheme_id>/versions/<int:number>/submission")
@audience(Audience.INSTITUTION_MANAGER)
def submit(scheme_id: UUID, number: int) -> Response:
    """Hand a draft to the reviewers, who are told."""
    mine = standing_as(Role.LIAISON)
    scheme = _scheme(mine, scheme_id)
    found = actions.submit(session(), scheme_id, number, now=now())
    record("scheme.submitted", scheme_id, version=number)
    _tell(scheme, found, "scheme_submitted", staff_of(session(), mine.institution.id, [Role.REVIEWER]))
    return done(url_for("schemes.version", scheme_id=scheme_id, number=number), _("已提交，等待审核员审核。"))


@blueprint.post("/institution/schemes/<uuid:scheme_id>/versions/<int:number>/approval")
@audience(Audience.INSTITUTION_MANAGER)
def approve(scheme_id: UUID, number: int) -> Response:
    """Publish a submitted version: a second person."""
    mine = standing_as(Role.REVIEWER)
    scheme = _scheme(mine, scheme_id)
    found = actions.approve(session(), scheme_id, number, reviewer=current_person().id, now=now())
    record("scheme.approved", scheme_id, version=number)
    _tell(scheme, found, "scheme_decided", [found.author])
    return done(url_for("schemes.show", scheme_id=scheme_id), _("已发布，一分钟内开始计分。"))


@blueprint.post("/institution/schemes/<uuid:scheme_id>/versions/<int:number>/refusal")
@audience(Audience.INSTITUTION_MANAGER)
def refuse(scheme_id: UUID, number: int) -> Response:
    """Send a submitted version back with a reason."""
    mine, form = standing_as(Role.REVIEWER), RefusalForm()
    scheme = _scheme(mine, scheme_id)
    if not form.validate_on_submit():
        return _version(mine, scheme_id, number, form, status=422)
    found = actions.refuse(
        session(), scheme_id, number, reviewer=current_person().id, reason=form.reason.data, now=now()
    )
    record("scheme.refused", scheme_id, version=number)
    _tell(scheme, found, "scheme_decided", [found.author])
    return done(url_for("schemes.show", scheme_id=scheme_id), _("已退回起草人。"))


def _tell(scheme: Scheme, version: SchemeVersion, kind: str, people: list[UUID]) -> None:
    link = url_for("schemes.version", scheme_id=scheme.id, number=version.version)
    facts: dict[str, str | int] = {"name": scheme.name, "version": version.version}
    key = f"{kind} {version.id}"
    tell_many(session(), [Notice(one, kind, link, key, facts) for one in people], now=now())


@blueprint.post("/institution/schemes/<uuid:scheme_id>/closure")
@audience(Audience.INSTITUTION_MANAGER)
def close(scheme_id: UUID) -> Response:
    """End a scheme for good."""
    mine = standing_as(Role.LIAISON)
    _scheme(mine, scheme_id)
    actions.end_scheme(session(), scheme_id, now=now())
    record("scheme.ended", scheme_id)
    return done(url_for("schemes.show", scheme_id=scheme_id), _("已结束，已发的积分不变。"))
