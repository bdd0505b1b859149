"""Returns: bringing files, what was understood of them, two years side by side with what must not be credited."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _

from ledger.kernel.errors import DomainError
from partners.meters.indicators import MEASURES as OFFICIAL
from partners.returns import actions, queries
from partners.returns.queries import Comparison, FlagRow
from partners.returns.rules import COMPARED
from puhui.metering import words as metering
from puhui.metering.returns import lines_of_file
from puhui.problems import problem_of, sentence_of
from puhui.sheets import Column, Sheet, write_book
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.meters.place import page_number
from puhui.web.returns import words
from puhui.web.returns.forms import ReturnsForm
from puhui.web.sending import send_book, takes_files, wants_book
from puhui.web.trail import record

blueprint = Blueprint("returns", __name__)
ROWS = 50
MOST_ROWS = 100_000


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {
        "return_measures": words.MEASURES,
        "flag_names": words.FLAG_NAMES,
        "flag_sentence": flag_sentence,
        "why": words.WHY,
    }


def flag_sentence(flag: FlagRow) -> str:
    """Answer what a flag says, with its measure."""
    facts = {name: words.MEASURES.get(str(fact), words.WHY.get(str(fact), fact)) for name, fact in flag.facts.items()}
    text = metering.sentence(words.FLAGS, flag.flag, facts)
    return f"{words.MEASURES[flag.measure]}：{text}" if flag.measure else text


@blueprint.get("/operator/returns")
@audience(Audience.OPERATOR)
def index() -> Response:
    """List the files that were brought, with the form for another; as a sheet too."""
    return _index(ReturnsForm())


def _index(form: ReturnsForm, *, status: int = 200) -> Response:
    number = page_number()
    if wants_book():
        columns = [
            Column(_("文件"), width=40),
            Column(_("年份")),
            Column(_("行数"), "whole"),
            Column(_("导入时间"), "moment"),
        ]
        rows = [(f.name, f.year, f.rows_done, f.started_at) for f in queries.files(session(), limit=MOST_ROWS)]
        return send_book(write_book([Sheet(_("年度报表"), columns, rows)]), _("年度报表"))
    files = queries.files(session(), limit=ROWS + 1, offset=number * ROWS)
    return page(
        "returns/index.html",
        status=status,
        files=files[:ROWS],
        years=[(year, queries.totals(session(), [year])) for year in queries.years(session())],
        more=url_for("returns.index", page=number + 1) if files[ROWS:] else None,
        form=form,
    )


@blueprint.post("/operator/returns")
@takes_files(20)
@audience(Audience.OPERATOR)
def bring() -> Response:
    """Read a file by its headers and keep it; the same file again changes nothing."""
    form = ReturnsForm()
    if not form.validate_on_submit():
        return _index(form, status=422)
    name, content = form.file.data.filename or "returns.csv", form.file.data.read()
    try:
        lines = lines_of_file(name, content)
        reading = actions.read_file(name=name, content=content, lines=lines, year=form.year.data or None)
    except DomainError as error:
        field = form.year if error.code == "returns_year_unknown" else form.file
        field.errors = [sentence_of(error)]
        return _index(form, status=problem_of(error).status)
    file = actions.begin(session(), reading, by=current_person().id, now=now())
    new = len(reading.returns) - file.rows_done
    while file.rows_done < len(reading.returns):
        kept = actions.keep_chunk(session(), reading, file, now=now())
        file = file._replace(rows_done=kept)
    record("returns.imported", file.id, rows=new)
    text = _("已导入 %(n)s 行。", n=new) if new else _("这份文件以前已导入，没有变化。")
    return done(url_for("returns.show", year=reading.year), text)


@blueprint.get("/operator/returns/<string:year>")
@audience(Audience.OPERATOR)
def show(year: str) -> Response:
    """Show a year beside the year before: changes, and flags that keep them from being credited; as a sheet too."""
    years = queries.years(session())
    if year not in years:
        abort(404)
    before = years[years.index(year) - 1] if years.index(year) else year
    flagged, number = request.args.get("flagged") == "1", page_number()
    if wants_book():
        rows = queries.comparisons(session(), year, before, limit=MOST_ROWS, flagged=flagged)
        return send_book(_book(rows, year, before), f"{year}-{_('年度报表')}")
    rows = queries.comparisons(session(), year, before, limit=ROWS + 1, offset=number * ROWS, flagged=flagged)
    following = url_for("returns.show", year=year, page=number + 1, flagged=request.args.get("flagged"))
    return page(
        "returns/show.html",
        year=year,
        before=before,
        years=years,
        rows=rows[:ROWS],
        more=following if rows[ROWS:] else None,
        counts=queries.flag_counts(session(), year),
        totals=queries.totals(session(), [year]),
        indicators={code: values for code, _name, _kind, values in _indicators(year, rows)},
        files=[f for f in queries.files(session(), limit=200) if f.year == year],
        flagged=flagged,
        order=COMPARED,
    )


def _indicators(year: str, rows: list[Comparison]) -> list[tuple[str, str, str, dict[str, object]]]:
    wanted = {row.code for row in rows}
    found = queries.indicators(session(), year, limit=MOST_ROWS)
    return [(code, name, kind, dict(values)) for code, name, kind, values in found if code in wanted]


def _book(rows: list[Comparison], year: str, before: str) -> bytes:
    values = {code: found for code, _n, _k, found in queries.indicators(session(), year, limit=MOST_ROWS)}
    columns = [Column(_("机构代码")), Column(_("机构名称"), width=40), Column(_("单位类型"), width=24)]
    for measure in COMPARED:
        columns += [
            Column(f"{words.MEASURES[measure]} {before}", "decimal"),
            Column(f"{words.MEASURES[measure]} {year}", "decimal"),
            Column(_("变化（%）"), "decimal"),
        ]
    columns += [Column(str(words.MEASURES[m]), "decimal") for m in OFFICIAL[:3]] + [Column(_("不计入的原因"), width=80)]
    cells = []
    for row in rows:
        figures: list[object] = [row.code, row.name, row.type]
        for change in row.changes:
            figures += [change.before, change.now, change.percent]
        figures += [values.get(row.code, {}).get(m) for m in OFFICIAL[:3]]
        cells.append([*figures, "；".join(flag_sentence(flag) for flag in row.flags)])
    return write_book([Sheet(year, columns, cells)])
