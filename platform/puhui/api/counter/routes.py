"""``/api/v1/counter``: only for a merchant's clerks, who may learn why a code is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypedDict
from uuid import UUID

from flask_smorest import Blueprint

from partners import merchants
from puhui.api.counter.schemas import (
    ChargeSchema,
    CounterListSchema,
    CounterQuerySchema,
    NewChargeSchema,
    NewScanSchema,
    OfflineAnswerSchema,
    OfflineBatchSchema,
    OfflineFactsSchema,
    ScanSchema,
    TakingsSchema,
    UndoSchema,
)
from puhui.cash_parts import cash_part_of
from puhui.redeeming import (
    books,
    charge_at_counter,
    read_code,
    redeem_at_counter,
    take_in_queue,
    undo_at_counter,
)
from puhui.redeeming.desk import encoded_keys, place_at, place_of
from puhui.web import Audience, audience, current_person, now, session
from rewards import offers, paycodes, till, vouchers
from rewards.vouchers import CodeKind, QueuedScan
from rewards.vouchers.counter import Found

blueprint = Blueprint("counter_api", __name__, url_prefix="/api/v1/counter", description="Redeeming vouchers")


class NewScan(TypedDict):
    """What NewScanSchema loads."""

    request_id: UUID
    counter_id: UUID
    code: str


class NewCharge(TypedDict):
    """What NewChargeSchema loads."""

    code: str
    coins_units: int


class QueuedItem(TypedDict):
    """What OfflineItemSchema loads."""

    nonce: UUID
    code: str
    scanned_at: datetime
    clerk_id: UUID


class OfflineBatch(TypedDict):
    """What OfflineBatchSchema loads."""

    counter_id: UUID
    items: list[QueuedItem]


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

    A voucher's code, its signed static code, or a pay code. Nothing is redeemed yet. Safe to repeat.
    """
    found = read_code(
        session(), code=read["code"], books=books(), place=place_at(read["counter_id"]),
        request_id=read["request_id"], now=now(),
    )  # fmt: skip
    return shown(found)


@blueprint.route("/scans/<uuid:scan_id>", methods=["GET"])
@blueprint.response(200, ScanSchema)
@audience(Audience.CLERK)
def show(scan_id: UUID) -> dict[str, object]:
    """Answer a scan as it stands now."""
    return shown(Found(vouchers.scan_of(session(), merchant_id=current_person().organisation_id, scan_id=scan_id)))


@blueprint.route("/scans/<uuid:scan_id>/redemption", methods=["POST"])
@blueprint.response(201, ScanSchema)
@audience(Audience.CLERK)
def redeem(scan_id: UUID) -> dict[str, object]:
    """Redeem the voucher of an accepted scan, once.

    Safe to repeat: the same scan answers the same redemption; another scan of the same voucher is a conflict.
    So is a cash part whose payment is under way. ``is_cash_paid`` says whether to take ``cash_fen`` at the till.
    """
    return shown(redeem_at_counter(session(), scan_id=scan_id, place=place_of(None), now=now()))


@blueprint.route("/scans/<uuid:scan_id>/charge", methods=["POST"])
@blueprint.arguments(NewChargeSchema)
@blueprint.response(201, ChargeSchema)
@audience(Audience.CLERK)
def charge(asked: NewCharge, scan_id: UUID) -> paycodes.Charge:
    """Take coins on the pay code that the scan read, once. Safe to repeat with the same amount."""
    scan = vouchers.scan_of(session(), merchant_id=current_person().organisation_id, scan_id=scan_id)
    return charge_at_counter(
        session(), scan_id=scan_id, code=asked["code"], coins_units=asked["coins_units"], books=books(),
        place=place_of(scan.counter_id), now=now(),
    )  # fmt: skip


@blueprint.route("/scans/<uuid:scan_id>/undoing", methods=["POST"])
@blueprint.arguments(UndoSchema)
@blueprint.response(200, ScanSchema)
@audience(Audience.CLERK)
def undo(asked: dict[str, str], scan_id: UUID) -> dict[str, object]:
    """Undo a redemption or a charge within ten minutes: coins and stock go back. Safe to repeat."""
    scan = vouchers.scan_of(session(), merchant_id=current_person().organisation_id, scan_id=scan_id)
    undo_at_counter(session(), scan_id=scan_id, reason=asked["reason"], place=place_of(scan.counter_id), now=now())
    return shown(Found(scan))


@blueprint.route("/offline-facts", methods=["GET"])
@blueprint.arguments(CounterQuerySchema, location="query")
@blueprint.response(200, OfflineFactsSchema)
@audience(Audience.CLERK)
def offline_facts(asked: dict[str, UUID]) -> dict[str, object]:
    """Answer what a counter needs to go on without a network: keys, caps, offers, vouchers that are over already."""
    merchant_id = current_person().organisation_id
    place = merchants.counter_of(session(), asked["counter_id"], merchant_id=merchant_id)
    return {
        "offers": [row.offer for row in offers.shelf_of(session(), merchant_id, limit=200) if row.offer.published_at],
        "used_units": vouchers.offline_units(
            session(), merchant_id=merchant_id, counter_id=place.counter.id, day=now()
        ),
        "at": now(),
        "rule": vouchers.offline_rule_at(session(), now()),
        "keys": encoded_keys(),
        "revoked": vouchers.revoked_ids(session(), merchant_id=merchant_id, now=now()),
    }


@blueprint.route("/offline-scans", methods=["POST"])
@blueprint.arguments(OfflineBatchSchema)
@blueprint.response(200, OfflineAnswerSchema)
@audience(Audience.CLERK)
def upload(batch: OfflineBatch) -> dict[str, object]:
    """Take in what a counter handed over without a network; each item is answered by itself.

    Safe to repeat: a nonce counts once and answers the same outcome again.
    """
    taken = take_in_queue(
        session(), items=[QueuedScan(**item) for item in batch["items"]], verify=books().verify,
        place=place_at(batch["counter_id"]), now=now(),
    )  # fmt: skip
    return {"items": taken}


@blueprint.route("/takings", methods=["GET"])
@blueprint.response(200, TakingsSchema)
@audience(Audience.CLERK)
def takings() -> dict[str, object]:
    """Answer what the merchant is owed, and today's redemptions and charges."""
    merchant_id = current_person().organisation_id
    owed = merchants.takings_of(session(), merchant_id, now=now())
    start = vouchers.day_start(now())
    return {
        "owed_units": owed.owed_units,
        "open_units": owed.open_units,
        "today": till.till_entries(
            session(), merchant_id=merchant_id, since=start, until=start + timedelta(days=1), limit=100
        ),
    }


def shown(found: Found) -> dict[str, object]:
    """Answer what the clerk may see of a scan; another merchant's voucher stays hidden."""
    scan = found.scan
    voucher = found.voucher or vouchers.scanned_voucher(session(), scan)
    offer = found.offer or (session().get(offers.Offer, voucher.offer_id) if voucher else None)
    refusal = scan.refusal if scan.kind == CodeKind.PAY_CODE else vouchers.refusal_now(scan, voucher, now=now())
    cash = cash_part_of(session(), voucher, offer, now=now()) if voucher and offer else None
    return {
        "id": scan.id,
        "kind": scan.kind,
        "scanned_at": scan.scanned_at,
        "refusal": refusal,
        "offer_id": offer.id if offer else None,
        "title": offer.title if offer else None,
        "title_en": offer.title_en if offer else None,
        "coins_units": voucher.coins_units if voucher else None,
        "cash_fen": cash.amount_fen if cash else None,
        "is_cash_paid": cash.is_paid if cash else None,
        "redeemed_at": voucher.redeemed_at if voucher else None,
        "undone_at": voucher.undone_at if voucher else None,
        "counter_id": voucher.counter_id if voucher else None,
        "is_redeemed_by_this": voucher is not None and voucher.redemption_id == scan.id,
    }
