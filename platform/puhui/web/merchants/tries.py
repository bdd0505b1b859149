"""Failed tries at a merchant's counters, for its manager and for the operator."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from flask_babel import gettext

from partners import merchants
from partners.merchants import Merchant
from puhui.identity.current import name_of
from puhui.sheets import Column
from puhui.web import page, session
from puhui.web.counter.words import reason_word
from puhui.web.merchants.books import send_list
from puhui.web.offers.words import name_of as name_in
from puhui.web.sending import wants_book
from rewards import vouchers

PAGE, BOOK = 30, 5_000


def tries_page(merchant: Merchant, path: str) -> Response:
    """Answer the list of refused scans at the page *path*, the newest first, or the book of it."""
    last = request.args.get("before", type=UUID)
    before = vouchers.scan_of(session(), merchant_id=merchant.id, scan_id=last) if last else None
    rows = vouchers.refused_scans(session(), merchant.id, before=before, limit=BOOK if wants_book() else PAGE + 1)
    places = merchants.places_by_id(session(), {row.counter_id for row in rows})
    if wants_book():
        columns = [
            Column(gettext("时间"), "moment"), Column(gettext("柜台"), width=30), Column(gettext("原因"), width=40),
            Column(gettext("代码"), width=24),
        ]  # fmt: skip
        lines = [
            [row.scanned_at, _where(places.get(row.counter_id)), reason_word(row.refusal or ""), row.refusal]
            for row in rows
        ]
        return send_list(gettext("未通过的扫码"), columns, lines)
    return page(
        "merchants/refused_scans.html",
        merchant=merchant,
        rows=rows[:PAGE],
        places=places,
        clerks={row.clerk_id: name_of(session(), row.clerk_id) for row in rows[:PAGE]},
        reason_word=reason_word,
        book=f"{path}?as=xlsx",
        more=f"{path}?before={rows[PAGE - 1].id}" if len(rows) > PAGE else None,
    )


def _where(place: merchants.CounterPlace | None) -> str:
    return f"{name_in(place.store)} {name_in(place.counter)}" if place else ""
