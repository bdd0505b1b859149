"""The reviewer's pages: what waits, and the decision of a second person."""

from __future__ import annotations

from uuid import UUID

from flask import Response, abort, url_for
from flask_babel import gettext as _

from puhui.identity.model import Kind
from puhui.notices import tell
from puhui.pool import POOL
from puhui.web import Audience, audience, current_person, now, page, session
from puhui.web.events.blueprint import attempt, blueprint, organiser_of
from puhui.web.events.books import events_book
from puhui.web.events.forms import ReviewForm
from puhui.web.sending import send_book, wants_book
from puhui.web.trail import record
from rewards.events import inventories, offsetting, queries, rules, short
from rewards.events.model import Event, Form, Stage


@blueprint.get("/event-reviews")
@audience(Audience.INSTITUTION_MANAGER, Audience.OPERATOR)
def reviews() -> Response:
    """List what waits for a reviewer: of the own organisation, or of all for the operator."""
    person = current_person()
    is_operator = person.acting is not None and person.acting.kind is Kind.OPERATOR
    rows = queries.waiting(session(), organiser_id=None if is_operator else person.organisation_id)
    if wants_book():
        return send_book(events_book(rows), _("待审核的活动"))
    return page("events/reviews.html", rows=rows)


@blueprint.get("/event-reviews/<uuid:event_id>")
@audience(Audience.INSTITUTION_MANAGER, Audience.OPERATOR)
def review(event_id: UUID) -> Response:
    """Show what waits with everything that is needed to decide."""
    event = _event(event_id)
    standing = queries.standing_of(session(), event)
    inventory, plan = standing.inventory, standing.plan
    lines = queries.lines_of(session(), inventory.id) if inventory else []
    waits_plan = standing.stage is Stage.PLAN_IN_REVIEW and plan is not None
    author = plan.author_id if plan is not None and waits_plan else inventory.author_id if inventory else None
    return page(
        "events/review.html",
        event=event,
        standing=standing,
        organiser=organiser_of(event),
        lines=lines,
        measures=queries.measures_of(session(), event.id),
        plan_lines=queries.plan_lines(session(), plan.id) if plan is not None and waits_plan else [],
        pool=POOL,
        permille_of=rules.permille_of,
        form=ReviewForm(),
        is_own=author == current_person().id,
    )


@blueprint.post("/event-reviews/<uuid:event_id>/decision")
@audience(Audience.INSTITUTION_MANAGER, Audience.OPERATOR)
def decide(event_id: UUID) -> Response:
    """Approve what waits or send it back. A small meeting's approval retires its units and issues its certificate."""
    event, form = _event(event_id), ReviewForm()
    if not form.validate_on_submit():
        abort(400)
    approves, note = form.decision.data == "approved", form.note.data or ""
    stage = queries.standing_of(session(), event).stage

    def act() -> None:
        _decide(event, stage, approves=approves, note=note)

    said = _("已审核通过。") if approves else _("已退回。")
    return attempt(url_for("events.review", event_id=event_id), act, said)


def _decide(event: Event, stage: Stage, *, approves: bool, note: str) -> None:
    by = current_person().id
    if stage is Stage.PLAN_IN_REVIEW:
        plan = queries.plan_in_review(session(), event.id)
        offsetting.review_plan(session(), plan=plan, approves=approves, note=note, by=by, now=now())
        author, what = plan.author_id, f"plan/{plan.version}"
    else:
        inventory = queries.inventory_in_review(session(), event.id)
        author, what = inventory.author_id, f"inventory/{inventory.version}"
        if approves and event.form == Form.SHORT:
            short.approve_and_retire(
                session(), event=event, pool=POOL, organiser_name=organiser_of(event), note=note, by=by, now=now()
            )
        else:
            inventories.review_inventory(session(), inventory=inventory, approves=approves, note=note, by=by, now=now())
    record("event.reviewed", event.id, what=what, approved=approves)
    tell(
        session(),
        person=author,
        kind="event_approved" if approves else "event_returned",
        link=url_for("events.work", event_id=event.id),
        key=f"event/{event.id}/{what}/decision",
        facts={"name": event.name},
        now=now(),
    )


def _event(event_id: UUID) -> Event:
    """Answer an event that the person may review. Raises EventUnknown for another organisation's."""
    person = current_person()
    is_operator = person.acting is not None and person.acting.kind is Kind.OPERATOR
    return queries.event_of(session(), event_id, organiser_id=None if is_operator else person.organisation_id)
