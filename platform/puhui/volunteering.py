"""Volunteers of carbon sinks: hours that a project signs off become an act by method S01: points, and no gram."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from partners.providers import Report, provider_of
from rewards.activities import Clock, Kind, Line, Policy, Status, open_participants, read, record
from rewards.methods import catalogue
from rewards.sinks import actions
from rewards.sinks.model import Shift, SinkProject

PROVIDER, METHOD = "puhui-sinks", "S01"
BEGINS = time(0)
"""An act needs an instant; which hours of the day they were is not asked, and midnight is never in the future."""


def sign_off_shift(
    session: Session,
    *,
    shift_id: UUID,
    project: SinkProject,
    person_id: UUID,
    day: date,
    hours: int,
    by: UUID,
    now: datetime,
) -> Shift:
    """Sign a volunteer's day off and report it, once. Raises what ``rewards.sinks.actions.sign_off`` raises."""
    provider = provider_of(session, PROVIDER)
    today = now.astimezone(provider.zone).date()
    shift, is_new = actions.sign_off(
        session, shift_id=shift_id, project=project, person_id=person_id, day=day, hours=hours, by=by, now=now,
        today=today,
    )  # fmt: skip
    if not is_new:
        return shift
    earliest = provider.accepts_from(now)
    policy = Policy(
        provider_id=provider.id,
        clock=Clock(provider.zone),
        methods=frozenset(provider.methods),
        not_before=None if earliest is None else int(earliest.timestamp()),
        now=int(now.timestamp()),
        catalogue=catalogue(),
    )
    open_participants(session, [person_id], kind=Kind.PERSON, now=now)
    report = Report(
        id=shift.id.hex, rider=str(person_id), method=METHOD, quantity=str(hours), unit="hour",
        started_at=datetime.combine(day, BEGINS), trip=f"{project.id.hex[-12:]}-{day:%Y%m%d}",
    )  # fmt: skip
    line = Line(person_id, read(report, policy))
    outcome = record(session, [line], policy=policy, call_id=uuid5(shift.id, "act"), now=now)[0]
    taken = outcome.status in (Status.ACCEPTED, Status.CAPPED)
    shift.activity_id, shift.answer = outcome.activity, outcome.code
    shift.points = outcome.points if taken else 0
    session.flush()
    return shift
