"""Lots with origin and cost, the entries of 财会〔2019〕22号, and the movement table of the year's note."""

from __future__ import annotations

from datetime import date

from flask import Response, abort, url_for
from flask_babel import gettext as _

from partners.enterprises.exact import yuan
from partners.enterprises.holdings.costs import costs_of
from partners.enterprises.holdings.lots import NoteLine, movement_note
from partners.enterprises.holdings.queries import instruments_of
from partners.enterprises.instruments.model import Instrument
from partners.enterprises.instruments.queries import instrument_of, instruments_by_code
from puhui.sheets import Sheet
from puhui.web import Audience, audience, session
from puhui.web.enterprises import words
from puhui.web.enterprises.room import asked_day, blueprint, column, listed, mine, money, today

FIRST_YEAR = 2021
Note = list[tuple[Instrument, list[NoteLine]]]


@blueprint.get("/enterprise/lots/<string:code>")
@audience(Audience.ENTERPRISE)
def lots(code: str) -> Response:
    """Show the lots that are left of an instrument and the entries of its accounts, by the stated policy."""
    firm, instrument, until = mine(), instrument_of(session(), code), asked_day("until") or today()
    costs = costs_of(session(), firm, instrument.code, until=until)

    def sheets() -> list[Sheet]:
        columns = [
            column(_("来源")),
            column(_("取得日"), "date"),
            column(_("数量"), "whole"),
            column(_("成本（元）"), "decimal"),
        ]
        left = [[str(words.ORIGINS[o.origin]), o.acquired_on, o.units, money(o.cost_fen)] for o in costs.lots]
        titles = [column(_("日期"), "date"), column(_("借方")), column(_("贷方")), column(_("金额（元）"), "decimal")]
        entries = [[e.day, e.debit, e.credit, money(e.amount_fen), e.number] for e in costs.entries]
        return [
            Sheet(_("批次"), columns, left),
            Sheet(_("会计分录"), [*titles, column(_("编号"), width=30)], entries),
        ]

    return listed(
        "enterprises/lots.html",
        name=_("批次与分录-%(code)s", code=instrument.code),
        sheets=sheets,
        paper=True,
        firm=firm,
        instrument=instrument,
        costs=costs,
        until=until,
        origins=words.ORIGINS,
        policies=words.LOT_POLICIES,
        total_fen=sum(lot.cost_fen for lot in costs.lots),
    )


@blueprint.get("/enterprise/notes/<int:year>")
@audience(Audience.ENTERPRISE)
def note(year: int) -> Response:
    """Show the movement table of the year's note, an instrument a column group; kinds are never added."""
    if not FIRST_YEAR <= year <= today().year:
        abort(404)
    found = _note(year)
    columns = [
        column(_("标的")),
        column(_("项目"), width=26),
        column(_("数量"), "whole"),
        column(_("金额（元）"), "decimal"),
    ]
    lines = [
        [instrument.code, str(words.NOTE_LINES[line.name]), line.units, money(line.cost_fen)]
        for instrument, listed_lines in found
        for line in listed_lines
    ]
    return listed(
        "enterprises/note.html",
        name=_("%(year)s 年度附注变动表", year=year),
        sheets=lambda: [Sheet(_("附注变动表"), columns, lines)],
        paper=True,
        year=year,
        note=found,
        line_names=words.NOTE_LINES,
        years=[(one, url_for("enterprises.note", year=one)) for one in range(today().year, FIRST_YEAR - 1, -1)],
        yuan=yuan,
    )


def _note(year: int) -> Note:
    firm, instruments = mine(), instruments_by_code(session())
    since, until = date(year, 1, 1), min(date(year, 12, 31), today())
    found = []
    for code in instruments_of(session(), firm.id):
        lines = movement_note(costs_of(session(), firm, code, until=until), since=since, until=until)
        if any(line.units or line.cost_fen for line in lines):
            found.append((instruments[code], lines))
    return found
