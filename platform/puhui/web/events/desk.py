"""The organiser's pages: the list, the two forms, and the event with the one thing to do next."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext as _

from ledger.kernel.errors import DomainError
from puhui.problems import sentence_of
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.events import words
from puhui.web.events.blueprint import CITY_TIME, attempt, blueprint, deadline_of, event_here
from puhui.web.events.books import accounts_book, events_book
from puhui.web.events.forms import EventForm, MeetingForm, ReasonForm, SureForm
from puhui.web.events.public import MOST_ROWS, PAGE, cursor, place_of
from puhui.web.sending import send_book, wants_book
from puhui.web.trail import record
from rewards import gifts
from rewards.events import planning, queries, rules, short
from rewards.events.factors import MEETING_POWER
from rewards.events.model import Event, EventKind, Form, Parameter, Source
from rewards.events.planning import EventFacts, NewMeasure
from rewards.events.short import Entered, Meeting

TYPED = "组织方填报"


@blueprint.get("/event-desk")
@audience(Audience.INSTITUTION)
def desk() -> Response:
    """List the organisation's events, the latest first."""
    limit = MOST_ROWS if wants_book() else PAGE + 1
    mine = queries.events(session(), organiser_id=current_person().organisation_id, before=cursor(), limit=limit)
    rows = queries.standings(session(), mine)
    if wants_book():
        return send_book(events_book(rows), _("零碳活动"))
    shown = rows[:PAGE]
    more = url_for("events.desk", after=place_of(shown[-1].event)) if len(rows) > PAGE else None
    return page("events/desk.html", rows=shown, more=more)


@blueprint.get("/event-desk/small-meeting")
@audience(Audience.INSTITUTION)
def meeting() -> Response:
    """Show the short form, filled in with what the operator has set."""
    set_numbers = queries.parameters(session())
    form = MeetingForm(
        starts_at=now().astimezone(CITY_TIME).replace(minute=0, second=0, microsecond=0, tzinfo=None),
        **_prefilled("power", set_numbers.get(MEETING_POWER)),
        **_prefilled("meal", set_numbers.get("meal")),
    )
    return page("events/meeting.html", form=form)


@blueprint.post("/event-desk/small-meeting")
@audience(Audience.INSTITUTION)
def create_meeting() -> Response:
    """Make a small meeting with its inventory."""
    form = MeetingForm()
    if not form.validate_on_submit():
        return page("events/meeting.html", form=form, status=422)
    try:
        event = _make_meeting(form)
    except DomainError as error:
        session().rollback()
        form.name.errors = [sentence_of(error)]
        return page("events/meeting.html", form=form, status=422)
    return done(url_for("events.work", event_id=event.id), _("已建好并算好排放，请核对后提交审核。"))


@blueprint.get("/event-desk/full-event")
@audience(Audience.INSTITUTION)
def full() -> Response:
    """Show the full form."""
    return page("events/full.html", form=EventForm(), event=None)


@blueprint.post("/event-desk/full-event")
@audience(Audience.INSTITUTION)
def create_full() -> Response:
    """Make an event by the full form."""
    form = EventForm()
    if not form.validate_on_submit():
        return page("events/full.html", form=form, event=None, status=422)
    try:
        event = planning.create_event(
            session(), _facts(form), event_id=UUID(form.request_key),
            organiser_id=current_person().organisation_id, measures=_measures(form), by=current_person().id, now=now(),
        )  # fmt: skip
    except DomainError as error:
        session().rollback()
        form.name.errors = [sentence_of(error)]
        return page("events/full.html", form=form, event=None, status=422)
    record("event.created", event.id, form=event.form)
    return done(url_for("events.work", event_id=event.id), _("活动已建立。"))


@blueprint.get("/event-desk/<uuid:event_id>")
@audience(Audience.INSTITUTION)
def work(event_id: UUID) -> Response:
    """Show an event with where it stands and the one thing to do next."""
    event = event_here(event_id)
    standing = queries.standing_of(session(), event)
    inventory, plan = standing.inventory, standing.plan
    if wants_book():
        lines = queries.lines_of(session(), inventory.id) if inventory else []
        return send_book(accounts_book(lines, queries.plan_lines(session(), plan.id) if plan else []), event.name)
    return page(
        "events/work.html",
        event=event,
        standing=standing,
        lines=queries.lines_of(session(), inventory.id) if inventory else [],
        measures=queries.measures_of(session(), event.id),
        people=queries.people_of(session(), event.id),
        certificates=queries.certificates_of(session(), event.id),
        given=gifts.given_to(session(), [event.id])[event.id] if event.gifts_at else None,
        deadline=deadline_of(event),
        large=rules.is_large(event),
        limit_grams=rules.SHORT_LIMIT_GRAMS,
        reason=ReasonForm(),
        sure=SureForm(),
        is_mine=inventory is not None and inventory.author_id == current_person().id,
    )


@blueprint.get("/event-desk/<uuid:event_id>/facts")
@audience(Audience.INSTITUTION)
def facts(event_id: UUID) -> Response:
    """Show the form with what is known of an event."""
    event = event_here(event_id)
    form = EventForm(
        kind=event.kind, name=event.name, place=event.place, people=event.people, boundary=event.boundary,
        evaluator=event.evaluator, starts_at=event.starts_at.astimezone(CITY_TIME).replace(tzinfo=None),
        ends_at=event.ends_at.astimezone(CITY_TIME).replace(tzinfo=None),
        measures="\n".join(measure.words for measure in queries.measures_of(session(), event.id)),
    )  # fmt: skip
    return page("events/full.html", form=form, event=event)


@blueprint.post("/event-desk/<uuid:event_id>/facts")
@audience(Audience.INSTITUTION)
def change(event_id: UUID) -> Response:
    """Say other facts of an event."""
    event, form = event_here(event_id), EventForm()
    if not form.validate_on_submit():
        return page("events/full.html", form=form, event=event, status=422)

    def act() -> None:
        planning.change_event(session(), _facts(form, Form(event.form)), event=event)
        planning.set_measures(session(), event=event, measures=_measures(form))
        record("event.changed", event.id)

    return attempt(url_for("events.work", event_id=event_id), act, _("已保存。"))


@blueprint.post("/event-desk/<uuid:event_id>/measures")
@audience(Audience.INSTITUTION)
def measures(event_id: UUID) -> Response:
    """Say which measures were done."""
    event = event_here(event_id)
    places = {int(place) for place in request.form.getlist("place") if place.isascii() and place.isdigit()}
    planning.mark_measures(session(), event=event, done=places, now=now())
    return done(url_for("events.work", event_id=event_id), _("已保存。"))


@blueprint.post("/event-desk/<uuid:event_id>/full-form")
@audience(Audience.INSTITUTION)
def full_form(event_id: UUID) -> Response:
    """Ask everything of a meeting that is too large for the short form."""
    event = event_here(event_id)
    return attempt(
        url_for("events.work", event_id=event_id),
        lambda: planning.take_full_form(session(), event=event),
        _("已改用完整表单。"),
    )


@blueprint.post("/event-desk/<uuid:event_id>/cancellation")
@audience(Audience.INSTITUTION)
def cancellation(event_id: UUID) -> Response:
    """Cancel an event."""
    event, form = event_here(event_id), ReasonForm()
    reason = form.reason.data if form.validate_on_submit() else ""
    if not reason:
        return done(url_for("events.work", event_id=event_id), _("请填写取消原因。"))

    def act() -> None:
        planning.cancel_event(session(), event=event, reason=reason, by=current_person().id, now=now())
        if event.gifts_at is not None:
            gifts.close_recipient(session(), id=event.id, now=now())
        record("event.cancelled", event.id)

    return attempt(url_for("events.work", event_id=event_id), act, _("活动已取消。"))


@blueprint.post("/event-desk/<uuid:event_id>/gifts")
@audience(Audience.INSTITUTION_MANAGER)
def open_gifts(event_id: UUID) -> Response:
    """Let citizens give coins and points to an event."""
    event = event_here(event_id)

    def act() -> None:
        planning.open_gifts(session(), event=event, now=now())
        gifts.open_recipient(session(), id=event.id, kind="event", name=event.name, now=now())
        record("event.opened_for_gifts", event.id)

    said = _("已开放捐赠。捐赠只作为公众贡献展示，不算抵消。")
    return attempt(url_for("events.work", event_id=event_id), act, said)


def _make_meeting(form: MeetingForm) -> Event:
    starts_at = form.starts_at.data.replace(tzinfo=CITY_TIME)
    hours = form.hours.number or Decimal(1)
    facts_ = EventFacts(
        form=Form.SHORT, kind=EventKind.MEETING, name=form.name.data, place=form.place.data, starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=int(min(hours, Decimal(10_000)) * 60)), people=form.people.data,
        boundary=_("会议期间用电、参会人往返交通、用餐；住宿、废弃物和物料未计入（量小或没有）。"),
    )  # fmt: skip
    ticked = [words.MEASURES[int(place)] for place in form.measures.data or []]
    event = planning.create_event(
        session(), facts_, event_id=UUID(form.request_key), organiser_id=current_person().organisation_id,
        measures=[NewMeasure(source, str(said)) for source, said in ticked], by=current_person().id, now=now(),
    )  # fmt: skip
    if queries.last_inventory(session(), event.id) is None:
        short.record_meeting(session(), event=event, meeting=_meeting(form, hours), by=current_person().id, now=now())
        record("event.created", event.id, form=event.form)
    return event


def _meeting(form: MeetingForm, hours: Decimal) -> Meeting:
    return Meeting(
        people=form.people.data,
        hours=hours,
        power=_entered(form.power.number, form.power_source.data) or Entered(Decimal(0), ""),
        lunches=form.lunches.data or 0,
        meal=_entered(form.meal.number, form.meal_source.data),
        mode=form.mode.data or None,
        km=form.km.number or Decimal(0),
        mode_factor=_entered(form.mode_factor.number, form.mode_source.data),
    )


def _entered(number: Decimal | None, source: str | None) -> Entered | None:
    return None if number is None else Entered(number, source or TYPED)


def _prefilled(name: str, parameter: Parameter | None) -> dict[str, str]:
    """Fill a number of the form in with what the operator set, source and all."""
    if parameter is None:
        return {}
    return {name: f"{parameter.value.normalize():f}", f"{name}_source": parameter.source}


def _facts(form: EventForm, kept: Form = Form.FULL) -> EventFacts:
    return EventFacts(
        form=kept, kind=EventKind(form.kind.data), name=form.name.data, place=form.place.data,
        starts_at=form.starts_at.data.replace(tzinfo=CITY_TIME), ends_at=form.ends_at.data.replace(tzinfo=CITY_TIME),
        people=form.people.data, boundary=form.boundary.data or "", evaluator=form.evaluator.data or "",
    )  # fmt: skip


def _measures(form: EventForm) -> list[NewMeasure]:
    """Read the measures, a line each; a standard one knows its source, another is about materials."""
    known = {str(said): source for source, said in words.MEASURES}
    lines = [line.strip()[:300] for line in (form.measures.data or "").splitlines() if line.strip()]
    return [NewMeasure(known.get(line, Source.MATERIALS), line) for line in dict.fromkeys(lines)]
