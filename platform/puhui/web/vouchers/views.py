"""Pages of a citizen's vouchers."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext

from ledger import InsufficientBalance
from ledger.kernel.errors import DomainError
from partners import merchants
from puhui import cash_parts
from puhui.codes import code_book, keeper_of
from puhui.problems import sentence_of
from puhui.qr import svg
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.forms import ActionForm
from puhui.web.vouchers import offline
from rewards import families, offers, vouchers
from rewards.vouchers import State

blueprint = Blueprint("vouchers", __name__)
PAGE = 20
POLL_SECONDS = 5
"""How often the page asks whether the voucher was redeemed; the code changes with the first answer after its step."""
OVER = (vouchers.VoucherAlreadyRedeemed, vouchers.VoucherCancelled, vouchers.VoucherExpired)
SAID_ON_THE_OFFER = (
    InsufficientBalance,
    families.FamilySpendingRefused,
    families.FamilyUnknown,
    offers.OfferLimitReached,
    offers.OfferNotOpen,
    offers.OfferSoldOut,
)
blueprint.add_url_rule("/sw.js", "service_worker", offline.service_worker)
blueprint.add_url_rule("/vouchers/copies", "copies", offline.copies)
blueprint.add_url_rule("/vouchers/<uuid:voucher_id>/copy", "copy", offline.copy)


@blueprint.get("/vouchers")
@audience(Audience.CITIZEN)
def index() -> Response:
    """List the vouchers that can be used, were used, or are over."""
    asked = request.args.get("state", State.OPEN)
    state = State(asked) if asked in list(State) else State.OPEN
    rows = vouchers.vouchers_of(session(), current_person().id, state=state, now=now(), after=_cursor(), limit=PAGE + 1)
    shown = rows[:PAGE]
    is_first = state is State.OPEN and _cursor() is None
    return page(
        "vouchers/index.html",
        rows=shown,
        state=state,
        offers=offers.offers_by_id(session(), {row.offer_id for row in shown}),
        merchants=merchants.merchants_by_id(session(), {row.merchant_id for row in shown}),
        more=url_for("vouchers.index", state=state, after=shown[-1].id) if len(rows) > PAGE else None,
        keeper=keeper_of(current_person().id),
        kept=offline.kept(row.id for row in shown) if is_first else None,
    )


@blueprint.post("/vouchers")
@audience(Audience.CITIZEN)
def create() -> Response:
    """Take an offer and show its voucher; where that cannot be, say so on the offer's page."""
    form = ActionForm()
    offer_id = request.form.get("offer", type=UUID)
    if not form.validate() or offer_id is None:
        abort(422)
    try:
        voucher = vouchers.take_offer(
            session(),
            offer_id=offer_id,
            citizen_id=current_person().id,
            request_id=UUID(form.request_key),
            now=now(),
            family_id=request.form.get("family", type=UUID),
        )
    except SAID_ON_THE_OFFER as error:
        return _refused(error, url_for("offers.show", offer_id=offer_id))
    return done(url_for("vouchers.show", voucher_id=voucher.id), gettext("兑换成功，到店出示二维码即可。"))


@blueprint.get("/vouchers/<uuid:voucher_id>")
@audience(Audience.CITIZEN)
def show(voucher_id: UUID) -> Response:
    """Show a voucher: its code while it is open, where and when it was used afterwards."""
    voucher = vouchers.voucher_of(session(), citizen_id=current_person().id, voucher_id=voucher_id)
    codes = code_book()
    place = merchants.places_by_id(session(), [voucher.counter_id]) if voucher.counter_id else {}
    offer = offers.offer_of(session(), voucher.offer_id).offer
    return page(
        "vouchers/show.html",
        fragment="vouchers/_voucher.html",
        voucher=voucher,
        state=voucher.state(now=now()),
        offer=offer,
        cash=cash_parts.cash_part_of(session(), voucher, offer, now=now()),
        form=ActionForm(formdata=None),
        merchant=merchants.merchant_of(session(), voucher.merchant_id),
        place=place.get(voucher.counter_id) if voucher.counter_id else None,
        code=codes.code(voucher.number, at=now()),
        qr=svg,
        grouped=vouchers.grouped,
        step_seconds=codes.step_seconds,
        poll_seconds=POLL_SECONDS,
        keeper=keeper_of(current_person().id),
        kept=offline.kept([voucher.id]),
    )


@blueprint.post("/vouchers/<uuid:voucher_id>/cancellation")
@audience(Audience.CITIZEN)
def cancel(voucher_id: UUID) -> Response:
    """Give an unused voucher back."""
    target = url_for("vouchers.show", voucher_id=voucher_id)
    try:
        cash_parts.cancel_voucher(session(), voucher_id=voucher_id, citizen_id=current_person().id, now=now())
    except OVER as error:
        return _refused(error, target)
    return done(target, gettext("已取消，碳币已退回。"))


@blueprint.post("/vouchers/<uuid:voucher_id>/payment")
@audience(Audience.CITIZEN)
def pay(voucher_id: UUID) -> Response:
    """Go to the page that takes the cash part; a second tap, or another page, leads to the same one."""
    form = ActionForm()
    if not form.validate():
        abort(422)
    try:
        receipt = cash_parts.begin_payment(
            session(), voucher_id=voucher_id, citizen_id=current_person().id, request_id=UUID(form.request_key),
            now=now(),
        )  # fmt: skip
    except (*OVER, cash_parts.CashPartMissing) as error:
        return _refused(error, url_for("vouchers.show", voucher_id=voucher_id))
    return done(url_for("receipts.show", receipt_id=receipt.id))


def _refused(error: DomainError, target: str) -> Response:
    """Go back to *target* and say why; nothing of what was begun stays."""
    session().rollback()
    return done(target, sentence_of(error))


def _cursor() -> UUID | None:
    return request.args.get("after", type=UUID)
