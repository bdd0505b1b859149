"""A merchant's day: what was redeemed and charged at its counters, with a running sum."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, request, url_for
from flask_babel import gettext

from partners import merchants
from puhui.identity.current import name_of
from puhui.sheets import Column
from puhui.web import Audience, audience, current_person, now, page, session
from puhui.web.counter.forms import REASONS
from puhui.web.counter.views import blueprint
from puhui.web.merchants.books import send_list
from puhui.web.offers.words import name_of as name_in
from puhui.web.offers.words import title_of
from puhui.web.sending import wants_book
from rewards import offers, till
from rewards.till import TillEntry

__all__ = ["blueprint"]
CITY_TIME = ZoneInfo("Asia/Shanghai")
PAGE, BOOK = 30, 10_000


@blueprint.get("/counter/takings")
@audience(Audience.CLERK)
def takings() -> Response:
    """Show a day's acts at the counters and how many coins the merchant is owed."""
    merchant_id = current_person().organisation_id
    day = _day()
    start = datetime.combine(day, time.min, CITY_TIME)
    counter = request.args.get("counter", type=UUID)
    span = {"since": start, "until": start + timedelta(days=1)}
    rows = till.till_entries(
        session(), merchant_id=merchant_id, counter_id=counter, before=_cursor(),
        limit=BOOK if wants_book() else PAGE + 1, **span,
    )  # fmt: skip
    known = offers.offers_by_id(session(), {row.offer_id for row in rows if row.offer_id})
    places = merchants.places_by_id(session(), {row.counter_id for row in rows})
    if wants_book():
        return _book(day, rows, known, places)
    return page(
        "counter/takings.html",
        takings=merchants.takings_of(session(), merchant_id, now=now()),
        merchant=merchants.merchant_of(session(), merchant_id),
        rows=rows[:PAGE],
        total=till.till_total(session(), merchant_id=merchant_id, counter_id=counter, **span),
        offers=known,
        places=places,
        day=day,
        today=now().astimezone(CITY_TIME).date(),
        one_day=timedelta(days=1),
        counter=counter,
        counters=merchants.counters_of(session(), merchant_id),
        more=_next(rows[PAGE - 1], day, counter) if len(rows) > PAGE else None,
    )


def _day() -> date:
    """Read the day asked for; an unreadable one is today."""
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return now().astimezone(CITY_TIME).date()


def _cursor() -> tuple[datetime, UUID] | None:
    at, _, last = request.args.get("before", "").partition("/")
    try:
        return datetime.fromisoformat(at), UUID(last)
    except ValueError:
        return None


def _next(last: TillEntry, day: date, counter: UUID | None) -> str:
    return url_for("counter.takings", day=day.isoformat(), counter=counter, before=f"{last.at.isoformat()}/{last.id}")


def _book(
    day: date,
    rows: list[TillEntry],
    known: dict[UUID, offers.Offer],
    places: dict[UUID, merchants.CounterPlace],
) -> Response:
    columns = [
        Column(gettext("时间"), "moment"), Column(gettext("内容"), width=30), Column(gettext("门店")),
        Column(gettext("柜台")), Column(gettext("店员")), Column(gettext("碳币"), "whole"),
        Column(gettext("累计碳币"), "whole"), Column(gettext("撤销时间"), "moment"), Column(gettext("撤销原因")),
        Column(gettext("编号"), width=40),
    ]  # fmt: skip
    clerks = {clerk: name_of(session(), clerk) or "" for clerk in {row.clerk_id for row in rows}}
    reasons = dict(REASONS)
    lines = []
    for row in reversed(rows):
        place = places.get(row.counter_id)
        lines.append(
            [
                row.at, title_of(known[row.offer_id]) if row.offer_id in known else gettext("付款码收款"),
                name_in(place.store) if place else "", name_in(place.counter) if place else "", clerks[row.clerk_id],
                row.coins_units, row.running_units, row.undone_at,
                str(reasons.get(row.undo_reason or "", row.undo_reason or "")), str(row.id),
            ]
        )  # fmt: skip
    return send_list(gettext("核销 %(day)s", day=day.isoformat()), columns, lines)
