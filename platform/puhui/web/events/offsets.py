"""The offset of an event: its plan, the retirement, which cannot be undone, and the receipt."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from flask import Response, request, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from puhui.files import DOCUMENTS, keep_file, send_file_of
from puhui.pool import POOL
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.events.blueprint import attempt, blueprint, event_here, organiser_of
from puhui.web.events.counting import tell_reviewers
from puhui.web.events.forms import CoverForm, HolderForm, PlaceForm, ProofForm, ReasonForm, SureForm
from puhui.web.sending import takes_files
from puhui.web.trail import record
from rewards import units
from rewards.events import offsets, offsetting, queries
from rewards.events.errors import PlanUnknown
from rewards.events.model import Covers, Event, Plan
from rewards.events.offsetting import FromHolder, FromRegistry
from rewards.sinks.model import SinkProject
from rewards.units import UnitKind

TONNE = 1_000_000


@blueprint.post("/event-desk/<uuid:event_id>/plans")
@audience(Audience.INSTITUTION)
def open_plan(event_id: UUID) -> Response:
    """Begin an offset plan, or say what it covers."""
    event, form = event_here(event_id), CoverForm()
    covers = Covers(form.covers.data) if form.validate_on_submit() else Covers.TOTAL
    return attempt(
        url_for("events.plan", event_id=event_id),
        lambda: offsetting.open_plan(session(), event=event, covers=covers, by=current_person().id, now=now()),
        _("可以编制抵消方案了。"),
    )


@blueprint.get("/event-desk/<uuid:event_id>/plan")
@audience(Audience.INSTITUTION)
def plan(event_id: UUID) -> Response:
    """Show the last version of the plan."""
    return _plan(event_here(event_id), HolderForm(formdata=None), ProofForm(formdata=None))


@blueprint.post("/event-desk/<uuid:event_id>/plan/holdings")
@audience(Audience.INSTITUTION)
def add_holding(event_id: UUID) -> Response:
    """Plan units of the pool or of a sink project."""
    event, form = event_here(event_id), HolderForm()
    holders = {str(holder) for holder, _name, _left in _holders()}
    if not form.validate_on_submit() or form.holder.data not in holders:
        return _plan(event, form, ProofForm(formdata=None), status=422)
    holder = UUID(form.holder.data)
    kind = UnitKind.PUHUI if holder == POOL else UnitKind.SINK
    new = FromHolder(kind, holder, int((form.kilograms.number or Decimal(0)) * 1000))
    return attempt(url_for("events.plan", event_id=event_id), lambda: _add(event, new), _("已加入方案。"))


@blueprint.post("/event-desk/<uuid:event_id>/plan/proofs")
@takes_files(10)
@audience(Audience.INSTITUTION)
def add_proof(event_id: UUID) -> Response:
    """Plan units that a registry has cancelled, with its record."""
    event, form = event_here(event_id), ProofForm()
    if not form.validate_on_submit():
        return _plan(event, HolderForm(formdata=None), form, status=422)

    def act() -> None:
        _add(event, _proof(event, form))

    return attempt(url_for("events.plan", event_id=event_id), act, _("已加入方案。"))


@blueprint.post("/event-desk/<uuid:event_id>/plan/dropped-lines")
@audience(Audience.INSTITUTION)
def drop_plan_line(event_id: UUID) -> Response:
    """Plan some units no longer."""
    event, form = event_here(event_id), PlaceForm()
    place = form.place.data if form.validate_on_submit() else -1
    return attempt(
        url_for("events.plan", event_id=event_id),
        lambda: offsetting.drop_plan_line(session(), plan=queries.draft_plan(session(), event.id), place=place),
        _("已从方案中去掉。"),
    )


@blueprint.post("/event-desk/<uuid:event_id>/plan/submission")
@audience(Audience.INSTITUTION)
def submit_plan(event_id: UUID) -> Response:
    """Hand the plan in and tell those who may review it."""
    event, form = event_here(event_id), ReasonForm()
    reason = form.reason.data if form.validate_on_submit() else ""

    def act() -> None:
        draft = queries.draft_plan(session(), event.id)
        made = offsetting.submit_plan(
            session(), event=event, plan=draft, order_reason=reason or "", by=current_person().id, now=now()
        )
        record("event.plan_submitted", event.id, version=made.version)
        tell_reviewers(event, f"event/{event.id}/plan/{made.version}")

    return attempt(url_for("events.plan", event_id=event_id), act, _("已提交，等另一人审核。"))


@blueprint.post("/event-desk/<uuid:event_id>/retirement")
@audience(Audience.INSTITUTION)
def retire(event_id: UUID) -> Response:
    """Retire what the approved plan names, once, and issue the certificate."""
    event, form = event_here(event_id), SureForm()
    if not form.validate_on_submit():
        return done(url_for("events.plan", event_id=event_id), _("请先勾选确认。"))

    def act() -> None:
        made = offsetting.retire_plan(
            session(), event=event, organiser_name=organiser_of(event), by=current_person().id, now=now()
        )
        record("event.retired", event.id, certificate=made.code)

    return attempt(url_for("events.work", event_id=event_id), act, _("已注销，证书已签发。"))


@blueprint.get("/event-desk/<uuid:event_id>/plan/proofs/<int:place>")
@audience(Audience.INSTITUTION)
def proof(event_id: UUID, place: int) -> Response:
    """Send the file of a registry's record to the organiser."""
    event = event_here(event_id)
    last = queries.last_plan(session(), event.id)
    lines = queries.plan_lines(session(), last.id) if last else []
    found = next((line.proof_file for line in lines if line.place == place and line.proof_file), None)
    if found is None:
        raise PlanUnknown(event=event.id)
    return send_file_of(session(), found)


def _add(event: Event, new: FromHolder | FromRegistry) -> None:
    offsetting.add_plan_line(session(), event=event, plan=queries.draft_plan(session(), event.id), new=new, now=now())


def _proof(event: Event, form: ProofForm) -> FromRegistry:
    upload, kept = request.files.get("proof"), None
    if upload is not None and upload.filename:
        kept = keep_file(
            session(), owner=event.organiser_id, name=upload.filename, content=upload.read(), kinds=DOCUMENTS,
            by=current_person().id, now=now(),
        ).id  # fmt: skip
    return FromRegistry(
        kind=UnitKind(form.kind.data), registry=form.registry.data, first_serial=form.first_serial.data,
        last_serial=form.last_serial.data, grams_per_unit=int((form.tonnes.number or Decimal(0)) * TONNE),
        project=form.project.data, year=form.year.data, cancelled_on=form.cancelled_on.data,
        certificate_no=form.certificate_no.data, proof_file=kept,
    )  # fmt: skip


def _plan(event: Event, holder_form: HolderForm, proof_form: ProofForm, *, status: int = 200) -> Response:
    last = queries.last_plan(session(), event.id)
    if last is None:
        return done(url_for("events.work", event_id=event.id), _("还没有抵消方案。"))
    lines, holders = queries.plan_lines(session(), last.id), _holders()
    holder_form.holder.choices = [SelectChoice(str(holder), f"{name}（{left}）") for holder, name, left in holders]
    return page(
        "events/plan.html",
        status=status,
        event=event,
        plan=last,
        lines=lines,
        holders={holder: name for holder, name, _left in holders},
        planned=offsetting.planned_grams(lines),
        certificate=queries.certificate_of_plan(session(), last.id),
        last_days={kind: offsets.last_day(kind, ended_at=event.ends_at) for kind in UnitKind},
        order=offsets.ORDER,
        cover=CoverForm(formdata=None, covers=last.covers),
        holder_form=holder_form,
        proof_form=proof_form,
        reason=ReasonForm(formdata=None, reason=_reason(last)),
        sure=SureForm(formdata=None),
    )


def _reason(plan_: Plan) -> str:
    return plan_.order_reason or _("就近使用省级碳普惠减排量")


def _holders() -> list[tuple[UUID, str, str]]:
    """Answer whose units can be planned: the pool, and organisations whose sink projects were issued some."""
    pool = units.available_grams(session(), holder=POOL, kind=UnitKind.PUHUI)
    found = [(POOL, _("省级碳普惠减排量池"), _("可用 %(kg)s 千克", kg=pool // 1000))]
    issued = sa.select(units.Issue.holder, SinkProject.name).join(
        SinkProject, SinkProject.id == units.Issue.sink_project_id
    )
    rows = session().execute(issued.where(units.Issue.approved_at.is_not(None)).order_by(SinkProject.number).limit(50))
    names: dict[UUID, str] = {}
    for holder, name in rows:
        names.setdefault(holder, name)
    for holder, name in names.items():
        left = units.available_grams(session(), holder=holder, kind=UnitKind.SINK)
        if left:
            found.append((holder, name, _("可用 %(kg)s 千克", kg=left // 1000)))
    return found
