"""Pages of funds: open to everyone; money in and back for the operator and the fund's own staff."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from ledger.kernel.errors import DomainError
from partners import receipts, settlement, sponsors
from partners.receipts import Purpose
from partners.settlement import SettlementRate, SettlementRateMissing
from partners.sponsors import CoinFigures, Fund, FundFigures
from puhui.identity.model import Kind, Organisation
from puhui.problems import sentence_of
from puhui.sheets import Column
from puhui.web import Audience, audience, current_person, done, now, page, person_or_none, session
from puhui.web.forms import ActionForm
from puhui.web.merchants.books import send_list
from puhui.web.receipts.money import yuan
from puhui.web.sending import wants_book
from puhui.web.sponsors.forms import FundForm, ReturnForm, TopUpForm
from puhui.web.sponsors.words import RECEIPT_STATES
from puhui.web.trail import record

blueprint = Blueprint("sponsors", __name__)
TOP_UPS = 50


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"receipt_states": RECEIPT_STATES}


@blueprint.get("/funds")
@audience(Audience.PUBLIC)
def index() -> Response:
    """Show all coins and all funds: issued, redeemed, expired, outstanding, and how much of it is covered."""
    return _index(FundForm(formdata=None))


def _index(form: FundForm, status: int = 200) -> Response:
    rows = sponsors.fund_figures(session(), sponsors.funds(session()))
    if wants_book():
        return _book(rows)
    figures, rate = coins_and_rate()
    return page(
        "sponsors/index.html",
        status=status,
        rows=rows,
        figures=figures,
        rate=rate,
        available_fen=sum(row.available_fen for row in rows),
        coverage=covered(rows, figures, rate),
        rule=settlement.backing_at(session(), now()),
        form=form if _is_operator() else None,
    )


@blueprint.post("/funds")
@audience(Audience.OPERATOR)
def create() -> Response:
    """Open a fund."""
    form = FundForm()
    if not form.validate_on_submit():
        return _index(form, status=422)
    owner = UUID(form.organisation_id.data) if form.organisation_id.data else None
    if owner is not None and session().get(Organisation, owner) is None:
        form.organisation_id.errors = [gettext("没有这个机构。")]
        return _index(form, status=422)
    try:
        fund = sponsors.open_fund(
            session(), fund_id=UUID(form.request_key), name=form.name.data, name_en=form.name_en.data,
            purpose=form.purpose.data, organisation_id=owner, now=now(),
        )  # fmt: skip
    except sponsors.FundExists as error:
        form.name.errors = [sentence_of(error)]
        return _index(form, status=409)
    record("fund.opened", fund.id, name=fund.name)
    return done(url_for("sponsors.show", fund_id=fund.id), gettext("基金已设立。"))


@blueprint.get("/funds/<uuid:fund_id>")
@audience(Audience.PUBLIC)
def show(fund_id: UUID) -> Response:
    """Show one fund; its top-ups are for the operator and its own staff."""
    return _show(sponsors.fund_of(session(), fund_id), TopUpForm(formdata=None), ReturnForm(formdata=None))


@blueprint.post("/funds/<uuid:fund_id>/top-ups")
@audience(Audience.SIGNED_IN)
def create_top_up(fund_id: UUID) -> Response:
    """Begin a top-up and go to its payment."""
    fund, form = _own(fund_id), TopUpForm()
    if not form.validate_on_submit():
        return _show(fund, form, ReturnForm(formdata=None), status=422)
    receipt = sponsors.begin_top_up(
        session(), fund_id=fund_id, payer_id=current_person().organisation_id, amount_fen=form.amount.fen,
        request_id=UUID(form.request_key), now=now(),
    )  # fmt: skip
    record("fund.top_up_begun", fund_id, fen=receipt.amount_fen)
    return done(url_for("receipts.show", receipt_id=receipt.id))


@blueprint.post("/funds/<uuid:fund_id>/returns")
@audience(Audience.OPERATOR)
def create_return(fund_id: UUID) -> Response:
    """Give a top-up back, as far as the fund has not spent it; the worker sends it."""
    fund, form = _own(fund_id), ReturnForm()
    if not form.validate_on_submit():
        return _show(fund, TopUpForm(formdata=None), form, status=422)
    receipt_id = UUID(form.receipt_id.data)
    try:
        if receipts.receipt_of(session(), receipt_id).payee_id != fund_id:
            raise receipts.ReceiptUnknown(receipt=receipt_id)
        refund = sponsors.return_top_up(
            session(), receipt_id=receipt_id, amount_fen=form.amount.fen, reason=form.reason.data,
            request_id=UUID(form.request_key), now=now(),
        )  # fmt: skip
    except DomainError as error:
        form.amount.errors = [sentence_of(error)]
        return _show(fund, TopUpForm(formdata=None), form, status=409)
    record("fund.top_up_returned", fund_id, fen=refund.amount_fen, reason=refund.reason)
    return done(url_for("sponsors.show", fund_id=fund_id), gettext("已登记退回，将原路退还。"))


def coins_and_rate() -> tuple[CoinFigures | None, SettlementRate | None]:
    """Answer where the coins are and what one is worth now, as far as either is known."""
    try:
        rate = settlement.rate_in_force(session(), now())
    except SettlementRateMissing:
        rate = None
    return sponsors.latest_figures(session()), rate


def covered(rows: list[FundFigures], figures: CoinFigures | None, rate: SettlementRate | None) -> int | None:
    """Answer the cover in basis points; None where there is nothing to cover or no price."""
    if figures is None or rate is None:
        return None
    available = sum(row.available_fen for row in rows)
    return sponsors.coverage(available_fen=available, unpaid_coins=figures.unpaid, worth=rate.worth)


def _show(fund: Fund, form: ActionForm, returning: ActionForm, status: int = 200) -> Response:
    is_own = _is_own(fund)
    top_ups = receipts.receipts_for(session(), fund.id, purpose=Purpose.TOP_UP, limit=TOP_UPS) if is_own else []
    if is_own and wants_book():
        columns = [
            Column(gettext("收款编号"), width=38), Column(gettext("开始于"), "moment"), Column(gettext("金额（元）")),
            Column(gettext("状态")), Column(gettext("到账于"), "moment"),
        ]  # fmt: skip
        lines = [
            [str(one.id), one.begun_at, yuan(one.amount_fen), str(RECEIPT_STATES[state]), one.booked_at]
            for one, state in top_ups
        ]
        return send_list(gettext("注资"), columns, lines)
    return page(
        "sponsors/show.html",
        status=status,
        fund=fund,
        row=sponsors.fund_figures(session(), [fund])[0],
        rate=coins_and_rate()[1],
        top_ups=top_ups,
        is_own=is_own,
        is_operator=_is_operator(),
        form=form,
        returning=returning,
        chosen_receipt=request.args.get("receipt", type=UUID) or _posted(returning),
    )


def _posted(form: ActionForm) -> UUID | None:
    try:
        return UUID(form.receipt_id.data) if form.errors else None
    except (TypeError, ValueError):
        return None


def _own(fund_id: UUID) -> Fund:
    fund = sponsors.fund_of(session(), fund_id)
    if not _is_own(fund):
        raise sponsors.FundUnknown(fund=fund_id)
    return fund


def _is_operator() -> bool:
    person = person_or_none()
    return person is not None and person.acting is not None and person.acting.kind is Kind.OPERATOR


def _is_own(fund: Fund) -> bool:
    person = person_or_none()
    acting = person.acting if person is not None else None
    return acting is not None and (_is_operator() or acting.organisation_id == fund.organisation_id)


def _book(rows: list[FundFigures]) -> Response:
    columns = [
        Column(gettext("基金"), width=30), Column(gettext("注资")), Column(gettext("退回资助方")),
        Column(gettext("支付商户")), Column(gettext("余额")),
    ]  # fmt: skip
    lines = [
        [row.fund.name, yuan(row.given_fen), yuan(row.returned_fen), yuan(row.spent_fen), yuan(row.left_fen)]
        for row in rows
    ]
    return send_list(gettext("资助基金"), columns, lines)
