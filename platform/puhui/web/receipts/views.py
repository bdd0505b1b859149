"""The page of a receipt: to pay, waiting, paid; or not paid, and then once more. Nothing here knows a card."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, abort, url_for
from flask_babel import gettext

from partners import receipts, sponsors
from partners.payments import PaymentFailed
from partners.receipts import Purpose, Receipt, State
from puhui import paying
from puhui.identity.model import Kind
from puhui.problems import sentence_of
from puhui.web import Audience, audience, current_person, done, house, now, page, session
from puhui.web.forms import ActionForm
from puhui.web.receipts.forms import SandboxForm, TokenForm
from puhui.web.receipts.money import yuan

blueprint = Blueprint("receipts", __name__)
blueprint.add_app_template_filter(yuan, "yuan")


@blueprint.get("/receipts/<uuid:receipt_id>")
@audience(Audience.SIGNED_IN)
def show(receipt_id: UUID) -> Response:
    """Show a receipt to whoever may pay it."""
    return _page(_mine(receipt_id), _form())


@blueprint.post("/receipts/<uuid:receipt_id>/payment")
@audience(Audience.SIGNED_IN)
def pay(receipt_id: UUID) -> Response:
    """Pay once; a second tap of the same form is the same payment."""
    receipt, form = _mine(receipt_id), _form()
    if not form.validate_on_submit():
        return _page(receipt, form, status=422)
    state = _call(
        receipt_id,
        lambda: paying.pay(
            house().database, paying.client_of(house().settings, patient=False), receipt_id=receipt_id,
            payment_method=form.payment_method.data, attempt_id=UUID(form.request_key), now=now(),
        ),
        form,
    )  # fmt: skip
    return state if isinstance(state, Response) else _answered(receipt_id, state)


@blueprint.post("/receipts/<uuid:receipt_id>/inspection")
@audience(Audience.SIGNED_IN)
def inspect(receipt_id: UUID) -> Response:
    """Ask the service how it went, for a receipt that waits."""
    _mine(receipt_id)
    client = paying.client_of(house().settings, patient=False)
    return _answered(receipt_id, paying.look(house().database, client, receipt_id=receipt_id, now=now()))


@blueprint.post("/receipts/<uuid:receipt_id>/cancellation")
@audience(Audience.SIGNED_IN)
def give_up(receipt_id: UUID) -> Response:
    """Give a top-up up that is not paid; money that should still come goes back by itself."""
    receipt = _mine(receipt_id)
    if receipt.purpose != Purpose.TOP_UP or receipt.booked_at is not None:
        abort(409)
    house().database.run(lambda opened: receipts.give_up(opened, receipt_id=receipt_id, now=now()))
    paying.cancel(house().database, paying.client_of(house().settings, patient=False), receipt_id=receipt_id, now=now())
    return done(_target(receipt), gettext("已取消，未扣款。"))


def _call(receipt_id: UUID, call: Callable[[], State], form: ActionForm) -> State | Response:
    """Call the service; what it refuses stands beside the form."""
    try:
        return call()
    except PaymentFailed as failed:
        form.payment_method.errors = [sentence_of(failed)]
        return _page(receipts.receipt_of(session(), receipt_id), form, status=409)


def _answered(receipt_id: UUID, state: State) -> Response:
    words = {
        State.PAID: gettext("已到账。"),
        State.PENDING: gettext("支付服务还没有说结果，请稍后查看；不会重复扣款。"),
        State.DECLINED: gettext("付款未通过，未扣款，请换一种付款方式。"),
        State.GIVEN_UP: gettext("这笔收款已取消；如已扣款，会原路退回。"),
    }
    return done(url_for("receipts.show", receipt_id=receipt_id), words.get(state))


def _page(receipt: Receipt, form: ActionForm, status: int = 200) -> Response:
    return page(
        "receipts/show.html",
        status=status,
        receipt=receipt,
        state=receipts.receipt_state(session(), receipt),
        refunds=receipts.refunds_of(session(), [receipt.id]),
        fund=sponsors.fund_of(session(), receipt.payee_id) if receipt.purpose == Purpose.TOP_UP else None,
        form=form,
        target=_target(receipt),
        is_sandbox=isinstance(form, SandboxForm),
    )


def _form() -> ActionForm:
    return SandboxForm() if house().settings.is_development else TokenForm()


def _mine(receipt_id: UUID) -> Receipt:
    """Answer the receipt where the person may pay it: its payer, the operator, or the fund's own staff."""
    receipt, person = receipts.receipt_of(session(), receipt_id), current_person()
    acting = person.acting
    if receipt.purpose == Purpose.CASH_PART:
        is_mine = acting is None and receipt.payer_id == person.id
    else:
        owner = sponsors.fund_of(session(), receipt.payee_id).organisation_id
        is_mine = acting is not None and (acting.kind is Kind.OPERATOR or acting.organisation_id == owner)
    if not is_mine:
        raise receipts.ReceiptUnknown(receipt=receipt_id)
    return receipt


def _target(receipt: Receipt) -> str:
    if receipt.purpose == Purpose.TOP_UP:
        return url_for("sponsors.show", fund_id=receipt.payee_id)
    return url_for("vouchers.show", voucher_id=receipt.reference)
