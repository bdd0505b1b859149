"""``/api/v1/counter``: only for a merchant's clerks, who may learn why a code is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict
from uuid import UUID

from flask_smorest import Blueprint

from partners import merchants
from puhui.api.counter.schemas import CounterListSchema, NewScanSchema, ScanSchema, TakingsSchema
from puhui.codes import code_book
from puhui.web import Audience, audience, current_person, now, session
from rewards import offers, vouchers

blueprint = Blueprint("counter_api", __name__, url_prefix="/api/v1/counter", description="Redeeming vouchers")


class NewScan(TypedDict):
    """What NewScanSchema loads."""

    request_id: UUID
    counter_id: UUID
    code: str


@blueprint.route("/counters", methods=["GET"])
@blueprint.response(200, CounterListSchema)
@audience(Audience.CLERK)
def counters() -> dict[str, Sequence[merchants.CounterPlace]]:
    """Answer the merchant's counters."""
    return {"items": merchants.counters_of(session(), current_person().organisation_id)}


@blueprint.route("/scans", methods=["POST"])
@blueprint.arguments(NewScanSchema)
@blueprint.response(201, ScanSchema)
@audience(Audience.CLERK)
def create(read: NewScan) -> dict[str, object]:
    """Read a code: what to hand over, or why nothing may be.

    Nothing is redeemed yet. Safe to repeat.
    """
    person = current_person()
    place = merchants.counter_of(session(), read["counter_id"], merchant_id=person.organisation_id)
    scan = vouchers.scan_code(
        session(),
        code=read["code"],
        codes=code_book(),
        merchant_id=person.organisation_id,
        counter_id=place.counter.id,
        clerk_id=person.id,
        request_id=read["request_id"],
        now=now(),
    )
    return shown(scan)


@blueprint.route("/scans/<uuid:scan_id>", methods=["GET"])
@blueprint.response(200, ScanSchema)
@audience(Audience.CLERK)
def show(scan_id: UUID) -> dict[str, object]:
    """Answer a scan as it stands now."""
    return shown(vouchers.scan_of(session(), merchant_id=current_person().organisation_id, scan_id=scan_id))


@blueprint.route("/scans/<uuid:scan_id>/redemption", methods=["POST"])
@blueprint.response(201, ScanSchema)
@audience(Audience.CLERK)
def redeem(scan_id: UUID) -> dict[str, object]:
    """Redeem the voucher of an accepted scan, once.

    Safe to repeat: the same scan answers the same redemption; another scan of the same voucher is a conflict.
    """
    person = current_person()
    vouchers.redeem(session(), scan_id=scan_id, merchant_id=person.organisation_id, clerk_id=person.id, now=now())
    return shown(vouchers.scan_of(session(), merchant_id=person.organisation_id, scan_id=scan_id))


@blueprint.route("/takings", methods=["GET"])
@blueprint.response(200, TakingsSchema)
@audience(Audience.CLERK)
def takings() -> dict[str, object]:
    """Answer what the merchant is owed, and today's redemptions."""
    merchant_id = current_person().organisation_id
    owed = merchants.takings_of(session(), merchant_id, now=now())
    return {
        "owed_units": owed.owed_units,
        "open_units": owed.open_units,
        "today": vouchers.redeemed_at_counter(session(), merchant_id=merchant_id, since=vouchers.day_start(now())),
    }


def shown(scan: vouchers.Scan) -> dict[str, object]:
    """Answer what the clerk may see of a scan; another merchant's voucher stays hidden."""
    voucher = vouchers.scanned_voucher(session(), scan)
    offer = offers.offer_of(session(), voucher.offer_id).offer if voucher else None
    return {
        "id": scan.id,
        "scanned_at": scan.scanned_at,
        "refusal": vouchers.refusal_now(scan, voucher, now=now()),
        "offer_id": offer.id if offer else None,
        "title": offer.title if offer else None,
        "title_en": offer.title_en if offer else None,
        "coins_units": voucher.coins_units if voucher else None,
        "redeemed_at": voucher.redeemed_at if voucher else None,
        "counter_id": voucher.counter_id if voucher else None,
        "is_redeemed_by_this": voucher is not None and voucher.redemption_id == scan.id,
    }
