"""Pledges and freezes: what secures what, what is free to pledge, and what to look at."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _

from partners.enterprises.holdings.queries import held_now
from partners.enterprises.instruments.queries import instruments_by_code
from partners.enterprises.pledges.actions import PLEDGEABLE
from partners.enterprises.pledges.queries import Watched, pledges_of, watched_pledges
from partners.enterprises.pledges.rules import free_to_pledge
from partners.enterprises.records.model import Slot
from partners.enterprises.rulebook.queries import rulebook
from puhui.identity.model import Role
from puhui.sheets import Sheet
from puhui.web import Audience, audience, session
from puhui.web.enterprises import words
from puhui.web.enterprises.room import asked, blueprint, column, listed, mine, money, role, today
from puhui.web.market.sentences import sentence_of_finding

FROZEN = (Slot.FROZEN, Slot.TRADING_FROZEN)


@blueprint.get("/enterprise/pledges")
@audience(Audience.ENTERPRISE)
def pledges() -> Response:
    """List the pledges with value against debt, what is still free to pledge, and what is frozen."""
    firm, everything = mine(), asked("all") == "1"
    rows = watched_pledges(session(), firm.id, book=rulebook(session()), today=today(), open_only=not everything)
    held, instruments = held_now(session(), firm.id), instruments_by_code(session())
    codes = sorted({code for (code, slot), units in held.items() if units and slot in (*PLEDGEABLE, *FROZEN)})
    open_ones = pledges_of(session(), firm.id)
    free = [
        (
            instruments[code],
            free_to_pledge(
                sum(held.get((code, slot), 0) for slot in PLEDGEABLE),
                [one for one in open_ones if one.instrument == code],
            ),
            sum(held.get((code, slot), 0) for slot in FROZEN),
        )
        for code in codes
    ]
    return listed(
        "enterprises/pledges.html",
        name=_("质押清单"),
        sheets=lambda: [_sheet(rows)],
        paper=True,
        rows=rows,
        free=free,
        everything=everything,
        makes=role() is Role.MAKER,
    )


def _sheet(rows: list[Watched]) -> Sheet:
    columns = [
        column(_("标的")),
        column(_("数量"), "whole"),
        column(_("登记证明编号"), width=26),
        column(_("控制方式")),
    ]
    columns += [column(_("质权人")), column(_("债务（元）"), "decimal"), column(_("估值（元）"), "decimal")]
    columns += [
        column(_("起始日"), "date"),
        column(_("到期日"), "date"),
        column(_("解除文件")),
        column(_("提示"), width=50),
    ]
    lines = [
        [
            *(row.pledge.instrument, row.pledge.units, row.pledge.certificate_no),
            *(str(words.CONTROLS[row.pledge.control]), row.pledge.lender, money(row.pledge.debt_fen)),
            *(money(row.value_fen), row.pledge.starts_on, row.pledge.ends_on, row.pledge.release_no),
            "；".join(sentence_of_finding(one.code, one.facts) for one in row.findings),
        ]
        for row in rows
    ]
    return Sheet(_("质押清单"), columns, lines)
