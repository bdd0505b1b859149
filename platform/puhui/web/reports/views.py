"""Reports as a page, a book and a paper, in the order that the assessor asks for them (puhui.md §3.2)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from flask import Blueprint, Response, abort, request
from flask_babel import gettext as _

from partners.institutions.queries import institution_of
from partners.meters.indicators import Period
from puhui.metering.reports import Report, bill_list, book_of, paper_of, report_of
from puhui.sheets import Column, Sheet, write_book
from puhui.web import Audience, audience, now, page, session
from puhui.web.meters.place import at, whose
from puhui.web.meters.views import today
from puhui.web.sending import send_book, send_paper, wants_book

blueprint = Blueprint("reports", __name__)

OF = re.compile(r"(20[0-9]{2})(?:Q([1-4])|-(0[1-9]|1[0-2]))?")


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"report_cell": cell_text}


def cell_text(cell: object, kind: str) -> str:
    """Answer a cell as a reader sees it: a figure with separators, a dash where there is none."""
    if cell is None:
        return "—"
    if isinstance(cell, bool):
        return str(_("是") if cell else _("否"))
    if kind == "decimal" and isinstance(cell, Decimal):
        return f"{cell.normalize():,f}"
    return f"{cell:,}" if kind == "whole" and isinstance(cell, int) else str(cell)


@blueprint.get("/institution/reports")
@audience(Audience.INSTITUTION_MANAGER, Audience.OPERATOR)
def index() -> Response:
    """List the reports of a year: the year's, four quarters', twelve months'."""
    year = min(max(request.args.get("year", today().year, type=int), 2001), 2100)
    due = [
        (f"{year}", _("%(year)s 年年度报告（含分析）", year=year), _("次年报送")),
        *(
            (f"{year}Q{q}", _("%(year)s 年第 %(q)s 季度公示", year=year, q=q), _("每季度至少公示一次"))
            for q in (4, 3, 2, 1)
        ),
        *((f"{year}-{m:02d}", _("%(year)s 年 %(m)s 月账单清单", year=year, m=m), _("每月")) for m in range(12, 0, -1)),
    ]
    if wants_book():
        columns = [Column(_("时段")), Column(_("报告"), width=40), Column(_("周期"))]
        return send_book(write_book([Sheet(_("报告"), columns, due)]), f"{year}-{_('报告')}")
    return page(
        "reports/index.html",
        institution=institution_of(session(), whose()),
        year=year,
        years=range(today().year, today().year - 6, -1),
        reports=due,
    )


@blueprint.get("/institution/reports/<string:of>")
@audience(Audience.INSTITUTION_MANAGER, Audience.OPERATOR)
def show(of: str) -> Response:
    """Show a report of ``2026``, ``2026Q1`` or ``2026-03``; as a book (?as=xlsx) and a paper (?as=pdf) too."""
    report = _report(of)
    name = f"{report.institution}-{of}-{report.title}"
    if wants_book():
        return send_book(book_of(report), name)
    if request.args.get("as") == "pdf":
        return send_paper(paper_of(report), name)
    return page("reports/show.html", report=report, of=of, back=at("reports.index", year=of[:4]))


def _report(of: str) -> Report:
    found = OF.fullmatch(of)
    if found is None:
        abort(404)
    year, quarter, month = found.groups()
    if month:
        return bill_list(session(), whose(), date(int(year), int(month), 1), now=now())
    return report_of(session(), whose(), Period(int(year), int(quarter) if quarter else None), now=now())
