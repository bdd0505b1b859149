"""The enterprise's pages: holdings and blotter here, the rest in the modules that are named below."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from flask import Response
from flask_babel import gettext as _

from partners.enterprises.holdings.queries import group_held, held_now, held_on
from partners.enterprises.instruments.model import Instrument, Kind, Quantity
from partners.enterprises.instruments.queries import instruments_by_code
from partners.enterprises.parties.model import Enterprise
from partners.enterprises.parties.queries import group_of
from partners.enterprises.pledges.queries import pledges_of
from partners.enterprises.prices.errors import ValuationRefused
from partners.enterprises.prices.queries import last_traded
from partners.enterprises.prices.valuation import Valuation, value
from partners.enterprises.records.model import Slot
from partners.enterprises.records.queries import BlotterRow, blotter
from partners.enterprises.rulebook.errors import ParameterUnknown
from partners.enterprises.rulebook.model import RuleBook
from partners.enterprises.rulebook.queries import rulebook
from puhui.sheets import Sheet
from puhui.web import Audience, audience, session
from puhui.web.enterprises import (  # noqa: F401  # The other modules hang their pages on the blueprint.
    accounting,
    breaks,
    compliance,
    importing,
    joining,
    mappings,
    operating,
    pledging,
    rules,
    words,
)
from puhui.web.enterprises.room import (
    MOST_ROWS,
    ROWS,
    asked,
    asked_day,
    blueprint,
    column,
    end_of,
    here_as,
    listed,
    mine,
    money,
    page_number,
    quantity,
    today,
)

__all__ = ["blueprint"]
FIRST_DAY = date(2021, 1, 1)
Held = tuple[Instrument, dict[Slot, int], int, Valuation | None, str | None]


@blueprint.get("/enterprise")
@audience(Audience.ENTERPRISE)
def show() -> Response:
    """Show what is held now or was held on a day, of this firm or with its subsidiaries, and what it is worth."""
    firm, book = mine(), rulebook(session())
    on, group = asked_day("on"), asked("group") == "1"
    rows = _rows(firm, book, on, group=group)
    return listed(
        "enterprises/show.html",
        name=_("持仓"),
        sheets=lambda: [_holdings_sheet(rows)],
        paper=True,
        enterprise=firm,
        rows=rows,
        pledges=pledges_of(session(), firm.id),
        on=on,
        group=group,
        members=group_of(session(), firm.id)[1:],
        limit=_holding_limit(book),
        allowances=sum(total for instrument, _slots, total, *_rest in rows if instrument.kind is Kind.CEA),
    )


def _rows(firm: Enterprise, book: RuleBook, on: date | None, *, group: bool) -> list[Held]:
    instant = end_of(on) if on else None
    if group:
        found = group_held(session(), firm.id, instant=instant)
    else:
        found = held_on(session(), firm.id, instant=instant) if instant else held_now(session(), firm.id)
    held: dict[str, dict[Slot, int]] = {}
    for (code, slot), units in found.items():
        if units:
            held.setdefault(code, {})[slot] = units
    instruments, day = instruments_by_code(session()), on or today()
    return [
        (instruments[code], slots, sum(slots.values()), *_worth(instruments[code], sum(slots.values()), book, day))
        for code, slots in sorted(held.items())
    ]


def _worth(instrument: Instrument, units: int, book: RuleBook, day: date) -> tuple[Valuation | None, str | None]:
    try:
        worth = value(
            Quantity(instrument, units),
            last_traded=last_traded(session(), instrument.code, until=day),
            surrenderable=book.is_surrenderable(instrument.vintage, day),
            as_of=day,
            max_age_days=book.number("stale_price_days", day),
        )
    except ValuationRefused as refused:
        return None, str(refused.facts["reason"])
    return worth, None


def _holding_limit(book: RuleBook) -> int | None:
    try:
        return book.number("holding_limit_t", today())
    except ParameterUnknown:
        return None


def _holdings_sheet(rows: list[Held]) -> Sheet:
    columns = [column(_("标的")), column(_("名称")), column(_("位置与状态")), column(_("数量"), "decimal")]
    columns += [column(_("单位")), column(_("估值（元）"), "decimal"), column(_("估值依据"), width=36)]

    def lines() -> Iterator[list[object]]:
        for instrument, slots, total, worth, refusal in rows:
            name = [instrument.code, instrument.name]
            for slot, units in slots.items():
                yield [*name, str(words.SLOTS[slot]), quantity(instrument, units), instrument.unit, None, None]
            basis = f"{worth.priced_on} {money(worth.price_fen)}" if worth else str(words.REFUSALS[refusal or ""])
            amount = money(worth.amount_fen) if worth else None
            yield [*name, _("合计"), quantity(instrument, total), instrument.unit, amount, basis]

    return Sheet(_("持仓"), columns, list(lines()))


@blueprint.get("/enterprise/records")
@audience(Audience.ENTERPRISE)
def records() -> Response:
    """Show the blotter, newest first, filtered by days, instrument, kind and state."""
    number, firm = page_number(), mine()
    filters = {name: asked(name) for name in ("instrument", "kind", "state")}
    since, until = asked_day("since"), asked_day("until")

    def found(limit: int, offset: int) -> list[BlotterRow]:
        return blotter(
            session(),
            firm.id,
            since=since or FIRST_DAY,
            until=until or today() + timedelta(days=1),
            limit=limit,
            offset=offset,
            **filters,
        )

    rows = found(ROWS + 1, number * ROWS)
    following = here_as(page=number + 1) if rows[ROWS:] else None
    return listed(
        "enterprises/records.html",
        name=_("流水"),
        sheets=lambda: [_blotter_sheet(found(MOST_ROWS, 0))],
        paper=True,
        rows=rows[:ROWS],
        following=following,
        filters=filters,
        since=since,
        until=until,
    )


def _blotter_sheet(rows: list[BlotterRow]) -> Sheet:
    columns = [column(_("时间"), "moment"), column(_("标的")), column(_("业务")), column(_("数量"), "whole")]
    columns += [column(_("价格（元）"), "decimal"), column(_("金额（元）"), "decimal")]
    columns += [column(_("手续费（元）"), "decimal"), column(_("编号")), column(_("状态"))]
    lines = [
        [
            *(row.business_at, row.instrument, str(words.KINDS[row.kind]), row.units, money(row.price_fen)),
            *(money(row.amount_fen), money(row.fee_fen), row.deal_no, str(words.STATES[row.state])),
        ]
        for row in rows
    ]
    return Sheet(_("流水"), columns, lines)
