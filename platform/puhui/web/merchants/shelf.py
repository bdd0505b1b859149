"""The manager's offers: drafted, previewed, published, paused, ended; stock and wording changed with a trace."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from ledger.kernel.errors import DomainError
from partners import merchants
from puhui.problems import problem_of, sentence_of
from puhui.sheets import Column
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.forms import ActionForm
from puhui.web.merchants.books import send_list
from puhui.web.merchants.forms import OfferForm, ScheduleForm, StockForm, TextsForm
from puhui.web.merchants.plans import PriceUnclear, data_of, end_of, last_day_of, plan_of, texts_of
from puhui.web.merchants.words import OFFER_STATES
from puhui.web.sending import wants_book
from puhui.web.trail import record
from rewards import offers
from rewards.offers import Offer, OfferState

blueprint = Blueprint("merchant_offers", __name__)
PAGE, BOOK = 20, 2_000
STEPS: dict[str, tuple[Callable[..., Offer], str]] = {
    "publication": (offers.publish_offer, "offer.published"),
    "pause": (offers.pause_offer, "offer.paused"),
    "resumption": (offers.resume_offer, "offer.resumed"),
    "ending": (offers.end_offer, "offer.ended"),
}


@blueprint.get("/merchant/offers")
@audience(Audience.MERCHANT_MANAGER)
def index() -> Response:
    """List the merchant's offers in every state."""
    after, merchant_id = request.args.get("after", type=UUID), current_person().organisation_id
    rows = offers.shelf_of(session(), merchant_id, after=after, limit=BOOK if wants_book() else PAGE + 1)
    if wants_book():
        columns = [
            Column(gettext("名称"), width=30), Column(gettext("状态")), Column(gettext("碳币"), "whole"),
            Column(gettext("库存"), "whole"), Column(gettext("剩余"), "whole"), Column(gettext("兑换截止"), "moment"),
        ]  # fmt: skip
        lines = [
            [row.offer.title, str(OFFER_STATES[row.offer.state(now=now())]), row.offer.coins_units, row.stock_units,
             row.left_units, row.offer.valid_until]
            for row in rows
        ]  # fmt: skip
        return send_list(gettext("兑换品"), columns, lines)
    return page(
        "merchants/offers.html",
        rows=rows[:PAGE],
        states=OFFER_STATES,
        state_of=lambda offer: offer.state(now=now()),
        more=url_for("merchant_offers.index", after=rows[PAGE - 1].offer.id) if len(rows) > PAGE else None,
    )


@blueprint.get("/merchant/offers/draft")
@audience(Audience.MERCHANT_MANAGER)
def draft() -> Response:
    """Ask what a new offer is."""
    return page("merchants/offer_form.html", form=OfferForm(formdata=None, data=data_of(None, now=now())), row=None)


@blueprint.post("/merchant/offers")
@audience(Audience.MERCHANT_MANAGER)
def create() -> Response:
    """Keep a draft; nobody sees it yet."""
    form, merchant_id = OfferForm(), current_person().organisation_id
    if not form.validate_on_submit():
        return page("merchants/offer_form.html", form=form, row=None, status=422)
    county = merchants.merchant_of(session(), merchant_id).county_code
    try:
        offer = offers.draft_offer(
            session(), offer_id=UUID(form.request_key), merchant_id=merchant_id, plan=plan_of(form, county),
            stock_units=form.stock.data,
        )  # fmt: skip
    except (DomainError, PriceUnclear) as error:
        return _wrong(form, None, error)
    record("offer.drafted", offer.id)
    return done(url_for("merchant_offers.show", offer_id=offer.id), gettext("草稿已保存，预览无误后再上架。"))


@blueprint.get("/merchant/offers/<uuid:offer_id>")
@audience(Audience.MERCHANT_MANAGER)
def show(offer_id: UUID) -> Response:
    """Show an offer as the citizen sees it, with what can be done to it now."""
    return _show(_row(offer_id))


@blueprint.get("/merchant/offers/<uuid:offer_id>/draft")
@audience(Audience.MERCHANT_MANAGER)
def draft_of(offer_id: UUID) -> Response:
    """Ask what is to change of a draft."""
    row = _row(offer_id)
    form = OfferForm(formdata=None, data={**data_of(row.offer, now=now()), "stock": row.stock_units})
    return page("merchants/offer_form.html", form=form, row=row)


@blueprint.post("/merchant/offers/<uuid:offer_id>/draft")
@audience(Audience.MERCHANT_MANAGER)
def revise(offer_id: UUID) -> Response:
    """Change a draft."""
    row, form = _row(offer_id), OfferForm()
    if not form.validate_on_submit():
        return page("merchants/offer_form.html", form=form, row=row, status=422)
    try:
        plan = plan_of(form, row.offer.county_code)
        offers.revise_draft(
            session(), offer_id=offer_id, merchant_id=current_person().organisation_id, plan=plan, now=now()
        )
    except (DomainError, PriceUnclear) as error:
        session().rollback()
        return _wrong(form, _row(offer_id), error)
    record("offer.revised", offer_id)
    return done(url_for("merchant_offers.show", offer_id=offer_id), gettext("已保存。"))


@blueprint.post("/merchant/offers/<uuid:offer_id>/<any(publication,pause,resumption,ending):step>")
@audience(Audience.MERCHANT_MANAGER)
def step(offer_id: UUID, step: str) -> Response:
    """Publish, pause, resume or end an offer."""
    work, action = STEPS[step]
    target = url_for("merchant_offers.show", offer_id=offer_id)
    try:
        work(session(), offer_id=offer_id, merchant_id=current_person().organisation_id, now=now())
    except offers.OfferStateUnfit as error:
        return done(target, sentence_of(error))
    record(action, offer_id)
    return done(target, gettext("已更新。"))


@blueprint.post("/merchant/offers/<uuid:offer_id>/stock-changes")
@audience(Audience.MERCHANT_MANAGER)
def change_stock(offer_id: UUID) -> Response:
    """Add stock or take it out, with the reason."""
    form = StockForm()
    if not form.validate_on_submit():
        return _show(_row(offer_id), stock=form, status=422)
    try:
        offers.change_stock(
            session(), offer_id=offer_id, merchant_id=current_person().organisation_id, units=form.units.data,
            reason=form.reason.data, changed_by=current_person().id, request_id=UUID(form.request_key), now=now(),
        )  # fmt: skip
    except DomainError as error:
        form.units.errors = [sentence_of(error)]
        return _show(_row(offer_id), stock=form, status=problem_of(error).status)
    record("offer.stock_changed", offer_id, units=form.units.data, reason=form.reason.data)
    return done(url_for("merchant_offers.show", offer_id=offer_id), gettext("库存已更新。"))


@blueprint.post("/merchant/offers/<uuid:offer_id>/texts")
@audience(Audience.MERCHANT_MANAGER)
def reword(offer_id: UUID) -> Response:
    """Give an offer another wording; vouchers that are out keep theirs."""
    form = TextsForm()
    if not form.validate_on_submit():
        return _show(_row(offer_id), texts=form, status=422)
    offer = offers.reword_offer(
        session(), offer_id=offer_id, merchant_id=current_person().organisation_id, texts=texts_of(form)
    )
    record("offer.reworded", offer_id, version=offer.text_version)
    return done(url_for("merchant_offers.show", offer_id=offer_id), gettext("文字已更新，已兑出的券仍按原文字。"))


@blueprint.post("/merchant/offers/<uuid:offer_id>/schedule")
@audience(Audience.MERCHANT_MANAGER)
def reschedule(offer_id: UUID) -> Response:
    """Change until when an offer can be taken, and how many a person may take."""
    form = ScheduleForm()
    if not form.validate_on_submit():
        return _show(_row(offer_id), schedule=form, status=422)
    try:
        offers.reschedule_offer(
            session(), offer_id=offer_id, merchant_id=current_person().organisation_id,
            valid_until=end_of(form.last_day.data), per_person=form.per_person.data, now=now(),
        )  # fmt: skip
    except DomainError as error:
        session().rollback()
        form.last_day.errors = [sentence_of(error)]
        return _show(_row(offer_id), schedule=form, status=problem_of(error).status)
    record("offer.rescheduled", offer_id, last_day=form.last_day.data.isoformat(), per_person=form.per_person.data)
    return done(url_for("merchant_offers.show", offer_id=offer_id), gettext("已更新。"))


def _row(offer_id: UUID) -> offers.OfferRow:
    row = offers.offer_of(session(), offer_id)
    if row.offer.merchant_id != current_person().organisation_id:
        raise offers.OfferUnknown(offer=offer_id)
    return row


def _show(
    row: offers.OfferRow,
    *,
    stock: StockForm | None = None,
    texts: TextsForm | None = None,
    schedule: ScheduleForm | None = None,
    status: int = 200,
) -> Response:
    offer = row.offer
    facts = {"last_day": last_day_of(offer), "per_person": offer.per_person}
    return page(
        "merchants/offer.html",
        row=row,
        offer=offer,
        state=offer.state(now=now()),
        State=OfferState,
        states=OFFER_STATES,
        merchant=merchants.merchant_of(session(), offer.merchant_id),
        changes=offers.stock_changes_of(session(), offer.id, limit=10),
        stock=stock or StockForm(formdata=None),
        texts=texts or TextsForm(formdata=None, obj=offer),
        schedule=schedule or ScheduleForm(formdata=None, data=facts),
        form=ActionForm(formdata=None),
        status=status,
    )


def _wrong(form: OfferForm, row: offers.OfferRow | None, error: DomainError | PriceUnclear) -> Response:
    if isinstance(error, PriceUnclear):
        form[error.field].errors = [gettext("请写成元，例如 9.90。")]
        return page("merchants/offer_form.html", form=form, row=row, status=422)
    fields = error.facts.get("fields")
    known = [name for name in fields if name in form] if isinstance(fields, list) else []
    for name in known or ["title"]:
        form[name].errors = [sentence_of(error)]
    return page("merchants/offer_form.html", form=form, row=row, status=problem_of(error).status)
