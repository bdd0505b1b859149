"""What looked strange, and what a figure does not say by itself: findings and remarks."""

from __future__ import annotations

from uuid import UUID

from flask import Response
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from ledger.kernel.errors import DomainError
from partners.meters import actions, queries
from partners.meters.model import Finding, Meter, RemarkKind
from puhui.identity.model import Role
from puhui.metering import words
from puhui.problems import problem_of, sentence_of
from puhui.sheets import Column, Sheet, write_book
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.institutions.standing import standing_as
from puhui.web.meters.bills import blueprint
from puhui.web.meters.forms import RemarkForm, WordsForm
from puhui.web.meters.place import at, page_number, whose
from puhui.web.sending import send_book, wants_book
from puhui.web.trail import record

__all__ = ["blueprint"]
ROWS = 30
MOST_ROWS = 20_000


@blueprint.get("/institution/findings")
@audience(Audience.INSTITUTION_MANAGER, Audience.OPERATOR)
def findings() -> Response:
    """List what looked strange, open ones first; as a sheet too."""
    return _findings(WordsForm())


def _findings(form: WordsForm, *, status: int = 200) -> Response:
    institution_id, number = whose(), page_number()
    meters = {meter.id: meter for meter in queries.meters_of(session(), institution_id)}
    if wants_book():
        rows = queries.findings_of(session(), institution_id, limit=MOST_ROWS)
        return send_book(_book(rows, meters), _("数据疑问"))
    rows = queries.findings_of(session(), institution_id, limit=ROWS + 1, offset=number * ROWS)
    more = at("meters.findings", page=number + 1) if rows[ROWS:] else None
    return page("meters/findings.html", status=status, rows=rows[:ROWS], meters=meters, more=more, form=form)


def _book(rows: list[Finding], meters: dict[UUID, Meter]) -> bytes:
    columns = [
        Column(_("月份")),
        Column(_("计量表")),
        Column(_("疑问")),
        Column(_("内容"), width=60),
        Column(_("状态")),
        Column(_("说明"), width=40),
    ]
    cells = [
        (
            f"{f.month:%Y-%m}",
            meters[f.meter_id].name,
            str(words.FINDING_NAMES[f.code]),
            words.sentence(words.FINDINGS, f.code, f.facts),
            _state(f),
            f.explanation,
        )
        for f in rows
    ]
    return write_book([Sheet(_("数据疑问"), columns, cells)])


def _state(finding: Finding) -> str:
    if finding.settled_at is None:
        return str(_("待说明"))
    return str(_("已说明") if finding.settlement == "confirmed" else _("已更正"))


@blueprint.post("/institution/findings/<uuid:finding_id>/confirmation")
@audience(Audience.INSTITUTION_MANAGER)
def confirm(finding_id: UUID) -> Response:
    """Say that a figure is right, and why."""
    standing_as(Role.LIAISON)
    form = WordsForm()
    if not form.validate_on_submit():
        return _findings(form, status=422)
    actions.confirm_finding(
        session(),
        institution_id=whose(),
        finding_id=finding_id,
        explanation=form.words.data,
        by=current_person().id,
        now=now(),
    )
    record("meter_finding.confirmed", finding_id)
    return done(at("meters.findings"), _("已说明。"))


@blueprint.get("/institution/remarks")
@audience(Audience.INSTITUTION_MANAGER, Audience.OPERATOR)
def remarks() -> Response:
    """List closed days, weather and works, with a form for the liaison; as a sheet too."""
    if wants_book():
        columns = [
            Column(_("从"), "date"),
            Column(_("到"), "date"),
            Column(_("情况")),
            Column(_("说明"), width=60),
            Column(_("登记时间"), "moment"),
        ]
        rows = [
            (r.first_day, r.last_day, str(words.REMARKS[r.kind]), r.words, r.noted_at)
            for r in queries.remarks_of(session(), whose())
        ]
        return send_book(write_book([Sheet(_("情况说明"), columns, rows)]), _("情况说明"))
    return _remarks(_with_buildings(RemarkForm()))


def _remarks(form: RemarkForm, *, status: int = 200) -> Response:
    buildings = {one.id: one.name for one in queries.buildings_of(session(), whose())}
    rows = queries.remarks_of(session(), whose())
    return page("meters/remarks.html", status=status, rows=rows, buildings=buildings, form=form)


def _with_buildings(form: RemarkForm) -> RemarkForm:
    form.building.choices = [SelectChoice("", _("全单位"))]
    form.building.choices += [SelectChoice(str(one.id), one.name) for one in queries.buildings_of(session(), whose())]
    return form


@blueprint.post("/institution/remarks")
@audience(Audience.INSTITUTION_MANAGER)
def note() -> Response:
    """Note closed days, weather or works."""
    standing_as(Role.LIAISON)
    form = _with_buildings(RemarkForm())
    if not form.validate_on_submit():
        return _remarks(form, status=422)
    try:
        made = actions.note_remark(
            session(),
            institution_id=whose(),
            building_id=UUID(form.building.data) if form.building.data else None,
            kind=RemarkKind(form.kind.data),
            first_day=form.first_day.data,
            last_day=form.last_day.data,
            words=form.words.data,
            by=current_person().id,
            now=now(),
        )
    except DomainError as error:
        form.last_day.errors = [sentence_of(error)]
        return _remarks(form, status=problem_of(error).status)
    record("use_remark.noted", made.id)
    return done(at("meters.remarks"), _("已登记。"))


@blueprint.post("/institution/remarks/<uuid:remark_id>/withdrawal")
@audience(Audience.INSTITUTION_MANAGER)
def withdraw_remark(remark_id: UUID) -> Response:
    """Take a remark back."""
    standing_as(Role.LIAISON)
    actions.withdraw_remark(session(), institution_id=whose(), remark_id=remark_id, now=now())
    record("use_remark.withdrawn", remark_id)
    return done(at("meters.remarks"), _("已撤回。"))
