"""Bills: listed, filled in by form, brought by sheet; the sheet comes back with a sentence for every wrong row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Response, abort, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ledger.kernel.errors import DomainError
from partners.meters import entering, queries
from partners.meters.bills import Draft, Line, Refusal, month_of
from partners.meters.entering import Taken
from partners.meters.errors import BillInvalid, MeterUnknown
from partners.meters.model import Meter
from partners.meters.queries import BillRow
from puhui.files import PHOTOS, SHEETS, keep_file, kept_file, send_file_of
from puhui.identity.model import Role
from puhui.metering import words
from puhui.metering.books import keep_indicators
from puhui.problems import problem_of, sentence_of
from puhui.sheets import Column, Sheet, Table, read_table, write_answers, write_book, write_template
from puhui.web import Audience, apart, audience, current_person, done, now, page, session
from puhui.web.institutions.standing import standing_as
from puhui.web.meters.forms import BillForm, SheetForm, WithdrawalForm
from puhui.web.meters.place import at, page_number, whose
from puhui.web.meters.views import blueprint, meter_page, today
from puhui.web.sending import send_book, takes_files, wants_book
from puhui.web.trail import record

__all__ = ["blueprint"]
ROWS = 50
MOST_ROWS = 20_000
SHOWN = 50
TITLES = ("表号", "月份", "用量", "金额（元）", "是否估抄", "备注", "更正原因")
ENGLISH = ("Meter number", "Month", "Use", "Amount (yuan)", "Estimated", "Remark", "Reason of the correction")


@blueprint.get("/institution/bills")
@audience(Audience.INSTITUTION_MANAGER, Audience.OPERATOR)
def bills() -> Response:
    """List the bills that count, the newest first, of one month where one is asked for; as a sheet too."""
    return _bills(SheetForm())


def _bills(
    form: SheetForm, *, status: int = 200, answers: list[tuple[int, str]] | None = None, answer_file: UUID | None = None
) -> Response:
    institution_id, number = whose(), page_number()
    month = month_of(request.args.get("month", ""))
    first, last = (month, month) if month else (date(2000, 1, 1), date(2100, 1, 1))
    if wants_book():
        rows = queries.bills_of(session(), institution_id, first=first, last=last, limit=MOST_ROWS)
        return send_book(_book(rows), _("账单"))
    rows = queries.bills_of(session(), institution_id, first=first, last=last, limit=ROWS + 1, offset=number * ROWS)
    return page(
        "meters/bills.html",
        status=status,
        rows=rows[:ROWS],
        month=f"{month:%Y-%m}" if month else "",
        more=at("meters.bills", page=number + 1, month=request.args.get("month")) if rows[ROWS:] else None,
        form=form,
        answers=(answers or [])[:SHOWN],
        wrong=len(answers or []),
        answer_file=answer_file,
    )


def _book(rows: list[BillRow]) -> bytes:
    columns = [
        Column(_("月份")),
        Column(_("计量表")),
        Column(_("表号")),
        Column(_("能源")),
        Column(_("用量"), "decimal"),
        Column(_("单位")),
    ]
    columns += [
        Column(_("金额（元）"), "decimal"),
        Column(_("是否估抄")),
        Column(_("备注"), width=30),
        Column(_("更正次数"), "whole"),
        Column(_("录入时间"), "moment"),
    ]
    cells = [
        (
            f"{b.month:%Y-%m}",
            m.name,
            m.number,
            str(words.ENERGIES[m.energy]),
            b.quantity,
            m.unit,
            None if b.amount_fen is None else Decimal(b.amount_fen) / 100,
            b.estimated,
            b.remark,
            b.revision,
            b.entered_at,
        )
        for m, b in rows
    ]
    return write_book([Sheet(_("账单"), columns, cells)])


@blueprint.get("/institution/bills/template")
@audience(Audience.INSTITUTION_MANAGER)
def template() -> Response:
    """Send the sheet to fill in, with the institution's meters as its sample rows."""
    titles = _titles()
    columns = [
        Column(titles[0], width=18, choices=_numbers()),
        Column(titles[1], width=12),
        Column(titles[2], width=14),
    ]
    columns += [Column(titles[3], width=14), Column(titles[4], width=10, choices=(_("是"), _("否")))]
    columns += [Column(titles[5], width=30), Column(titles[6], width=30)]
    month = f"{today():%Y-%m}"
    samples = [(m.number, month, "", "", _("否"), m.name, "") for m in queries.meters_of(session(), whose(), limit=500)]
    notes = [
        _("每行一块表的一个月。月份写成 2026-03；用量最多三位小数；金额单位为元，可空。"),
        _("所有行先核对，全部无误才写入；有误时整表退回，“错误原因”一列写明每行的问题。"),
        _("已有账单的月份再次填写就是更正，须填更正原因；旧账单保留可查。"),
        _("与已有账单完全相同的行不重复写入。用量为空的示例行请删除。"),
    ]
    return send_book(write_template(_("账单"), columns, samples=samples, notes=notes), _("账单模板"))


def _titles() -> list[str]:
    found = [_("表号"), _("月份"), _("用量"), _("金额（元）"), _("是否估抄"), _("备注"), _("更正原因")]
    return [str(title) for title in found]


def _numbers() -> tuple[str, ...]:
    """The numbers for a drop-down, as far as Excel takes a list: 255 characters."""
    numbers = [m.number for m in queries.meters_of(session(), whose(), limit=30)]
    return tuple(numbers) if sum(len(n) + 1 for n in numbers) < 250 else ()


@blueprint.post("/institution/bills/sheet")
@takes_files(10)
@audience(Audience.INSTITUTION_MANAGER)
def bring_sheet() -> Response:
    """Check every row of a sheet; take all of them, or none and answer a sheet that says why."""
    standing_as(Role.LIAISON)
    form = SheetForm()
    if not form.validate_on_submit():
        return _bills(form, status=422)
    try:
        table = read_table(form.file.data.filename or "bills.xlsx", form.file.data.read())
        lines = lines_of_table(table)
    except DomainError as error:
        form.file.errors = [sentence_of(error)]
        return _bills(form, status=problem_of(error).status)
    if not lines:
        form.file.errors = [_("表中没有要写入的行，或缺少“表号、月份、用量”三列。请用模板填写。")]
        return _bills(form, status=422)
    answers = entering.check_bills(session(), institution_id=whose(), lines=list(lines.values()), today=today())
    wrong = {
        place: words.sentence(words.REFUSALS, one.code, one.facts)
        for place, one in zip(lines, answers, strict=True)
        if isinstance(one, Refusal)
    }
    if wrong:
        kept = _keep_answers(write_answers(table, wrong))
        return _bills(form, status=422, answers=[(place + 2, text) for place, text in wrong.items()], answer_file=kept)
    drafts = [one for one in answers if isinstance(one, Draft)]
    taken = entering.take_bills(
        session(),
        institution_id=whose(),
        drafts=drafts,
        came_by="sheet",
        by=current_person().id,
        request_id=UUID(form.request_key),
        now=now(),
    )
    after_bills(drafts)
    record("bills.taken", whose(), new=taken.new, corrected=taken.corrected)
    return done(at("meters.bills"), _taken_words(taken))


def lines_of_table(table: Table) -> dict[int, Line]:
    """Read the rows of a sheet by their titles, Chinese or English; rows without a use are samples and left out."""
    places: dict[int, int] = {}
    for place, title in enumerate(table.header):
        for number in range(len(TITLES)):
            if title in (TITLES[number], ENGLISH[number]):
                places.setdefault(number, place)
    if not {0, 1, 2} <= places.keys():
        return {}
    lines = {
        n: Line(*(row[places[number]] if number in places else "" for number in range(len(TITLES))))
        for n, row in enumerate(table.rows)
    }
    return {n: line for n, line in lines.items() if line.quantity or line.amount or line.reason}


def _keep_answers(content: bytes) -> UUID:
    """Keep the answer sheet although the request is refused, so that it can be fetched."""
    with apart() as opened:
        return _keep(opened, _("账单核对结果.xlsx"), content, SHEETS)


def _keep(opened: Session, name: str, content: bytes, kinds: frozenset[str]) -> UUID:
    return keep_file(
        opened, owner=whose(), name=name, content=content, kinds=kinds, by=current_person().id, now=now()
    ).id


def after_bills(drafts: list[Draft]) -> None:
    """Compute the indicators of the years anew that *drafts* touch."""
    years = {draft.month.year for draft in drafts}
    keep_indicators(session(), whose(), years=years | {year + 1 for year in years}, now=now())


def _taken_words(taken: Taken) -> str:
    return str(
        _(
            "已写入 %(new)s 张新账单、%(corrected)s 张更正；%(same)s 张与已有相同。",
            new=taken.new,
            corrected=taken.corrected,
            same=taken.same,
        )
    )


@blueprint.post("/institution/meters/<uuid:meter_id>/bills")
@takes_files(10)
@audience(Audience.INSTITUTION_MANAGER)
def enter(meter_id: UUID) -> Response:
    """Take one bill from the form, with a photo where one is given."""
    standing_as(Role.LIAISON)
    meter, form = queries.meter_of(session(), whose(), meter_id), BillForm()
    if not form.validate_on_submit():
        return meter_page(meter, form, status=422)
    try:
        _enter(meter, form)
    except BillInvalid as error:
        field = form.reason if error.facts["reason"] == "reason_missing" else form.quantity
        field.errors = [words.sentence(words.REFUSALS, str(error.facts["reason"]), error.facts)]
        return meter_page(meter, form, status=422)
    except DomainError as error:
        form.quantity.errors = [sentence_of(error)]
        return meter_page(meter, form, status=problem_of(error).status)
    record("bill.taken", meter.id, month=form.month.data)
    return done(at("meters.show", meter_id=meter.id), _("已写入账单。"))


def _enter(meter: Meter, form: Any) -> None:  # noqa: ANN401  # WTForms has no types.
    photo = form.photo.data.read() if form.photo.data else b""
    kept = _keep(session(), form.photo.data.filename or "photo", photo, PHOTOS | {"pdf"}) if photo else None
    line = Line(
        meter.number,
        form.month.data,
        form.quantity.data,
        form.amount.data or "",
        "是" if form.estimated.data else "",
        form.remark.data or "",
        form.reason.data or "",
    )
    entering.enter_bill(
        session(),
        institution_id=whose(),
        line=line,
        by=current_person().id,
        request_id=UUID(form.request_key),
        now=now(),
        today=today(),
        photo_id=kept,
    )
    month = month_of(form.month.data) or today()
    keep_indicators(session(), whose(), years={month.year, month.year + 1}, now=now())


@blueprint.post("/institution/meters/<uuid:meter_id>/bills/<string:month>/withdrawal")
@audience(Audience.INSTITUTION_MANAGER)
def withdraw(meter_id: UUID, month: str) -> Response:
    """Take a bill back that should not be there; its history stays."""
    standing_as(Role.LIAISON)
    meter, form, of = queries.meter_of(session(), whose(), meter_id), WithdrawalForm(), month_of(month)
    if of is None:
        abort(404)
    if not form.validate_on_submit():
        return meter_page(meter, BillForm(formdata=None), status=422)
    entering.withdraw_bill(
        session(),
        meter=meter,
        month=of,
        reason=form.words.data,
        by=current_person().id,
        request_id=UUID(form.request_key),
        now=now(),
    )
    keep_indicators(session(), whose(), years={of.year, of.year + 1}, now=now())
    record("bill.withdrawn", meter.id, month=month)
    return done(at("meters.show", meter_id=meter.id), _("已撤回账单，历史保留。"))


@blueprint.get("/institution/bills/files/<uuid:file_id>")
@audience(Audience.INSTITUTION_MANAGER, Audience.OPERATOR)
def file(file_id: UUID) -> Response:
    """Send a bill's photo or an answer sheet of the same institution."""
    if kept_file(session(), file_id).owner != whose():
        raise MeterUnknown(meter=str(file_id))
    return send_file_of(session(), file_id)
