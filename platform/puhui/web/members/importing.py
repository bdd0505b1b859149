"""Inviting by sheet: the template, the upload, and the same rows back with what is wrong."""

from __future__ import annotations

from uuid import UUID

from flask import Response, abort, url_for
from flask_babel import gettext as _

from ledger.kernel.errors import DomainError
from partners.institutions.members import invite_many
from puhui.files import SHEETS, keep_file, kept_file, send_file_of
from puhui.notices import Notice, tell_many
from puhui.problems import problem_of, sentence_of
from puhui.sheets import Table, read_table, write_answers
from puhui.web import Audience, audience, current_person, done, house, now, page, session
from puhui.web.institutions.standing import Standing, standing_as, tree
from puhui.web.members.forms import SheetForm
from puhui.web.members.sheet import Reading, read_sheet, template_of
from puhui.web.members.views import INVITERS, blueprint
from puhui.web.sending import send_book, takes_files
from puhui.web.trail import record

__all__ = ["blueprint"]
SHOWN = 20


@blueprint.get("/institution/member-sheets")
@audience(Audience.INSTITUTION_MANAGER)
def sheets() -> Response:
    """Show how to invite many: the template and the upload."""
    return page("members/sheets.html", standing=standing_as(*INVITERS), form=SheetForm())


@blueprint.get("/institution/member-sheets/template")
@audience(Audience.INSTITUTION_MANAGER)
def template() -> Response:
    """Send the template with the institution's own departments."""
    standing_as(*INVITERS)
    return send_book(template_of(tree()), _("成员模板"))


@blueprint.post("/institution/member-sheets")
@takes_files(10)
@audience(Audience.INSTITUTION_MANAGER)
def bring() -> Response:
    """Check every row of a sheet; where all are good, invite them all, else none."""
    mine, form = standing_as(*INVITERS), SheetForm()
    if not form.validate_on_submit():
        return page("members/sheets.html", standing=mine, form=form, status=422)
    content = form.file.data.read()
    try:
        table = read_table(form.file.data.filename or "", content)
        reading = read_sheet(
            session(), table, institution=mine.institution, vault=house().vault, within=mine.scope(tree())
        )
    except DomainError as error:
        form.file.errors = [sentence_of(error)]
        return page("members/sheets.html", standing=mine, form=form, status=problem_of(error).status)
    if reading.faults:
        return _give_back(mine, table, reading)
    invited = invite_many(session(), mine.institution.id, reading.entries, by=current_person().id, now=now())
    _tell(mine, reading)
    record("invitation.sheet_taken", mine.institution.id, rows=invited)
    return done(url_for("members.invitations"), _("已邀请 %(n)s 人，等本人登录后接受。", n=invited))


def _give_back(mine: Standing, table: Table, reading: Reading) -> Response:
    kept = keep_file(
        session(),
        owner=mine.institution.id,
        name=_("核对结果") + ".xlsx",
        content=write_answers(table, reading.faults),
        kinds=SHEETS,
        by=current_person().id,
        now=now(),
    )
    return done(url_for("members.answer", file_id=kept.id))


@blueprint.get("/institution/member-sheets/<uuid:file_id>")
@audience(Audience.INSTITUTION_MANAGER)
def answer(file_id: UUID) -> Response:
    """Show what is wrong with a sheet, the first rows of it, and the whole to download."""
    mine = standing_as(*INVITERS)
    table = read_table("answers.xlsx", _mine(mine, file_id))
    wrong = [(place + 2, row[-1]) for place, row in enumerate(table.rows) if row[-1]]
    return page("members/answer.html", standing=mine, file_id=file_id, wrong=wrong[:SHOWN], total=len(wrong))


@blueprint.get("/institution/member-sheets/<uuid:file_id>/content")
@audience(Audience.INSTITUTION_MANAGER)
def answer_content(file_id: UUID) -> Response:
    """Send the sheet back with its column 错误原因."""
    _mine(standing_as(*INVITERS), file_id)
    return send_file_of(session(), file_id)


def _mine(mine: Standing, file_id: UUID) -> bytes:
    found = kept_file(session(), file_id)
    if found.owner != mine.institution.id or found.handed_in_by != current_person().id:
        abort(404)
    return found.content


def _tell(mine: Standing, reading: Reading) -> None:
    """Tell those who are here already, so that they can decide."""
    invited = {entry.addressee for entry in reading.entries}
    notices = [
        Notice(
            person=person,
            kind="member_invited",
            facts={"name": mine.institution.name},
            link=url_for("memberships.mine"),
            key=f"invited {mine.institution.id} {now().date()}",
        )
        for hashed, person in reading.people.items()
        if hashed in invited
    ]
    tell_many(session(), notices, now=now())
