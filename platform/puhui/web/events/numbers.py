"""The operator's numbers: parameters where no factor could be cited, and the pool's units."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext as _

from puhui.pool import POOL
from puhui.sheets import Column, Sheet, write_book
from puhui.web import Audience, audience, current_person, now, page, session
from puhui.web.events import words
from puhui.web.events.blueprint import attempt, blueprint
from puhui.web.events.forms import IssueForm, ParameterForm
from puhui.web.events.public import MOST_ROWS
from puhui.web.sending import send_book, wants_book
from puhui.web.trail import record
from rewards import units
from rewards.events import factors, parameters, queries
from rewards.units import IssueRow, NewIssue, UnitKind

PAGE = 30


@blueprint.get("/event-parameters")
@audience(Audience.PUBLIC)
def numbers() -> Response:
    """Show every factor that inventories use: the cited ones, and what the operator set where none was found."""
    history = queries.parameter_history(session())
    return page(
        "events/numbers.html",
        cited=[(item, factors.cited(item.code)) for item in factors.ITEMS.values()],
        set_numbers=queries.parameters(session()),
        history=history,
        permilles=factors.STATUS_PERMILLE,
        form=ParameterForm(formdata=None),
    )


@blueprint.post("/event-parameters")
@audience(Audience.OPERATOR)
def set_number() -> Response:
    """Set a number with its source."""
    form, target = ParameterForm(), url_for("events.numbers")
    if not form.validate_on_submit():
        return page("events/numbers.html", status=422, form=form, cited=[], set_numbers={}, history=[], permilles={})

    def act() -> None:
        parameters.set_parameter(
            session(), parameter_id=UUID(form.request_key), item=form.item.data,
            value=form.value.number or Decimal(0), source=form.source.data, by=current_person().id, now=now(),
        )  # fmt: skip
        record("event.parameter_set", form.request_key, item=form.item.data, value=str(form.value.number))

    return attempt(target, act, _("已设定。新建的清单从现在起使用，已审核的不变。"))


@blueprint.get("/units")
@audience(Audience.PUBLIC)
def units_index() -> Response:
    """Show every issue of units, what is left of it, and the pool."""
    limit = MOST_ROWS if wants_book() else PAGE + 1
    rows = units.issues(session(), after=_cursor(), limit=limit)
    if wants_book():
        return send_book(_book(rows), _("减排单位"))
    shown = rows[:PAGE]
    return page(
        "events/units.html",
        rows=shown,
        pool_grams=units.available_grams(session(), holder=POOL, kind=UnitKind.PUHUI),
        form=IssueForm(formdata=None),
        more=url_for("events.units_index", after=shown[-1].issue.id) if len(rows) > PAGE else None,
    )


@blueprint.post("/units")
@audience(Audience.OPERATOR)
def enter_units() -> Response:
    """Enter a batch of the pool for a second operator to approve."""
    form = IssueForm()
    if not form.validate_on_submit():
        return page("events/units.html", status=422, rows=[], pool_grams=0, form=form, more=None)
    new = NewIssue(
        kind=UnitKind.PUHUI, registry=form.registry.data, first_serial=form.first_serial.data,
        last_serial=form.last_serial.data, grams_per_unit=form.kilograms.data * 1000, holder=POOL,
        project=form.project.data, method=form.method.data or "", year=form.year.data, source=form.source.data,
    )  # fmt: skip

    def act() -> None:
        made = units.enter_issue(session(), new, issue_id=UUID(form.request_key), by=current_person().id, now=now())
        record("units.entered", made.id, grams=made.grams)

    return attempt(url_for("events.units_index"), act, _("已录入，等另一人复核后入池。"))


@blueprint.post("/units/<uuid:issue_id>/approval")
@audience(Audience.OPERATOR)
def approve_units(issue_id: UUID) -> Response:
    """Let a batch count."""

    def act() -> None:
        made = units.approve_issue(session(), issue_id=issue_id, by=current_person().id, now=now())
        record("units.approved", made.id, grams=made.grams)

    return attempt(url_for("events.units_index"), act, _("已复核入账。"))


def _book(rows: list[IssueRow]) -> bytes:
    columns = [
        Column(_("类型"), width=26), Column(_("登记机构"), width=26), Column(_("项目"), width=26),
        Column(_("年份")), Column(_("起始序列号"), width=28), Column(_("终止序列号"), width=28),
        Column(_("总量（千克）"), "decimal"), Column(_("剩余（千克）"), "decimal"), Column(_("签发文件"), width=36),
        Column(_("入账"), "moment"),
    ]  # fmt: skip
    cells = [
        (
            str(words.UNIT_KINDS[row.issue.kind]), row.registry, row.issue.project, str(row.issue.year),
            row.first_serial, row.last_serial, Decimal(row.issue.grams) / 1000, Decimal(row.left_grams) / 1000,
            row.issue.source, row.issue.approved_at,
        )
        for row in rows
    ]  # fmt: skip
    return write_book([Sheet(_("减排单位"), columns, cells)])


def _cursor() -> UUID | None:
    try:
        return UUID(request.args.get("after", ""))
    except ValueError:
        return None
