"""What a citizen's device keeps for times without a network: the service worker, and copies of open vouchers.

A copy shows the signed static code and the time at which it was made. It is a page of its own, so that what is shown
offline was rendered here and not put together by a script.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import Response, url_for

from partners import merchants
from puhui.cash_parts import cash_part_of
from puhui.codes import voucher_signing_key
from puhui.qr import svg
from puhui.web import Audience, audience, current_person, now, page, session
from puhui.web.assets import STATIC, Assets
from rewards import offers, vouchers
from rewards.vouchers import State
from rewards.vouchers.held import soonest_open
from rewards.vouchers.signature import sign_voucher

COPIES_AT_MOST = 20


@audience(Audience.PUBLIC)
def service_worker() -> Response:
    """Send the service worker, which the browser must ask for anew each time."""
    built = STATIC / Assets().address("sw.js").removeprefix("/static/")
    response = Response(built.read_bytes(), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@audience(Audience.CITIZEN)
def copy(voucher_id: UUID) -> Response:
    """Show a voucher as it looks without a network: the signed static code, as of now."""
    voucher = vouchers.voucher_of(session(), citizen_id=current_person().id, voucher_id=voucher_id)
    is_open = voucher.state(now=now()) is State.OPEN
    offer = offers.offer_of(session(), voucher.offer_id).offer
    code = sign_voucher(voucher, key=voucher_signing_key()) if is_open else None
    return page(
        "vouchers/copy.html",
        voucher=voucher,
        offer=offer,
        cash=cash_part_of(session(), voucher, offer, now=now()),
        merchant=merchants.merchant_of(session(), voucher.merchant_id),
        code=code,
        qr=svg,
        made_at=now(),
    )


@audience(Audience.CITIZEN)
def copies() -> Response:
    """List the open vouchers as they look without a network."""
    rows = soonest_open(session(), current_person().id, now=now(), limit=COPIES_AT_MOST)
    return page(
        "vouchers/copies.html",
        rows=rows,
        offers=offers.offers_by_id(session(), {row.offer_id for row in rows}),
        merchants=merchants.merchants_by_id(session(), {row.merchant_id for row in rows}),
        made_at=now(),
    )


def kept(voucher_ids: Iterable[UUID]) -> str:
    """Answer the addresses of the copies that a device should keep, with blanks between."""
    pages = [url_for("vouchers.copy", voucher_id=voucher_id) for voucher_id in voucher_ids]
    return " ".join([url_for("vouchers.copies"), *pages])
