"""The history of a citizen's coins: a line per transfer, each with its receipt."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import format_datetime, get_locale, gettext

import ledger
from puhui.sheets import Column, Sheet, write_book
from puhui.web import Audience, audience, current_person, now, page, session
from puhui.web.exchange.stories import story_of, word_of
from puhui.web.sending import send_book, wants_book
from rewards import coins

PAGE = 20
BOOK_ROWS = 5000
MICROSECOND = timedelta(microseconds=1)


@audience(Audience.CITIZEN)
def history() -> Response:
    """Show the coins: what there is, what expires when, and everything that happened to them."""
    citizen = current_person().id
    if wants_book():
        return _book(citizen)
    found = _lines(citizen, after=request.args.get("after"), limit=PAGE)
    return page(
        "exchange/history.html",
        balance=coins.coins_of(session(), citizen, now=now()),
        expiring=expiring_of(citizen, now()),
        life=_life_in_force(),
        lines=found.lines if found else [],
        word_of=word_of,
        more=url_for("exchange.history", after=found.after) if found and found.after else None,
    )


@audience(Audience.CITIZEN)
def entry(transfer_id: int) -> Response:
    """Show the receipt of one transfer: what it was for, how it was computed, its numbers in the ledger."""
    citizen = current_person().id
    found = coins.entry_of(session(), citizen, min(transfer_id, 2**63 - 1))
    word = word_of(found.kind, found.change)
    return page("exchange/entry.html", entry=found, word=word, story=story_of(citizen, found))


def expiring_of(owner: UUID, at: datetime) -> list[coins.Expiring]:
    """Answer what of an owner's coins expires when, the next first."""
    try:
        account = ledger.account_of(session(), owner=owner, purpose="coins", asset="coin")
    except ledger.AccountUnknown:
        return []
    return coins.expiring_of(session(), account, now=at)


def last_day(expires_at: datetime) -> str:
    """Answer the last day before a midnight as people say it: ``12月31日``, with the year where it is another one."""
    last = expires_at - MICROSECOND
    year = format_datetime(last, "y") != format_datetime(now(), "y")
    if get_locale().language == "zh":
        return str(format_datetime(last, "y年M月d日" if year else "M月d日"))
    return str(format_datetime(last, "d MMMM y" if year else "d MMMM"))


def _life_in_force() -> coins.CoinLife | None:
    rules = [rule for rule in coins.coin_lives(session()) if rule.valid_from <= now()]
    return rules[-1] if rules else None


def _lines(citizen: UUID, *, after: str | None, limit: int) -> ledger.Statement | None:
    """Answer a page of the history; an unreadable cursor is the beginning."""
    try:
        return coins.history_of(session(), citizen, after=after, limit=limit)
    except ledger.TransferUnknown:
        return coins.history_of(session(), citizen, limit=limit)


def _book(citizen: UUID) -> Response:
    found = _lines(citizen, after=None, limit=BOOK_ROWS)
    columns = [
        Column(gettext("时间"), "moment"), Column(gettext("事项"), width=24), Column(gettext("变动"), "whole"),
        Column(gettext("余额"), "whole"), Column(gettext("流水号"), width=24), Column(gettext("凭据号"), width=40),
    ]  # fmt: skip
    rows = [
        [
            line.posted_at, word_of(line.kind, line.change), line.change, line.balance, str(line.transfer_id),
            str(line.reference or ""),
        ]
        for line in (found.lines if found else [])
    ]  # fmt: skip
    return send_book(write_book([Sheet(gettext("碳币明细"), columns, rows)]), gettext("碳币明细"))
