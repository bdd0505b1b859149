"""Pages of the counter, for a merchant's clerks on their phones."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, request, url_for

from partners import merchants
from puhui.codes import code_book
from puhui.identity.current import name_of
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.counter.forms import ScanForm
from puhui.web.counter.words import refusal_sentence
from rewards import offers, vouchers

blueprint = Blueprint("counter", __name__)
REFUSED_ON_CONFIRMING = (
    vouchers.ScanTooOld,
    vouchers.VoucherAlreadyRedeemed,
    vouchers.VoucherCancelled,
    vouchers.VoucherExpired,
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
    """Read a code and show what it stands for, or why it is refused."""
    person, form = current_person(), ScanForm()
    counter_id = request.form.get("counter", type=UUID)
    if counter_id is None:
        abort(422)
    place = merchants.counter_of(session(), counter_id, merchant_id=person.organisation_id)
    if not form.validate():
        return _scanner(place, form, 1, status=422)
    scan = vouchers.scan_code(
        session(),
        code=form.code.data,
        codes=code_book(),
        merchant_id=person.organisation_id,
        counter_id=counter_id,
        clerk_id=person.id,
        request_id=UUID(form.request_key),
        now=now(),
    )
    return done(url_for("counter.scan", scan_id=scan.id))


@blueprint.get("/counter/scans/<uuid:scan_id>")
@audience(Audience.CLERK)
def scan(scan_id: UUID) -> Response:
    """Show what to hand over; after confirming, that it was done; or why not."""
    merchant_id = current_person().organisation_id
    found = vouchers.scan_of(session(), merchant_id=merchant_id, scan_id=scan_id)
    voucher = vouchers.scanned_voucher(session(), found)
    return page(
        "counter/scan.html",
        fragment="counter/_scan.html",
        scan=found,
        voucher=voucher,
        offer=offers.offer_of(session(), voucher.offer_id).offer if voucher else None,
        is_done=voucher is not None and voucher.redemption_id == scan_id,
        refusal=_refusal(found, voucher),
    )


@blueprint.post("/counter/scans/<uuid:scan_id>/redemption")
@audience(Audience.CLERK)
def redeem(scan_id: UUID) -> Response:
    """Redeem the voucher of a scan, once. A second tap, or a second clerk, changes nothing."""
    person = current_person()
    try:
        vouchers.redeem(session(), scan_id=scan_id, merchant_id=person.organisation_id, clerk_id=person.id, now=now())
    except REFUSED_ON_CONFIRMING:
        session().rollback()
    return done(url_for("counter.scan", scan_id=scan_id))


@blueprint.get("/counter/takings")
@audience(Audience.CLERK)
def takings() -> Response:
    """Show what was redeemed today and how many coins the merchant is owed."""
    merchant_id = current_person().organisation_id
    rows = vouchers.redeemed_at_counter(session(), merchant_id=merchant_id, since=vouchers.day_start(now()))
    return page(
        "counter/takings.html",
        takings=merchants.takings_of(session(), merchant_id, now=now()),
        merchant=merchants.merchant_of(session(), merchant_id),
        rows=rows,
        today=vouchers.redeemed_total(session(), merchant_id=merchant_id, since=vouchers.day_start(now())),
        offers=offers.offers_by_id(session(), {row.offer_id for row in rows}),
        places=merchants.places_by_id(session(), {row.counter_id for row in rows if row.counter_id}),
    )


def _scanner(place: merchants.CounterPlace, form: ScanForm, counters: int, *, status: int = 200) -> Response:
    rows = vouchers.redeemed_at_counter(
        session(), merchant_id=place.merchant.id, counter_id=place.counter.id, since=vouchers.day_start(now()), limit=20
    )
    return page(
        "counter/show.html",
        status=status,
        place=place,
        form=form,
        has_others=counters > 1,
        rows=rows,
        offers=offers.offers_by_id(session(), {row.offer_id for row in rows}),
    )


def _refusal(scan: vouchers.Scan, voucher: vouchers.Voucher | None) -> str | None:
    """Answer in a sentence why nothing may be handed over now; None where it may, or was."""
    reason = vouchers.refusal_now(scan, voucher, now=now())
    if reason is None:
        return None
    place = merchants.places_by_id(session(), [voucher.counter_id]) if voucher and voucher.counter_id else {}
    return refusal_sentence(
        reason,
        voucher,
        clerk=name_of(session(), voucher.redeemed_by) if voucher and voucher.redeemed_by else None,
        place=next(iter(place.values()), None),
        counter_id=scan.counter_id,
    )
