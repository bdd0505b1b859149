"""Pages of the counter, for a merchant's clerks on their phones."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, abort, request, url_for
from flask import session as browser_state

from ledger.kernel.errors import DomainError
from partners import merchants
from puhui.cash_parts import CashPartChanged, CashPartPending, cash_part_of
from puhui.identity.current import name_of
from puhui.problems import problem_of, sentence_of
from puhui.redeeming import (
    books,
    charge_at_counter,
    read_code,
    redeem_at_counter,
    undo_at_counter,
)
from puhui.redeeming.desk import encoded_keys, place_at, place_of
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.counter.forms import REASONS, ChargeForm, ScanForm, UndoForm
from puhui.web.counter.words import refusal_sentence
from puhui.web.merchants.words import deal_of
from rewards import offers, paycodes, till, vouchers
from rewards.vouchers import CodeKind, Scan

blueprint = Blueprint("counter", __name__)
LATEST = 8
REFUSED_ON_CONFIRMING = (
    vouchers.ScanTooOld,
    vouchers.VoucherAlreadyRedeemed,
    vouchers.VoucherCancelled,
    vouchers.VoucherExpired,
    vouchers.VoucherOutsideHours,
)


@blueprint.get("/counter")
@audience(Audience.CLERK)
def show() -> Response:
    """Show the scanner of a counter, or let the clerk choose one where the merchant has several."""
    merchant_id = current_person().organisation_id
    places = merchants.counters_of(session(), merchant_id)
    asked = request.args.get("counter", type=UUID)
    place = next((place for place in places if place.counter.id == asked), places[0] if len(places) == 1 else None)
    if place is None:
        return page("counter/choose.html", places=places)
    return _scanner(place, ScanForm(formdata=None, data={"counter": str(place.counter.id)}), len(places))


@blueprint.post("/counter/scans")
@audience(Audience.CLERK)
def create() -> Response:
    """Read a code of any kind and show what it stands for, or why it is refused."""
    form = ScanForm()
    counter_id = request.form.get("counter", type=UUID)
    if counter_id is None:
        abort(422)
    if not form.validate():
        place = merchants.counter_of(session(), counter_id, merchant_id=current_person().organisation_id)
        return _scanner(place, form, 1, status=422)
    code = form.code.data.strip()
    scan = read_code(
        session(), code=code, books=books(), place=place_at(counter_id), request_id=UUID(form.request_key), now=now()
    ).scan
    if scan.kind == CodeKind.PAY_CODE and scan.refusal is None:
        # The amount is typed on the next page; the code waits in the clerk's own browser and is good for minutes.
        browser_state["pay_code"] = [str(scan.id), code]
    return done(url_for("counter.scan", scan_id=scan.id))


@blueprint.get("/counter/scans/<uuid:scan_id>")
@audience(Audience.CLERK)
def scan(scan_id: UUID) -> Response:
    """Show what to hand over; after confirming, that it was done; or why not."""
    found = vouchers.scan_of(session(), merchant_id=current_person().organisation_id, scan_id=scan_id)
    return _pay(found, ChargeForm(formdata=None)) if found.kind == CodeKind.PAY_CODE else _voucher(found)


@blueprint.post("/counter/scans/<uuid:scan_id>/redemption")
@audience(Audience.CLERK)
def redeem(scan_id: UUID) -> Response:
    """Redeem the voucher of a scan, once. A second tap, or a second clerk, changes nothing."""
    try:
        redeem_at_counter(session(), scan_id=scan_id, place=place_of(None), now=now(), told=request.args.get("cash"))
    except REFUSED_ON_CONFIRMING:
        session().rollback()
    except (CashPartPending, CashPartChanged) as error:
        session().rollback()
        return done(url_for("counter.scan", scan_id=scan_id), sentence_of(error))
    return done(url_for("counter.scan", scan_id=scan_id))


@blueprint.post("/counter/scans/<uuid:scan_id>/charge")
@audience(Audience.CLERK)
def charge(scan_id: UUID) -> Response:
    """Take coins on the pay code that was read, once."""
    form = ChargeForm()
    found = vouchers.scan_of(session(), merchant_id=current_person().organisation_id, scan_id=scan_id)
    if not form.validate_on_submit():
        return _pay(found, form, status=422)
    try:
        charge_at_counter(
            session(), scan_id=scan_id, code=form.code.data, coins_units=form.coins.data, books=books(),
            place=place_of(found.counter_id), now=now(),
        )  # fmt: skip
    except DomainError as error:
        session().rollback()
        form.coins.errors = [sentence_of(error)]
        return _pay(found, form, status=problem_of(error).status)
    browser_state.pop("pay_code", None)
    return done(url_for("counter.scan", scan_id=scan_id))


@blueprint.post("/counter/scans/<uuid:scan_id>/undoing")
@audience(Audience.CLERK)
def undo(scan_id: UUID) -> Response:
    """Undo a redemption or a charge within ten minutes, with a reason."""
    form, target = UndoForm(), url_for("counter.scan", scan_id=scan_id)
    if not form.validate_on_submit():
        abort(422)
    found = vouchers.scan_of(session(), merchant_id=current_person().organisation_id, scan_id=scan_id)
    try:
        undo_at_counter(
            session(), scan_id=scan_id, reason=form.reason.data, place=place_of(found.counter_id), now=now()
        )
    except DomainError as error:
        session().rollback()
        return done(target, sentence_of(error))
    return done(target)


def _scanner(place: merchants.CounterPlace, form: ScanForm, counters: int, *, status: int = 200) -> Response:
    start = vouchers.day_start(now())
    rows = till.till_entries(
        session(),
        merchant_id=place.merchant.id,
        counter_id=place.counter.id,
        since=start,
        until=start + timedelta(days=1),
        limit=LATEST,
    )
    return page(
        "counter/show.html",
        status=status,
        place=place,
        form=form,
        has_others=counters > 1,
        rows=rows,
        offers=offers.offers_by_id(session(), {row.offer_id for row in rows if row.offer_id}),
        rule=vouchers.offline_rule_at(session(), now()),
        keys=encoded_keys(),
    )


def _voucher(found: Scan) -> Response:
    voucher = vouchers.scanned_voucher(session(), found)
    offer = offers.offer_of(session(), voucher.offer_id).offer if voucher else None
    wording = {(offer.id, voucher.offer_version)} if voucher and offer else set()
    text = next(iter(offers.texts_by_version(session(), wording).values()), None)
    is_done = voucher is not None and voucher.redemption_id == found.id
    return page(
        "counter/scan.html",
        fragment="counter/_scan.html",
        scan=found,
        voucher=voucher,
        offer=offer,
        text=text or offer,
        deal=deal_of(offer) if offer else "",
        cash=cash_part_of(session(), voucher, offer, now=now()) if voucher and offer else None,
        is_done=is_done,
        undone=voucher if voucher and is_done and voucher.undone_at else None,
        may_undo=is_done and voucher is not None and vouchers.is_undoable(voucher, now=now()),
        undo=UndoForm(formdata=None),
        reasons=dict(REASONS),
        refusal=_refusal(found, voucher, offer),
    )


def _pay(found: Scan, form: ChargeForm, *, status: int = 200) -> Response:
    charged = _charge(found) if found.refusal is None else None
    waiting = browser_state.get("pay_code", ["", ""])
    if not form.code.data and waiting[0] == str(found.id):
        form.code.data = waiting[1]
    return page(
        "counter/pay.html",
        status=status,
        scan=found,
        charge=charged,
        form=form,
        undo=UndoForm(formdata=None),
        reasons=dict(REASONS),
        may_undo=charged is not None and charged.undone_at is None,
        refusal=_refusal(found, None, None),
    )


def _charge(found: Scan) -> paycodes.Charge | None:
    """Answer what the scan of a pay code led to, if anything."""
    try:
        return paycodes.merchant_charge(session(), merchant_id=found.merchant_id, charge_id=found.id)
    except paycodes.ChargeUnknown:
        return None


def _refusal(found: Scan, voucher: vouchers.Voucher | None, offer: offers.Offer | None) -> str | None:
    """Answer in a sentence why nothing may be handed over now; None where it may, or was."""
    if found.kind == CodeKind.PAY_CODE:
        reason = vouchers.Refusal(found.refusal) if found.refusal else None
    else:
        reason = vouchers.refusal_now(found, voucher, now=now())
        if reason is None and voucher and offer and voucher.redemption_id != found.id:
            reason = None if offers.is_usable(offer, now=now()) else vouchers.Refusal.OUTSIDE_HOURS
    if reason is None:
        return None
    place = merchants.places_by_id(session(), [voucher.counter_id]) if voucher and voucher.counter_id else {}
    return refusal_sentence(
        reason,
        voucher,
        clerk=name_of(session(), voucher.redeemed_by) if voucher and voucher.redeemed_by else None,
        place=next(iter(place.values()), None),
        counter_id=found.counter_id,
        offer=offer,
    )
