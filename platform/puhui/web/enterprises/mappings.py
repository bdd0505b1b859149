"""Column mappings: a file of one's own is shown with its header, each of our fields gets a column, and a preview."""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from collections.abc import Sequence
from uuid import UUID

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from partners.enterprises.findings import Finding
from partners.enterprises.records.actions import check_lines, mapping_names, save_mapping
from partners.enterprises.records.errors import RecordFileUnreadable
from partners.enterprises.records.mapping import MONEY_SCALES, Mapping
from partners.enterprises.records.templates import TEMPLATES
from puhui.files import SHEETS, FileEmpty, FileKindRefused, FileTooLarge, keep_file, kept_file
from puhui.problems import sentence_of
from puhui.sheets import SheetUnreadable
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.enterprises import words
from puhui.web.enterprises.forms import MappingFileForm
from puhui.web.enterprises.room import blueprint, mine
from puhui.web.enterprises.tables import rows_of, table_of
from puhui.web.sending import takes_files
from puhui.web.trail import record

NAME = re.compile(r"[a-z0-9-]{1,40}\Z")
SHOWN = 10


def _form() -> MappingFileForm:
    form = MappingFileForm()
    form.base.choices = [SelectChoice(name, words.SHEETS[name]) for name in TEMPLATES]
    return form


@blueprint.get("/enterprise/mappings")
@audience(Audience.ENTERPRISE_MAKER)
def mappings() -> Response:
    """List the saved mappings, with a form to begin another with a file of one's own."""
    return page("enterprises/mappings.html", form=_form(), names=mapping_names(session(), enterprise_id=mine().id))


@blueprint.post("/enterprise/mappings")
@takes_files(10)
@audience(Audience.ENTERPRISE_MAKER)
def begin_mapping() -> Response:
    """Keep a file to look at while its columns are mapped; nothing is staged."""
    form, firm = _form(), mine()
    names = mapping_names(session(), enterprise_id=firm.id)
    if not form.validate_on_submit():
        return page("enterprises/mappings.html", status=422, form=form, names=names)
    name, content = (form.file.data.filename or "file")[:200], form.file.data.read()
    try:
        rows_of(name, content)
        kept = keep_file(
            session(), owner=firm.id, name=name, content=content, kinds=SHEETS, by=current_person().id, now=now()
        )
    except (RecordFileUnreadable, SheetUnreadable, FileKindRefused, FileTooLarge, FileEmpty) as error:
        form.file.errors = [sentence_of(error)]
        return page("enterprises/mappings.html", status=422, form=form, names=names)
    return done(url_for("enterprises.mapping", file_id=kept.id, base=form.base.data))


@blueprint.get("/enterprise/mappings/<uuid:file_id>")
@audience(Audience.ENTERPRISE_MAKER)
def mapping(file_id: UUID) -> Response:
    """Show the header of a file beside our fields, and what its first lines become with what is chosen."""
    return _mapping_page(file_id, request.args)


@blueprint.post("/enterprise/mappings/<uuid:file_id>")
@audience(Audience.ENTERPRISE_MAKER)
def keep_mapping(file_id: UUID) -> Response:
    """Save the mapping under a name; files can be brought with it from then on."""
    name = request.form.get("name", "").strip()
    try:
        chosen = _chosen(request.form)
    except RecordFileUnreadable as error:
        return _mapping_page(file_id, request.form, 422, sentence_of(error))
    if not NAME.match(name) or name in words.SHEETS:
        return _mapping_page(file_id, request.form, 422, _("名称只用小写字母、数字和短横线，最多 40 个字符。"))
    save_mapping(session(), enterprise_id=mine().id, name=name, mapping=chosen, now=now())
    record("market_mapping.saved", file_id, name=name)
    return done(url_for("enterprises.files"), _("已保存列对应方案 %(name)s。", name=name))


def _mapping_page(file_id: UUID, asked: Map[str, str], status: int = 200, wrong: str | None = None) -> Response:
    kept = kept_file(session(), file_id)
    if kept.owner != mine().id:
        abort(404)
    base = asked.get("base", "trades")
    if base not in TEMPLATES:
        abort(404)
    rows = rows_of(kept.name, kept.content)
    header = [title.strip() for title in rows[0]]
    usual = TEMPLATES[base].mapping
    places = {
        field: asked.get(f"column.{field}", title if title in header else "") for field, title in usual.columns.items()
    }
    shown: Sequence[tuple[int, object, Sequence[Finding]]] = []
    try:
        answers, _around = check_lines(
            session(),
            mine().id,
            kept.content,
            _chosen({"base": base, **{f"column.{field}": title for field, title in places.items()}, **asked}),
            table=table_of(kept.name, kept.content),
            now=now(),
        )
        shown = [(answer.line, answer.record, answer.findings) for answer in answers[:SHOWN]]
    except RecordFileUnreadable as error:
        wrong = wrong or sentence_of(error)
    return page(
        "enterprises/mapping.html",
        status=status,
        file=kept,
        base=base,
        header=header,
        rows=rows[1 : SHOWN + 1],
        fields=usual.columns,
        places=places,
        asked=asked,
        money=tuple(MONEY_SCALES),
        shown=shown,
        wrong=wrong,
    )


def _chosen(asked: Map[str, str]) -> Mapping:
    """Make the mapping that was chosen: columns, constants, words, unit of money. Raises RecordFileUnreadable."""
    usual = TEMPLATES.get(asked.get("base", ""), TEMPLATES["trades"]).mapping
    columns = {f: title for f in usual.columns if (title := asked.get(f"column.{f}", "").strip())}
    constants = {
        f: text for f in usual.columns if f not in columns and (text := asked.get(f"constant.{f}", "").strip())
    }
    known = {field: dict(pairs) for field, pairs in usual.words.items()}
    for line in asked.get("words", "").splitlines():
        theirs, _equals, ours = (part.strip() for part in line.partition("="))
        for pairs in known.values():
            if ours in pairs:
                pairs[theirs] = pairs[ours]
    return Mapping(
        columns=columns,
        constants=dict(usual.constants) | constants,
        words=known,
        money=asked.get("money", "yuan"),
    )
