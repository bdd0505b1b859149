"""Compliance: obligations with gap and exposure, ways to close a gap, the calendar and the papers of the year."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from flask import Response, abort, request, url_for
from flask_babel import gettext as _

from partners.enterprises.compliance.actions import file_document
from partners.enterprises.compliance.errors import DocumentInvalid
from partners.enterprises.compliance.queries import carry_limit, documents_of, obligations_of
from partners.enterprises.compliance.rules import Gap, Plan, cheapest_plan
from partners.enterprises.compliance.year import YearStatus, mrv_calendar, year_status
from partners.enterprises.exact import fen
from partners.enterprises.rulebook.queries import rulebook
from puhui.files import DOCUMENTS, FileEmpty, FileKindRefused, FileTooLarge, keep_file, send_file_of
from puhui.identity.model import Role
from puhui.problems import sentence_of
from puhui.sheets import Sheet
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.enterprises import words
from puhui.web.enterprises.forms import DocumentForm, PlanForm
from puhui.web.enterprises.room import blueprint, column, listed, mine, money, role, today
from puhui.web.sending import takes_files
from puhui.web.trail import record


@blueprint.get("/enterprise/obligations")
@audience(Audience.ENTERPRISE)
def obligations() -> Response:
    """Show every year's obligation, gap, deadline and exposure."""
    firm, book = mine(), rulebook(session())
    years = [
        year_status(session(), enterprise_id=firm.id, year=one.year, book=book, today=today())
        for one in reversed(obligations_of(session(), firm.id))
        if one.year in book.years
    ]
    return listed(
        "enterprises/obligations.html",
        name=_("清缴与缺口"),
        sheets=lambda: [_sheet(years)],
        paper=True,
        years=years,
        makes=role() is Role.MAKER,
        vintages={one.obligation.year: [a for a in book.acceptances if a.year == one.obligation.year] for one in years},
    )


def _sheet(years: list[YearStatus]) -> Sheet:
    titles = (_("应清缴"), _("已清缴"), _("已抵销"), _("抵销上限"), _("在途"), _("可用配额"), _("未完成"), _("缺口"))
    columns = [column(_("年度"), "whole"), column(_("通知编号")), *(column(title, "whole") for title in titles)]
    columns += [
        column(_("期限"), "date"),
        column(_("罚款下限（元）"), "decimal"),
        column(_("罚款上限（元）"), "decimal"),
    ]
    lines = [
        [
            *(year.obligation.year, year.obligation.notice_no, year.gap.due_t, year.gap.surrendered_t),
            *(year.gap.offset_t, year.offset_cap_t, year.gap.pending_t, year.gap.eligible_t, year.gap.open_t),
            *(year.gap.missing_t, year.deadline.deadline, money(year.penalty.least_fen) if year.penalty else None),
            money(year.penalty.most_fen) if year.penalty else None,
        ]
        for year in years
    ]
    return Sheet(_("清缴与缺口"), columns, lines)


@dataclass(frozen=True, slots=True)
class Mix:
    """A mix of one's own: tonnes, cost in fen, what it leaves open, and by how much it breaks a limit."""

    plan: Plan
    left_t: int
    over_offset_t: int
    over_carry_t: int


@blueprint.get("/enterprise/obligations/<int:year>/plan")
@audience(Audience.ENTERPRISE)
def plan(year: int) -> Response:
    """Show the ways to close a year's gap at prices that the reader types in: a calculation, not an order."""
    firm, book, form = mine(), rulebook(session()), PlanForm(request.args, meta={"csrf": False})
    status = year_status(session(), enterprise_id=firm.id, year=year, book=book, today=today())
    limit = carry_limit(session(), firm.id, book=book, today=today()) or 0
    left = max(0, status.offset_cap_t - status.gap.offset_t)
    plans: list[tuple[str, Plan]] = []
    mix: Mix | None = None
    if request.args and form.validate():
        allowance, credit = fen(form.allowance.data), fen(form.credit.data or "0") or None
        way = partial(cheapest_plan, status.gap, offset_left_t=left, allowance_fen=allowance, credit_fen=credit)
        plans = [
            ("cheapest", way(carry_t=limit)),
            ("no_carry", way(carry_t=0)),
            ("buy_only", way(carry_t=0, buy_only=True)),
        ]
        mix = _mix(form, status.gap, left=left, limit=limit, allowance=allowance, credit=credit or 0)
    code = 422 if form.errors else 200
    return page(
        "enterprises/plan.html", status=code, year=status, form=form, plans=plans, mix=mix, left=left, carry_limit=limit
    )


def _mix(form: PlanForm, gap: Gap, *, left: int, limit: int, allowance: int, credit: int) -> Mix | None:
    buy, offset, carry = (field.data or 0 for field in (form.buy, form.offset, form.carry))
    if not buy + offset + carry:
        return None
    cost = buy * allowance + offset * credit
    open_t = max(0, gap.missing_t - buy - offset - carry)
    return Mix(Plan(carry, offset, buy, cost), open_t, max(0, offset - left), max(0, carry - limit))


@blueprint.get("/enterprise/documents")
@audience(Audience.ENTERPRISE)
def documents() -> Response:
    """Show the calendar of a year with its receipts, and the papers on file."""
    return _documents_page(DocumentForm(formdata=None))


def _documents_page(form: DocumentForm, status: int = 200) -> Response:
    firm = mine()
    year = min(max(request.args.get("year", default=today().year, type=int), 2021), today().year + 1)
    tasks = mrv_calendar(session(), enterprise_id=firm.id, sector=firm.sector, year=year)
    papers = documents_of(session(), firm.id, year=year)
    columns = [column(_("文件种类"), width=26), column(_("月份"), "whole"), column(_("回执或文号"), width=26)]
    lines = [[str(words.DOCUMENTS[one.kind]), one.month, one.receipt_no, one.filed_on] for one in papers]
    return listed(
        "enterprises/documents.html",
        name=_("%(year)s 年合规文件", year=year),
        sheets=lambda: [Sheet(_("合规文件"), [*columns, column(_("提交日期"), "date")], lines)],
        paper=True,
        year=year,
        tasks=tasks,
        papers=papers,
        document_names=words.DOCUMENTS,
        form=form,
        makes=role() is Role.MAKER,
        today=today(),
        status=status,
    )


@blueprint.post("/enterprise/documents")
@takes_files(10)
@audience(Audience.ENTERPRISE_MAKER)
def file_paper() -> Response:
    """Keep a paper of the year with its receipt."""
    firm, form = mine(), DocumentForm()
    year = min(max(request.args.get("year", default=today().year, type=int), 2021), today().year + 1)
    if not form.validate_on_submit():
        return _documents_page(form, 422)
    try:
        file_id = _keep(form)
        file_document(
            session(),
            enterprise_id=firm.id,
            year=year,
            kind=form.kind.data,
            month=form.month.data,
            receipt_no=form.receipt_no.data,
            filed_on=form.filed_on.data,
            sha256=None,
            file_id=file_id,
            recorded_by=current_person().id,
            request_id=UUID(form.request_key),
            now=now(),
        )
    except (FileKindRefused, FileTooLarge, FileEmpty) as error:
        form.file.errors = [sentence_of(error)]
        return _documents_page(form, 422)
    except DocumentInvalid as error:
        form.month.errors = [sentence_of(error)]
        return _documents_page(form, 422)
    record("market_document.filed", form.request_key, kind=form.kind.data)
    return done(url_for("enterprises.documents", year=year), _("已归档。"))


def _keep(form: DocumentForm) -> UUID | None:
    brought = form.file.data
    if not brought or not brought.filename:
        return None
    kept = keep_file(
        session(),
        owner=mine().id,
        name=brought.filename[:200],
        content=brought.read(),
        kinds=DOCUMENTS,
        by=current_person().id,
        now=now(),
    )
    return kept.id


@blueprint.get("/enterprise/documents/<uuid:file_id>")
@audience(Audience.ENTERPRISE)
def paper(file_id: UUID) -> Response:
    """Send a paper that this enterprise filed."""
    years = range(2021, today().year + 2)
    filed = {one.file_id for year in years for one in documents_of(session(), mine().id, year=year)}
    if file_id not in filed:
        abort(404)
    return send_file_of(session(), file_id)
