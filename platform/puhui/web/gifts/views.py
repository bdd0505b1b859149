"""Pages of gifts."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

import ledger
from ledger.kernel.errors import DomainError
from puhui.problems import sentence_of
from puhui.sheets import Column, Sheet, write_book
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.gifts.forms import GiftForm
from puhui.web.gifts.words import ASSETS, KINDS, recipient_name
from puhui.web.sending import send_book, wants_book
from rewards import coins, gifts, points

blueprint = Blueprint("gifts", __name__)
PAGE = 20
BOOK_ROWS = 5000
SAID_ON_THE_FORM = (
    gifts.RecipientClosed,
    ledger.InsufficientBalance,
    ledger.AccountUnknown,
    ledger.UnitsInvalid,
)


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"recipient_name": recipient_name, "recipient_kinds": KINDS, "gift_assets": ASSETS}


@blueprint.get("/recipients")
@audience(Audience.CITIZEN)
def recipients() -> Response:
    """List who takes gifts now, and what each was given."""
    rows = gifts.recipients_open(session(), after=request.args.get("after", type=UUID), limit=PAGE + 1)
    shown = rows[:PAGE]
    return page(
        "gifts/recipients.html",
        rows=shown,
        given=gifts.given_to(session(), [row.id for row in shown]),
        more=url_for("gifts.recipients", after=shown[-1].id) if len(rows) > PAGE else None,
    )


@blueprint.get("/recipients/<uuid:recipient_id>")
@audience(Audience.CITIZEN)
def recipient(recipient_id: UUID) -> Response:
    """Show a recipient and ask how much to give."""
    return _recipient(gifts.recipient_of(session(), recipient_id), GiftForm(formdata=None))


@blueprint.post("/recipients/<uuid:recipient_id>/gifts")
@audience(Audience.CITIZEN)
def create(recipient_id: UUID) -> Response:
    """Give, and show the receipt; where that cannot be, say so beside the amount."""
    form, found = GiftForm(), gifts.recipient_of(session(), recipient_id)
    if not form.validate():
        return _recipient(found, form, status=422)
    try:
        made = gifts.give(
            session(),
            citizen_id=current_person().id,
            recipient_id=recipient_id,
            asset=form.asset.data,
            units=form.units.data,
            request_id=UUID(form.request_key),
            now=now(),
        )
    except SAID_ON_THE_FORM as error:
        return _refused(error, recipient_id)
    return done(url_for("gifts.receipt", gift_id=made.id), gettext("谢谢您的捐赠。"))


@blueprint.get("/gifts")
@audience(Audience.CITIZEN)
def index() -> Response:
    """List what the citizen has given."""
    citizen = current_person().id
    if wants_book():
        return _book(gifts.gifts_of(session(), citizen, limit=BOOK_ROWS))
    rows = gifts.gifts_of(session(), citizen, after=request.args.get("after", type=UUID), limit=PAGE + 1)
    shown = rows[:PAGE]
    return page(
        "gifts/index.html",
        rows=shown,
        recipients=gifts.recipients_by_id(session(), {row.recipient_id for row in shown}),
        more=url_for("gifts.index", after=shown[-1].id) if len(rows) > PAGE else None,
    )


@blueprint.get("/gifts/<uuid:gift_id>")
@audience(Audience.CITIZEN)
def receipt(gift_id: UUID) -> Response:
    """Show one gift."""
    made = gifts.gift_of(session(), citizen_id=current_person().id, gift_id=gift_id)
    return page("gifts/receipt.html", gift=made, recipient=gifts.recipient_of(session(), made.recipient_id))


def _recipient(found: gifts.Recipient, form: GiftForm, *, status: int = 200) -> Response:
    citizen = current_person().id
    return page(
        "gifts/recipient.html",
        status=status,
        recipient=found,
        given=gifts.given_to(session(), [found.id])[found.id],
        coins_units=coins.coins_of(session(), citizen, now=now()).available,
        points_units=points.points_of(session(), citizen, now=now()),
        form=form,
    )


def _refused(error: DomainError, recipient_id: UUID) -> Response:
    """Show the form again with the reason; nothing of what was begun stays."""
    session().rollback()
    form = GiftForm()
    form.units.errors = [sentence_of(error)]
    return _recipient(gifts.recipient_of(session(), recipient_id), form, status=409)


def _book(made: Sequence[gifts.Gift]) -> Response:
    names = gifts.recipients_by_id(session(), {row.recipient_id for row in made})
    columns = [
        Column(gettext("时间"), "moment"), Column(gettext("捐给"), width=28), Column(gettext("捐什么")),
        Column(gettext("数量"), "whole"), Column(gettext("流水号"), width=24), Column(gettext("凭据号"), width=40),
    ]  # fmt: skip
    lines = [
        [
            row.given_at, recipient_name(names[row.recipient_id]), str(ASSETS[row.asset]), row.units,
            str(row.transfer_id), str(row.id),
        ]
        for row in made
    ]  # fmt: skip
    return send_book(write_book([Sheet(gettext("我的捐赠"), columns, lines)]), gettext("我的捐赠"))
