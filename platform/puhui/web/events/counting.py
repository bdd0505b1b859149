"""The inventory of an event: its lines, the travel of its people, handing it in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext as _

from puhui.identity.model import Role
from puhui.notices import Notice, staff_of, tell_many
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.events.blueprint import attempt, blueprint, event_here
from puhui.web.events.forms import NUMBER, LineForm, PlaceForm, plain
from puhui.web.trail import record
from rewards.events import factors, inventories, queries, rules
from rewards.events.inventories import NewLine
from rewards.events.model import Event, Parameter

REVIEWERS = (Role.REVIEWER, Role.LIAISON, Role.DEPARTMENT_MANAGER)


@blueprint.post("/event-desk/<uuid:event_id>/inventories")
@audience(Audience.INSTITUTION)
def open_inventory(event_id: UUID) -> Response:
    """Begin an inventory, or its next version with the lines of the last one."""
    event = event_here(event_id)
    return attempt(
        url_for("events.inventory", event_id=event_id),
        lambda: inventories.open_inventory(session(), event=event, by=current_person().id, now=now()),
        _("可以编制清单了。"),
    )


@blueprint.get("/event-desk/<uuid:event_id>/inventory")
@audience(Audience.INSTITUTION)
def inventory(event_id: UUID) -> Response:
    """Show the last version of the inventory; its author adds and drops lines while it was not handed in."""
    return _inventory(event_here(event_id), LineForm())


@blueprint.post("/event-desk/<uuid:event_id>/inventory/lines")
@audience(Audience.INSTITUTION)
def add_line(event_id: UUID) -> Response:
    """Count something more."""
    event, form = event_here(event_id), LineForm()
    if not form.validate_on_submit():
        return _inventory(event, form, status=422)
    set_number = queries.parameters(session()).get(form.item.data)
    factor, source = form.factor.number, form.factor_source.data or ""
    if factor is None and set_number is not None:
        factor, source = set_number.value, set_number.source
    line = NewLine(
        item=form.item.data, quantity=form.quantity.number or Decimal(0), words=form.words.data or "",
        quantity_permille=10 * (form.quantity_percent.data if form.quantity_percent.data is not None else 10),
        factor=factor, factor_source=source,
    )  # fmt: skip
    return attempt(
        url_for("events.inventory", event_id=event_id),
        lambda: inventories.add_lines(session(), inventory=queries.draft_inventory(session(), event.id), lines=[line]),
        _("已加入清单。"),
    )


@blueprint.post("/event-desk/<uuid:event_id>/inventory/dropped-lines")
@audience(Audience.INSTITUTION)
def drop_line(event_id: UUID) -> Response:
    """Count something no longer."""
    event, form = event_here(event_id), PlaceForm()
    place = form.place.data if form.validate_on_submit() else -1
    return attempt(
        url_for("events.inventory", event_id=event_id),
        lambda: inventories.drop_lines(session(), inventory=queries.draft_inventory(session(), event.id), place=place),
        _("已从清单中去掉。"),
    )


@blueprint.post("/event-desk/<uuid:event_id>/inventory/travel")
@audience(Audience.INSTITUTION)
def count_travel(event_id: UUID) -> Response:
    """Count how people came, from those who said."""
    event = event_here(event_id)
    came = queries.trips_of(session(), event.id, signed_in=True)
    trips = came or queries.trips_of(session(), event.id, signed_in=False)
    entered = _entered(request.form)

    def act() -> None:
        draft = queries.draft_inventory(session(), event.id)
        inventories.count_travel(session(), inventory=draft, trips=trips, people=event.people, entered=entered)

    return attempt(url_for("events.inventory", event_id=event_id), act, _("已按出行调查更新交通排放。"))


@blueprint.post("/event-desk/<uuid:event_id>/inventory/submission")
@audience(Audience.INSTITUTION)
def submit_inventory(event_id: UUID) -> Response:
    """Hand the inventory in and tell those who may review it."""
    event, me = event_here(event_id), current_person().id

    def act() -> None:
        draft = queries.draft_inventory(session(), event.id)
        made = inventories.submit_inventory(session(), event=event, inventory=draft, by=me, now=now())
        record("event.inventory_submitted", event.id, version=made.version, grams=made.grams)
        tell_reviewers(event, f"event/{event.id}/inventory/{made.version}")

    return attempt(url_for("events.work", event_id=event_id), act, _("已提交，等另一人审核。"))


def tell_reviewers(event: Event, key: str) -> None:
    """Tell those who may review, except who is asking, that something waits for them."""
    link = url_for("events.review", event_id=event.id)
    staff = staff_of(session(), event.organiser_id, REVIEWERS)
    notices = [
        Notice(person, "event_waits", link, key, {"name": event.name})
        for person in staff
        if person != current_person().id
    ]
    tell_many(session(), notices, now=now())


def _entered(form: Mapping[str, str]) -> dict[str, tuple[Decimal, str]]:
    """Answer the numbers for modes without a citable factor: those of the operator, then those that were typed."""
    found = {item: (one.value, one.source) for item, one in queries.parameters(session()).items()}
    for mode in factors.MODES:
        number, source = form.get(f"factor-{mode}", ""), plain(form.get(f"source-{mode}", "")) or ""
        if NUMBER.fullmatch(number) and source:
            found[mode] = (Decimal(number), source[:300])
    return found


def _inventory(event: Event, form: LineForm, *, status: int = 200) -> Response:
    last = queries.last_inventory(session(), event.id)
    if last is None:
        return done(url_for("events.work", event_id=event.id), _("还没有清单。"))
    lines = queries.lines_of(session(), last.id)
    set_numbers = queries.parameters(session())
    modes = queries.modes_of(session(), event.id)
    return page(
        "events/inventory.html",
        status=status,
        event=event,
        inventory=last,
        lines=lines,
        total=sum(line.grams for line in lines),
        half=rules.combined(line.half_grams for line in lines),
        permille_of=rules.permille_of,
        form=form,
        answers=sum(modes.values()),
        unset=_unset(set(modes), set_numbers),
        cited={code: factors.cited(code) for code in factors.ITEMS},
        set_numbers=set_numbers,
    )


def _unset(modes: set[str], set_numbers: Mapping[str, Parameter]) -> list[str]:
    """Answer the modes that people named and that have no number yet."""
    return [mode for mode in factors.MODES if mode in modes and not factors.cited(mode) and mode not in set_numbers]
