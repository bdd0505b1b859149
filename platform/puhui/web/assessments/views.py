"""The self-assessment: every item with words, evidence files and points as far as a source gives points."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from ledger.kernel.errors import DomainError
from partners.institutions.queries import institution_of
from partners.meters import assessments
from partners.meters.assessments import AREAS, PASS, Item
from puhui.files import DOCUMENTS, SHEETS, keep_file, kept_file, send_file_of
from puhui.identity.model import Role
from puhui.problems import problem_of, sentence_of
from puhui.sheets import Column, Sheet, write_book
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.assessments.forms import AnswerForm, PointsForm
from puhui.web.institutions.standing import standing_as
from puhui.web.meters.place import at, whose
from puhui.web.meters.views import today
from puhui.web.sending import send_book, takes_files, wants_book
from puhui.web.trail import record

blueprint = Blueprint("assessments", __name__)
NAMES: dict[str, object] = {
    "goals": _l("目标管理（必过）"),
    "system": _l("制度体系"),
    "office": _l("绿色办公"),
    "waste": _l("垃圾分类"),
    "education": _l("宣传教育"),
    PASS: _l("合格分数"),
}


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"assessment_areas": NAMES}


def _year() -> int:
    return min(max(request.args.get("year", today().year, type=int), 2001), 2100)


@blueprint.get("/institution/assessment")
@audience(Audience.INSTITUTION_MANAGER, Audience.OPERATOR)
def show() -> Response:
    """Show every item with the answer and the score so far; as a sheet too."""
    return _show({})


def _show(wrong: dict[str, str], *, status: int = 200) -> Response:
    asked, year = assessments.items(session()), _year()
    given = assessments.answers(session(), whose(), year)
    areas = assessments.area_points(session())
    score = assessments.score(asked, given, areas[PASS][0] if PASS in areas else None)
    if wants_book():
        columns = [
            Column(_("部分")),
            Column(_("项目"), width=40),
            Column(_("分值"), "decimal"),
            Column(_("做到")),
            Column(_("自评得分"), "decimal"),
        ]
        columns += [Column(_("说明"), width=60), Column(_("材料份数"), "whole"), Column(_("分值来源"), width=40)]
        rows = [_row(item, given.get(item.code)) for item in asked]
        return send_book(write_book([Sheet(f"{year} {_('自评')}", columns, rows)]), f"{year}-{_('节约型机关自评')}")
    files = {one: kept_file(session(), one).name for answer in given.values() for one in answer.file_ids}
    return page(
        "assessments/show.html",
        status=status,
        institution=institution_of(session(), whose()),
        year=year,
        years=range(today().year, today().year - 5, -1),
        groups=[(area, [item for item in asked if item.area == area], areas.get(area)) for area in AREAS],
        given=given,
        score=score,
        files=files,
        wrong=wrong,
    )


def _row(item: Item, answer: assessments.Answer | None) -> list[object]:
    return [
        str(NAMES[item.area]),
        item.title,
        item.points,
        None if answer is None else answer.passed,
        answer.points if answer else None,
        answer.words if answer else "",
        len(answer.file_ids) if answer else 0,
        item.source or str(_("没有可引用的分值")),
    ]


@blueprint.post("/institution/assessment/<int:year>/<string:code>")
@takes_files(10)
@audience(Audience.INSTITUTION_MANAGER)
def answer(year: int, code: str) -> Response:
    """Say where the institution stands with an item, with a file that shows it."""
    standing_as(Role.LIAISON)
    form = AnswerForm()
    item = next((one for one in assessments.items(session()) if one.code == code), None)
    if item is None or not 2001 <= year <= 2100:
        abort(404)
    if not form.validate_on_submit():
        return _show({code: " ".join(text for texts in form.errors.values() for text in texts)}, status=422)
    try:
        assessments.answer(
            session(),
            institution_id=whose(),
            year=year,
            item=item,
            passed=form.passed.data,
            points=Decimal(form.points.data) if form.points.data else None,
            words=form.words.data or "",
            file_ids=_kept(form),
            by=current_person().id,
            now=now(),
        )
    except DomainError as error:
        return _show({code: sentence_of(error)}, status=problem_of(error).status)
    record("assessment.answered", whose(), year=year, item=code)
    return done(at("assessments.show", year=year), _("已保存。"))


def _kept(form: AnswerForm) -> list[UUID]:
    content = form.file.data.read() if form.file.data else b""
    if not content:
        return []
    name, by = form.file.data.filename or "file", current_person().id
    kinds = DOCUMENTS | SHEETS
    return [keep_file(session(), owner=whose(), name=name, content=content, kinds=kinds, by=by, now=now()).id]


@blueprint.get("/institution/assessment/files/<uuid:file_id>")
@audience(Audience.INSTITUTION_MANAGER, Audience.OPERATOR)
def file(file_id: UUID) -> Response:
    """Send an evidence file of the same institution."""
    if kept_file(session(), file_id).owner != whose():
        abort(404)
    return send_file_of(session(), file_id)


@blueprint.get("/operator/assessment-points")
@audience(Audience.OPERATOR)
def points() -> Response:
    """Show which points have a source, with the form for more; as a sheet too."""
    return _points(_with_subjects(PointsForm()))


def _with_subjects(form: PointsForm) -> PointsForm:
    form.subject.choices = [SelectChoice(item.code, item.title) for item in assessments.items(session())]
    form.subject.choices += [SelectChoice(area, NAMES[area]) for area in (*AREAS, PASS)]
    return form


def _points(form: PointsForm, *, status: int = 200) -> Response:
    asked, areas = assessments.items(session()), assessments.area_points(session())
    rows = [(item.title, item.points, item.source) for item in asked]
    rows += [(str(NAMES[area]), *areas.get(area, (None, None))) for area in (*AREAS, PASS)]
    if wants_book():
        columns = [Column(_("项目"), width=40), Column(_("分值"), "decimal"), Column(_("来源"), width=60)]
        return send_book(write_book([Sheet(_("自评分值"), columns, rows)]), _("自评分值"))
    return page("assessments/points.html", status=status, rows=rows, form=form)


@blueprint.post("/operator/assessment-points")
@audience(Audience.OPERATOR)
def set_points() -> Response:
    """Set points with their source."""
    form = _with_subjects(PointsForm())
    if not form.validate_on_submit():
        return _points(form, status=422)
    try:
        assessments.set_points(
            session(),
            subject=form.subject.data,
            points=Decimal(form.points.data),
            source=form.source.data,
            by=current_person().id,
            now=now(),
        )
    except DomainError as error:
        form.points.errors = [sentence_of(error)]
        return _points(form, status=problem_of(error).status)
    record("assessment_points.set", form.subject.data, points=form.points.data)
    return done(url_for("assessments.points"), _("已登记。"))
