"""Meters: where they are, what they counted, opening and closing them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from flask import Blueprint, Response
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from ledger.kernel.errors import DomainError
from partners.institutions.queries import institution_of
from partners.meters import actions, queries
from partners.meters.model import Energy, Meter, Use, months_between, year_before
from partners.providers import all_providers, provider_of
from puhui.charts import Chart, Series
from puhui.identity.model import Role
from puhui.metering import words
from puhui.metering.savings import CITY_TIME
from puhui.problems import problem_of, sentence_of
from puhui.sheets import Column, Sheet, write_book
from puhui.web import Audience, audience, done, now, page, session
from puhui.web.institutions.standing import standing_as
from puhui.web.meters.forms import BillForm, BuildingForm, ClosingForm, MeterForm, SiteForm, WithdrawalForm
from puhui.web.meters.place import at, is_operator, role, whose
from puhui.web.sending import send_book, wants_book
from puhui.web.trail import record

blueprint = Blueprint("meters", __name__)
OWN = "puhui-meters"


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {
        "energies": words.ENERGIES,
        "measures": words.MEASURES,
        "measure_units": words.MEASURE_UNITS,
        "formulas": words.FORMULAS,
        "finding_names": words.FINDING_NAMES,
        "remark_kinds": words.REMARKS,
        "saving_methods": words.METHODS,
        "factor_statuses": words.STATUSES,
        "finding_sentence": lambda one: words.sentence(words.FINDINGS, one.code, one.facts),
        "reason_of": words.reason_of,
        "missing_of": words.missing_of,
        "plain_figure": words.plain,
        "at": at,
        "leads": lambda: role() is Role.LIAISON,
        "looks_on": is_operator,
    }


def today() -> date:
    """Answer the day in the city."""
    return now().astimezone(CITY_TIME).date()


@blueprint.get("/institution/meters")
@audience(Audience.INSTITUTION_MANAGER, Audience.OPERATOR)
def index() -> Response:
    """List sites, buildings and meters; as a sheet too."""
    institution_id = whose()
    meters = queries.meters_of(session(), institution_id)
    sites = {site.id: site for site in queries.sites_of(session(), institution_id)}
    buildings = {building.id: building for building in queries.buildings_of(session(), institution_id)}
    if wants_book():
        columns = [Column(_("计量表")), Column(_("表号")), Column(_("能源")), Column(_("单位")), Column(_("地点"))]
        columns += [
            Column(_("建筑")),
            Column(_("启用日期"), "date"),
            Column(_("停用日期"), "date"),
            Column(_("备注"), width=40),
        ]
        rows = [
            (
                m.name,
                m.number,
                str(words.ENERGIES[m.energy]),
                m.unit,
                sites[m.site_id].name,
                buildings[m.building_id].name if m.building_id else "",
                m.opened_on,
                m.closed_on,
                _remarks(m),
            )
            for m in meters
        ]
        return send_book(write_book([Sheet(_("计量表"), columns, rows)]), _("计量表"))
    return page(
        "meters/index.html",
        institution=institution_of(session(), institution_id),
        meters=meters,
        sites=sites,
        buildings=buildings,
        waiting=len(queries.open_findings_of(session(), institution_id)),
    )


def _remarks(meter: Meter) -> str:
    told_of = [
        _("公务用车") if meter.for_vehicles else "",
        _("分项表") if meter.is_sub_meter else "",
        _("已用于 %(claimed)s", claimed=meter.claimed_for) if meter.claimed_for else "",
    ]
    return "；".join(word for word in told_of if word)


@blueprint.get("/institution/meters/form")
@audience(Audience.INSTITUTION_MANAGER)
def form() -> Response:
    """Show the forms for a site, a building and a meter."""
    standing_as(Role.LIAISON)
    return _forms()


def _forms(
    *,
    site: SiteForm | None = None,
    building: BuildingForm | None = None,
    meter: MeterForm | None = None,
    status: int = 200,
) -> Response:
    return page(
        "meters/form.html",
        status=status,
        site=site or SiteForm(),
        building=building or _with_sites(BuildingForm()),
        meter=meter or _with_places(MeterForm()),
        has_site=bool(queries.sites_of(session(), whose())),
    )


def _with_sites(form: BuildingForm) -> BuildingForm:
    form.site.choices = [SelectChoice(str(site.id), site.name) for site in queries.sites_of(session(), whose())]
    return form


def _with_places(form: MeterForm) -> MeterForm:
    sites = queries.sites_of(session(), whose())
    names = {site.id: site.name for site in sites}
    form.place.choices = [SelectChoice(f"{site.id}", site.name) for site in sites]
    form.place.choices += [
        SelectChoice(f"{one.site_id} {one.id}", f"{names[one.site_id]} / {one.name}")
        for one in queries.buildings_of(session(), whose())
    ]
    form.provider.choices = [SelectChoice("", _("无，人工录入"))]
    form.provider.choices += [SelectChoice(p.code, p.name_zh) for p in all_providers(session()) if p.code != OWN]
    return form


@blueprint.post("/institution/sites")
@audience(Audience.INSTITUTION_MANAGER)
def open_site() -> Response:
    """Open a site."""
    standing_as(Role.LIAISON)
    form = SiteForm()
    if not form.validate_on_submit():
        return _forms(site=form, status=422)
    try:
        made = actions.open_site(session(), institution_id=whose(), name=form.site_name.data, now=now())
    except DomainError as error:
        form.site_name.errors = [sentence_of(error)]
        return _forms(site=form, status=problem_of(error).status)
    record("site.opened", made.id)
    return done(at("meters.form"), _("已登记地点。"))


@blueprint.post("/institution/buildings")
@audience(Audience.INSTITUTION_MANAGER)
def open_building() -> Response:
    """Open a building."""
    standing_as(Role.LIAISON)
    form = _with_sites(BuildingForm())
    if not form.validate_on_submit():
        return _forms(building=form, status=422)
    area = Decimal(form.floor_area_m2.data) if form.floor_area_m2.data else None
    if area is not None and area <= 0:
        form.floor_area_m2.errors = [_("建筑面积须大于零。")]
        return _forms(building=form, status=422)
    try:
        made = actions.open_building(
            session(),
            institution_id=whose(),
            site_id=UUID(form.site.data),
            name=form.building_name.data,
            floor_area_m2=area,
            now=now(),
        )
    except DomainError as error:
        form.building_name.errors = [sentence_of(error)]
        return _forms(building=form, status=problem_of(error).status)
    record("building.opened", made.id)
    return done(at("meters.form"), _("已登记建筑。"))


@blueprint.post("/institution/meters")
@audience(Audience.INSTITUTION_MANAGER)
def open_meter() -> Response:
    """Open a meter."""
    standing_as(Role.LIAISON)
    form = _with_places(MeterForm())
    if not form.validate_on_submit():
        return _forms(meter=form, status=422)
    site_id, _space, building_id = form.place.data.partition(" ")
    try:
        made = actions.open_meter(
            session(),
            institution_id=whose(),
            site_id=UUID(site_id),
            building_id=UUID(building_id) if building_id else None,
            name=form.name.data,
            number=form.number.data,
            energy=Energy(form.energy.data),
            unit=form.unit.data or None,
            opened_on=form.opened_on.data,
            for_vehicles=form.for_vehicles.data,
            is_sub_meter=form.is_sub_meter.data,
            claimed_for=form.claimed_for.data or None,
            provider_id=provider_of(session(), form.provider.data).id if form.provider.data else None,
        )
    except DomainError as error:
        form.number.errors = [sentence_of(error)]
        return _forms(meter=form, status=problem_of(error).status)
    record("meter.opened", made.id)
    return done(at("meters.show", meter_id=made.id), _("已登记计量表。"))


@blueprint.get("/institution/meters/<uuid:meter_id>")
@audience(Audience.INSTITUTION_MANAGER, Audience.OPERATOR)
def show(meter_id: UUID) -> Response:
    """Show a meter: its facts, two years side by side, every bill with its history; the bills as a sheet too."""
    return meter_page(queries.meter_of(session(), whose(), meter_id), BillForm())


def meter_page(meter: Meter, bill_form: BillForm, *, status: int = 200) -> Response:
    """Answer the page of *meter* with *bill_form* as it stands."""
    bills = queries.bills_of_meter(session(), meter)
    if wants_book():
        columns = [
            Column(_("月份")),
            Column(_("版本"), "whole"),
            Column(_("用量"), "decimal"),
            Column(_("金额（元）"), "decimal"),
        ]
        columns += [
            Column(_("是否估抄")),
            Column(_("备注"), width=30),
            Column(_("更正原因"), width=30),
            Column(_("录入时间"), "moment"),
        ]
        rows = [
            (
                f"{b.month:%Y-%m}",
                b.revision,
                b.quantity,
                None if b.amount_fen is None else Decimal(b.amount_fen) / 100,
                b.estimated,
                b.remark,
                b.reason,
                b.entered_at,
            )
            for b in bills
        ]
        return send_book(write_book([Sheet(_("账单"), columns, rows)]), f"{meter.name}-{meter.number}")
    last = today().replace(day=1)
    first = year_before(year_before(last))
    uses = queries.uses_of(session(), meter.institution_id, first=first, last=last)
    own = {month: use for (one, month), use in uses.items() if one == meter.id}
    return page(
        "meters/show.html",
        status=status,
        meter=meter,
        bills=bills,
        newest={bill.month: bill.revision for bill in reversed(bills)},
        chart=_chart(meter, own, months_between(first, last)[-12:]),
        findings=[
            f
            for f in queries.findings_of(session(), meter.institution_id, limit=500)
            if f.meter_id == meter.id and not f.settled_at
        ],
        uses=[own[month] for month in sorted(own, reverse=True) if own[month].came_by == "provider"],
        form=bill_form,
        closing=ClosingForm(),
        withdrawal=WithdrawalForm(),
    )


def _chart(meter: Meter, own: dict[date, Use], months: Sequence[date]) -> Chart:
    def values(at: Sequence[date]) -> list[Decimal | None]:
        return [own[m].quantity if m in own and own[m].gap is None else None for m in at]

    name = _("%(name)s 最近十二个月的用量与上年同月", name=meter.name)
    series = [Series(_("最近一年"), values(months)), Series(_("上年同月"), values([year_before(m) for m in months]))]
    return Chart(name, meter.unit, [f"{m:%y-%m}" for m in months], series)


@blueprint.post("/institution/meters/<uuid:meter_id>/closing")
@audience(Audience.INSTITUTION_MANAGER)
def close(meter_id: UUID) -> Response:
    """Close a meter after its last day; what it counted stays."""
    standing_as(Role.LIAISON)
    meter, form = queries.meter_of(session(), whose(), meter_id), ClosingForm()
    if not form.validate_on_submit() or form.closed_on.data > today() + timedelta(days=366):
        return meter_page(meter, BillForm(formdata=None), status=422)
    actions.close_meter(session(), meter=meter, closed_on=form.closed_on.data)
    record("meter.closed", meter.id)
    return done(at("meters.show", meter_id=meter.id), _("已停用。已有的数据保留。"))
