"""The blueprint of events, what every template of it knows, and how an act answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response

from ledger.kernel.errors import DomainError
from puhui.identity.model import Organisation
from puhui.problems import sentence_of
from puhui.web import current_person, done, session
from puhui.web.events import words
from rewards.events import certificates, offsets, queries, rules
from rewards.events.model import Event
from rewards.units import UnitKind

blueprint = Blueprint("events", __name__)
CITY_TIME = ZoneInfo("Asia/Shanghai")


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {
        "event_kinds": words.KINDS,
        "event_sources": words.SOURCES,
        "event_items": words.ITEMS,
        "event_stages": words.STAGES,
        "event_ways": words.WAYS,
        "event_covers": words.COVERED,
        "unit_kinds": words.UNIT_KINDS,
        "event_statuses": words.STATUSES,
        "permille": percent,
        "plain_number": certificates.plain,
        "grouped_code": certificates.grouped,
        "moment_of": datetime.fromisoformat,
    }


def percent(permille: int) -> str:
    """Answer thousandths as ``±9.5%``."""
    return f"±{permille // 10}.{permille % 10}%"


def event_here(event_id: UUID) -> Event:
    """Answer an event of the organisation that the person acts for. Raises EventUnknown."""
    return queries.event_of(session(), event_id, organiser_id=current_person().organisation_id)


def organiser_of(event: Event) -> str:
    """Answer the name of who organises an event."""
    return session().get_one(Organisation, event.organiser_id).name


def attempt(target: str, act: Callable[[], object], said: str) -> Response:
    """Do an act and say so at *target*; where a rule says no, nothing is done and its sentence is said there."""
    try:
        act()
    except DomainError as error:
        session().rollback()
        return done(target, sentence_of(error))
    return done(target, said)


def deadline_of(event: Event) -> datetime:
    """Answer the instant from which credits come too late for an event."""
    last = offsets.last_day(UnitKind.PUHUI, ended_at=event.ends_at)
    return datetime(last.year, last.month, last.day, 23, 59, tzinfo=CITY_TIME)


def is_large(event: Event) -> bool:
    """Whether an event is large by Shanghai's numbers."""
    return rules.is_large(event)
