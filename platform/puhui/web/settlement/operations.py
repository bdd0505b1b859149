"""The operator's pages: runs, statements of all, payouts, disputes, breaks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from ledger import InsufficientBalance
from partners import merchants, settlement
from partners.merchants import Merchant
from partners.payments import PaymentFailed
from partners.settlement import PayoutUnderWay, SettlementDayOpen, Statement
from puhui import paying, settlement_jobs
from puhui.problems import sentence_of
from puhui.sheets import Column
from puhui.web import Audience, audience, current_person, done, house, now, page, session
from puhui.web.forms import ActionForm
from puhui.web.merchants.books import send_list
from puhui.web.sending import send_book, wants_book
from puhui.web.settlement import books, words
from puhui.web.settlement.forms import AnswerForm, BreakForm, RunForm
from puhui.web.settlement.views import AS_BOOK, BOOK, ROWS, cursor, cursor_of
from puhui.web.trail import record

blueprint = Blueprint("settlement_operations", __name__)


@blueprint.get("/operator/settlement")
@audience(Audience.OPERATOR)
def index() -> Response:
    """Show the runs and what waits for somebody."""
    return _index(RunForm(formdata=None, through=settlement.last_due_day(now())))


def _index(form: RunForm, status: int = 200) -> Response:
    runs = settlement.runs(session(), limit=BOOK if wants_book() else ROWS)
    totals = {run.through: settlement.run_totals(session(), run.through) for run in runs}
    if wants_book():
        titles = (gettext("结算单"), gettext("应付（元）"), gettext("等待（元）"))
        columns = [Column(gettext("结算到"), "date"), *(Column(title, "decimal") for title in titles)]
        lines = [[day, n, books.amount(net), books.amount(rest)] for day, (n, net, rest) in totals.items()]
        return send_list(gettext("结算批次"), columns, lines)
    return page(
        "settlement/runs.html",
        status=status,
        runs=runs,
        totals=totals,
        form=form,
        disputes=len(settlement.disputes(session(), open_only=True)),
        breaks=len(settlement.open_breaks(session())),
    )


@blueprint.post("/operator/settlement/runs")
@audience(Audience.OPERATOR)
def create_run() -> Response:
    """Ask for a run; the worker does it within a minute and shows how far it is."""
    form = RunForm()
    if not form.validate_on_submit():
        return _index(form, status=422)
    try:
        settlement.ask_run(session(), through=form.through.data, asked_by=current_person().id, now=now())
    except SettlementDayOpen as error:
        form.through.errors = [sentence_of(error)]
        return _index(form, status=409)
    record("settlement.run_asked", current_person().organisation_id, through=form.through.data.isoformat())
    return done(url_for("settlement_operations.index"), gettext("已排队，一分钟内开始。"))


@blueprint.get("/operator/settlement/statements")
@audience(Audience.OPERATOR)
def statements() -> Response:
    """Show the statements of all merchants, of one day where one is asked for."""
    through = request.args.get("through", type=date.fromisoformat)
    limit = BOOK if wants_book() else ROWS + 1
    rows = settlement.statements(session(), since=through, until=through, after=cursor(), limit=limit)
    names = _names(rows)
    paid = settlement.payouts_of(session(), [row.id for row in rows])
    if wants_book():
        return send_book(books.statements_book(rows, names, paid), gettext("结算单"))
    here = "settlement_operations.statements"
    more = url_for(here, after=cursor_of(rows[ROWS - 1]), through=through) if len(rows) > ROWS else None
    export = f"{AS_BOOK}&through={through.isoformat()}" if through else AS_BOOK
    return page(
        "settlement/statements.html",
        rows=rows[:ROWS],
        names=names,
        paid=paid,
        through=through,
        more=more,
        export=export,
    )


@blueprint.get("/operator/settlement/payouts")
@audience(Audience.OPERATOR)
def payouts() -> Response:
    """Show the payouts of all merchants."""
    if wants_book():
        rows = settlement.payouts(session(), limit=BOOK)
        return send_book(books.payouts_book(rows, _names(rows)), gettext("付款"))
    after = request.args.get("after", type=UUID)
    last = settlement.payout_of(session(), after) if after else None
    rows = settlement.payouts(session(), after=(last.prepared_at, last.id) if last else None, limit=ROWS + 1)
    here = "settlement_operations.payouts"
    more = url_for(here, after=rows[ROWS - 1].id) if len(rows) > ROWS else None
    return page(
        "settlement/payouts.html", rows=rows[:ROWS], names=_names(rows), more=more,
        export=AS_BOOK, form=ActionForm(formdata=None),
    )  # fmt: skip


@blueprint.post("/operator/settlement/payouts/<uuid:payout_id>/attempts")
@audience(Audience.OPERATOR)
def pay_again(payout_id: UUID) -> Response:
    """Prepare a further attempt for a payout that came back."""
    target = url_for("settlement_operations.payouts")
    try:
        made = settlement.pay_again(session(), payout_id=payout_id, now=now())
    except (PayoutUnderWay, InsufficientBalance) as error:
        return done(target, sentence_of(error))
    record("settlement.paid_again", payout_id, attempt=made.attempt, fen=made.amount_fen)
    return done(target, gettext("已重新备付，由后台付出。"))


@blueprint.get("/operator/settlement/disputes")
@audience(Audience.OPERATOR)
def disputes() -> Response:
    """Show disputes; those that wait for an answer come with a form."""
    return _disputes(AnswerForm(formdata=None), None)


def _disputes(form: AnswerForm, dispute_id: UUID | None, status: int = 200) -> Response:
    rows = settlement.disputes(session(), limit=BOOK if wants_book() else 100)
    names = merchants.merchants_by_id(session(), {row.merchant_id for row in rows})
    if wants_book():
        columns = [
            Column(gettext("商户"), width=24), Column(gettext("提出于"), "moment"), Column(gettext("原因"), width=50),
            Column(gettext("答复"), width=50), Column(gettext("答复于"), "moment"),
        ]  # fmt: skip
        lines = [[names[row.merchant_id].name, row.raised_at, row.reason, row.answer, row.answered_at] for row in rows]
        return send_list(gettext("异议"), columns, lines)
    chosen = dispute_id or request.args.get("answer", type=UUID)
    return page("settlement/disputes.html", status=status, rows=rows, names=names, form=form, picked=chosen)


@blueprint.post("/operator/settlement/disputes/<uuid:dispute_id>/answer")
@audience(Audience.OPERATOR)
def answer(dispute_id: UUID) -> Response:
    """Answer a dispute: refuse it with words, or accept it with a correcting entry."""
    form = AnswerForm()
    if not form.validate_on_submit():
        return _disputes(form, dispute_id, status=422)
    accepted = form.decision.data == "accept"
    try:
        settlement.answer(
            session(), dispute_id=dispute_id, accepted=accepted, words=form.words.data,
            correction_fen=form.amount.fen if accepted else 0, answered_by=current_person().id, now=now(),
        )  # fmt: skip
    except (settlement.CorrectionMissing, settlement.DisputeAnswered) as error:
        form.amount.errors = [sentence_of(error)]
        return _disputes(form, dispute_id, status=409)
    record("settlement.dispute_answered", dispute_id, accepted=accepted, fen=form.amount.fen if accepted else 0)
    return done(url_for("settlement_operations.disputes"), gettext("已答复。"))


@blueprint.get("/operator/settlement/breaks")
@audience(Audience.OPERATOR)
def breaks() -> Response:
    """Show what does not agree, oldest first, and what was closed."""
    return _breaks(BreakForm(formdata=None), None)


def _breaks(form: BreakForm, break_id: UUID | None, status: int = 200) -> Response:
    opened = settlement.open_breaks(session())
    if wants_book():
        columns = [
            Column(gettext("差异"), width=36), Column(gettext("对象"), width=38), Column(gettext("发现于"), "moment"),
            Column(gettext("内容"), width=60), Column(gettext("处理"), width=50),
        ]  # fmt: skip
        rows = [*opened, *settlement.closed_breaks(session(), limit=BOOK)]
        lines = [
            [
                str(words.BREAKS.get(row.kind, row.kind)),
                row.subject,
                row.found_at,
                words.facts_of_break(row),
                row.resolution,
            ]
            for row in rows
        ]
        return send_list(gettext("对账差异"), columns, lines)
    return page(
        "settlement/breaks.html", status=status, opened=opened, closed=settlement.closed_breaks(session()), form=form,
        picked=break_id or request.args.get("answer", type=UUID), at=now(),
    )  # fmt: skip


@blueprint.post("/operator/settlement/breaks/<uuid:break_id>/resolution")
@audience(Audience.OPERATOR)
def resolve(break_id: UUID) -> Response:
    """Close a break with words."""
    form = BreakForm()
    if not form.validate_on_submit():
        return _breaks(form, break_id, status=422)
    settlement.resolve(session(), break_id=break_id, words=form.words.data, resolved_by=current_person().id, now=now())
    record("settlement.break_resolved", break_id, words=form.words.data)
    return done(url_for("settlement_operations.breaks"), gettext("已处理。"))


@blueprint.post("/operator/settlement/reconciliations")
@audience(Audience.OPERATOR)
def reconcile() -> Response:
    """Compare with the payment service now."""
    target = url_for("settlement_operations.breaks")
    try:
        client = paying.client_of(house().settings, patient=False)
        found = settlement_jobs.reconcile(house().database, client, now=now())
    except PaymentFailed as failed:
        return done(target, sentence_of(failed))
    record("settlement.reconciled", current_person().organisation_id, breaks=len(found))
    return done(target, gettext("对账完成，未处理的差异 %(n)s 条。", n=len(found)))


def _names(rows: Sequence[Statement] | Sequence[settlement.Payout]) -> dict[UUID, Merchant]:
    return merchants.merchants_by_id(session(), {row.merchant_id for row in rows})
