"""``/api/v1/events`` and ``/api/v1/certificates``."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict
from uuid import UUID

from flask_smorest import Blueprint

from ledger.kernel.ids import new_id
from puhui.api.events.schemas import (
    EventCertificateSchema,
    EventListSchema,
    EventSchema,
    EventsQuerySchema,
    NewEventSchema,
    NewPeopleSchema,
    PeopleSchema,
)
from puhui.guests import new_guest
from puhui.identity.rules import phone_number
from puhui.web import Audience, audience, current_person, house, now, session
from rewards.events import certificates, participants, planning, queries
from rewards.events.model import EventKind, Form, Source
from rewards.events.participants import NewParticipant
from rewards.events.planning import EventFacts, NewMeasure
from rewards.events.queries import Standing
from rewards.events.rules import Trip

blueprint = Blueprint("events_api", __name__, url_prefix="/api/v1", description="Zero-carbon meetings and events")


class NewEvent(TypedDict):
    """What NewEventSchema loads."""

    request_id: UUID
    kind: EventKind
    name: str
    place: str
    boundary: str
    starts_at: datetime
    ends_at: datetime
    people: int
    measures: list[dict[str, str]]


class NewPerson(TypedDict):
    """What NewPersonSchema loads."""

    name: str
    phone: str | None
    mode: str | None
    km: Decimal | None


@blueprint.route("/events", methods=["GET"])
@blueprint.arguments(EventsQuerySchema, location="query")
@blueprint.response(200, EventListSchema)
@audience(Audience.PUBLIC)
def index(query: dict[str, int]) -> dict[str, Any]:
    """Answer the latest events and where they stand."""
    found = queries.events(session(), limit=query["limit"])
    return {"items": [shown(one) for one in queries.standings(session(), found)]}


@blueprint.route("/events", methods=["POST"])
@blueprint.arguments(NewEventSchema)
@blueprint.response(201, EventSchema)
@audience(Audience.INSTITUTION)
def create(wanted: NewEvent) -> dict[str, Any]:
    """Make an event of the organisation that the caller acts for.

    Safe to repeat: the same request id answers the same event.
    """
    event = planning.create_event(
        session(),
        EventFacts(
            form=Form.FULL, kind=wanted["kind"], name=wanted["name"], place=wanted["place"],
            starts_at=wanted["starts_at"], ends_at=wanted["ends_at"], people=wanted["people"],
            boundary=wanted["boundary"],
        ),
        event_id=wanted["request_id"],
        organiser_id=current_person().organisation_id,
        measures=[NewMeasure(Source.MATERIALS, one["words"]) for one in wanted["measures"]],
        by=current_person().id,
        now=now(),
    )  # fmt: skip
    return shown(queries.standing_of(session(), event))


@blueprint.route("/events/<uuid:event_id>", methods=["GET"])
@blueprint.response(200, EventSchema)
@audience(Audience.PUBLIC)
def show(event_id: UUID) -> dict[str, Any]:
    """Answer an event and where it stands."""
    return shown(queries.standing_of(session(), queries.event_of(session(), event_id)))


@blueprint.route("/events/<uuid:event_id>/participants", methods=["POST"])
@blueprint.arguments(NewPeopleSchema)
@blueprint.response(201, PeopleSchema)
@audience(Audience.INSTITUTION)
def register(wanted: dict[str, list[NewPerson]], event_id: UUID) -> dict[str, int]:
    """Register people, all or none.

    Who has a phone is recognised, so that a repeated call registers them once.
    """
    event = queries.event_of(session(), event_id, organiser_id=current_person().organisation_id)
    ids = sorted(new_id() for _one in wanted["items"])  # People are listed in the order of the call.
    people = [_person(event.id, guest_id, one) for guest_id, one in zip(ids, wanted["items"], strict=True)]
    made = participants.register(session(), event=event, people=people, now=now())
    return {"registered": made, "total": queries.people_of(session(), event.id).registered}


@blueprint.route("/certificates/<string:code>", methods=["GET"])
@blueprint.response(200, EventCertificateSchema)
@audience(Audience.PUBLIC)
def certificate(code: str) -> dict[str, Any]:
    """Answer a certificate by its verification code, as it was issued."""
    found = queries.certificate_coded(session(), certificates.read_code(code))
    newest = queries.certificates_of(session(), found.event_id)[0]
    return {
        **found.content,
        "code": found.code,
        "version": found.version,
        "is_newest": newest.id == found.id,
        "newest_code": newest.code,
        "issued_at": found.issued_at,
    }


def shown(standing: Standing) -> dict[str, Any]:
    """Answer what everybody may see of an event."""
    event, inventory = standing.event, standing.inventory
    return {
        "id": event.id,
        "kind": EventKind(event.kind),
        "name": event.name,
        "place": event.place,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "people": event.people,
        "stage": standing.stage,
        "grams": inventory.grams if inventory else None,
        "half_grams": inventory.half_grams if inventory else None,
        "certificate_code": standing.certificate.code if standing.certificate else None,
    }


def _person(event_id: UUID, guest_id: UUID, one: NewPerson) -> NewParticipant:
    """Seal a person; a way of travel counts where its kilometres are given too."""
    trip = None
    if one["mode"] is not None and one["km"] is not None:
        trip = Trip(one["mode"], int(one["km"] * 2000))
    phone = phone_number(one["phone"]) if one["phone"] else None
    return new_guest(
        house().vault, guest_id=guest_id, event_id=event_id, how="program", name=one["name"], phone=phone, trip=trip
    )
