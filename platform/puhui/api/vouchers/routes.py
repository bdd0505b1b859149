"""``/api/v1/vouchers``."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from flask_smorest import Blueprint

from puhui.api.vouchers.schemas import NewVoucherSchema, VoucherListSchema, VoucherSchema, VouchersQuerySchema
from puhui.cash_parts import cancel_voucher
from puhui.codes import code_book, voucher_signing_key
from puhui.web import Audience, audience, current_person, now, session
from rewards import vouchers
from rewards.vouchers import State, Voucher
from rewards.vouchers.signature import sign_voucher

blueprint = Blueprint("vouchers_api", __name__, url_prefix="/api/v1", description="Offers that were taken")


class NewVoucher(TypedDict):
    """What NewVoucherSchema loads."""

    request_id: UUID
    offer_id: UUID
    family_id: UUID | None


class VouchersQuery(TypedDict):
    """What VouchersQuerySchema loads."""

    state: State | None
    after: UUID | None
    limit: int


class ShownVoucher(TypedDict):
    """What VoucherSchema dumps."""

    id: UUID
    offer_id: UUID
    merchant_id: UUID
    state: State
    coins_units: int
    taken_at: datetime
    expires_at: datetime
    redeemed_at: datetime | None
    cancelled_at: datetime | None
    family_id: UUID | None
    code: str | None
    static_code: str | None
    code_changes_in: int | None


@blueprint.route("/vouchers", methods=["GET"])
@blueprint.arguments(VouchersQuerySchema, location="query")
@blueprint.response(200, VoucherListSchema)
@audience(Audience.CITIZEN)
def index(query: VouchersQuery) -> dict[str, list[ShownVoucher]]:
    """Answer the citizen's vouchers, the newest first."""
    found = vouchers.vouchers_of(
        session(), current_person().id, state=query["state"], now=now(), after=query["after"], limit=query["limit"]
    )
    return {"items": [shown(voucher) for voucher in found]}


@blueprint.route("/vouchers", methods=["POST"])
@blueprint.arguments(NewVoucherSchema)
@blueprint.response(201, VoucherSchema)
@audience(Audience.CITIZEN)
def create(wanted: NewVoucher) -> ShownVoucher:
    """Take an offer: its coins are held, one of the stock is reserved.

    Safe to repeat: the same request id answers the same voucher.
    """
    return shown(
        vouchers.take_offer(
            session(),
            offer_id=wanted["offer_id"],
            citizen_id=current_person().id,
            request_id=wanted["request_id"],
            now=now(),
            family_id=wanted["family_id"],
        )
    )


@blueprint.route("/vouchers/<uuid:voucher_id>", methods=["GET"])
@blueprint.response(200, VoucherSchema)
@audience(Audience.CITIZEN)
def show(voucher_id: UUID) -> ShownVoucher:
    """Answer one voucher with the code to show now."""
    return shown(vouchers.voucher_of(session(), citizen_id=current_person().id, voucher_id=voucher_id))


@blueprint.route("/vouchers/<uuid:voucher_id>/cancellation", methods=["POST"])
@blueprint.response(201, VoucherSchema)
@audience(Audience.CITIZEN)
def cancel(voucher_id: UUID) -> ShownVoucher:
    """Give an unused voucher back.

    Its coins are free again at once; cash that was paid online goes back by itself. Safe to repeat.
    """
    return shown(cancel_voucher(session(), voucher_id=voucher_id, citizen_id=current_person().id, now=now()))


def shown(voucher: Voucher) -> ShownVoucher:
    """Answer what the citizen may see; the code only while it is worth something."""
    state, codes = voucher.state(now=now()), code_book()
    is_open = state is State.OPEN
    return ShownVoucher(
        id=voucher.id,
        offer_id=voucher.offer_id,
        merchant_id=voucher.merchant_id,
        state=state,
        coins_units=voucher.coins_units,
        taken_at=voucher.taken_at,
        expires_at=voucher.expires_at,
        redeemed_at=voucher.redeemed_at,
        cancelled_at=voucher.cancelled_at,
        family_id=voucher.family_id,
        static_code=sign_voucher(voucher, key=voucher_signing_key()) if is_open else None,
        code=codes.code(voucher.number, at=now()) if is_open else None,
        code_changes_in=codes.seconds_left(at=now()) if is_open else None,
    )
