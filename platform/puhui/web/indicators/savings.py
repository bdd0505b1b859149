"""Savings: what each month would come to and why not, and deciding a quarter by a second person."""

from __future__ import annotations

from uuid import UUID

from flask import Response, abort, request
from flask_babel import gettext as _

from puhui.identity.model import Role
from puhui.metering import words
from puhui.metering.savings import Proposal, credit_months, proposals, reverse_saving
from puhui.sheets import Column, Sheet, write_book
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.indicators.forms import QuarterForm, ReversalForm
from puhui.web.indicators.views import blueprint
from puhui.web.meters.place import at, is_operator, role, whose
from puhui.web.meters.views import today
from puhui.web.sending import send_book, wants_book
from puhui.web.trail import record

__all__ = ["blueprint"]


def may_decide() -> bool:
    """Whether the person may decide: a reviewer of the institution, or the operator."""
    return is_operator() or role() is Role.REVIEWER


@blueprint.get("/institution/savings")
@audience(Audience.INSTITUTION_MANAGER, Audience.OPERATOR)
def savings() -> Response:
    """Show every month of a year: baseline, use, what may be counted, and why not; as a sheet too."""
    return _savings(ReversalForm())


def _savings(form: ReversalForm, *, status: int = 200) -> Response:
    year = min(max(request.args.get("year", today().year, type=int), 2001), 2100)
    found = proposals(session(), whose(), year=year, now=now())
    if wants_book():
        return send_book(_book(found), f"{year}-{_('节约量')}")
    quarters = sorted({(one.decision.month.month + 2) // 3 for one in found}, reverse=True)
    return page(
        "indicators/savings.html",
        status=status,
        year=year,
        years=range(today().year, today().year - 6, -1),
        quarters=[(q, [one for one in found if (one.decision.month.month + 2) // 3 == q]) for q in quarters],
        may_decide=may_decide(),
        form=QuarterForm(),
        reversal=form,
    )


def _book(found: list[Proposal]) -> bytes:
    columns = [Column(_("月份")), Column(_("方法")), Column(_("基准"), "decimal"), Column(_("用量"), "decimal")]
    columns += [
        Column(_("节约量"), "decimal"),
        Column(_("单位")),
        Column(_("结果"), width=60),
        Column(_("状态")),
        Column(_("减排量（克）"), "whole"),
    ]
    rows = [
        (
            f"{one.decision.month:%Y-%m}",
            str(words.METHODS[one.decision.kind.method + one.decision.kind.variant]),
            one.decision.baseline,
            one.decision.used,
            one.decision.saved,
            one.decision.kind.unit,
            words.reason_of(one.decision.reason, one.decision.facts),
            _state(one),
            one.kept.grams if one.stands and one.kept else None,
        )
        for one in found
    ]
    return write_book([Sheet(_("节约量"), columns, rows)])


def _state(proposal: Proposal) -> str:
    if proposal.kept is None:
        return str(_("未核定"))
    if proposal.kept.reversed_at is not None:
        return str(_("已撤回"))
    return str(_("已入账") if proposal.stands else _("不计入"))


@blueprint.post("/institution/savings/<int:year>/<int:quarter>")
@audience(Audience.INSTITUTION_MANAGER, Audience.OPERATOR)
def decide(year: int, quarter: int) -> Response:
    """Decide a quarter for good: savings go into the ledger, the rest is kept with its reason."""
    if not may_decide():
        abort(403)
    form = QuarterForm()
    if quarter not in (1, 2, 3, 4) or not 2001 <= year <= 2100:
        abort(404)
    if not form.validate_on_submit():
        return _savings(ReversalForm(formdata=None), status=422)
    rows = credit_months(
        session(),
        whose(),
        year=year,
        quarter=quarter,
        by=current_person().id,
        request_id=UUID(form.request_key),
        now=now(),
    )
    credited = sum(row.outcome == "credited" and row.reversed_at is None for row in rows)
    record("savings.decided", whose(), year=year, quarter=quarter, credited=credited)
    text = _("已核定：%(credited)s 项入账，%(others)s 项不计入。", credited=credited, others=len(rows) - credited)
    return done(at("indicators.savings", year=year), text)


@blueprint.post("/institution/savings/<uuid:saving_id>/reversal")
@audience(Audience.INSTITUTION_MANAGER, Audience.OPERATOR)
def reverse(saving_id: UUID) -> Response:
    """Take a credited saving back by its reversal in the ledger."""
    if not may_decide():
        abort(403)
    form = ReversalForm()
    if not form.validate_on_submit():
        return _savings(form, status=422)
    reverse_saving(session(), whose(), saving_id, reason=form.words.data, request_id=UUID(form.request_key), now=now())
    record("saving.reversed", saving_id)
    return done(at("indicators.savings"), _("已撤回，账上已冲回。"))
