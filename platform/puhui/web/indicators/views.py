"""The dashboard of an institution: indicators against last year, target and peers, with how each was computed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from ledger.kernel.errors import DomainError
from partners.meters import actions
from partners.meters.indicators import NATIONAL, SMALLEST_PEER_GROUP, Period
from partners.meters.model import Energy, year_before
from puhui.charts import Chart, Series
from puhui.identity.model import Role
from puhui.metering import words
from puhui.metering.analysis import use_of_month
from puhui.metering.books import Books, Compared, compare, open_books
from puhui.problems import problem_of, sentence_of
from puhui.sheets import Column, Sheet, write_book
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.indicators.forms import TargetForm
from puhui.web.institutions.standing import standing_as
from puhui.web.meters.place import at, whose
from puhui.web.meters.views import today
from puhui.web.sending import send_book, wants_book
from puhui.web.trail import record

blueprint = Blueprint("indicators", __name__)
PERIOD = re.compile(r"(20[0-9]{2})(?:Q([1-4]))?")
FIRST_YEAR = 2015


def asked_period() -> Period:
    """Answer the period that is asked for, or the last whole year."""
    found = PERIOD.fullmatch(request.args.get("period", ""))
    if found is None:
        return Period(today().year - 1)
    return Period(int(found[1]), int(found[2]) if found[2] else None)


@blueprint.get("/institution/indicators")
@audience(Audience.INSTITUTION, Audience.OPERATOR)
def show() -> Response:
    """Show the four indicators of a period and the use by month; as a sheet too."""
    return _show(TargetForm())


def _show(form: TargetForm, *, status: int = 200) -> Response:
    period = asked_period()
    books = open_books(session(), whose(), year=period.year)
    compared = compare(session(), books, period)
    if wants_book():
        return send_book(_book(compared, period), f"{books.institution.name}-{period.code}-{_('能耗指标')}")
    if form.year.data is None:
        form.year.data = period.year
    return page(
        "indicators/show.html",
        status=status,
        institution=books.institution,
        period=period,
        compared=compared,
        national=NATIONAL,
        smallest=SMALLEST_PEER_GROUP,
        charts=charts(books, period),
        years=range(today().year, FIRST_YEAR - 1, -1),
        waiting=sum(one.settled_at is None for one in books.findings),
        form=form,
    )


def _book(compared: Sequence[Compared], period: Period) -> bytes:
    columns = [Column(_("时段")), Column(_("指标"), width=24), Column(_("单位")), Column(_("本期"), "decimal")]
    columns += [Column(_("上年同期"), "decimal"), Column(_("变化（%）"), "decimal"), Column(_("目标"), "decimal")]
    columns += [Column(_("同类中位数"), "decimal"), Column(_("缺什么"), width=60), Column(_("算法"), width=60)]
    rows = [
        (
            period.code,
            str(words.MEASURES[one.figure.measure]),
            words.MEASURE_UNITS[one.figure.measure],
            one.figure.value,
            one.before.value,
            one.change_percent,
            one.target,
            one.peer_median,
            words.missing_of(one.figure.missing, most=20),
            str(words.FORMULAS[one.figure.measure]),
        )
        for one in compared
    ]
    return write_book([Sheet(_("能耗指标"), columns, rows)])


def charts(books: Books, period: Period) -> list[Chart]:
    """A chart for every energy: the months of the year, and those of the year before."""
    months = Period(period.year).months
    kinds = sorted({(m.energy, m.unit, m.for_vehicles) for m in books.meters if not m.is_sub_meter})
    found = []
    for energy, unit, driven in kinds:
        meters = [m for m in books.meters if (m.energy, m.unit, m.for_vehicles) == (energy, unit, driven)]
        name = f"{words.ENERGIES[energy]}{_('（公务用车）') if driven else ''}"
        word = _("发电量") if energy is Energy.SOLAR else _("用量")
        title = _("%(energy)s：%(year)s 年逐月%(word)s与上年", energy=name, year=period.year, word=word)
        series = [
            Series(str(period.year), _values(books, meters, months)),
            Series(str(period.year - 1), _values(books, meters, [year_before(m) for m in months])),
        ]
        found.append(Chart(title, unit, [_("%(n)s月", n=m.month) for m in months], series))
    return found


def _values(books: Books, meters: Sequence[object], months: Sequence[date]) -> list[Decimal | None]:
    mains = [m for m in books.meters if m in meters]
    return [use_of_month(books, mains, month) for month in months]


@blueprint.post("/institution/targets")
@audience(Audience.INSTITUTION_MANAGER)
def set_target() -> Response:
    """Set a target or a quota with what it rests on."""
    standing_as(Role.LIAISON)
    form = TargetForm()
    if not form.validate_on_submit():
        return _show(form, status=422)
    try:
        actions.set_target(
            session(),
            institution_id=whose(),
            year=form.year.data,
            measure=form.measure.data,
            value=Decimal(form.value.data),
            source=form.source.data,
            by=current_person().id,
            now=now(),
        )
    except DomainError as error:
        form.value.errors = [sentence_of(error)]
        return _show(form, status=problem_of(error).status)
    record("energy_target.set", whose(), year=form.year.data, measure=form.measure.data)
    return done(at("indicators.show", period=form.year.data), _("已登记。"))
