"""Pages of pay codes, for the citizen who shows them."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext

from partners import merchants
from puhui.codes import pay_code_book
from puhui.problems import sentence_of
from puhui.qr import svg
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.forms import ActionForm
from rewards import coins, families, paycodes, vouchers
from rewards.limits import Name, limits_at

blueprint = Blueprint("paycodes", __name__)
POLL_SECONDS = 2
"""How often the page asks whether it was charged, so that the citizen sees the result before leaving the counter."""


@blueprint.get("/pay-codes")
@audience(Audience.CITIZEN)
def index() -> Response:
    """Offer to open a pay code, on the citizen's coins or the family's; say the limits before."""
    citizen = current_person().id
    limits = limits_at(session(), now())
    today = paycodes.charged_today(session(), citizen, now=now())
    return page(
        "paycodes/index.html",
        form=ActionForm(),
        coins_units=coins.coins_of(session(), citizen, now=now()).available,
        family=_family(citizen),
        open_code=paycodes.open_pay_code_of(session(), citizen, now=now()),
        most=limits[Name.CHARGE],
        left_today=max(0, limits[Name.CHARGE_DAY].units - today),
        day_most=limits[Name.CHARGE_DAY],
        minutes=limits[Name.PAY_CODE_SECONDS].units // 60,
        undo_minutes=limits[Name.UNDO_SECONDS].units // 60,
    )


@blueprint.post("/pay-codes")
@audience(Audience.CITIZEN)
def create() -> Response:
    """Open a pay code and show it; the one that was open is closed."""
    form = ActionForm()
    if not form.validate():
        abort(422)
    try:
        opened = paycodes.open_pay_code(
            session(),
            citizen_id=current_person().id,
            family_id=request.form.get("family", type=UUID),
            request_id=UUID(form.request_key),
            now=now(),
        )
    except (families.FamilySpendingRefused, families.FamilyUnknown) as error:
        session().rollback()
        return done(url_for("paycodes.index"), sentence_of(error))
    return done(url_for("paycodes.show", pay_code_id=opened.id))


@blueprint.get("/pay-codes/<uuid:pay_code_id>")
@audience(Audience.CITIZEN)
def show(pay_code_id: UUID) -> Response:
    """Show a pay code while it can be charged, and what was charged as soon as it was."""
    pay_code = paycodes.pay_code_of(session(), citizen_id=current_person().id, pay_code_id=pay_code_id)
    charge = paycodes.charge_on(session(), pay_code)
    codes = pay_code_book()
    return page(
        "paycodes/show.html",
        fragment="paycodes/_code.html",
        pay_code=pay_code,
        charge=charge,
        merchant=merchants.merchant_of(session(), charge.merchant_id) if charge else None,
        is_open=pay_code.is_open(now=now()),
        available=coins.coins_of(session(), pay_code.payer_id, now=now()).available,
        code=codes.code(pay_code.number, at=now()),
        qr=svg,
        grouped=vouchers.grouped,
        step_seconds=codes.step_seconds,
        poll_seconds=POLL_SECONDS,
        form=ActionForm(),
    )


@blueprint.post("/pay-codes/<uuid:pay_code_id>/closing")
@audience(Audience.CITIZEN)
def close(pay_code_id: UUID) -> Response:
    """Close a pay code before its time."""
    paycodes.close_pay_code(session(), citizen_id=current_person().id, pay_code_id=pay_code_id, now=now())
    return done(url_for("paycodes.index"), gettext("付款码已关闭。"))


@blueprint.get("/charges/<uuid:charge_id>")
@audience(Audience.CITIZEN)
def receipt(charge_id: UUID) -> Response:
    """Show what was paid, where and when, and whether it was given back."""
    charge = paycodes.charge_of(session(), citizen_id=current_person().id, charge_id=charge_id)
    return page(
        "paycodes/receipt.html",
        charge=charge,
        merchant=merchants.merchant_of(session(), charge.merchant_id),
        place=merchants.places_by_id(session(), [charge.counter_id]).get(charge.counter_id),
    )


def _family(citizen: UUID) -> families.Family | None:
    """Answer the family whose coins the citizen may spend, or None."""
    family = families.family_of(session(), citizen)
    if family is None or not families.membership_of(session(), family_id=family.id, person_id=citizen).may_spend:
        return None
    return family
