"""The operator's dated terms: what coins are worth, fees, cover, where money goes. Rows are added, never changed."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, url_for
from flask_babel import gettext
from wtforms import Field

from ledger.kernel.errors import DomainError
from partners import merchants, settlement
from puhui.problems import sentence_of
from puhui.sheets import Column
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.forms import ActionForm
from puhui.web.merchants.books import send_list
from puhui.web.receipts.money import yuan
from puhui.web.sending import wants_book
from puhui.web.settlement.forms import BackingForm, FeeForm, PayoutAccountForm, RateForm
from puhui.web.trail import record

blueprint = Blueprint("settlement_terms", __name__)


@blueprint.get("/operator/settlement/terms")
@audience(Audience.OPERATOR)
def index() -> Response:
    """Show every rate, fee and rule with its dates, newest first."""
    return _book() if wants_book() else _page()


def _page(status: int = 200, **forms: ActionForm) -> Response:
    fees = settlement.fees(session())
    return page(
        "settlement/terms.html",
        status=status,
        rates=settlement.rates(session()),
        fees=fees,
        rules=settlement.backing_rules(session()),
        names=merchants.merchants_by_id(session(), {fee.merchant_id for fee in fees if fee.merchant_id}),
        at=now(),
        **{
            "rate_form": RateForm(formdata=None),
            "fee_form": FeeForm(formdata=None),
            "backing_form": BackingForm(formdata=None),
            "account_form": PayoutAccountForm(formdata=None),
            **forms,
        },
    )


@blueprint.post("/operator/settlement/rates")
@audience(Audience.OPERATOR)
def create_rate() -> Response:
    """Add a rate."""
    form = RateForm()

    def act() -> None:
        made = settlement.set_rate(
            session(), coins_units=form.coins.data, fen_units=form.amount.fen, valid_from=form.begins(now()),
            source=form.source.data, made_by=current_person().id, now=now(),
        )  # fmt: skip
        record("settlement.rate_set", made.id, coins=made.coins_units, fen=made.fen_units)

    return _added(form, "rate_form", form.valid_from, act)


@blueprint.post("/operator/settlement/fees")
@audience(Audience.OPERATOR)
def create_fee() -> Response:
    """Add a fee, of one merchant or of all."""
    form = FeeForm()

    def act() -> None:
        merchant_id = UUID(form.merchant_id.data) if form.merchant_id.data else None
        if merchant_id is not None:
            merchants.merchant_of(session(), merchant_id)
        made = settlement.set_fee(
            session(), merchant_id=merchant_id, basis_points=form.basis_points.data, fixed_fen=max(form.fixed.fen, 0),
            valid_from=form.begins(now()), source=form.source.data, made_by=current_person().id, now=now(),
        )  # fmt: skip
        record("settlement.fee_set", made.id, basis_points=made.basis_points, fixed_fen=made.fixed_fen)

    return _added(form, "fee_form", form.valid_from, act)


@blueprint.post("/operator/settlement/backing-rules")
@audience(Audience.OPERATOR)
def create_backing() -> Response:
    """Add a rule of whether exchange stops where the funds do not cover coins."""
    form = BackingForm()

    def act() -> None:
        made = settlement.set_backing(
            session(), caps=form.caps.data, basis_points=form.percent.data * 100, valid_from=form.begins(now()),
            source=form.source.data, made_by=current_person().id, now=now(),
        )  # fmt: skip
        record("settlement.backing_set", made.id, caps=made.caps, basis_points=made.basis_points)

    return _added(form, "backing_form", form.valid_from, act)


@blueprint.post("/operator/settlement/payout-accounts")
@audience(Audience.OPERATOR)
def create_payout_account() -> Response:
    """Say where a merchant's money goes, by a token of the payment service."""
    form = PayoutAccountForm()

    def act() -> None:
        merchant = merchants.merchant_of(session(), UUID(form.merchant_id.data))
        settlement.set_payout_account(
            session(),
            merchant_id=merchant.id,
            destination=form.destination.data,
            made_by=current_person().id,
            now=now(),
        )
        record("settlement.payout_account_set", merchant.id)

    return _added(form, "account_form", form.merchant_id, act)


def _added(form: ActionForm, name: str, field: Field, act: Callable[[], None]) -> Response:
    if not form.validate_on_submit():
        return _page(422, **{name: form})
    try:
        act()
    except DomainError as error:
        field.errors = [sentence_of(error)]
        return _page(409, **{name: form})
    return done(url_for("settlement_terms.index"), gettext("已登记。旧的规定仍保留，按各自的生效时间适用。"))


def _book() -> Response:
    columns = [
        Column(gettext("种类")), Column(gettext("内容"), width=40), Column(gettext("生效于"), "moment"),
        Column(gettext("依据"), width=50),
    ]  # fmt: skip
    rates = [
        [gettext("结算价"), f"{one.coins_units} = {yuan(one.fen_units)}", one.valid_from, one.source]
        for one in settlement.rates(session())
    ]
    fees = [
        [gettext("费用"), f"{one.basis_points}/10000 + {yuan(one.fixed_fen)}", one.valid_from, one.source]
        for one in settlement.fees(session())
    ]
    return send_list(gettext("结算条款"), columns, [*rates, *fees])
