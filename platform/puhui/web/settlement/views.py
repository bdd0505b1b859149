"""The manager's pages: what am I owed, when was it paid; a statement, which the operator reads too."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from partners import merchants, settlement
from partners.settlement import Cycle, Statement
from puhui.identity.model import Kind
from puhui.problems import sentence_of
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.forms import ActionForm
from puhui.web.sending import send_book, send_paper, wants_book
from puhui.web.settlement import books, words
from puhui.web.settlement.forms import CycleForm, DisputeForm
from puhui.web.trail import record

blueprint = Blueprint("settlement", __name__)
ROWS, LINES, BOOK = 30, 100, 5000
AS_BOOK = "?as=xlsx"


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {
        "cycle_words": words.CYCLES,
        "payout_states": words.PAYOUT_STATES,
        "line_kind": words.line_kind,
        "problem_word": words.problem_word,
        "break_words": words.BREAKS,
        "facts_of_break": words.facts_of_break,
    }


@blueprint.get("/settlement")
@audience(Audience.MERCHANT_MANAGER)
def show() -> Response:
    """Show what the merchant is owed, when it was paid last, and its statements."""
    mine = current_person().organisation_id
    limit = BOOK if wants_book() else ROWS + 1
    rows = settlement.statements(session(), merchant_id=mine, after=cursor(), limit=limit)
    paid = settlement.payouts_of(session(), [row.id for row in rows])
    if wants_book():
        name = gettext("结算单")
        return send_book(books.statements_book(rows, merchants.merchants_by_id(session(), [mine]), paid), name)
    cycle = settlement.cycle_of(session(), mine)
    return page(
        "settlement/show.html",
        owed=settlement.owed(session(), mine, now=now()),
        last=settlement.last_paid(session(), mine),
        rows=rows[:ROWS],
        paid=paid,
        cycle=cycle,
        form=CycleForm(formdata=None, cycle=cycle.value),
        destination=settlement.payout_accounts(session(), [mine]).get(mine),
        waiting=settlement.corrections_waiting(session(), mine),
        more=url_for("settlement.show", after=cursor_of(rows[ROWS - 1])) if len(rows) > ROWS else None,
    )


@blueprint.post("/settlement/cycle")
@audience(Audience.MERCHANT_MANAGER)
def choose_cycle() -> Response:
    """Choose to be settled daily or monthly."""
    form, mine = CycleForm(), current_person().organisation_id
    if not form.validate_on_submit():
        return done(url_for("settlement.show"), gettext("请选择每日或每月。"))
    cycle = Cycle(form.cycle.data)
    settlement.choose_cycle(session(), merchant_id=mine, cycle=cycle, made_by=current_person().id, now=now())
    record("settlement.cycle_chosen", mine, cycle=cycle.value)
    return done(url_for("settlement.show"), gettext("已改为：%(cycle)s", cycle=words.CYCLES[cycle]))


@blueprint.get("/settlement/payouts")
@audience(Audience.MERCHANT_MANAGER)
def payouts() -> Response:
    """Show the merchant's payouts."""
    mine = current_person().organisation_id
    if wants_book():
        rows = settlement.payouts(session(), merchant_id=mine, limit=BOOK)
        return send_book(books.payouts_book(rows, merchants.merchants_by_id(session(), [mine])), gettext("付款"))
    after = request.args.get("after", type=UUID)
    last = settlement.payout_of(session(), after) if after else None
    rows = settlement.payouts(
        session(), merchant_id=mine, after=(last.prepared_at, last.id) if last else None, limit=ROWS + 1
    )
    more = url_for("settlement.payouts", after=rows[ROWS - 1].id) if len(rows) > ROWS else None
    return page(
        "settlement/payouts.html",
        rows=rows[:ROWS],
        names={},
        more=more,
        export=AS_BOOK,
    )


@blueprint.get("/settlement/statements/<uuid:statement_id>")
@audience(Audience.MERCHANT_MANAGER, Audience.OPERATOR)
def statement(statement_id: UUID) -> Response:
    """Show a statement; as XLSX or PDF with every line."""
    made = own_statement(statement_id)
    wanted = request.args.get("as")
    if wanted in ("xlsx", "pdf"):
        one = books.whole(session(), made)
        if wanted == "xlsx":
            return send_book(books.statement_book(one), books.title_of(one))
        return send_paper(books.statement_paper(one, now=now()), books.title_of(one))
    return _statement(made, DisputeForm(formdata=None))


@blueprint.post("/settlement/statements/<uuid:statement_id>/disputes")
@audience(Audience.MERCHANT_MANAGER)
def create_dispute(statement_id: UUID) -> Response:
    """Dispute a statement or one line of it."""
    made, form = own_statement(statement_id), DisputeForm()
    if not form.validate_on_submit():
        return _statement(made, form, status=422)
    try:
        raised = settlement.dispute(
            session(), merchant_id=made.merchant_id, statement_id=made.id, transfer_id=_transfer(made, form.place.data),
            reason=form.reason.data, raised_by=current_person().id, request_id=UUID(form.request_key), now=now(),
        )  # fmt: skip
    except (settlement.DisputeOpen, settlement.LineUnknown) as error:
        form.place.errors = [sentence_of(error)]
        return _statement(made, form, status=409)
    record("settlement.disputed", raised.id, statement=str(made.id))
    return done(url_for("settlement.statement", statement_id=made.id), gettext("异议已提交，运营方会答复。"))


def _transfer(made: Statement, place: int | None) -> int | None:
    if place is None:
        return None
    found = settlement.lines_of(session(), made.id, after=place - 1, limit=1)
    if not found or found[0].place != place:
        raise settlement.LineUnknown(transfer=place)
    return found[0].transfer_id


def _statement(made: Statement, form: ActionForm, status: int = 200) -> Response:
    after = max(request.args.get("line", default=0, type=int), 0)
    one = books.whole(session(), made, after=min(after, 2**31 - 1), limit=LINES + 1)
    more = None
    if len(one.lines) > LINES:
        more = url_for("settlement.statement", statement_id=made.id, line=one.lines[LINES - 1].place)
    is_manager = is_merchant()
    return page(
        "settlement/statement.html", status=status, whole=one, lines=one.lines[:LINES], more=more, form=form,
        is_manager=is_manager,
    )  # fmt: skip


def own_statement(statement_id: UUID) -> Statement:
    """Answer a statement that who asks may read: the merchant's own, any for the operator. Raises StatementUnknown."""
    mine = current_person().organisation_id if is_merchant() else None
    return settlement.statement_of(session(), statement_id, merchant_id=mine)


def is_merchant() -> bool:
    """Whether who asks acts for a merchant."""
    acting = current_person().acting
    return acting is not None and acting.kind is Kind.MERCHANT


def cursor() -> tuple[date, UUID] | None:
    """Read where the last page of statements ended; an unreadable place is the beginning."""
    day, _, statement_id = request.args.get("after", "").partition(".")
    try:
        return date.fromisoformat(day), UUID(statement_id)
    except ValueError:
        return None


def cursor_of(last: Statement) -> str:
    """Answer the place behind a statement."""
    return f"{last.through.isoformat()}.{last.id}"
