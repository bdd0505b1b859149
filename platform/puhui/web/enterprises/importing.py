"""Files and forms: brought by the maker, answered line by line, decided by the checker."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from ledger.kernel.errors import DomainError
from partners.enterprises.reconciliation.actions import reconcile
from partners.enterprises.records import queries
from partners.enterprises.records.actions import mapping_names, reject_file
from partners.enterprises.records.errors import RecordFileUnreadable
from partners.enterprises.records.files import Staged
from partners.enterprises.records.templates import TEMPLATES
from partners.enterprises.statements.actions import approve as approve_statement
from partners.enterprises.statements.actions import bring as bring_statement
from partners.enterprises.statements.checks import SHEETS
from puhui.identity.model import Role
from puhui.market_jobs import tell_of_breaks
from puhui.problems import sentence_of
from puhui.sheets import Column, Sheet, SheetUnreadable, write_book, write_template
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.enterprises import words
from puhui.web.enterprises.forms import FileForm, ReasonForm
from puhui.web.enterprises.room import asked, blueprint, column, mine, role, today
from puhui.web.enterprises.tables import choices_of, columns_of, csv_of, rows_of, sample_of, table_of
from puhui.web.forms import ActionForm
from puhui.web.market.sentences import sentence_of_finding
from puhui.web.sending import send_book, send_bytes, takes_files, wants_book
from puhui.web.trail import record

SHOWN = 100
KINDS_OF_SHEETS = (*TEMPLATES, *SHEETS)


def file_form() -> FileForm:
    """Make the form of a file with everything that it may be."""
    form = FileForm()
    own = mapping_names(session(), enterprise_id=mine().id)
    form.what.choices = [SelectChoice(name, words.SHEETS[name]) for name in KINDS_OF_SHEETS]
    form.what.choices += [SelectChoice(name, _("列对应：%(name)s", name=name)) for name in own]
    return form


def _files_page(form: FileForm, status: int = 200) -> Response:
    before = asked("before")
    found = queries.files_of(session(), mine().id, before=_uuid(before), limit=21)
    return page(
        "enterprises/files.html",
        status=status,
        files=found[:20],
        more=url_for("enterprises.files", before=found[19].id) if len(found) > 20 else None,
        form=form,
        makes=role() is Role.MAKER,
        kinds=KINDS_OF_SHEETS,
    )


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@blueprint.get("/enterprise/files")
@audience(Audience.ENTERPRISE)
def files() -> Response:
    """List the files that were brought, with a form for the maker and the templates."""
    if wants_book():
        rows = queries.files_of(session(), mine().id, limit=10_000)
        columns = [column(_("文件")), column(_("内容")), column(_("收到"), "moment"), column(_("行数"), "whole")]
        lines = [[one.name, one.content, one.staged_at, one.rows_read, str(words.STATES[one.state])] for one in rows]
        return send_book(write_book([Sheet(_("文件"), [*columns, column(_("状态"))], lines)]), _("文件"))
    return _files_page(file_form())


@blueprint.post("/enterprise/files")
@takes_files(10)
@audience(Audience.ENTERPRISE_MAKER)
def bring() -> Response:
    """Check a file and stage what passes."""
    form = file_form()
    if not form.validate_on_submit():
        return _files_page(form, 422)
    name, content = (form.file.data.filename or "file.csv")[:200], form.file.data.read()
    try:
        staged = _bring(form.what.data, name, content, UUID(form.request_key), table=table_of(name, content))
    except (RecordFileUnreadable, SheetUnreadable) as error:
        form.file.errors = [sentence_of(error)]
        return _files_page(form, 422)
    return _brought(staged)


def _bring(
    what: str, name: str, content: bytes, request_id: UUID, *, table: list[Sequence[str]] | None = None
) -> Staged:
    return bring_statement(
        session(),
        enterprise_id=mine().id,
        what=what,
        name=name.replace("\x00", ""),
        content=content,
        table=table,
        staged_by=current_person().id,
        request_id=request_id,
        now=now(),
    )


def _brought(staged: Staged) -> Response:
    record("market_file.staged", staged.file_id)
    word = _("这份文件以前已收到，未重复入账。") if staged.seen_before else _("已逐行校验，待另一人复核。")
    return done(url_for("enterprises.file", file_id=staged.file_id), word)


@blueprint.get("/enterprise/templates/<string:what>")
@audience(Audience.ENTERPRISE)
def template(what: str) -> Response:
    """Send a template as XLSX: drop-downs, a sample line, and a sheet that says how it is filled in."""
    if what not in KINDS_OF_SHEETS:
        abort(404)
    fields, choices, sample = columns_of(what), choices_of(what), sample_of(what)
    columns = [Column(title, choices=choices.get(name, ())) for name, title in fields.items()]
    notes = [
        _("第一行是表头，请勿改动；第二行是样例，填写前请删除。"),
        _("日期写作 2026-03-05；数量为整数；金额单位为元，最多两位小数。"),
        _("“更正类型”留空为新增；更正或撤销须用与原记录相同的账号和编号。"),
        _("先逐行校验并给出结果，由另一人复核后才入账。同一文件不会重复入账。"),
        _("以注册登记系统记录为准。"),
    ]
    name = str(words.SHEETS[what])
    line = [sample.get(field, "") for field in fields]
    return send_book(write_template(name, columns, samples=[line], notes=notes), _("模板-%(name)s", name=name))


@blueprint.get("/enterprise/files/<uuid:file_id>")
@audience(Audience.ENTERPRISE)
def file(file_id: UUID) -> Response:
    """Show the answers to a file's lines, and to the checker the two ways to decide."""
    return _answers_book(file_id) if wants_book() else _file_page(file_id, ReasonForm())


def _file_page(file_id: UUID, form: ReasonForm, status: int = 200) -> Response:
    firm = mine()
    brought = queries.file_of(session(), enterprise_id=firm.id, file_id=file_id)
    after = max(request.args.get("after", default=0, type=int), 0)
    answers = queries.answers_of(
        session(), enterprise_id=firm.id, file_id=file_id, after=min(after, 10**6), limit=SHOWN + 1
    )
    following = url_for("enterprises.file", file_id=file_id, after=answers[SHOWN - 1][0]) if answers[SHOWN:] else None
    checks = role() is Role.CHECKER and brought.staged_by != current_person().id
    return page(
        "enterprises/file.html",
        status=status,
        file=brought,
        answers=answers[:SHOWN],
        following=following,
        form=form,
        checks=checks,
    )


def _answers_book(file_id: UUID) -> Response:
    """Send the lines back as they came, each with its outcome and the rule, severity and sentence of its remarks."""
    firm = mine()
    brought = queries.file_of(session(), enterprise_id=firm.id, file_id=file_id)
    content, _facts = queries.bytes_of(session(), enterprise_id=firm.id, file_id=file_id)
    told = queries.answers_of(session(), enterprise_id=firm.id, file_id=file_id, limit=250_000)
    by_line = {line: (outcome, found) for line, outcome, found in told}
    header, *rows = rows_of(brought.name, content)
    titles = [*(column(title) for title in header), column(_("结果")), column(_("规则")), column(_("级别"))]
    lines = []
    for line, row in enumerate(rows, start=2):
        outcome, found = by_line.get(line, ("staged", []))
        word = str(words.STATES[outcome]) if outcome != "staged" else _("通过校验")
        said = "；".join(sentence_of_finding(one.code, one.facts) for one in found)
        rules, severities = "、".join(str(one.rule) for one in found), "、".join(one.severity for one in found)
        cells = [*row, *("" for _cell in header)][: len(header)]
        lines.append([*cells, word, rules, severities, said])
    sheet = Sheet(_("逐行结果"), [*titles, column(_("说明"), width=80)], lines)
    return send_book(write_book([sheet]), _("结果-%(name)s", name=brought.name.rsplit(".", 1)[0]))


@blueprint.get("/enterprise/files/<uuid:file_id>/content")
@audience(Audience.ENTERPRISE)
def content(file_id: UUID) -> Response:
    """Send a file as it was brought, byte for byte (rule 40)."""
    brought = queries.file_of(session(), enterprise_id=mine().id, file_id=file_id)
    data, _facts = queries.bytes_of(session(), enterprise_id=mine().id, file_id=file_id)
    return send_bytes(data, name=brought.name, kind="application/octet-stream")


@blueprint.post("/enterprise/files/<uuid:file_id>/approval")
@audience(Audience.ENTERPRISE_CHECKER)
def approve(file_id: UUID) -> Response:
    """Let the staged lines in; a snapshot is compared at once."""
    firm = mine()
    try:
        what = approve_statement(
            session(), enterprise_id=firm.id, file_id=file_id, approved_by=current_person().id, now=now()
        )
    except DomainError as error:
        if error.code not in ("pledge_exceeds", "certificate_taken", "pledge_unknown"):
            raise
        form = ReasonForm(formdata=None)
        form.reason.errors = [sentence_of(error)]
        return _file_page(file_id, form, 409)
    record("market_file.approved", file_id)
    if what == "snapshot":
        tell_of_breaks(session(), firm.id, reconcile(session(), enterprise_id=firm.id, now=now()), now=now())
    return done(url_for("enterprises.file", file_id=file_id), _("已复核入账。"))


@blueprint.post("/enterprise/files/<uuid:file_id>/rejection")
@audience(Audience.ENTERPRISE_CHECKER)
def reject(file_id: UUID) -> Response:
    """Send a file back, with a reason."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _file_page(file_id, form, 422)
    reject_file(
        session(),
        enterprise_id=mine().id,
        file_id=file_id,
        rejected_by=current_person().id,
        reason=form.reason.data,
        now=now(),
    )
    record("market_file.rejected", file_id)
    return done(url_for("enterprises.files"), _("已退回。"))


@blueprint.get("/enterprise/forms/<string:what>")
@audience(Audience.ENTERPRISE_MAKER)
def entry(what: str) -> Response:
    """Show one line of a sheet as a form; what the address says is filled in."""
    return _entry_page(what, ActionForm(), request.args)


@blueprint.post("/enterprise/forms/<string:what>")
@audience(Audience.ENTERPRISE_MAKER)
def enter(what: str) -> Response:
    """Stage the line that was typed, as if it had come in a file: the same checks, the same second person."""
    if what not in KINDS_OF_SHEETS:
        abort(404)
    form = ActionForm()
    if not form.validate_on_submit():
        return _entry_page(what, form, request.form, 422)
    fields = columns_of(what)
    cells = [request.form.get(name, "").replace("\x00", "").strip()[:500] for name in fields]
    content = csv_of([list(fields.values()), cells])
    name = f"{words.SHEETS[what]} {today()}.csv"
    try:
        staged = _bring(what, name, content, UUID(form.request_key))
    except RecordFileUnreadable as error:
        return _entry_page(what, form, request.form, 422, [sentence_of(error)])
    refused = [one for answer in staged.answers for one in answer.findings if one.severity == "R"]
    if refused:
        return _entry_page(what, form, request.form, 422, [sentence_of_finding(f.code, f.facts) for f in refused])
    return _brought(staged)


def _entry_page(
    what: str, form: ActionForm, cells: object, status: int = 200, wrong: list[str] | None = None
) -> Response:
    if what not in KINDS_OF_SHEETS:
        abort(404)
    return page(
        "enterprises/entry.html",
        status=status,
        what=what,
        form=form,
        fields=columns_of(what),
        choices=choices_of(what),
        sample=sample_of(what),
        cells=cells,
        wrong=wrong or [],
    )
