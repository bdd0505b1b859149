"""The enterprise's pages. Everything is read from the mirror; the registry's record is final."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from partners.enterprises.compliance.queries import carry_limit, obligations_of
from partners.enterprises.compliance.rules import Plan, cheapest_plan
from partners.enterprises.compliance.year import mrv_calendar, year_status
from partners.enterprises.exact import fen
from partners.enterprises.holdings.queries import group_held, held_now, held_on
from partners.enterprises.instruments.model import Instrument, Quantity
from partners.enterprises.instruments.queries import instruments_by_code
from partners.enterprises.parties.model import Enterprise
from partners.enterprises.parties.queries import enterprise_of
from partners.enterprises.pledges.queries import pledges_of
from partners.enterprises.prices.errors import ValuationRefused
from partners.enterprises.prices.queries import last_traded
from partners.enterprises.prices.valuation import Valuation, value
from partners.enterprises.reconciliation.actions import resolve_break
from partners.enterprises.reconciliation.queries import breaks_of
from partners.enterprises.records.actions import approve_file, mapping_of, reject_file, stage_file
from partners.enterprises.records.errors import RecordFileUnreadable
from partners.enterprises.records.model import MARKET_TIME, Slot
from partners.enterprises.records.queries import answers_of, blotter, file_of, files_of
from partners.enterprises.rulebook.model import RuleBook
from partners.enterprises.rulebook.queries import rulebook
from puhui.identity.audit import record_act
from puhui.identity.model import Role
from puhui.problems import sentence_of
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.enterprises import words
from puhui.web.enterprises.forms import FileForm, PlanForm, ReasonForm
from puhui.web.market.sentences import sentence_of_finding

blueprint = Blueprint("enterprises", __name__)
ROWS = 50


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {
        "slot_names": words.SLOTS,
        "record_kinds": words.KINDS,
        "record_states": words.STATES,
        "refusals": words.REFUSALS,
        "task_names": words.TASKS,
        "plan_names": words.PLANS,
        "sentence_of_finding": sentence_of_finding,
    }


def _mine() -> Enterprise:
    return enterprise_of(session(), current_person().organisation_id)


def _role() -> Role | None:
    acting = current_person().acting
    return acting.role if acting else None


def _files_page(mine: Enterprise, form: FileForm, status: int = 200) -> Response:
    found = files_of(session(), mine.id)
    return page("enterprises/files.html", status=status, files=found, form=form, makes=_role() is Role.MAKER)


def _today() -> date:
    return now().astimezone(MARKET_TIME).date()


@blueprint.get("/enterprise")
@audience(Audience.ENTERPRISE)
def show() -> Response:
    """Show what is held now or was held on a day, of this firm or with its subsidiaries, and what it is worth."""
    mine, book = _mine(), rulebook(session())
    on, group = request.args.get("on", type=date.fromisoformat), request.args.get("group") == "1"
    held: dict[str, dict[Slot, int]] = {}
    for (code, slot), units in _held(mine, on, group=group).items():
        if units:
            held.setdefault(code, {})[slot] = units
    instruments = instruments_by_code(session())
    rows = [
        (instruments[code], slots, sum(slots.values()), *_worth(instruments[code], sum(slots.values()), book))
        for code, slots in sorted(held.items())
    ]
    return page(
        "enterprises/show.html", enterprise=mine, rows=rows, pledges=pledges_of(session(), mine.id), on=on, group=group
    )


def _held(mine: Enterprise, on: date | None, *, group: bool) -> dict[tuple[str, Slot], int]:
    if on is not None:
        return held_on(session(), mine.id, instant=datetime.combine(on, time.max, MARKET_TIME))
    return group_held(session(), mine.id) if group else held_now(session(), mine.id)


def _worth(instrument: Instrument, units: int, book: RuleBook) -> tuple[Valuation | None, str | None]:
    today = _today()
    try:
        worth = value(
            Quantity(instrument, units),
            last_traded=last_traded(session(), instrument.code, until=today),
            surrenderable=book.is_surrenderable(instrument.vintage, today),
            as_of=today,
            max_age_days=book.number("stale_price_days", today),
        )
    except ValuationRefused as refused:
        return None, str(refused.facts["reason"])
    return worth, None


@blueprint.get("/enterprise/records")
@audience(Audience.ENTERPRISE)
def records() -> Response:
    """Show the blotter, newest first, with filters."""
    asked = request.args.get("page", default=0, type=int)
    number = min(max(asked, 0), 10_000)
    code, kind = _asked("instrument"), _asked("kind")
    rows = blotter(
        session(),
        _mine().id,
        since=date(2021, 1, 1),
        until=_today() + timedelta(days=1),
        instrument=code,
        kind=kind,
        limit=ROWS + 1,
        offset=number * ROWS,
    )
    following = url_for("enterprises.records", page=number + 1, instrument=code, kind=kind) if rows[ROWS:] else None
    return page("enterprises/records.html", rows=rows[:ROWS], following=following, code=code or "", kind=kind or "")


def _asked(name: str) -> str | None:
    """Answer a filter; a text that PostgreSQL cannot hold asks for nothing."""
    return request.args.get(name, "").replace("\x00", "").strip() or None


@blueprint.get("/enterprise/files")
@audience(Audience.ENTERPRISE)
def files() -> Response:
    """List the files that were brought, with a form for the maker."""
    return _files_page(_mine(), FileForm())


@blueprint.post("/enterprise/files")
@audience(Audience.ENTERPRISE_MAKER)
def bring() -> Response:
    """Check a file and stage what passes."""
    mine, form = _mine(), FileForm()
    if not form.validate_on_submit():
        return _files_page(mine, form, 422)
    try:
        staged = stage_file(
            session(),
            enterprise_id=mine.id,
            name=(form.file.data.filename or "file.csv")[:200],
            content=form.file.data.read(),
            mapping=mapping_of(session(), enterprise_id=mine.id, name=form.mapping.data),
            staged_by=current_person().id,
            request_id=UUID(form.request_key),
            now=now(),
        )
    except RecordFileUnreadable as error:
        form.file.errors = [sentence_of(error)]
        return _files_page(mine, form, 422)
    _record("market_file.staged", staged.file_id)
    word = _("这份文件以前已收到，未重复入账。") if staged.seen_before else _("已逐行校验，待另一人复核。")
    return done(url_for("enterprises.file", file_id=staged.file_id), word)


@blueprint.get("/enterprise/files/<uuid:file_id>")
@audience(Audience.ENTERPRISE)
def file(file_id: UUID) -> Response:
    """Show the answers to a file's lines, and to the checker the two ways to decide."""
    return _file_page(file_id, ReasonForm())


def _file_page(file_id: UUID, form: ReasonForm, status: int = 200) -> Response:
    mine = _mine()
    brought = file_of(session(), enterprise_id=mine.id, file_id=file_id)
    answers = answers_of(session(), enterprise_id=mine.id, file_id=file_id, limit=200)
    checks = _role() is Role.CHECKER and brought.staged_by != current_person().id
    return page("enterprises/file.html", status=status, file=brought, answers=answers, form=form, checks=checks)


@blueprint.post("/enterprise/files/<uuid:file_id>/approval")
@audience(Audience.ENTERPRISE_CHECKER)
def approve(file_id: UUID) -> Response:
    """Let the staged lines into the books."""
    approve_file(session(), enterprise_id=_mine().id, file_id=file_id, approved_by=current_person().id, now=now())
    _record("market_file.approved", file_id)
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
        enterprise_id=_mine().id,
        file_id=file_id,
        rejected_by=current_person().id,
        reason=form.reason.data,
        now=now(),
    )
    _record("market_file.rejected", file_id)
    return done(url_for("enterprises.files"), _("已退回。"))


@blueprint.get("/enterprise/obligations")
@audience(Audience.ENTERPRISE)
def obligations() -> Response:
    """Show every year's obligation, gap, deadline and exposure, and the calendar of this year."""
    mine, book = _mine(), rulebook(session())
    years = [
        year_status(session(), enterprise_id=mine.id, year=one.year, book=book, today=_today())
        for one in reversed(obligations_of(session(), mine.id))
        if one.year in book.years
    ]
    tasks = mrv_calendar(session(), enterprise_id=mine.id, sector=mine.sector, year=_today().year)
    return page("enterprises/obligations.html", years=years, tasks=tasks, today=_today())


@blueprint.get("/enterprise/obligations/<int:year>/plan")
@audience(Audience.ENTERPRISE)
def plan(year: int) -> Response:
    """Show the ways to close a year's gap at prices that the reader types in: a calculation, not an order."""
    mine, book, form = _mine(), rulebook(session()), PlanForm(request.args, meta={"csrf": False})
    status = year_status(session(), enterprise_id=mine.id, year=year, book=book, today=_today())
    limit = carry_limit(session(), mine.id, book=book, today=_today()) or 0
    plans: list[tuple[str, Plan]] = []
    if request.args and form.validate():
        left = max(0, status.offset_cap_t - status.gap.offset_t)
        way = partial(
            cheapest_plan,
            status.gap,
            offset_left_t=left,
            allowance_fen=fen(form.allowance.data),
            credit_fen=fen(form.credit.data or "0") or None,
        )
        plans = [
            ("cheapest", way(carry_t=limit)),
            ("no_carry", way(carry_t=0)),
            ("buy_only", way(carry_t=0, buy_only=True)),
        ]
    code = 422 if form.errors else 200
    return page("enterprises/plan.html", status=code, year=status, form=form, plans=plans, carry_limit=limit)


@blueprint.get("/enterprise/breaks")
@audience(Audience.ENTERPRISE)
def breaks() -> Response:
    """List the open differences, oldest first."""
    return page("enterprises/breaks.html", breaks=breaks_of(session(), _mine().id), form=ReasonForm(), at=now())


@blueprint.post("/enterprise/breaks/<uuid:break_id>/resolution")
@audience(Audience.ENTERPRISE_MAKER, Audience.ENTERPRISE_CHECKER)
def resolve(break_id: UUID) -> Response:
    """Close a difference with words."""
    form = ReasonForm()
    if not form.validate_on_submit():
        found = breaks_of(session(), _mine().id)
        return page("enterprises/breaks.html", status=422, breaks=found, form=form, at=now())
    resolve_break(
        session(),
        enterprise_id=_mine().id,
        break_id=break_id,
        resolution=form.reason.data,
        resolved_by=current_person().id,
        now=now(),
    )
    _record("market_break.resolved", break_id)
    return done(url_for("enterprises.breaks"), _("已处理。"))


def _record(action: str, subject: UUID) -> None:
    person = current_person()
    record_act(
        session(),
        person_id=person.id,
        organisation_id=person.organisation_id,
        role=person.acting.role.value if person.acting else None,
        action=action,
        subject=str(subject),
        now=now(),
        address=request.remote_addr,
    )
