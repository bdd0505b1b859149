"""Differences: who looks after each, how old it is, why it was and how it was resolved. Nothing is overwritten."""

from __future__ import annotations

from uuid import UUID

from flask import Response, url_for
from flask_babel import gettext as _

from partners.enterprises.reconciliation.actions import resolve_break, take_break
from partners.enterprises.reconciliation.model import Break
from partners.enterprises.reconciliation.queries import breaks_of
from puhui.identity.current import name_of
from puhui.sheets import Sheet
from puhui.web import Audience, audience, current_person, done, now, session
from puhui.web.enterprises import words
from puhui.web.enterprises.forms import ResolutionForm
from puhui.web.enterprises.room import asked, blueprint, column, listed, mine, page_number, subject_in
from puhui.web.market.sentences import sentence_of_finding
from puhui.web.trail import record

SHOWN = 20


@blueprint.get("/enterprise/breaks")
@audience(Audience.ENTERPRISE)
def breaks() -> Response:
    """List the open differences, oldest first; with ``?all=1`` the closed ones behind them."""
    return _breaks_page(ResolutionForm(formdata=None))


def _breaks_page(form: ResolutionForm, status: int = 200, wrong: UUID | None = None) -> Response:
    firm, everything, number = mine(), asked("all") == "1", page_number()
    rows = breaks_of(session(), firm.id, open_only=not everything, limit=SHOWN + 1, offset=number * SHOWN)
    owners = {row.owner_id: name_of(session(), row.owner_id) for row in rows if row.owner_id is not None}
    following = url_for("enterprises.breaks", page=number + 1, all="1" if everything else None)
    return listed(
        "enterprises/breaks.html",
        name=_("差异"),
        sheets=lambda: [breaks_sheet(breaks_of(session(), firm.id, open_only=False, limit=100_000))],
        paper=True,
        breaks=rows[:SHOWN],
        following=following if rows[SHOWN:] else None,
        everything=everything,
        owners=owners,
        me=current_person().id,
        form=form,
        wrong=wrong,
        at=now(),
        status=status,
    )


def breaks_sheet(rows: list[Break]) -> Sheet:
    """Write differences as a sheet, with their age in days."""
    columns = [column(_("规则"), "whole"), column(_("对象"), width=40), column(_("说明"), width=50)]
    columns += [column(_("发现于"), "moment"), column(_("天数"), "whole"), column(_("处理于"), "moment")]
    columns += [column(_("原因")), column(_("如何处理"), width=40)]
    lines = [
        [
            *(row.rule, subject_in(row), sentence_of_finding(row.code, row.facts), row.found_at, row.age_days(now())),
            *(row.resolved_at, str(words.REASONS[row.reason]) if row.reason else None, row.resolution),
        ]
        for row in rows
    ]
    return Sheet(_("差异"), columns, lines)


@blueprint.post("/enterprise/breaks/<uuid:break_id>/owner")
@audience(Audience.ENTERPRISE_MAKER, Audience.ENTERPRISE_CHECKER)
def own(break_id: UUID) -> Response:
    """Let the reader look after a difference."""
    take_break(session(), enterprise_id=mine().id, break_id=break_id, owner_id=current_person().id)
    record("market_break.taken", break_id)
    return done(url_for("enterprises.breaks"), _("已由您负责。"))


@blueprint.post("/enterprise/breaks/<uuid:break_id>/resolution")
@audience(Audience.ENTERPRISE_MAKER, Audience.ENTERPRISE_CHECKER)
def resolve(break_id: UUID) -> Response:
    """Close a difference with its reason and words."""
    form = ResolutionForm()
    if not form.validate_on_submit():
        return _breaks_page(form, 422, break_id)
    resolve_break(
        session(),
        enterprise_id=mine().id,
        break_id=break_id,
        reason=form.cause.data,
        resolution=form.resolution.data,
        resolved_by=current_person().id,
        now=now(),
    )
    record("market_break.resolved", break_id, reason=form.cause.data)
    return done(url_for("enterprises.breaks"), _("已处理。"))
