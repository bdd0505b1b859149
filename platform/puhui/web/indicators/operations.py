"""The operator's pages: every institution's indicators of a period, and the factors with their sources."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from flask import Response, url_for
from flask_babel import gettext as _

from ledger.kernel.errors import DomainError
from partners.institutions.model import Type
from partners.meters import actions, keeping, queries
from partners.meters.indicators import MEASURES, Factor
from partners.meters.keeping import PeerRow
from puhui.metering import words
from puhui.problems import problem_of, sentence_of
from puhui.sheets import Column, Sheet, write_book
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.indicators.forms import FactorForm
from puhui.web.indicators.savings import blueprint
from puhui.web.indicators.views import FIRST_YEAR, asked_period
from puhui.web.institutions.words import TYPES
from puhui.web.meters.place import page_number
from puhui.web.meters.views import today
from puhui.web.sending import send_book, wants_book
from puhui.web.trail import record

__all__ = ["blueprint"]
ROWS = 30
MOST_ROWS = 20_000
Row = tuple[UUID, str, object, dict[str, Decimal | None]]


@blueprint.get("/operator/indicators")
@audience(Audience.OPERATOR)
def all() -> Response:
    """List every metered institution with its indicators of a period; as a sheet too."""
    period, number = asked_period(), page_number()
    if wants_book():
        rows = _by_institution(keeping.indicators_of_all(session(), period, limit=MOST_ROWS))
        columns = [Column(_("单位全称"), width=36), Column(_("单位类型"))]
        columns += [Column(f"{words.MEASURES[m]}（{words.MEASURE_UNITS[m]}）", "decimal") for m in MEASURES]
        cells = [(name, str(kind), *(values.get(m) for m in MEASURES)) for _id, name, kind, values in rows]
        return send_book(write_book([Sheet(_("能耗指标"), columns, cells)]), f"{period.code}-{_('能耗指标')}")
    found = keeping.indicators_of_all(session(), period, limit=ROWS + 1, offset=number * ROWS)
    rows = _by_institution(found)
    more = url_for("indicators.all", period=period.code, page=number + 1) if rows[ROWS:] else None
    years = range(today().year, FIRST_YEAR - 1, -1)
    return page("indicators/all.html", rows=rows[:ROWS], period=period, years=years, more=more, order=MEASURES)


def _by_institution(found: list[PeerRow]) -> list[Row]:
    rows: dict[UUID, Row] = {}
    for one in found:
        kind = TYPES.get(Type(one.type), one.type)
        rows.setdefault(one.institution_id, (one.institution_id, one.name, kind, {}))[3][one.measure] = one.value
    return list(rows.values())


@blueprint.get("/operator/factors")
@audience(Audience.OPERATOR)
def factors() -> Response:
    """Show every factor with its source, and the form for a further one; as a sheet too."""
    return _factors(FactorForm())


def _factors(form: FactorForm, *, status: int = 200) -> Response:
    found = queries.factors(session())
    if wants_book():
        columns = [
            Column(_("种类")),
            Column(_("能源")),
            Column(_("数值"), "decimal"),
            Column(_("单位")),
            Column(_("适用地区")),
        ]
        columns += [
            Column(_("数据年份")),
            Column(_("自何日起用"), "date"),
            Column(_("状态")),
            Column(_("来源"), width=60),
        ]
        rows = [
            (
                str(words.KINDS[f.kind]),
                str(words.ENERGIES[f.energy]),
                f.value.normalize(),
                f.unit,
                f.area,
                f.vintage,
                f.valid_from,
                str(words.STATUSES[f.status]),
                f.source,
            )
            for f in found
        ]
        return send_book(write_book([Sheet(_("系数与来源"), columns, rows)]), _("系数与来源"))
    return page("indicators/factors.html", status=status, rows=found, form=form, kinds=words.KINDS)


@blueprint.post("/operator/factors")
@audience(Audience.OPERATOR)
def set_factor() -> Response:
    """Set a factor from a day on; what was computed for earlier days stays as it is."""
    form = FactorForm()
    if not form.validate_on_submit():
        return _factors(form, status=422)
    energy, _space, unit = form.energy.data.partition(" ")
    made = Factor(
        form.kind.data,
        energy,
        unit,
        Decimal(form.value.data),
        form.area.data,
        form.vintage.data or "",
        form.valid_from.data,
        form.status.data,
        form.source.data,
    )
    try:
        actions.set_factor(session(), factor=made, by=current_person().id, now=now())
    except DomainError as error:
        form.value.errors = [sentence_of(error)]
        return _factors(form, status=problem_of(error).status)
    record("energy_factor.set", f"{made.kind} {made.energy} {made.unit}", value=form.value.data)
    return done(url_for("indicators.factors"), _("已登记。"))
